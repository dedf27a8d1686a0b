package sqlite_test

import (
	"context"
	"database/sql"
	"math/rand/v2"
	"path/filepath"
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store/sqlite"
)

// scanned finds, in a line of a query plan, the table that is read from end to end. A full-text table that is searched
// says SCAN too, and so do the list of arguments and the result of a subquery.
var scanned = regexp.MustCompile(`SCAN (\w+)`)

var scannable = []string{"json_each", "CONSTANT"}

var searched = regexp.MustCompile(`SCAN (piece|trace)_words VIRTUAL TABLE INDEX \d+:.*M`)

// TestNoScan reads the plans of all queries that a read makes.
func TestNoScan(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "traces.db")
	s, err := sqlite.Open(t.Context(), sqlite.Options{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	c := conversation{rand: rand.New(rand.NewPCG(1, 2)), turns: 1, words: 5}
	var first store.Batch
	for range 22 { // more traces with the same values than are looked up one by one
		var all store.Batch
		for range 100 {
			first = c.next()
			all.Traces, all.Spans = append(all.Traces, first.Traces...), append(all.Spans, first.Spans...)
		}
		if err := s.Write(t.Context(), "acme", all); err != nil {
			t.Fatal(err)
		}
	}
	trace, span := first.Traces[0], first.Spans[0]
	window := store.Query{From: trace.Start.Add(-time.Hour), To: trace.Start.Add(time.Hour)}

	reads := map[string]func(ctx context.Context) error{
		"Trace": func(ctx context.Context) error {
			_, _, err := s.Trace(ctx, "acme", trace.TraceID, true)
			return err
		},
		"Span": func(ctx context.Context) error {
			_, err := s.Span(ctx, "acme", trace.TraceID, span.SpanID)
			return err
		},
		"Span alone": func(ctx context.Context) error {
			_, err := s.Span(ctx, "acme", "", span.SpanID)
			return err
		},
		"Messages": func(ctx context.Context) error {
			_, err := s.Messages(ctx, "acme", []store.Hash{span.Call.In[0].Hash, store.HashOf("none")})
			return err
		},
		"Sessions": func(ctx context.Context) error {
			page, err := s.Sessions(ctx, "acme", store.SessionQuery{From: window.From, To: window.To, Total: true})
			if err != nil {
				return err
			}
			_, err = s.Sessions(ctx, "acme", store.SessionQuery{From: window.From, To: window.To, After: page.Next})
			return err
		},
		"Session": func(ctx context.Context) error {
			_, _, err := s.Session(ctx, "acme", trace.SessionID, store.SessionQuery{})
			return err
		},
		"Facets": func(ctx context.Context) error {
			_, err := s.Facets(ctx, "acme", window, []store.Field{store.FieldModel, store.FieldStatus}, 5)
			return err
		},
		"SpanValues": func(ctx context.Context) error {
			_, err := s.SpanValues(ctx, "acme", store.FieldModel, window.From, window.To, 5)
			return err
		},
		"Metrics": func(ctx context.Context) error {
			_, err := s.Metrics(ctx, "acme", store.MetricsQuery{From: window.From, To: window.To, By: store.ByModel})
			return err
		},
		"MetricsOf": func(ctx context.Context) error {
			for _, by := range []store.Dimension{store.ByStatus, store.ByModel, store.ByTag} {
				if _, err := s.MetricsOf(ctx, "acme", window, by, time.Minute); err != nil {
					return err
				}
			}
			return nil
		},
		"Seq": func(ctx context.Context) error {
			_, err := s.Seq(ctx)
			return err
		},
		"Changes": func(ctx context.Context) error {
			_, err := s.Changes(ctx, "acme", 5, 5)
			return err
		},
		"Previews": func(ctx context.Context) error {
			_, err := s.Previews(ctx, "acme", []string{trace.TraceID})
			return err
		},
	}
	for name, query := range map[string]store.Query{
		"all":               {},
		"window":            window,
		"ascending":         {Sort: store.Sort{Ascending: true}},
		"by cost":           {Sort: store.Sort{By: store.FieldCost}},
		"by latency":        {Sort: store.Sort{By: store.FieldDuration, Ascending: true}, From: window.From},
		"trace id":          where(store.FieldTraceID, store.OpIn, trace.TraceID),
		"part of an id":     where(store.FieldAnyID, store.OpContains, "nowhere"),
		"rare value":        where(store.FieldUser, store.OpIn, trace.UserID),
		"frequent value":    where(store.FieldStatus, store.OpIn, "ok"),
		"frequent values":   where(store.FieldStatus, store.OpIn, "ok", "failed"),
		"part of a value":   where(store.FieldModel, store.OpContains, "GPT"),
		"member":            where(store.FieldAttribute, store.OpIn, "api.openai.com"),
		"number":            {Where: []store.Condition{{Field: store.FieldCost, Op: store.OpGreater, Number: 1}}},
		"word":              {Words: []store.Words{{Text: "careful"}}},
		"phrase":            {Words: []store.Words{{Text: "short sent", Prefix: true}}},
		"not a word":        {Words: []store.Words{{Text: "nothing", Not: true}}},
		"value in a window": {From: window.From, To: window.To, Where: where(store.FieldEnvironment, store.OpIn, "prod").Where},
	} {
		reads["Traces: "+name] = func(ctx context.Context) error {
			query.Limit, query.Total = 2, true
			page, err := s.Traces(ctx, "acme", query)
			if err != nil {
				return err
			}
			query.After = page.Next
			_, err = s.Traces(ctx, "acme", query)
			return err
		}
		if len(query.Where) > 0 {
			negative := slices.Clone(query.Where)
			negative[0].Not = true
			reads["Traces: not "+name] = func(ctx context.Context) error {
				_, err := s.Traces(ctx, "acme", store.Query{Where: negative, Total: true})
				return err
			}
		}
	}

	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	for name, read := range reads {
		t.Run(name, func(t *testing.T) {
			asked := 0
			err := read(sqlite.WithListener(t.Context(), func(query string, args []any) {
				asked++
				for _, line := range queryPlan(t, db, query, args) {
					if table := scanned.FindStringSubmatch(line); table != nil && !slices.Contains(scannable, table[1]) && !searched.MatchString(line) {
						t.Errorf("%s in\n%s", line, query)
					}
				}
			}))
			if err != nil {
				t.Error(err)
			}
			if asked < 2 {
				t.Errorf("told of %d queries", asked)
			}
		})
	}
}

func where(field store.Field, op store.Op, values ...string) store.Query {
	return store.Query{Where: []store.Condition{{Field: field, Key: "server.address", Op: op, Values: values}}}
}

func queryPlan(t *testing.T, db *sql.DB, query string, args []any) []string {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+query, args...)
	if err != nil {
		t.Fatalf("%v in\n%s", err, query)
	}
	defer func() { _ = rows.Close() }()
	var lines []string
	for rows.Next() {
		var id, parent, unused int
		var line string
		if err := rows.Scan(&id, &parent, &unused, &line); err != nil {
			t.Fatal(err)
		}
		lines = append(lines, line)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return lines
}
