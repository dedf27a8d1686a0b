package sqlite

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
)

// mostReaders look at the store at once; others wait.
const mostReaders = 4

// readers are the connections of those who read. It is for any number of goroutines.
type readers struct {
	path   string
	free   chan *conn // mostReaders of them; nil stands for one that is not open
	closed chan struct{}
}

func newReaders(path string) *readers {
	r := &readers{path: path, free: make(chan *conn, mostReaders), closed: make(chan struct{})}
	for range mostReaders {
		r.free <- nil
	}
	return r
}

// do has read use a connection.
func (r *readers) do(ctx context.Context, read func(c *conn) error) (err error) {
	var c *conn
	select {
	case c = <-r.free:
	case <-r.closed:
		return ErrClosed
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { r.free <- c }()
	if c == nil {
		if c, err = openConn(ctx, r.path, "query_only(1)", "cache_size(-4096)"); err != nil {
			return fmt.Errorf("open %s: %w", r.path, err)
		}
	}
	if err = read(c); errors.Is(err, errUnusable) {
		err = errors.Join(err, c.close())
		c = nil
	}
	return err
}

// errUnusable is what read returns for a connection that nobody else should have.
var errUnusable = errors.New("the connection is in an unknown state")

// unchanging has read see the store as it was at one moment.
func (r *readers) unchanging(ctx context.Context, read func(c *conn) error) error {
	return r.do(ctx, func(c *conn) (err error) {
		if _, err := c.exec("BEGIN"); err != nil {
			return fmt.Errorf("begin to read: %w", errors.Join(err, errUnusable))
		}
		defer func() {
			if _, end := c.exec("ROLLBACK"); end != nil {
				err = errors.Join(err, fmt.Errorf("end reading: %w", errors.Join(end, errUnusable)))
			}
		}()
		return read(c)
	})
}

// close waits for those who read.
func (r *readers) close() error {
	close(r.closed)
	var errs []error
	for range mostReaders {
		if c := <-r.free; c != nil {
			errs = append(errs, c.close())
		}
	}
	return errors.Join(errs...)
}

// bound are arguments as the driver takes them.
func bound(args []any) ([]any, error) {
	values := make([]any, len(args))
	for i, arg := range args {
		value, err := driver.DefaultParameterConverter.ConvertValue(arg)
		if err != nil {
			return nil, fmt.Errorf("argument %d of a query: %w", i+1, err)
		}
		values[i] = value
	}
	return values, nil
}
