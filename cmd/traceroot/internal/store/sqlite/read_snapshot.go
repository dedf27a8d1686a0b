package sqlite

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"
)

// snapshot reads the store as it was at one moment. It is for one goroutine.
type snapshot struct {
	ctx     context.Context //nolint:containedctx // it lives as long as the one call that it serves
	conn    *conn
	project int64             // 0: there is no such project, and nothing is found
	bodies  map[int64]*string // of pieces, as far as they were read
}

// snapshot has read look at a project.
func (s *Store) snapshot(ctx context.Context, project string, read func(r *snapshot) error) error {
	return s.read.unchanging(ctx, func(c *conn) error {
		r := &snapshot{ctx: ctx, conn: c, bodies: map[int64]*string{}}
		err := r.query("SELECT id FROM projects WHERE name = ?", []any{project}, func(row []any) error {
			r.project = intOf(row[0])
			return nil
		})
		if err != nil {
			return fmt.Errorf("find the project: %w", err)
		}
		return read(r)
	})
}

// listenerKey is the key of a context's func(query string, args []any), which is told of every query.
type listenerKey struct{}

var errEnough = errors.New("no more rows are wanted")

// query calls each with every row, which is valid until it returns. It ends early on errEnough.
func (r *snapshot) query(query string, args []any, each func(row []any) error) error {
	if listener, ok := r.ctx.Value(listenerKey{}).(func(string, []any)); ok {
		listener(query, args)
	}
	values, err := bound(args)
	if err != nil {
		return err
	}
	if err := r.conn.queryContext(r.ctx, each, query, values...); !errors.Is(err, errEnough) {
		return err
	}
	return nil
}

// number is the one number that a query gives.
func (r *snapshot) number(query string, args ...any) (n int64, err error) {
	err = r.query(query, args, func(row []any) error {
		n = intOf(row[0])
		return nil
	})
	return n, err
}

// fetch reads the bodies of pieces, many at once.
func (r *snapshot) fetch(pieces []int64) error {
	if err := r.fetchSome(pieces); err != nil {
		return err
	}
	for _, id := range pieces {
		if r.bodies[id] == nil {
			return fmt.Errorf("text %d is gone: %w", id, errBlob)
		}
	}
	return nil
}

// fetchSome reads the bodies of those of the pieces that are there.
func (r *snapshot) fetchSome(pieces []int64) error {
	var missing []int64
	for _, id := range pieces {
		if _, ok := r.bodies[id]; !ok {
			missing = append(missing, id)
			r.bodies[id] = nil
		}
	}
	if len(missing) == 0 {
		return nil
	}
	bodies, err := r.packed(missing)
	if err != nil {
		return fmt.Errorf("read texts: %w", err)
	}
	found, err := unpackBodies(bodies, r.packed)
	if err != nil {
		return fmt.Errorf("read texts: %w", err)
	}
	for id, text := range found {
		r.bodies[id] = &text
	}
	return nil
}

// packed are the bodies of pieces as they are stored.
func (r *snapshot) packed(pieces []int64) (map[int64][]byte, error) {
	bodies := make(map[int64][]byte, len(pieces))
	err := r.query("SELECT id, body FROM pieces WHERE id IN (SELECT value FROM json_each(?))", []any{jsonIDs(pieces)},
		func(row []any) error {
			bodies[intOf(row[0])] = bytes.Clone(bytesOf(row[1]))
			return nil
		})
	return bodies, err
}

// body is the body of a piece that was fetched.
func (r *snapshot) body(piece int64) string {
	if text := r.bodies[piece]; text != nil {
		return *text
	}
	return ""
}

// text is one text of a blob.
func (r *snapshot) text(t *texts, f field) (string, error) {
	if err := r.fetch(refs(t.pieces(f))); err != nil {
		return "", err
	}
	return t.string(f, r.body), nil
}

// jsonIDs is a JSON array, for json_each.
func jsonIDs(ids []int64) string {
	list := append(make([]byte, 0, 8*len(ids)+2), '[')
	for i, id := range ids {
		if i > 0 {
			list = append(list, ',')
		}
		list = strconv.AppendInt(list, id, 10)
	}
	return string(append(list, ']'))
}

// microsUp is the first whole microsecond that is not before t. Stored times are whole ones, so they are at or after t
// when they are at or after that.
func microsUp(t time.Time) int64 {
	return t.Add(time.Microsecond - 1).UnixMicro()
}
