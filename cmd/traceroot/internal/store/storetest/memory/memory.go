// Package memory keeps traces in maps, for tests: the plainest reading of what [store.Store] promises, to hold a real
// engine against and to stand in for one. It looks at everything to answer anything, keeps nothing beyond the process
// and cannot be backed up.
package memory

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// Store is an empty store when zero. It is safe for concurrent use.
type Store struct {
	mu       sync.RWMutex
	projects map[string]*project
	keys     []storedKey
	seq      int64
	changed  chan struct{} // nil while nobody waits
	closed   bool
}

var _ store.Store = (*Store)(nil)

// New returns an empty store.
func New() *Store { return &Store{} }

type project struct {
	traces  map[string]*trace
	deleted map[string]int64 // seq of the deletion, by trace
}

type trace struct {
	row   store.Trace
	spans []store.Span // in the order in which they were heard of
	seq   int64
}

var errClosed = errors.New("the store is closed")

// Write takes the batch in.
func (s *Store) Write(ctx context.Context, name string, batch store.Batch) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return errClosed
	}
	p := s.project(name)
	touched := map[string]bool{}
	for _, row := range batch.Traces {
		touched[row.TraceID] = true
		if t := p.traces[row.TraceID]; t != nil {
			t.row = store.Merge(t.row, row)
		} else {
			p.traces[row.TraceID] = &trace{row: row}
		}
	}
	for _, span := range batch.Spans {
		t := p.traces[span.TraceID]
		if t == nil {
			return fmt.Errorf("span %s is of trace %s, which the batch does not have", span.SpanID, span.TraceID)
		}
		touched[span.TraceID] = true
		if i := t.index(span.SpanID); i >= 0 {
			t.spans[i] = store.Resend(t.spans[i], span)
		} else {
			t.spans = append(t.spans, span)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(touched)) {
		s.seq++
		p.traces[id].seq = s.seq
		delete(p.deleted, id)
	}
	if len(touched) > 0 {
		s.notify()
	}
	return nil
}

func (t *trace) index(spanID string) int {
	return slices.IndexFunc(t.spans, func(s store.Span) bool { return s.SpanID == spanID })
}

// project makes the project where it is not there.
func (s *Store) project(name string) *project {
	if p := s.projects[name]; p != nil {
		return p
	}
	if s.projects == nil {
		s.projects = map[string]*project{}
	}
	p := &project{traces: map[string]*trace{}, deleted: map[string]int64{}}
	s.projects[name] = p
	return p
}

// find returns the traces of a project, which may have none.
func (s *Store) find(name string) *project {
	if p := s.projects[name]; p != nil {
		return p
	}
	return &project{}
}

func (s *Store) notify() {
	if s.changed != nil {
		close(s.changed)
		s.changed = nil
	}
}

// Changed is closed by the next change.
func (s *Store) Changed() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.changed == nil {
		s.changed = make(chan struct{})
	}
	return s.changed
}

// Seq is that of the last change.
func (s *Store) Seq(context.Context) (int64, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.seq, nil
}

// Changes are the changes after a seq.
func (s *Store) Changes(_ context.Context, name string, after int64, limit int) ([]store.Change, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var changes []store.Change
	p := s.find(name)
	for id, t := range p.traces {
		changes = append(changes, store.Change{Seq: t.seq, TraceID: id})
	}
	for id, seq := range p.deleted {
		changes = append(changes, store.Change{Seq: seq, TraceID: id, Deleted: true})
	}
	changes = slices.DeleteFunc(changes, func(c store.Change) bool { return c.Seq <= after })
	slices.SortFunc(changes, func(a, b store.Change) int { return int(a.Seq - b.Seq) })
	return changes[:min(limit, len(changes))], nil
}

// Delete deletes traces.
func (s *Store) Delete(_ context.Context, name string, traceIDs []string) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, n := s.find(name), 0
	for _, id := range traceIDs {
		if p.traces[id] == nil {
			continue
		}
		n++
		s.seq++
		p.deleted[id] = s.seq
		delete(p.traces, id)
	}
	if n > 0 {
		s.notify()
	}
	return n, nil
}

// Stats counts; it takes up no bytes of a disk.
func (s *Store) Stats(context.Context) (store.Stats, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	stats := store.Stats{Projects: len(s.projects)}
	for _, p := range s.projects {
		messages := map[store.Hash]bool{}
		for _, t := range p.traces {
			stats.Traces++
			stats.Spans += int64(len(t.spans))
			if stats.Oldest.IsZero() || t.row.Start.Before(stats.Oldest) {
				stats.Oldest = t.row.Start
			}
			for m := range t.messages() {
				messages[m.Hash] = true
			}
		}
		stats.Messages += int64(len(messages))
	}
	return stats, nil
}

// Backup is not supported.
func (s *Store) Backup(context.Context, io.Writer) error { return errors.ErrUnsupported }

// Ping reports whether the store is open.
func (s *Store) Ping(context.Context) error {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.closed {
		return errClosed
	}
	return nil
}

// Close refuses later writes.
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	return nil
}

type storedKey struct {
	store.Key
	hash store.KeyHash
}

// AddKey keeps a key.
func (s *Store) AddKey(_ context.Context, key store.Key, hash store.KeyHash) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.keys = append(s.keys, storedKey{key, hash})
	return nil
}

// Keys are the keys of a project, or all.
func (s *Store) Keys(_ context.Context, name string) ([]store.Key, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var keys []store.Key
	for _, k := range s.keys {
		if name == "" || k.Project == name {
			keys = append(keys, k.Key)
		}
	}
	return keys, nil
}

// RevokeKey ends a key.
func (s *Store) RevokeKey(_ context.Context, id string, at time.Time) (store.Key, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.keys {
		if k := &s.keys[i]; k.ID == id {
			if k.Revoked.IsZero() {
				k.Revoked = at
			}
			return k.Key, nil
		}
	}
	return store.Key{}, fmt.Errorf("key %s: %w", id, store.ErrNotFound)
}

// FindKey finds a key that is good.
func (s *Store) FindKey(_ context.Context, hash store.KeyHash) (store.Key, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, k := range s.keys {
		if k.hash == hash && k.Revoked.IsZero() {
			return k.Key, nil
		}
	}
	return store.Key{}, store.ErrNotFound
}
