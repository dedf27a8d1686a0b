package sqlite

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// Backup writes a copy of the store as it is at some moment of the call. It reads beside the writer, and needs room for
// a copy beside the file.
func (s *Store) Backup(ctx context.Context, to io.Writer) (err error) {
	folder, err := os.MkdirTemp(filepath.Dir(s.path), ".backup-")
	if err != nil {
		return fmt.Errorf("back up: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	path := filepath.Join(folder, "copy.db")
	// A connection of its own, since those of readers may not write, not even to another file.
	c, err := openConn(ctx, s.path, writing...)
	if err != nil {
		return fmt.Errorf("back up: %w", err)
	}
	defer func() { err = errors.Join(err, c.close()) }()
	if _, err := c.held.ExecContext(ctx, "VACUUM INTO ?", path); err != nil {
		return fmt.Errorf("back up: %w", wrap(err))
	}
	file, err := os.Open(path) //nolint:gosec // it was made here
	if err != nil {
		return fmt.Errorf("back up: %w", err)
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	if _, err := io.Copy(to, file); err != nil {
		return fmt.Errorf("back up: %w", err)
	}
	return nil
}
