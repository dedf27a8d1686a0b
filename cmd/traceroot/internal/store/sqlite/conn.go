package sqlite

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"

	sqlite "modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// conn is the writer's connection. It speaks to the driver itself, since database/sql costs as much again for every
// statement. It is for one goroutine.
type conn struct {
	db         *sql.DB
	held       *sql.Conn
	driver     driver.Conn
	statements map[string]*statement
}

// statement is prepared once.
type statement struct {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
	args []driver.NamedValue
	row  []driver.Value
}

// openConn opens the file with the pragmas of a writer.
func openConn(ctx context.Context, path string) (*conn, error) {
	db, err := sql.Open("sqlite", dsn(path,
		"synchronous(FULL)", "cache_size(-20480)", "wal_autocheckpoint(4000)", "journal_size_limit(67108864)"))
	if err != nil {
		return nil, err
	}
	c := &conn{db: db, statements: map[string]*statement{}}
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
	var errs []error
	for _, s := range c.statements {
		errs = append(errs, s.Close())
	}
	return errors.Join(append(errs, c.held.Close(), c.db.Close())...)
}

func (c *conn) prepare(sql string, args []any) (*statement, error) {
	s := c.statements[sql]
	if s == nil {
		prepared, err := c.driver.Prepare(sql)
		if err != nil {
			return nil, fmt.Errorf("prepare %q: %w", sql, err)
		}
		exec, canExec := prepared.(driver.StmtExecContext)
		query, canQuery := prepared.(driver.StmtQueryContext)
		if !canExec || !canQuery {
			return nil, errors.Join(errors.New("the driver's statements are too old"), prepared.Close())
		}
		s = &statement{Stmt: prepared, StmtExecContext: exec, StmtQueryContext: query}
		c.statements[sql] = s
	}
	s.args = s.args[:0]
	for i, arg := range args {
		s.args = append(s.args, driver.NamedValue{Ordinal: i + 1, Value: arg})
	}
	return s, nil
}

// exec runs a statement and says how many rows it changed. Arguments are int64, string, []byte or nil.
func (c *conn) exec(query string, args ...any) (int64, error) {
	s, err := c.prepare(query, args)
	if err != nil {
		return 0, err
	}
	result, err := s.ExecContext(context.Background(), s.args)
	if err != nil {
		return 0, wrap(err)
	}
	return result.RowsAffected()
}

// query calls each with every row, which is valid until it returns.
func (c *conn) query(each func(row []any) error, query string, args ...any) (err error) {
	s, err := c.prepare(query, args)
	if err != nil {
		return err
	}
	rows, err := s.QueryContext(context.Background(), s.args)
	if err != nil {
		return wrap(err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	if s.row == nil {
		s.row = make([]driver.Value, len(rows.Columns()))
	}
	row := make([]any, len(s.row))
	for {
		err := rows.Next(s.row)
		if errors.Is(err, io.EOF) {
			return nil
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
