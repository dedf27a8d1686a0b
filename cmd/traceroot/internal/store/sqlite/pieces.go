package sqlite

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// indexKey is what piece_index has for a piece.
func (k pieceKey) indexKey() int64 {
	return int64(binary.BigEndian.Uint64(k.hash[:8])) ^ k.project //nolint:gosec // any eight bytes will do
}

// resolve gives all pieces of a batch their ids, and writes those that are new.
func (tx *txn) resolve(project int64, p *prepared) error {
	owner := make([]int64, len(p.pieces.list)) // the trace that a new piece is written for
	for i := range p.traces {
		if len(p.traces[i].uses) == 0 {
			continue
		}
		id, err := tx.traceID(project, p.traces[i].row.TraceID)
		if err != nil {
			return err
		}
		for _, at := range p.traces[i].uses {
			if owner[at] == 0 {
				owner[at] = id
			}
		}
	}
	if err := tx.findAll(project, &p.pieces); err != nil {
		return fmt.Errorf("find texts: %w", err)
	}
	for _, pack := range p.packs {
		fresh := slices.DeleteFunc(slices.Clone(pack.pieces), func(at int) bool { return p.pieces.list[at].id != 0 })
		if len(fresh) == 0 {
			continue
		}
		if len(fresh) < len(pack.pieces) {
			pack = p.newPack(fresh)
		}
		for i, body := range pack.bodies(&p.pieces) {
			if err := tx.addPiece(project, &p.pieces.list[fresh[i]], body, owner[fresh[0]]); err != nil {
				return fmt.Errorf("write a text: %w", err)
			}
		}
	}
	// What the caller knew may be gone meanwhile.
	for i := range p.pieces.list {
		piece := &p.pieces.list[i]
		if piece.id != 0 {
			continue
		}
		if tx.store.search && piece.searched {
			piece.words = store.IndexText(piece.text)
		}
		if err := tx.addPiece(project, piece, packBody([]byte(piece.text)), owner[i]); err != nil {
			return fmt.Errorf("write a text: %w", err)
		}
	}
	return nil
}

// findAll gives the pieces that are there their ids.
func (tx *txn) findAll(project int64, set *pieceSet) error {
	var unknown []int
	for i := range set.list {
		piece := &set.list[i]
		piece.id, piece.known = 0, tx.remembered(pieceKey{project, piece.hash}) // a transaction that was rolled back may have given it one
		if piece.known != nil {
			piece.id = piece.known.id
		} else {
			unknown = append(unknown, i)
		}
	}
	if tx.counters.indexed == 0 {
		return nil
	}
	for some := range slices.Chunk(unknown, len(findSome{})) {
		if err := tx.findIndexed(project, set, some); err != nil {
			return err
		}
	}
	return nil
}

// findSome are the keys that one query looks for: a query costs more than a look into the index.
type findSome [16]int64

var findSomeSQL = strings.Replace(findPieceSQL, "= ?", "IN ("+strings.Repeat("?, ", len(findSome{})-1)+"?)", 1)

func (tx *txn) findIndexed(project int64, set *pieceSet, some []int) error {
	args := make([]any, len(findSome{}))
	for i := range args {
		at := some[min(i, len(some)-1)]
		args[i] = pieceKey{project, set.list[at].hash}.indexKey()
	}
	return tx.conn.query(func(row []any) error {
		hash := store.Hash(bytesOf(row[1]))
		at, ok := set.byHash[hash]
		if !ok || intOf(row[2]) != project {
			return nil
		}
		piece := &set.list[at]
		piece.id = intOf(row[0])
		piece.known = &known{id: piece.id}
		tx.store.known.lately.Add(pieceKey{project, hash}, piece.known)
		return nil
	}, findSomeSQL, args...)
}

// remembered is nil for a piece that is not in memory.
func (tx *txn) remembered(key pieceKey) *known {
	if piece := tx.added[key]; piece != nil {
		return piece
	}
	if piece, ok := tx.store.known.lately.Get(key); ok {
		return piece
	}
	id, ok := tx.store.known.findRecent(key)
	if !ok {
		return nil
	}
	piece := &known{id: id}
	tx.store.known.lately.Add(key, piece)
	return piece
}

const findPieceSQL = `SELECT pieces.id, pieces.hash, pieces.project FROM piece_index
	JOIN pieces ON pieces.id = piece_index.piece WHERE piece_index.hash = ?`

func (tx *txn) addPiece(project int64, piece *draftPiece, body []byte, trace int64) error {
	tx.now.piece++
	piece.id = tx.now.piece
	piece.known = &known{id: piece.id}
	piece.known.usedBy(trace)
	tx.added[pieceKey{project, piece.hash}] = piece.known
	_, err := tx.exec("INSERT INTO pieces (id, project, trace, hash, body) VALUES (?, ?, ?, ?, ?)",
		piece.id, project, trace, piece.hash[:], body)
	if err == nil && piece.words != "" {
		tx.index.pieces = append(tx.index.pieces, entry{piece.id, piece.words})
	}
	return err
}

// use notes that a trace holds the pieces of a batch.
func (tx *txn) use(trace int64, t *preparedTrace, pieces []draftPiece) error {
	for _, at := range t.uses {
		piece := pieces[at].known
		if piece.isUsedBy(trace) {
			continue
		}
		_, err := tx.exec("INSERT OR IGNORE INTO uses (piece, trace) SELECT id, ?2 FROM pieces WHERE id = ?1 AND trace <> ?2",
			piece.id, trace)
		if err != nil {
			return fmt.Errorf("note a use of a text: %w", err)
		}
		if _, ok := tx.touched[piece]; !ok {
			tx.touched[piece] = *piece
		}
		piece.usedBy(trace)
	}
	return nil
}

// maxDrained bounds what a transaction does beside its own work.
const maxDrained = 2000

// drainSome adds pieces to piece_index, in the order of their hashes: so many go on each page.
func (tx *txn) drainSome() error {
	w := tx.writer
	recent := tx.store.known
	recent.mu.RLock()
	defer recent.mu.RUnlock()
	if len(w.drain) == 0 {
		if len(recent.recent) < maxRecent {
			return nil
		}
		w.drain = make([]pieceKey, 0, len(recent.recent))
		for key := range recent.recent {
			w.drain = append(w.drain, key)
		}
		slices.SortFunc(w.drain, func(a, b pieceKey) int { return cmp.Compare(a.indexKey(), b.indexKey()) })
		w.drainTo = w.counters.piece
	}
	tx.drained = w.drain[:min(maxDrained, len(w.drain))]
	for _, key := range tx.drained {
		id, ok := recent.recent[key]
		if !ok || slices.Contains(tx.removed, key) {
			continue
		}
		if _, err := tx.exec("INSERT OR IGNORE INTO piece_index (hash, piece) VALUES (?, ?)", key.indexKey(), id); err != nil {
			return err
		}
	}
	if len(tx.drained) == len(w.drain) {
		tx.now.indexed = w.drainTo
	}
	return nil
}
