package sqlite

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
)

// txn is what one transaction does. What it puts in memory is seen by others when it is committed.
type txn struct {
	*writer

	now      counters
	project  map[string]int64 // those that are new
	traces   map[traceKey]*traceState
	added    map[pieceKey]*known // pieces that are new
	touched  map[*known]known    // pieces with more uses, as they were
	removed  []pieceKey          // pieces that are gone
	released []pieceKey          // pieces with fewer uses
	terms    termChanges
	rollups  rollups
	index    indexing
	drained  []pieceKey
	settles  bool // the backlog is indexed
	changed  bool // readers have something to see
}

// traceKey names a trace.
type traceKey struct {
	project int64
	id      string
}

func newTxn(w *writer) *txn {
	return &txn{
		writer:  w,
		now:     w.counters,
		project: map[string]int64{},
		traces:  map[traceKey]*traceState{},
		added:   map[pieceKey]*known{},
		touched: map[*known]known{},
		terms:   termChanges{cache: w.terms, added: map[termKey]int64{}},
		rollups: rollups{},
	}
}

func (tx *txn) exec(query string, args ...any) (int64, error) { return tx.conn.exec(query, args...) }

// write takes a batch in.
func (tx *txn) write(p *prepared) error {
	project, err := tx.projectID(p.project)
	if err != nil {
		return err
	}
	if err := tx.resolve(project, p); err != nil {
		return err
	}
	states := make([]*traceState, len(p.traces))
	for i := range p.traces {
		if states[i], err = tx.mergeTrace(project, &p.traces[i], p.pieces.list); err != nil {
			return fmt.Errorf("write trace %s: %w", p.traces[i].row.TraceID, err)
		}
		if err := tx.use(states[i].id, &p.traces[i], p.pieces.list); err != nil {
			return err
		}
	}
	for _, s := range p.sheets {
		s.number, s.written = 0, false // a transaction that was rolled back may have written it
	}
	for i := range p.spans {
		span := &p.spans[i]
		if err := tx.writeSpan(states[span.trace], span, p.pieces.list); err != nil {
			return fmt.Errorf("write span %s: %w", span.span.SpanID, err)
		}
	}
	return nil
}

// projectID makes the project where it is not there.
func (tx *txn) projectID(name string) (int64, error) {
	if id, ok := tx.findProject(name); ok {
		return id, nil
	}
	id := int64(len(tx.projects)+len(tx.project)) + 1
	if _, err := tx.exec("INSERT INTO projects (id, name) VALUES (?, ?)", id, name); err != nil {
		return 0, fmt.Errorf("make project %s: %w", name, err)
	}
	tx.project[name] = id
	return id, nil
}

func (tx *txn) findProject(name string) (int64, bool) {
	if id, ok := tx.projects[name]; ok {
		return id, true
	}
	id, ok := tx.project[name]
	return id, ok
}

// finish writes what was collected.
func (tx *txn) finish() error {
	states := make([]*traceState, 0, len(tx.traces))
	for _, t := range tx.traces {
		states = append(states, t)
	}
	// In order of their ids rows are next to each other, and the full-text index wants rising ones.
	slices.SortFunc(states, func(a, b *traceState) int { return cmp.Compare(a.id, b.id) })
	for _, t := range states {
		if err := tx.finishTrace(t); err != nil {
			return fmt.Errorf("write trace %s: %w", t.sum.TraceID, err)
		}
	}
	if err := tx.rollups.flush(tx.writer); err != nil {
		return fmt.Errorf("write the roll-ups: %w", err)
	}
	if err := tx.drainSome(); err != nil {
		return fmt.Errorf("index pieces: %w", err)
	}
	if err := tx.decide(); err != nil {
		return fmt.Errorf("put words off: %w", err)
	}
	if err := tx.writeCounters(); err != nil {
		return fmt.Errorf("write the counters: %w", err)
	}
	if !tx.settles {
		return nil
	}
	return tx.index.run(tx.conn)
}

func (tx *txn) writeCounters() error {
	if tx.now == tx.counters {
		return nil
	}
	n, err := tx.exec("UPDATE counters SET seq = ?, trace = ?, piece = ?, term = ?, indexed = ?, searched = ?",
		tx.now.seq, tx.now.trace, tx.now.piece, tx.now.term, tx.now.indexed, tx.now.searched)
	if err == nil && n != 1 {
		err = errors.New("the counters are gone")
	}
	return err
}

// publish is for after the commit.
func (tx *txn) publish() {
	w := tx.writer
	w.counters = tx.now
	known := w.store.known
	for name, id := range tx.project {
		w.projects[name] = id
		known.project(name, id)
	}
	known.mu.Lock()
	for key, piece := range tx.added {
		known.recent[key] = piece.id
		known.lately.Add(key, piece)
	}
	for _, key := range tx.drained {
		delete(known.recent, key)
	}
	for _, key := range tx.removed {
		delete(known.recent, key)
	}
	for _, key := range tx.released {
		known.lately.Remove(key)
	}
	known.mu.Unlock()
	w.drain = w.drain[len(tx.drained):]
	tx.terms.publish()
	tx.keepWarm()
	tx.rollups.publish(w)
	if tx.settles {
		w.backlog.clear()
		w.store.unindexed.Store(false)
	} else {
		w.putOff(&tx.index)
	}
	if tx.now.seq != 0 && tx.changed {
		w.store.notify()
	}
}

// forget is for after a rollback: what memory had before is what the file has.
func (tx *txn) forget() {
	for piece, before := range tx.touched {
		*piece = before
	}
	tx.letGo()
	tx.rollups.forget(tx.writer)
}
