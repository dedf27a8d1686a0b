package sqlite_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store/sqlite"
)

// manySpans is a trace of a hundred spans: twenty calls of a model, the rest tools.
func manySpans(c *conversation, spans int) store.Batch {
	batch := c.next()
	root := batch.Spans[len(batch.Spans)-1]
	for i := range spans - len(batch.Spans) {
		tool := c.span(root.TraceID, root.SpanID, fmt.Sprint("tool_", i%12), store.KindTool, root.Start.Add(time.Duration(i)*100*time.Millisecond))
		tool.Input, tool.Output = new(`{"order":`+strconv.Itoa(i)+`}`), new(c.text())
		batch.Spans = append(batch.Spans, tool)
	}
	return batch
}

// filled is a store with traces of a hundred spans, and one of a thousand. TRACEROOT_READ_TRACES says how many,
// TRACEROOT_READ_DB where they are kept for another time.
func filled(b *testing.B) (s *sqlite.Store, large string) {
	b.Helper()
	traces, path := 300, os.Getenv("TRACEROOT_READ_DB")
	if n, err := strconv.Atoi(os.Getenv("TRACEROOT_READ_TRACES")); err == nil {
		traces = n
	}
	if path == "" {
		path = filepath.Join(b.TempDir(), "traces.db")
	}
	s, err := sqlite.Open(b.Context(), sqlite.Options{Path: path})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = s.Close() })
	c := conversation{rand: rand.New(rand.NewPCG(1, 2)), turns: 20, words: 22}
	batch := manySpans(&c, 1000)
	batch.Spans[0].Output = new("an answer with a xylophone in it")
	large = batch.Traces[0].TraceID
	if stats, err := s.Stats(b.Context()); err != nil || stats.Traces > 0 {
		return s, large
	}
	batches := []store.Batch{batch}
	for i := range traces {
		batch := manySpans(&c, 100)
		start := batch.Traces[0].Start
		shift := time.Duration(i) * 30 * 24 * time.Hour / time.Duration(traces) // over 30 days
		batch.Traces[0].Start = start.Add(shift)
		for j := range batch.Spans {
			batch.Spans[j].Start, batch.Spans[j].End = batch.Spans[j].Start.Add(shift), batch.Spans[j].End.Add(shift)
		}
		if batches = append(batches, batch); len(batches) == 100 {
			writeAll(b, s, batches)
			batches = batches[:0]
		}
	}
	writeAll(b, s, batches)
	return s, large
}

func BenchmarkRead(b *testing.B) {
	s, large := filled(b)
	lists := map[string]store.Query{
		"FirstPage":      {},
		"SecondUser":     {Where: []store.Condition{{Field: store.FieldUser, Op: store.OpIn, Values: []string{"user-7"}}}},
		"StatusOK":       {Where: []store.Condition{{Field: store.FieldStatus, Op: store.OpIn, Values: []string{"ok"}}}},
		"Attribute":      {Where: []store.Condition{{Field: store.FieldAttribute, Key: "server.address", Op: store.OpIn, Values: []string{"api.openai.com"}}}},
		"PartOfName":     {Where: []store.Condition{{Field: store.FieldAnyID, Op: store.OpContains, Values: []string{"nowhere"}}}, Total: true},
		"Total":          {Total: true},
		"ByCost":         {Sort: store.Sort{By: store.FieldCost}},
		"RareWord":       {Words: []store.Words{{Text: "xylophone"}}},
		"FrequentWord":   {Words: []store.Words{{Text: "system"}}},
		"FrequentPhrase": {Words: []store.Words{{Text: "never promise what"}}},
	}
	for name, query := range lists {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := s.Traces(b.Context(), "acme", query); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("Trace1000", func(b *testing.B) {
		for b.Loop() {
			if _, spans, err := s.Trace(b.Context(), "acme", large, false); err != nil || len(spans) != 1000 {
				b.Fatal(len(spans), err)
			}
		}
	})
	b.Run("Facets", func(b *testing.B) {
		for b.Loop() {
			if _, err := s.Facets(b.Context(), "acme", store.Query{}, []store.Field{store.FieldStatus, store.FieldModel, store.FieldTag}, 20); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("Sessions", func(b *testing.B) {
		for b.Loop() {
			if _, err := s.Sessions(b.Context(), "acme", store.SessionQuery{}); err != nil {
				b.Fatal(err)
			}
		}
	})
	for _, by := range []store.Dimension{store.ByNothing, store.ByModel, store.ByTool} {
		b.Run("MetricsBy"+string(by), func(b *testing.B) {
			for b.Loop() {
				if _, err := s.Metrics(b.Context(), "acme", store.MetricsQuery{By: by}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("Previews", func(b *testing.B) {
		page, err := s.Traces(b.Context(), "acme", store.Query{})
		if err != nil {
			b.Fatal(err)
		}
		var ids []string
		for _, row := range page.Rows {
			ids = append(ids, row.TraceID)
		}
		for b.Loop() {
			if _, err := s.Previews(b.Context(), "acme", ids); err != nil {
				b.Fatal(err)
			}
		}
	})
}
