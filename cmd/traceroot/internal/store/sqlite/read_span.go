package sqlite

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// Span is one span with its payload. Without the trace's id, each trace is asked for it, the newest first.
func (s *Store) Span(ctx context.Context, project, traceID, spanID string) (store.Span, error) {
	spans, parts := make([]store.Span, 1), make([]*texts, 1)
	err := s.snapshot(ctx, project, func(r *snapshot) error {
		trace, traceID, err := r.traceOf(traceID, spanID)
		if err != nil {
			return err
		}
		err = r.query("SELECT "+spanColumns+" FROM spans WHERE trace = ? AND span_id = ?", []any{trace, idValue(spanID)}, func(row []any) (err error) {
			spans[0], parts[0], err = spanOf(traceID, row, r.sheets(trace))
			return err
		})
		if err != nil {
			return err
		}
		if parts[0] == nil {
			return store.ErrNotFound
		}
		return r.fillSpans(spans, parts, true)
	})
	if err != nil {
		return store.Span{}, fmt.Errorf("span %s: %w", spanID, err)
	}
	return spans[0], nil
}

// traceOf finds the trace of a span, which is given or not.
func (r *snapshot) traceOf(traceID, spanID string) (trace int64, id string, err error) {
	if traceID != "" {
		trace, err = r.traceNumber(traceID)
		return trace, traceID, err
	}
	err = r.query(`SELECT t.id, t.trace_id FROM traces AS t INDEXED BY traces_start
		CROSS JOIN spans AS s ON s.trace = t.id AND s.span_id = ? WHERE t.project = ? ORDER BY t.start DESC LIMIT 1`,
		[]any{idValue(spanID), r.project}, func(row []any) error {
			trace, id = intOf(row[0]), idText(row[1])
			return nil
		})
	return trace, id, err
}

// Messages are the messages with those hashes.
func (s *Store) Messages(ctx context.Context, project string, hashes []store.Hash) ([]store.Message, error) {
	messages := make([]store.Message, len(hashes))
	for i, hash := range hashes {
		messages[i].Hash = hash
	}
	found := s.recentPieces(project, hashes)
	err := s.snapshot(ctx, project, func(r *snapshot) error {
		for _, hash := range hashes {
			if _, ok := found[hash]; ok {
				continue
			}
			key := pieceKey{r.project, hash}
			err := r.query(findPieceSQL, []any{key.indexKey()}, func(row []any) error {
				if bytes.Equal(bytesOf(row[1]), hash[:]) && intOf(row[2]) == r.project {
					found[hash] = intOf(row[0])
				}
				return nil
			})
			if err != nil {
				return err
			}
		}
		if err := r.fetchSome(slices.Sorted(maps.Values(found))); err != nil {
			return err
		}
		for i, hash := range hashes {
			messages[i].Body = r.body(found[hash])
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read messages: %w", err)
	}
	return messages, nil
}

// recentPieces are those that piece_index may not have. They are looked up before a snapshot begins.
func (s *Store) recentPieces(project string, hashes []store.Hash) map[store.Hash]int64 {
	found := map[store.Hash]int64{}
	s.known.mu.RLock()
	id, ok := s.known.projects[project]
	s.known.mu.RUnlock()
	if !ok {
		return found
	}
	for _, hash := range hashes {
		if piece, ok := s.known.findRecent(pieceKey{id, hash}); ok {
			found[hash] = piece
		}
	}
	return found
}
