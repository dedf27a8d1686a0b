package sqlite_test

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store/sqlite"
)

// A word that nearly every trace says is found by looking into the newest ones; what is found is what the index has, which
// answers where all matches are counted.
func TestFrequentWords(t *testing.T) {
	t.Parallel()
	s, err := sqlite.Open(t.Context(), sqlite.Options{Path: filepath.Join(t.TempDir(), "traces.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	start := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	const traces, messages = 1100, 6 // more traces than are looked into
	var batch store.Batch
	for i := range traces {
		at, id := start.Add(time.Duration(i)*time.Second), fmt.Sprintf("%032x", i+1)
		span := store.Span{
			TraceID: id, SpanID: fmt.Sprintf("%016x", i+1), Name: "chat", Kind: store.KindLLM, Status: store.StatusOK,
			Start: at, End: at.Add(time.Second), Call: &store.Call{}, Output: new("short"),
		}
		side := []string{"left", "right"}[i%2]
		for n := range messages {
			span.Call.In = append(span.Call.In, store.NewMessage(fmt.Sprintf(
				`{"role":"user","content":"message %d of trace %d has something delivered on the %s side"}`, n, i, side)))
		}
		span.Input = list(span.Call.In)
		batch.Spans = append(batch.Spans, span)
		batch.Traces = append(batch.Traces, store.Trace{TraceID: id, Name: "chat", Start: at, HasRoot: true})
	}
	if err := s.Write(t.Context(), "acme", batch); err != nil {
		t.Fatal(err)
	}
	for _, words := range [][]store.Words{
		{{Text: "delivered"}},
		{{Text: "deliv", Prefix: true}},
		{{Text: "delivered on the left side"}},
		{{Text: "delivered"}, {Text: "left", Not: true}},
		{{Text: "left"}, {Text: "right"}},
		{{Text: "delivered"}, {Text: "short"}},
		{{Text: "delivered"}, {Text: "nowhere"}},
		{{Text: "side delivered"}},
	} {
		t.Run(fmt.Sprint(words), func(t *testing.T) {
			pages := func(total bool) (ids []string) {
				query := store.Query{Words: words, Limit: 200, Total: total}
				for {
					page, err := s.Traces(t.Context(), "acme", query)
					if err != nil {
						t.Fatal(err)
					}
					for _, row := range page.Rows {
						ids = append(ids, row.TraceID)
					}
					if page.Next == "" {
						return ids
					}
					query.After = page.Next
				}
			}
			if looked, indexed := pages(false), pages(true); fmt.Sprint(looked) != fmt.Sprint(indexed) {
				t.Errorf("by trace %d traces are found, by the index %d", len(looked), len(indexed))
			}
		})
	}
}
