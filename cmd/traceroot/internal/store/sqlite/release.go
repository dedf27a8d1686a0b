package sqlite

import (
	"fmt"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// releasePieces deletes those pieces of a trace that no other holds.
func (tx *txn) releasePieces(trace int64, pieces []int64) error {
	var dead []int64
	var heirs []heir // bodies are read before anything is deleted, since the first of a pack has it
	for _, piece := range pieces {
		row, err := tx.conn.first("SELECT trace, project, hash, body FROM pieces WHERE id = ?", piece)
		if err != nil {
			return err
		}
		if row == nil {
			continue
		}
		key := pieceKey{intOf(row[1]), store.Hash(bytesOf(row[2]))}
		tx.released = append(tx.released, key)
		if intOf(row[0]) != trace {
			if _, err := tx.exec("DELETE FROM uses WHERE piece = ? AND trace = ?", piece, trace); err != nil {
				return err
			}
			continue
		}
		other, err := tx.conn.first("SELECT trace FROM uses WHERE piece = ? LIMIT 1", piece)
		if err != nil {
			return err
		}
		if other == nil {
			dead = append(dead, piece)
			tx.removed = append(tx.removed, key)
			if _, err := tx.exec("DELETE FROM piece_index WHERE hash = ? AND piece = ?", key.indexKey(), piece); err != nil {
				return err
			}
			continue
		}
		body, err := tx.bodyAlone(piece, bytesOf(row[3]))
		if err != nil {
			return fmt.Errorf("text %d: %w", piece, err)
		}
		heirs = append(heirs, heir{piece, intOf(other[0]), body})
	}
	for _, h := range heirs {
		if err := tx.inherit(h); err != nil {
			return err
		}
	}
	for _, piece := range dead {
		if _, err := tx.exec("DELETE FROM pieces WHERE id = ?", piece); err != nil {
			return err
		}
	}
	tx.index.deadPieces = append(tx.index.deadPieces, dead...)
	return nil
}

// heir is a piece that goes over to another trace.
type heir struct {
	piece, trace int64
	body         []byte
}

func (tx *txn) inherit(h heir) error {
	_, err := tx.exec("UPDATE pieces SET trace = ?, body = ? WHERE id = ?", h.trace, h.body, h.piece)
	if err != nil {
		return err
	}
	_, err = tx.exec("DELETE FROM uses WHERE piece = ? AND trace = ?", h.piece, h.trace)
	return err
}

// bodyAlone is the body of a piece without its pack.
func (tx *txn) bodyAlone(piece int64, body []byte) ([]byte, error) {
	p, err := spotOf(piece, body)
	if err != nil || p.first == 0 {
		return body, err
	}
	texts, err := unpackBodies(map[int64][]byte{piece: body}, tx.conn.bodies)
	if err != nil {
		return nil, err
	}
	return packBody([]byte(texts[piece])), nil
}

func (c *conn) bodies(pieces []int64) (map[int64][]byte, error) {
	bodies := make(map[int64][]byte, len(pieces))
	for _, piece := range pieces {
		row, err := c.first("SELECT body FROM pieces WHERE id = ?", piece)
		if err != nil {
			return nil, err
		}
		if row != nil {
			bodies[piece] = bytesOf(row[0])
		}
	}
	return bodies, nil
}
