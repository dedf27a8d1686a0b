package sqlite

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// backlog are words that are stored and not indexed yet. Each transaction that writes to a full-text index makes a segment
// of it, and segments are merged again and again: the fewer there are, the less often a word is written. So words wait
// for those of other transactions: not long, not many, and never longer than until somebody searches.
//
// Those of traces are in the table unindexed meanwhile, those of pieces are told by the pieces above counters.searched.
type backlog struct {
	indexing

	bytes int
	due   *time.Timer // runs while there is something
}

const (
	maxBacklog     = 1 << 20
	maxUnsearched  = time.Second
	retryUnindexed = 10 * time.Second
)

func newBacklog() backlog {
	b := backlog{due: time.NewTimer(maxUnsearched)}
	b.due.Stop()
	return b
}

// put puts words off.
func (b *backlog) put(more *indexing) {
	if more.empty() {
		return
	}
	if b.empty() {
		b.due.Reset(maxUnsearched)
	}
	b.add(more)
	b.bytes += more.size()
}

func (b *backlog) clear() {
	b.indexing, b.bytes = indexing{}, 0
	b.due.Stop()
}

// decide says whether the transaction indexes what waits, and notes down what it puts off.
func (tx *txn) decide() error {
	waiting := &tx.backlog
	tx.settles = tx.settles || tx.index.deletes() || waiting.bytes+tx.index.size() > maxBacklog
	if tx.settles {
		return tx.takeBacklog()
	}
	if len(waiting.pieces)+len(tx.index.pieces) == 0 {
		tx.now.searched = tx.now.piece
	}
	if len(tx.index.traces) == 0 {
		return nil
	}
	blob := make([]byte, 0, tx.index.size()+16*len(tx.index.traces))
	for _, e := range tx.index.traces {
		blob = e.append(blob)
	}
	_, err := tx.exec("INSERT INTO unindexed (words) VALUES (?)", blob)
	return err
}

// takeBacklog has the transaction index what waits.
func (tx *txn) takeBacklog() error {
	all := indexing{pieces: slices.Clone(tx.backlog.pieces), traces: slices.Clone(tx.backlog.traces)}
	all.add(&tx.index)
	tx.index = all
	tx.now.searched = tx.now.piece
	if len(tx.backlog.traces) == 0 {
		return nil
	}
	_, err := tx.exec("DELETE FROM unindexed")
	return err
}

// settle indexes what waits. What fails now is tried again later.
func (w *writer) settle() {
	if w.backlog.empty() {
		return
	}
	if err := w.transact([]*job{settling()}); err != nil {
		w.store.log.Warn("indexing words failed, and is tried again", errorAttr(err))
		w.backlog.due.Reset(retryUnindexed)
	}
}

func settling() *job {
	return &job{joint: true, run: func(tx *txn) error {
		tx.settles = true
		return nil
	}}
}

// searching is snapshot for a query, which finds all that was written before.
func (s *Store) searching(ctx context.Context, project string, query *store.Query, read func(r *snapshot) error) error {
	if s.unindexed.Load() && searches(query) {
		// Where the disk has no room for that, what is indexed already is better than nothing.
		if err := s.do(ctx, settling()); err != nil && !errors.Is(err, store.ErrFull) {
			return fmt.Errorf("index the latest words: %w", err)
		}
	}
	return s.snapshot(ctx, project, read)
}

// searches reports whether a query asks the full-text indices.
func searches(query *store.Query) bool {
	return len(query.Words) > 0 || slices.ContainsFunc(query.Where, func(c store.Condition) bool {
		return c.Field == store.FieldMetadata || c.Field == store.FieldAttribute
	})
}

// loadBacklog reads what the process before this one had not indexed when it ended.
func (w *writer) loadBacklog() error {
	var left indexing
	err := w.conn.query(func(row []any) error {
		entries, err := entriesOf(bytesOf(row[0]))
		left.traces = append(left.traces, entries...)
		return err
	}, "SELECT words FROM unindexed ORDER BY id")
	if err != nil {
		return fmt.Errorf("read the words of traces that are not indexed: %w", err)
	}
	if left.pieces, err = w.unsearchedPieces(); err != nil {
		return fmt.Errorf("read the texts that are not indexed: %w", err)
	}
	w.putOff(&left)
	return nil
}

// unsearchedPieces are the words of pieces above counters.searched.
func (w *writer) unsearchedPieces() ([]entry, error) {
	bodies, hashes := map[int64][]byte{}, map[int64]store.Hash{}
	err := w.conn.query(func(row []any) error {
		id := intOf(row[0])
		bodies[id], hashes[id] = slices.Clone(bytesOf(row[2])), store.Hash(bytesOf(row[1]))
		return nil
	}, "SELECT id, hash, body FROM pieces WHERE id > ?", w.counters.searched)
	if err != nil {
		return nil, err
	}
	texts, err := unpackBodies(bodies, w.conn.bodies)
	if err != nil {
		return nil, err
	}
	var entries []entry
	for _, id := range slices.Sorted(maps.Keys(texts)) {
		if store.HashOf(texts[id]) != hashes[id] { // see unsearched
			continue
		}
		if words := store.IndexText(texts[id]); words != "" {
			entries = append(entries, entry{id, words})
		}
	}
	return entries, nil
}

// putOff is put for what is committed.
func (w *writer) putOff(more *indexing) {
	w.backlog.put(more)
	w.store.unindexed.Store(!w.backlog.empty())
}
