package sqlite_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store/sqlite"
)

const counting = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) SELECT i FROM n"

// A query may be asked again while its rows are read, among more of others than are kept prepared.
func TestQueriesWithinQueries(t *testing.T) {
	t.Parallel()
	s := open(t, sqlite.Options{})
	var got []string
	err := s.Read(t.Context(), func(ask sqlite.Ask) error {
		return ask(func(outer []any) error {
			for i := range 200 {
				if err := ask(func([]any) error { return nil }, fmt.Sprintf("SELECT %d", i)); err != nil {
					return err
				}
			}
			return ask(func(inner []any) error {
				got = append(got, fmt.Sprint(outer[0], inner[0]))
				return nil
			}, counting, int64(2))
		}, counting, int64(3))
	})
	if want := []string{"1 1", "1 2", "2 1", "2 2", "3 1", "3 2"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("Read = %v, rows %q, want %q", err, got, want)
	}
}

// A query ends when nobody waits for it any more, and harms none that follows on the same connection.
func TestQueriesEndWithTheirContext(t *testing.T) {
	t.Parallel()
	s := open(t, sqlite.Options{})
	for name, query := range map[string]string{
		"between rows":         counting,
		"before the first row": "SELECT count(*) FROM (" + counting + ")",
	} {
		for range 5 { // so that each connection has been met
			ctx, cancel := context.WithCancel(t.Context())
			err := s.Read(ctx, func(ask sqlite.Ask) error {
				if name == "before the first row" {
					go cancel()
				}
				return ask(func([]any) error {
					cancel()
					return nil
				}, query, int64(1e12))
			})
			if cancel(); !errors.Is(err, context.Canceled) {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	if page, err := s.Traces(t.Context(), project, store.Query{}); err != nil || len(page.Rows) != 0 {
		t.Errorf("Traces afterwards = %+v, %v", page, err)
	}
}

// A connection that cannot be brought back to where it began is replaced, and who did that to it is told.
func TestConnectionsThatAreLost(t *testing.T) {
	t.Parallel()
	s := open(t, sqlite.Options{})
	for range 5 { // more than there are connections
		err := s.Read(t.Context(), func(ask sqlite.Ask) error {
			return ask(func([]any) error { return nil }, "ROLLBACK")
		})
		if err == nil || !strings.Contains(err.Error(), "no transaction is active") {
			t.Errorf("Read = %v, want what SQLite says of the end of the transaction", err)
		}
	}
	if _, err := s.Traces(t.Context(), project, store.Query{}); err != nil {
		t.Errorf("Traces afterwards: %v", err)
	}
}

// A closed store says so to those who read, too.
func TestReadsOfAClosedStore(t *testing.T) {
	t.Parallel()
	s, err := sqlite.Open(t.Context(), sqlite.Options{Path: filepath.Join(t.TempDir(), "traceroot.db")})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Traces(t.Context(), project, store.Query{}); err != nil {
		t.Error(err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	for range 5 {
		if _, err := s.Traces(t.Context(), project, store.Query{}); !errors.Is(err, sqlite.ErrClosed) {
			t.Errorf("Traces: %v", err)
		}
		if _, err := s.Stats(t.Context()); !errors.Is(err, sqlite.ErrClosed) {
			t.Errorf("Stats: %v", err)
		}
	}
}
