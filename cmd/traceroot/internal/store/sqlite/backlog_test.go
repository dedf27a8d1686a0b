package sqlite_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store/sqlite"
)

// Questions that the full-text indices answer, each about one trace of said: by a word of a message, by one of an output
// that is no message, by an attribute.
var (
	byMessage   = store.Query{Words: []store.Words{{Text: "heliotrope"}}}
	byOutput    = store.Query{Words: []store.Words{{Text: "vermilion"}}}
	byAttribute = store.Query{Where: []store.Condition{
		{Field: store.FieldAttribute, Key: "colour", Op: store.OpIn, Values: []string{"teal"}},
	}}
	questions = []store.Query{byMessage, byOutput, byAttribute}
)

// said are traces to find.
func said() (batches []store.Batch, ids []string) {
	c := conversations(3, 2)
	message, output, attribute := c.next(), c.next(), c.next()
	call := &message.Spans[0]
	call.Call.In = append(call.Call.In, store.NewMessage(`{"role":"user","content":"how do I dry heliotrope"}`))
	call.Input = list(call.Call.In)
	output.Spans[0].Output = new("a pot of vermilion")
	attribute.Spans[0].Payload.Attributes = `{"colour":"teal"}`
	batches = []store.Batch{message, output, attribute}
	for _, b := range batches {
		ids = append(ids, b.Traces[0].TraceID)
	}
	return batches, ids
}

func finds(t *testing.T, s *sqlite.Store, query store.Query, want ...string) {
	t.Helper()
	page, err := s.Traces(t.Context(), project, query)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, row := range page.Rows {
		got = append(got, row.TraceID)
	}
	if !slices.Equal(got, want) {
		t.Errorf("%+v finds %v, want %v", query, got, want)
	}
}

// waiting is how many transactions have words that are not indexed, and how many pieces are above the mark.
func waiting(t *testing.T, path string) (transactions, pieces int) {
	t.Helper()
	return count(t, path, "SELECT count(*) FROM unindexed"),
		count(t, path, "SELECT count(*) FROM pieces WHERE id > (SELECT searched FROM counters)")
}

func indexed(t *testing.T, path string) int {
	t.Helper()
	return count(t, path, "SELECT (SELECT count(*) FROM piece_words_docsize) + (SELECT count(*) FROM trace_words_docsize)")
}

// holding opens a store and writes. In a bubble time stands still, so that what waits goes on waiting; sleeps there are of
// the bubble's clock.
func holding(t *testing.T, path string, batches ...store.Batch) *sqlite.Store {
	t.Helper()
	s := open(t, sqlite.Options{Path: path})
	for _, b := range batches {
		write(t, s, b)
	}
	return s
}

func TestWordsWaitForASecond(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "traceroot.db")
	synctest.Test(t, func(t *testing.T) {
		batches, ids := said()
		s := holding(t, path, batches...)
		if transactions, pieces := waiting(t, path); transactions != len(batches) || pieces == 0 {
			t.Errorf("words of %d transactions and %d pieces wait, want those of all %d", transactions, pieces, len(batches))
		}
		time.Sleep(time.Second) // of the bubble
		synctest.Wait()
		if transactions, pieces := waiting(t, path); transactions != 0 || pieces != 0 {
			t.Errorf("after a second words of %d transactions and %d pieces wait", transactions, pieces)
		}
		for i, q := range questions {
			finds(t, s, q, ids[i])
		}
	})
}

// Whoever searches finds all that was written before, at once.
func TestSearchFindsWhatWaits(t *testing.T) {
	t.Parallel()
	for i, q := range questions {
		path := filepath.Join(t.TempDir(), "traceroot.db")
		synctest.Test(t, func(t *testing.T) {
			batches, ids := said()
			s := holding(t, path, batches...)
			finds(t, s, q, ids[i])
			facets, err := s.Facets(t.Context(), project, q, []store.Field{store.FieldName}, 10)
			if err != nil || len(facets[store.FieldName]) != 1 {
				t.Errorf("facets of %+v are %v, %v", q, facets, err)
			}
			if transactions, pieces := waiting(t, path); transactions != 0 || pieces != 0 {
				t.Errorf("after a search words of %d transactions and %d pieces wait", transactions, pieces)
			}
			finds(t, s, store.Query{Where: []store.Condition{{Field: store.FieldTraceID, Op: store.OpIn, Values: ids[:1]}}}, ids[0])
		})
	}
}

// TestWordsOutliveTheProcess opens what a process leaves behind that was killed while words waited.
func TestWordsOutliveTheProcess(t *testing.T) {
	t.Parallel()
	for _, options := range []sqlite.Options{{}, {NoSearch: true}} {
		left := filepath.Join(t.TempDir(), "left.db")
		batches, ids := said()
		whole := 0 // rows that a process which ends as it should has indexed
		path := filepath.Join(t.TempDir(), "traceroot.db")
		synctest.Test(t, func(t *testing.T) {
			s := holding(t, path, batches...)
			for _, suffix := range []string{"", "-wal"} {
				content, err := os.ReadFile(path + suffix)
				if err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(left+suffix, content, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			whole = indexed(t, path)
		})
		if transactions, pieces := waiting(t, left); transactions != len(batches) || pieces == 0 {
			t.Fatalf("the copy has words of %d transactions and %d pieces that wait, want those of all", transactions, pieces)
		}
		options.Path = left
		s := open(t, options)
		for i, q := range questions {
			finds(t, s, q, ids[i])
		}
		if n := indexed(t, left); n != whole {
			t.Errorf("%d rows are indexed, want %d", n, whole)
		}
		checkFile(t, left)
	}
}

// Words that never were indexed go with their trace, and what others hold of them stays.
func TestDeleteWhatWaits(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "traceroot.db")
	synctest.Test(t, func(t *testing.T) {
		batches, ids := said()
		heir := conversations(4, 2).next()
		heir.Spans[0].Call.In = append(heir.Spans[0].Call.In, batches[0].Spans[0].Call.In...)
		heir.Spans[0].Input = list(heir.Spans[0].Call.In)
		s := holding(t, path, append(batches, heir)...)
		if n, err := s.Delete(t.Context(), project, ids); n != len(ids) || err != nil {
			t.Fatalf("Delete = %d, %v", n, err)
		}
		finds(t, s, byMessage, heir.Traces[0].TraceID)
		finds(t, s, byOutput)
		finds(t, s, byAttribute)
		orphans := count(t, path, "SELECT count(*) FROM piece_words_docsize WHERE id NOT IN (SELECT id FROM pieces)") +
			count(t, path, "SELECT count(*) FROM trace_words_docsize WHERE id >> 20 NOT IN (SELECT id FROM traces)")
		if orphans != 0 {
			t.Errorf("%d indexed rows are of nothing", orphans)
		}
		checkFile(t, path)
	})
}

// A full disk keeps nobody from searching, and what waited is found when there is room.
func TestSearchOnAFullDisk(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "traceroot.db")
	synctest.Test(t, func(t *testing.T) {
		batches, ids := said()
		s := holding(t, path, batches[0])
		time.Sleep(time.Second) // of the bubble
		synctest.Wait()
		write(t, s, batches[1])
		pages, err := s.Pages(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if err := s.LimitPages(t.Context(), pages); err != nil {
			t.Fatal(err)
		}
		finds(t, s, byMessage, ids[0])
		if err := s.LimitPages(t.Context(), 1<<30); err != nil {
			t.Fatal(err)
		}
		finds(t, s, byOutput, ids[1])
	})
}
