package sqlite

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	_ "modernc.org/sqlite" // registers the driver

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// Options say where a store is and how much it keeps. Path is required.
type Options struct {
	Path        string        // the database file; its folder is made where it is not there
	NoSearch    bool          // words of inputs and outputs are not indexed, which saves about a third of the work
	RetainAge   time.Duration // traces that started longer ago are deleted; zero: none are
	RetainBytes int64         // the oldest traces are deleted while the data is larger; zero: none are
	Logger      *slog.Logger  // is told what goes wrong in the background; nil: nobody is
}

// Store is an open store. All methods are safe for concurrent use.
type Store struct {
	path     string
	search   bool
	read     *readers
	previews previews
	log      *slog.Logger

	known  *knownPieces
	queue  chan *job
	spare  chan *prepared     // see newPrepared
	coming atomic.Int64       // calls of Write that are about to put a job in the queue
	stop   context.CancelFunc // ends the background work
	ended  sync.WaitGroup     // the writer and the background work
	retain retention

	unindexed atomic.Bool // the writer has a backlog

	mu      sync.Mutex
	closed  bool
	calls   sync.WaitGroup // of those that put jobs in the queue
	changed chan struct{}  // nil while nobody waits
}

// ErrClosed is what every method of a closed store returns.
var ErrClosed = errors.New("the store is closed")

const (
	pageSize    = 8 << 10
	busyTimeout = 10 * time.Second
)

// Open opens the store, makes it where it is not there, and brings an older one up to date. It takes no lock: see Lock.
func Open(ctx context.Context, options Options) (*Store, error) {
	if err := os.MkdirAll(filepath.Dir(options.Path), 0o700); err != nil {
		return nil, fmt.Errorf("make the folder of the store: %w", err)
	}
	if err := migrate(ctx, options.Path); err != nil {
		return nil, err
	}
	s := &Store{
		path:   options.Path,
		search: !options.NoSearch,
		log:    options.Logger,
		queue:  make(chan *job, maxWaiting),
		spare:  make(chan *prepared, maxSpare),
		retain: retention{age: options.RetainAge, bytes: options.RetainBytes},
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	w, err := newWriter(ctx, s)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", options.Path, err)
	}
	s.read = newReaders(options.Path)
	var background context.Context
	background, s.stop = context.WithCancel(context.WithoutCancel(ctx))
	s.ended.Go(w.run)
	s.ended.Go(func() { s.retainInBackground(background) })
	return s, nil
}

// dsn names the file for the driver.
func dsn(path string, pragmas ...string) string {
	query := url.Values{"_pragma": append([]string{
		fmt.Sprintf("busy_timeout(%d)", busyTimeout.Milliseconds()), "temp_store(memory)", "mmap_size(0)",
	}, pragmas...)}
	return (&url.URL{Scheme: "file", Opaque: filepath.ToSlash(path), RawQuery: query.Encode()}).String()
}

// Close finishes what was begun and closes the file.
func (s *Store) Close() error {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return nil
	}
	s.closed = true
	s.mu.Unlock()
	s.stop()
	s.calls.Wait()
	close(s.queue)
	s.ended.Wait()
	s.notify()
	return s.read.close()
}

// Write returns when the batch is durable.
func (s *Store) Write(ctx context.Context, project string, batch store.Batch) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if len(batch.Traces) == 0 && len(batch.Spans) == 0 {
		return nil
	}
	s.coming.Add(1)
	p, err := s.prepare(project, batch)
	s.coming.Add(-1)
	if err != nil {
		return err
	}
	defer s.release(p)
	defer s.known.settle(p)
	return s.do(ctx, &job{bytes: p.bytes, run: func(tx *txn) error { return tx.write(p) }, joint: true})
}

// do has the writer do a job.
func (s *Store) do(ctx context.Context, j *job) error {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return ErrClosed
	}
	s.calls.Add(1)
	s.mu.Unlock()
	defer s.calls.Done()
	j.done = make(chan error, 1)
	select {
	case s.queue <- j:
	case <-ctx.Done():
		return ctx.Err()
	}
	return <-j.done
}

// Changed is closed by the next change of any project.
func (s *Store) Changed() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.changed == nil {
		s.changed = make(chan struct{})
	}
	return s.changed
}

func (s *Store) notify() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.changed != nil {
		close(s.changed)
		s.changed = nil
	}
}

// Ping tells whether a write would succeed now: it makes one that changes nothing.
func (s *Store) Ping(ctx context.Context) error {
	return s.do(ctx, &job{run: func(tx *txn) error {
		_, err := tx.exec("UPDATE counters SET seq = seq")
		return err
	}})
}
