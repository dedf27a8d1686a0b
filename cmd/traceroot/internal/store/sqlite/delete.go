package sqlite

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// Delete deletes traces with all that only they hold.
func (s *Store) Delete(ctx context.Context, project string, traceIDs []string) (int, error) {
	deleted := 0
	for chunk := range slices.Chunk(traceIDs, maxDeleted) {
		n := 0
		err := s.do(ctx, &job{run: func(tx *txn) error {
			id, ok := tx.findProject(project)
			if !ok {
				return nil
			}
			n = 0
			for _, traceID := range chunk {
				there, err := tx.deleteTrace(id, traceID)
				if err != nil {
					return fmt.Errorf("delete trace %s: %w", traceID, err)
				}
				n += int(boolValue(there))
			}
			return nil
		}})
		if err != nil {
			return deleted, err
		}
		deleted += n
	}
	return deleted, nil
}

// maxDeleted bounds how long others wait for a transaction that deletes.
const maxDeleted = 20

// deleteTrace deletes one trace, and says whether it was there.
func (tx *txn) deleteTrace(project int64, traceID string) (bool, error) {
	tx.warm.Remove(traceKey{project, traceID})
	row, err := tx.conn.first("SELECT "+stateColumns+" FROM traces WHERE project = ? AND trace_id = ?",
		project, idValue(traceID))
	if err != nil || row == nil {
		return false, err
	}
	t := &traceState{project: project}
	if err := t.load(row); err != nil {
		return false, err
	}
	pieces := map[int64]struct{}{}
	if err := tx.collectPieces(t, pieces); err != nil {
		return false, err
	}
	tx.rollups.addTrace(project, &t.before, -1)
	if err := tx.deleteRows(t); err != nil {
		return false, err
	}
	if err := tx.releasePieces(t.id, slices.Sorted(maps.Keys(pieces))); err != nil {
		return false, fmt.Errorf("release texts: %w", err)
	}
	tx.now.seq++
	tx.changed = true
	_, err = tx.exec("INSERT INTO deletions (seq, project, trace_id) VALUES (?, ?, ?)",
		tx.now.seq, project, idValue(traceID))
	return true, err
}

// collectPieces finds the pieces of a trace, and takes its calls out of the roll-ups.
func (tx *txn) collectPieces(t *traceState, pieces map[int64]struct{}) error {
	for _, piece := range t.orphans {
		pieces[piece] = struct{}{}
	}
	own, err := parseTexts(t.texts, nil)
	if err != nil {
		return err
	}
	for piece := range own.pieces() {
		pieces[piece] = struct{}{}
	}
	sheets := tx.sheetsOf(t.id)
	return tx.conn.query(func(row []any) error {
		span, texts, err := spanOf(t.sum.TraceID, row, sheets)
		if err != nil {
			return err
		}
		for piece := range texts.pieces() {
			pieces[piece] = struct{}{}
		}
		tx.rollups.addCall(t.project, &span, -1)
		return nil
	}, "SELECT "+spanColumns+" FROM spans WHERE trace = ?", t.id)
}

// deleteRows deletes what names the trace.
func (tx *txn) deleteRows(t *traceState) error {
	for doc := range t.docs {
		tx.index.deadTraces = append(tx.index.deadTraces, t.id<<docBits|doc)
	}
	for _, query := range []string{
		"DELETE FROM spans WHERE trace = ?", "DELETE FROM sheets WHERE trace = ?", "DELETE FROM traces WHERE id = ?",
	} {
		if _, err := tx.exec(query, t.id); err != nil {
			return err
		}
	}
	for _, term := range t.terms {
		_, err := tx.exec("DELETE FROM trace_terms WHERE term = ? AND start = ? AND trace = ?",
			term.term, t.sum.Start.UnixMicro(), t.id)
		if err != nil {
			return err
		}
		if err := tx.releaseTerm(term.term); err != nil {
			return err
		}
	}
	return nil
}

// releaseTerm deletes a term that no trace has.
func (tx *txn) releaseTerm(term int64) error {
	row, err := tx.conn.first("SELECT 1 FROM trace_terms WHERE term = ? LIMIT 1", term)
	if err != nil || row != nil {
		return err
	}
	row, err = tx.conn.first("SELECT project, field, value FROM terms WHERE id = ?", term)
	if err != nil || row == nil {
		return err
	}
	tx.terms.removed = append(tx.terms.removed,
		termKey{intOf(row[0]), store.Field(textOf(row[1])), textOf(row[2])})
	_, err = tx.exec("DELETE FROM terms WHERE id = ?", term)
	return err
}
