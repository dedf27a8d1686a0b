package sqlite

import "fmt"

// indexing is what a transaction does to the full-text indices. It comes last: with any other statement between, FTS5
// would write out what it holds, and merge the more afterwards.
type indexing struct {
	pieces, traces         []entry // by rising rowid, which FTS5 takes at once
	deadPieces, deadTraces []int64
}

type entry struct {
	rowid int64
	words string
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
	for _, e := range entries {
		if _, err := c.exec("INSERT INTO "+table+" (rowid, words) VALUES (?, ?)", e.rowid, e.words); err != nil {
			return fmt.Errorf("index words: %w", err)
		}
	}
	return nil
}
