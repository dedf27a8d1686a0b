package sqlite

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"

	"github.com/hashicorp/golang-lru/v2/simplelru"
	sqlite "modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// conn is a connection. It speaks to the driver itself: database/sql costs as much again for every statement, and prepares
// each anew. It is for one goroutine at a time.
type conn struct {
	db         *sql.DB
	held       *sql.Conn
	driver     driver.Conn
	statements *simplelru.LRU[string, *statement] // by their text
}

// mostStatements are kept prepared by a connection. The writer has fewer; those of readers depend on what is asked.
const mostStatements = 128

// statement is prepared once.
type statement struct {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext

	args []driver.NamedValue
	row  []driver.Value
	busy bool // its rows are being read
	kept bool // among the statements of its connection
}

// writing are the pragmas of a connection that may write.
var writing = []string{"synchronous(FULL)", "cache_size(-20480)", "wal_autocheckpoint(4000)", "journal_size_limit(67108864)"}

func openConn(ctx context.Context, path string, pragmas ...string) (*conn, error) {
	db, err := sql.Open("sqlite", dsn(path, pragmas...))
	if err != nil {
		return nil, err
	}
	c := &conn{db: db}
	c.statements, err = simplelru.NewLRU(mostStatements, func(_ string, s *statement) {
		if s.kept = false; !s.busy {
			_ = s.Close() // of a statement that failed, Close says so again
		}
	})
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	if c.held, err = db.Conn(ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	// The driver's connection stays ours as long as held does.
	err = c.held.Raw(func(raw any) error {
		var ok bool
		if c.driver, ok = raw.(driver.Conn); !ok {
			return errors.New("the driver hides its connection")
		}
		return nil
	})
	if err != nil {
		return nil, errors.Join(err, c.close())
	}
	return c, nil
}

func (c *conn) close() error {
	c.statements.Purge()
	return errors.Join(c.held.Close(), c.db.Close())
}

// prepare gives the statement to release.
func (c *conn) prepare(sql string, args []any) (*statement, error) {
	s, known := c.statements.Get(sql)
	if !known || s.busy {
		prepared, err := c.driver.Prepare(sql)
		if err != nil {
			return nil, fmt.Errorf("prepare %q: %w", sql, wrap(err))
		}
		exec, canExec := prepared.(driver.StmtExecContext)
		query, canQuery := prepared.(driver.StmtQueryContext)
		if !canExec || !canQuery {
			return nil, errors.Join(errors.New("the driver's statements are too old"), prepared.Close())
		}
		s = &statement{Stmt: prepared, StmtExecContext: exec, StmtQueryContext: query}
		if !known {
			c.statements.Add(sql, s)
			s.kept = true
		}
	}
	s.busy = true
	s.args = s.args[:0]
	for i, arg := range args {
		s.args = append(s.args, driver.NamedValue{Ordinal: i + 1, Value: arg})
	}
	return s, nil
}

func (s *statement) release() {
	clear(s.args)
	clear(s.row)
	if s.busy = false; !s.kept {
		_ = s.Close() // of a statement that failed, Close says so again
	}
}

// exec runs a statement and says how many rows it changed. Arguments are int64, string, []byte or nil.
func (c *conn) exec(query string, args ...any) (int64, error) {
	s, err := c.prepare(query, args)
	if err != nil {
		return 0, err
	}
	defer s.release()
	result, err := s.ExecContext(context.Background(), s.args)
	if err != nil {
		return 0, wrap(err)
	}
	return result.RowsAffected()
}

// query calls each with every row, which is valid until it returns.
func (c *conn) query(each func(row []any) error, query string, args ...any) error {
	return c.queryContext(context.Background(), each, query, args...)
}

// queryContext is query until ctx is done.
func (c *conn) queryContext(ctx context.Context, each func(row []any) error, query string, args ...any) (err error) {
	s, err := c.prepare(query, args)
	if err != nil {
		return err
	}
	defer s.release()
	rows, err := s.QueryContext(ctx, s.args)
	if err != nil {
		return wrap(err)
	}
	defer func() {
		if end := rows.Close(); err == nil { // else it says the same again
			err = end
		}
	}()
	if s.row == nil {
		s.row = make([]driver.Value, len(rows.Columns()))
	}
	row := make([]any, len(s.row))
	for {
		err := rows.Next(s.row)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return wrap(err)
		}
		for i, value := range s.row {
			row[i] = value
		}
		if err := each(row); err != nil {
			return err
		}
	}
}

// first is the first row, nil where there is none.
func (c *conn) first(query string, args ...any) ([]any, error) {
	var first []any
	err := c.query(func(row []any) error {
		if first == nil {
			first = append(first, row...)
		}
		return nil
	}, query, args...)
	return first, err
}

// wrap tells a full disk from other failures.
func wrap(err error) error {
	failure, ok := errors.AsType[*sqlite.Error](err)
	if !ok {
		return err
	}
	switch failure.Code() {
	case sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_SHMSIZE:
		return fmt.Errorf("%w: %w", store.ErrFull, err)
	}
	if failure.Code()&0xff == sqlite3.SQLITE_FULL {
		return fmt.Errorf("%w: %w", store.ErrFull, err)
	}
	return err
}
