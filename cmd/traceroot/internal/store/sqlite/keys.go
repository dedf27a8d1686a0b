package sqlite

import (
	"context"
	"fmt"
	"time"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

const keyColumns = "id, project, name, scope, hint, created, revoked"

func keyOf(row []any) store.Key {
	return store.Key{
		ID: textOf(row[0]), Project: textOf(row[1]), Name: textOf(row[2]), Scope: store.Scope(textOf(row[3])),
		Hint: textOf(row[4]), Created: timeOf(row[5]), Revoked: timeOf(row[6]),
	}
}

// AddKey keeps a key. Its id and its hash have to be new.
func (s *Store) AddKey(ctx context.Context, key store.Key, hash store.KeyHash) error {
	err := s.do(ctx, &job{run: func(tx *txn) error {
		_, err := tx.exec("INSERT INTO keys ("+keyColumns+", hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
			key.ID, key.Project, key.Name, string(key.Scope), key.Hint, key.Created.UnixMicro(), timeValue(key.Revoked), hash[:])
		return err
	}})
	if err != nil {
		return fmt.Errorf("keep key %s: %w", key.ID, err)
	}
	return nil
}

// RevokeKey ends a key. One that has ended keeps its time.
func (s *Store) RevokeKey(ctx context.Context, id string, at time.Time) (key store.Key, err error) {
	err = s.do(ctx, &job{run: func(tx *txn) error {
		_, err := tx.exec("UPDATE keys SET revoked = ? WHERE id = ? AND revoked IS NULL", at.UnixMicro(), id)
		if err != nil {
			return err
		}
		row, err := tx.conn.first("SELECT "+keyColumns+" FROM keys WHERE id = ?", id)
		if err != nil {
			return err
		}
		if row == nil {
			return store.ErrNotFound
		}
		key = keyOf(row)
		return nil
	}})
	if err != nil {
		return store.Key{}, fmt.Errorf("revoke key %s: %w", id, err)
	}
	return key, nil
}

// FindKey finds a key that is good.
func (s *Store) FindKey(ctx context.Context, hash store.KeyHash) (store.Key, error) {
	keys, err := s.keys(ctx, "WHERE hash = ? AND revoked IS NULL", hash[:])
	if err != nil {
		return store.Key{}, fmt.Errorf("find a key: %w", err)
	}
	if len(keys) == 0 {
		return store.Key{}, store.ErrNotFound
	}
	return keys[0], nil
}

// Keys are the keys of a project, or of all for an empty one, oldest first.
func (s *Store) Keys(ctx context.Context, project string) ([]store.Key, error) {
	keys, err := s.keys(ctx, "WHERE ?1 = '' OR project = ?1 ORDER BY created, id", project)
	if err != nil {
		return nil, fmt.Errorf("list keys: %w", err)
	}
	return keys, nil
}

func (s *Store) keys(ctx context.Context, where string, arg any) (keys []store.Key, err error) {
	err = s.read.do(ctx, func(c *conn) error {
		return c.queryContext(ctx, func(row []any) error {
			keys = append(keys, keyOf(row))
			return nil
		}, "SELECT "+keyColumns+" FROM keys "+where, arg)
	})
	return keys, err
}
