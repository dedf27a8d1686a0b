package sqlite

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"slices"
)

// indexing is what is to be done to the full-text indices. In a transaction it comes last: with any other statement
// between, FTS5 would write out what it holds, and merge the more afterwards.
type indexing struct {
	pieces, traces         []entry
	deadPieces, deadTraces []int64
}

// entry are words of a row of a full-text index.
type entry struct {
	rowid int64
	words string
}

// add adds what comes later than that of i. Rows that it deletes are not indexed.
func (i *indexing) add(later *indexing) {
	i.pieces = append(without(i.pieces, later.deadPieces), later.pieces...)
	i.traces = append(without(i.traces, later.deadTraces), later.traces...)
	i.deadPieces = append(i.deadPieces, later.deadPieces...)
	i.deadTraces = append(i.deadTraces, later.deadTraces...)
}

func without(entries []entry, dead []int64) []entry {
	if len(dead) == 0 {
		return entries
	}
	gone := make(map[int64]struct{}, len(dead))
	for _, rowid := range dead {
		gone[rowid] = struct{}{}
	}
	return slices.DeleteFunc(entries, func(e entry) bool {
		_, ok := gone[e.rowid]
		return ok
	})
}

func (i *indexing) deletes() bool { return len(i.deadPieces)+len(i.deadTraces) > 0 }

func (i *indexing) empty() bool { return len(i.pieces)+len(i.traces) == 0 && !i.deletes() }

// size is how many bytes the words take.
func (i *indexing) size() int {
	size := 0
	for _, entries := range [][]entry{i.pieces, i.traces} {
		for _, e := range entries {
			size += len(e.words)
		}
	}
	return size
}

func (i *indexing) run(c *conn) error {
	if err := indexOne(c, "piece_words", i.deadPieces, i.pieces); err != nil {
		return err
	}
	return indexOne(c, "trace_words", i.deadTraces, i.traces)
}

func indexOne(c *conn, table string, dead []int64, entries []entry) error {
	for _, rowid := range dead {
		if _, err := c.exec("DELETE FROM "+table+" WHERE rowid = ?", rowid); err != nil {
			return fmt.Errorf("unindex words: %w", err)
		}
	}
	// FTS5 takes rising rowids at once.
	slices.SortStableFunc(entries, func(a, b entry) int { return cmp.Compare(a.rowid, b.rowid) })
	for _, e := range entries {
		if _, err := c.exec("INSERT INTO "+table+" (rowid, words) VALUES (?, ?)", e.rowid, e.words); err != nil {
			return fmt.Errorf("index words: %w", err)
		}
	}
	return nil
}

// append appends what unindexed.words has for an entry.
func (e entry) append(blob []byte) []byte {
	blob = binary.AppendUvarint(blob, uint64(e.rowid)) //nolint:gosec // rowids count from one: a trace's number, shifted
	return append(appendNumber(blob, len(e.words)), e.words...)
}

// entriesOf reads them back.
func entriesOf(blob []byte) (entries []entry, err error) {
	for len(blob) > 0 {
		rowid, n := binary.Uvarint(blob)
		if n <= 0 {
			return nil, errBlob
		}
		r := numberReader{rest: blob[n:]}
		size := r.next()
		if r.bad || size > len(r.rest) {
			return nil, errBlob
		}
		entries = append(entries, entry{int64(rowid), string(r.rest[:size])}) //nolint:gosec // what append wrote was one
		blob = r.rest[size:]
	}
	return entries, nil
}
