package sqlite

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/hashicorp/golang-lru/v2/simplelru"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// job is something that only the writer may do.
type job struct {
	run   func(tx *txn) error
	joint bool // may share a transaction with other such jobs
	bytes int
	done  chan error // has room for the one answer
}

const (
	maxWaiting = 64      // jobs in the queue
	maxJoint   = 8 << 20 // bytes of the jobs of a transaction, the last one maybe beyond

	maxPatience = 10 * time.Millisecond
)

// writer owns the connection that writes.
type writer struct {
	store *Store
	conn  *conn

	counters counters
	projects map[string]int64
	terms    *termCache
	warm     *warmTraces
	rolled   *simplelru.LRU[rollupKey, *store.Metric] // rows of that table
	patience *time.Timer
	backlog  backlog
	drain    []pieceKey // of the pieces that are being added to piece_index, those that are not yet
	drainTo  int64      // the last of those pieces
}

// counters are the row of that table.
type counters struct {
	seq, trace, piece, term, indexed, searched int64
}

func newWriter(ctx context.Context, s *Store) (*writer, error) {
	c, err := openConn(ctx, s.path, writing...)
	if err != nil {
		return nil, err
	}
	w := &writer{store: s, conn: c, projects: map[string]int64{}, terms: newTermCache()}
	w.warm = newWarmTraces()
	w.rolled, _ = simplelru.NewLRU[rollupKey, *store.Metric](maxRolled, nil) // refuses sizes below one alone
	w.patience, w.backlog = time.NewTimer(maxPatience), newBacklog()
	if err := w.load(); err != nil {
		return nil, errors.Join(err, c.close())
	}
	return w, nil
}

// load reads what the writer keeps in memory.
func (w *writer) load() error {
	row, err := w.conn.first("SELECT seq, trace, piece, term, indexed, searched FROM counters")
	if err != nil {
		return fmt.Errorf("read the counters: %w", err)
	}
	if row == nil {
		return errors.New("the counters are gone")
	}
	w.counters = counters{intOf(row[0]), intOf(row[1]), intOf(row[2]), intOf(row[3]), intOf(row[4]), intOf(row[5])}
	err = w.conn.query(func(row []any) error {
		w.projects[textOf(row[0])] = intOf(row[1])
		return nil
	}, "SELECT name, id FROM projects")
	if err != nil {
		return fmt.Errorf("read the projects: %w", err)
	}
	// What was written by another release may stand in the index in part only: pieces above the mark are looked up here.
	w.store.known = newKnownPieces()
	for name, id := range w.projects {
		w.store.known.project(name, id)
	}
	err = w.conn.query(func(row []any) error {
		w.store.known.addRecent(pieceKey{intOf(row[1]), store.Hash(bytesOf(row[2]))}, intOf(row[0]))
		return nil
	}, "SELECT id, project, hash FROM pieces WHERE id > ?", w.counters.indexed)
	if err != nil {
		return fmt.Errorf("read the latest pieces: %w", err)
	}
	return w.loadBacklog()
}

func (w *writer) close() error { return w.conn.close() }

// run works until the queue is closed.
func (w *writer) run() {
	defer func() {
		if err := w.close(); err != nil {
			w.store.log.Error("closing the store failed", errorAttr(err))
		}
	}()
	var next *job // taken from the queue, but of no joint transaction
	for {
		j := next
		if next = nil; j == nil {
			var open bool
			select {
			case j, open = <-w.store.queue:
			case <-w.backlog.due.C:
				w.settle()
				continue
			}
			if !open {
				w.settle()
				return
			}
		}
		jobs := []*job{j}
		if j.joint {
			jobs, next = w.gather(jobs)
		}
		w.commit(jobs)
	}
}

// gather takes the joint jobs that wait, up to the first that is not.
func (w *writer) gather(jobs []*job) (joint []*job, other *job) {
	for size := jobs[0].bytes; size < maxJoint; {
		j := w.next()
		if j == nil || !j.joint {
			return jobs, j
		}
		jobs = append(jobs, j)
		size += j.bytes
	}
	return jobs, nil
}

// next is a job that waits. While some are about to come it waits for one: a transaction costs less than two.
func (w *writer) next() *job {
	select {
	case j := <-w.store.queue:
		return j
	default:
	}
	if w.store.coming.Load() == 0 {
		return nil
	}
	w.patience.Reset(maxPatience)
	select {
	case j := <-w.store.queue:
		return j
	case <-w.patience.C:
		return nil
	}
}

// commit does the jobs in one transaction, or each alone when that fails, so that one bad batch costs only itself.
func (w *writer) commit(jobs []*job) {
	err := w.transact(jobs)
	if err == nil || len(jobs) == 1 || errors.Is(err, store.ErrFull) {
		for _, j := range jobs {
			j.done <- err
		}
		return
	}
	for _, j := range jobs {
		j.done <- w.transact([]*job{j})
	}
}

func (w *writer) transact(jobs []*job) (err error) {
	if _, err := w.conn.exec("BEGIN IMMEDIATE"); err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	tx := newTxn(w)
	defer func() {
		if err == nil {
			return
		}
		// SQLite may have rolled back by itself, as it does when the disk is full.
		if _, rollback := w.conn.exec("ROLLBACK"); rollback != nil {
			w.store.log.Debug("rolling back failed", errorAttr(rollback))
		}
		tx.forget()
	}()
	for _, j := range jobs {
		if err := j.run(tx); err != nil {
			return err
		}
	}
	if err := tx.finish(); err != nil {
		return err
	}
	if _, err := w.conn.exec("COMMIT"); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	tx.publish()
	return nil
}

// hourOf is the hour of a time as roll-ups count it.
func hourOf(t time.Time) int64 {
	return t.Truncate(time.Hour).Unix() / int64(time.Hour/time.Second)
}
