package api_test

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store/storetest/memory"
)

// pageTrace is what the tests read of a trace.
type pageTrace struct {
	Row      struct{ ID, Status string }
	Metadata map[string]string
	Spans    struct {
		ID, ParentID, Names, Note []string
		Parent, Name              []int
		Kind, Status              string
		Start, MS, TTFT, Cost     []float64
	}
	Calls  []int
	Links  [][2]int
	Groups []struct {
		ID, Name          string
		Parent            int
		Members           []int
		Recovered, Failed int
		P50, P95, Max     float64
	}
	Verdict *struct {
		Rule, Status, Cause, Slowest, Costliest string
		Parts                                   []struct{ Text, Span string }
	}
	Previous string
	Turn     *struct {
		Session   string
		Index, Of int
	}
}

func TestTraceView(t *testing.T) {
	t.Parallel()
	onEach(t, func(s *service) {
		good := support(19, "97201", func(b *store.Batch) {
			for i := range b.Spans {
				b.Spans[i].Status, b.Spans[i].StatusMessage = store.StatusOK, ""
			}
		})
		s.write(good, support(20, "972O1"))
		got := ask[pageTrace](s, "/api/ui/traces/"+traceID(20))
		if got.Row.Status != "failed" || got.Metadata["plan"] != "pro" {
			s.Errorf("row %+v, metadata %v", got.Row, got.Metadata)
		}
		if got.Spans.Kind != "ALTSL" || got.Spans.Status != "^.!.." {
			s.Errorf("kinds %s, status %s", got.Spans.Kind, got.Spans.Status)
		}
		if want := []int{-1, 0, 0, 2, 0}; !slices.Equal(got.Spans.Parent, want) {
			s.Errorf("parents %v, want %v", got.Spans.Parent, want)
		}
		if got.Spans.Note[2] != "422" || got.Spans.Start[1] != 10 || got.Spans.MS[1] != 390 || got.Spans.TTFT[1] != 100 {
			s.Errorf("spans %+v", got.Spans)
		}
		if !slices.Equal(got.Calls, []int{1, 4}) || !slices.Equal(got.Links, [][2]int{{1, 2}}) {
			s.Errorf("calls %v, links %v", got.Calls, got.Links)
		}
		if got.Verdict == nil || got.Verdict.Status != "failed" || got.Verdict.Cause != spanID(20, 2) || got.Verdict.Slowest != spanID(20, 1) {
			s.Errorf("verdict %+v", got.Verdict)
		}
		if got.Previous != traceID(19) || got.Turn == nil || got.Turn.Index != 1 || got.Turn.Of != 2 {
			s.Errorf("previous %s, turn %+v", got.Previous, got.Turn)
		}
		if detail := s.refused("/api/ui/traces/"+traceID(9), http.StatusNotFound); detail != "Trace not found" {
			s.Error(detail)
		}
		if got := s.as("other").refused("/api/ui/traces/"+traceID(20), http.StatusNotFound); got != "Trace not found" {
			s.Errorf("another project: %s", got)
		}
	})
}

func TestTraceViewHasATag(t *testing.T) {
	t.Parallel()
	onEach(t, func(s *service) {
		s.write(support(20, "972O1"))
		target := "/api/ui/traces/" + traceID(20)
		tag := s.do(http.MethodGet, target).Header().Get("ETag")
		if w := s.do(http.MethodGet, target, "If-None-Match", `"x", W/`+tag); tag == "" || w.Code != http.StatusNotModified || w.Body.Len() > 0 {
			s.Errorf("tag %s: status %d", tag, w.Code)
		}
		s.write(support(20, "972O1", row(func(r *store.Trace) { r.Tags = []string{"new"} })))
		if w := s.do(http.MethodGet, target, "If-None-Match", tag); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), `"new"`) {
			s.Errorf("after a change: status %d %s", w.Code, w.Body)
		}
		s.write(run(2, span(1, func(s *store.Span) { s.End = time.Time{} })))
		if w := s.do(http.MethodGet, "/api/ui/traces/"+traceID(2)); w.Header().Get("ETag") != "" {
			s.Error("a running trace has a tag, but what is said of it changes with time")
		}
	})
}

// TestOddTrees are traces as strangers may send them.
func TestOddTrees(t *testing.T) {
	t.Parallel()
	parent := func(child int, id string) func(*store.Batch) {
		return span(child, func(s *store.Span) { s.ParentSpanID = id })
	}
	for name, tt := range map[string]struct {
		changes  []func(*store.Batch)
		parents  []int
		parentID string
		kinds    string
	}{
		"a parent that has not arrived":       {[]func(*store.Batch){parent(1, "00000000000000ff")}, []int{-1, -2}, "00000000000000ff", "AL"},
		"a parent that begins after":          {[]func(*store.Batch){span(0, func(s *store.Span) { s.Start = s.Start.Add(1200 * time.Millisecond) })}, []int{-1, 0}, "", "AL"},
		"a circle":                            {[]func(*store.Batch){parent(0, spanID(1, 1))}, []int{-1, 0}, "", "LA"},
		"a span that is the parent of itself": {[]func(*store.Batch){parent(1, spanID(1, 1))}, []int{-1, -1}, "", "AL"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, memory.New())
			s.write(run(1, tt.changes...))
			got := ask[pageTrace](s, "/api/ui/traces/"+traceID(1)).Spans
			if !slices.Equal(got.Parent, tt.parents) || got.ParentID[1] != tt.parentID || got.Kind != tt.kinds {
				t.Errorf("parents %v (%q), kinds %s", got.Parent, got.ParentID, got.Kind)
			}
		})
	}
}

