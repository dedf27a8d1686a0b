package sqlite

import (
	"context"
	"fmt"
	"time"
)

// RetainNow does what retention has due at a moment.
func (s *Store) RetainNow(ctx context.Context, now time.Time) error { return s.retainNow(ctx, now) }

// LimitPages makes the disk look full above so many pages.
func (s *Store) LimitPages(ctx context.Context, pages int) error {
	return s.do(ctx, &job{run: func(tx *txn) error {
		_, err := tx.exec(fmt.Sprintf("PRAGMA max_page_count = %d", pages))
		return err
	}})
}

// Pages is how large the file is.
func (s *Store) Pages(ctx context.Context) (pages int, err error) {
	err = s.do(ctx, &job{run: func(tx *txn) error {
		size, err := tx.size()
		pages = int(size / pageSize)
		return err
	}})
	return pages, err
}

// Ask runs a query and calls each with every row.
type Ask func(each func(row []any) error, query string, args ...any) error

// Read has read ask on a connection of those who read.
func (s *Store) Read(ctx context.Context, read func(Ask) error) error {
	return s.read.unchanging(ctx, func(c *conn) error {
		return read(func(each func(row []any) error, query string, args ...any) error {
			return c.queryContext(ctx, each, query, args...)
		})
	})
}

// Packers makes what is made once. A test in a bubble of synctest needs it made outside, since all use it.
func Packers() error {
	_, err := decoder().DecodeAll(encoder().EncodeAll([]byte("text"), nil), nil)
	return err
}
