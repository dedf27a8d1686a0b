package sqlite

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// retention is how much is kept. Zero keeps all.
type retention struct {
	age   time.Duration
	bytes int64
}

const (
	firstRetention = 10 * time.Second // after the start, which others need the disk for
	everyRetention = time.Minute
	maxVacuumed    = 500    // pages that one transaction gives back
	maxDeletions   = 10_000 // remembered for those who follow the changes
)

// retainInBackground deletes what is too old or too much, and gives free pages back, until ctx ends.
func (s *Store) retainInBackground(ctx context.Context) {
	timer := time.NewTimer(firstRetention)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		}
		if err := s.retainNow(ctx, time.Now()); err != nil && ctx.Err() == nil {
			s.log.ErrorContext(ctx, "retention failed", errorAttr(err))
		}
		timer.Reset(everyRetention)
	}
}

// retainNow does what is due.
func (s *Store) retainNow(ctx context.Context, now time.Time) error {
	if s.retain.age > 0 {
		if err := s.deleteWhile(ctx, func(tx *txn) (bool, error) {
			row, err := tx.conn.first("SELECT 1 FROM traces WHERE start < ? LIMIT 1", now.Add(-s.retain.age).UnixMicro())
			return row != nil, err
		}); err != nil {
			return fmt.Errorf("delete what is too old: %w", err)
		}
	}
	if s.retain.bytes > 0 {
		if err := s.deleteWhile(ctx, func(tx *txn) (bool, error) {
			size, err := tx.size()
			return size > s.retain.bytes, err
		}); err != nil {
			return fmt.Errorf("delete what is too much: %w", err)
		}
	}
	return s.tidy(ctx)
}

// deleteWhile deletes the oldest traces, a few in a transaction, while something holds.
func (s *Store) deleteWhile(ctx context.Context, holds func(tx *txn) (bool, error)) error {
	for again := true; again; {
		again = false
		err := s.do(ctx, &job{run: func(tx *txn) error {
			for range maxDeleted {
				more, err := holds(tx)
				if err != nil || !more {
					return err
				}
				row, err := tx.conn.first("SELECT project, trace_id FROM traces ORDER BY start LIMIT 1")
				if err != nil || row == nil {
					return err
				}
				if _, err := tx.deleteTrace(intOf(row[0]), idText(row[1])); err != nil {
					return err
				}
				again = true
			}
			return nil
		}})
		if err != nil {
			return err
		}
	}
	return nil
}

// size is how large the file is without its free pages.
func (tx *txn) size() (int64, error) {
	row, err := tx.conn.first("SELECT (SELECT page_count FROM pragma_page_count) - (SELECT freelist_count FROM pragma_freelist_count)")
	if err != nil {
		return 0, err
	}
	if row == nil {
		return 0, errors.New("the file has no size")
	}
	return intOf(row[0]) * pageSize, nil
}

// tidy forgets old deletions and gives free pages back to the disk.
func (s *Store) tidy(ctx context.Context) error {
	err := s.do(ctx, &job{run: func(tx *txn) error {
		_, err := tx.exec("DELETE FROM deletions WHERE seq <= (SELECT seq FROM deletions ORDER BY seq DESC LIMIT 1 OFFSET ?)",
			int64(maxDeletions))
		return err
	}})
	if err != nil {
		return fmt.Errorf("forget old deletions: %w", err)
	}
	for free := int64(1); free > 0; {
		err := s.do(ctx, &job{run: func(tx *txn) error {
			if _, err := tx.exec(fmt.Sprintf("PRAGMA incremental_vacuum(%d)", maxVacuumed)); err != nil {
				return err
			}
			row, err := tx.conn.first("SELECT freelist_count FROM pragma_freelist_count")
			if err != nil {
				return err
			}
			free = intOf(row[0])
			return nil
		}})
		if err != nil {
			return fmt.Errorf("give free pages back: %w", err)
		}
	}
	return nil
}