func TestGroups(t *testing.T) {
	t.Parallel()
	onEach(t, func(s *service) {
		s.write(many(21, 40))
		got := ask[pageTrace](s, "/api/ui/traces/"+traceID(21))
		if len(got.Groups) != 1 || len(got.Groups[0].Members) != 40 || got.Groups[0].Parent != 0 || got.Groups[0].Recovered != 8 || got.Groups[0].Failed != 0 {
			s.Fatalf("groups %+v", got.Groups)
		}
		group := got.Groups[0]
		if group.P50 > group.P95 || group.P95 > group.Max || group.Max == 0 || got.Spans.Note[5] != "503" {
			s.Errorf("group %+v, note %q", group, got.Spans.Note[5])
		}
		detail := ask[struct {
			Count, Failed int
			Bins          []struct{ Count int }
		}](s, "/api/ui/traces/"+traceID(21)+"/groups/"+group.ID)
		counted := 0
		for _, bin := range detail.Bins {
			counted += bin.Count
		}
		if detail.Count != 40 || detail.Failed != 8 || counted != 40 {
			s.Errorf("detail %+v", detail)
		}
		s.refused("/api/ui/traces/"+traceID(21)+"/groups/none", http.StatusNotFound)
	})
}

// TestTenThousandSpans holds the size of the reply that a page reads before it shows anything.
func TestTenThousandSpans(t *testing.T) {
	t.Parallel()
	s := serve(t, memory.New())
	s.write(many(22, 10_000))
	body := s.do(http.MethodGet, "/api/ui/traces/"+traceID(22)).Body.Bytes()
	var packed bytes.Buffer
	w, err := gzip.NewWriterLevel(&packed, gzip.BestSpeed)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = w.Write(body)
	_ = w.Close()
	t.Logf("%d bytes, %d packed", len(body), packed.Len())
	if len(body) > 700<<10 || packed.Len() > 200<<10 {
		t.Errorf("%d bytes, %d packed: too many", len(body), packed.Len())
	}
}

func TestFind(t *testing.T) {
	t.Parallel()
	onEach(t, func(s *service) {
		s.write(support(20, "972O1"))
		type found struct {
			Data []struct {
				Span, Field, Hash, Text string
				At                      [2]int
			}
		}
		got := ask[found](s, query("/api/ui/traces/"+traceID(20)+"/find", "q", "ALDER st")).Data
		if len(got) != 1 || got[0].Span != spanID(20, 1) || got[0].Hash != userSays.Hash.String() {
			s.Fatalf("found %+v", got)
		}
		if part := got[0].Text[got[0].At[0]:got[0].At[1]]; part != "Alder St" {
			s.Errorf("marks %q in %q", part, got[0].Text)
		}
		for q, want := range map[string]int{"address_invalid": 3, "create_label": 2, "nowhere": 0, `"postal_code":"972o1"`: 2} {
			if got := ask[found](s, query("/api/ui/traces/"+traceID(20)+"/find", "q", q)).Data; len(got) != want {
				s.Errorf("%s: found %+v, want %d", q, got, want)
			}
		}
		s.refused("/api/ui/traces/"+traceID(20)+"/find", http.StatusBadRequest)
	})
}

func TestConversation(t *testing.T) {
	t.Parallel()
	onEach(t, func(s *service) {
		s.write(support(20, "972O1"))
		got := ask[struct {
			Turns []struct {
				Hash, By string
				Call     int
				At       float64
				Cost     float64
			}
			Subs []any
		}](s, "/api/ui/traces/"+traceID(20)+"/conversation")
		var hashes []string
		for _, turn := range got.Turns {
			hashes = append(hashes, turn.Hash)
		}
		want := []string{userSays.Hash.String(), asksForLabel.Hash.String(), labelFails.Hash.String(), givesUp.Hash.String()}
		if !slices.Equal(hashes, want) || len(got.Subs) != 0 {
			s.Fatalf("turns %v", hashes)
		}
		if turn := got.Turns[1]; turn.By != spanID(20, 1) || turn.Call != 1 || turn.At != 400 || turn.Cost != 0.001 {
			s.Errorf("answer %+v", turn)
		}
		if turn := got.Turns[2]; turn.By != "" || turn.Call != 2 || turn.At != 610 {
			s.Errorf("result %+v", turn)
		}
	})
}
