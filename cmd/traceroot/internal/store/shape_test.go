package store_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

var began = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// span lasts from one millisecond to another of the run; an end of -1 leaves it running. A status other than empty is
// the message of its error.
func span(id, parent string, kind store.Kind, from, to int, failure string) store.Span {
	s := store.Span{
		SpanID: id, ParentSpanID: parent, Name: id, Kind: kind, Status: store.StatusOK,
		Start: began.Add(time.Duration(from) * time.Millisecond),
	}
	if to >= 0 {
		s.End = began.Add(time.Duration(to) * time.Millisecond)
	}
	if failure != "" {
		s.Status, s.StatusMessage = store.StatusError, failure
	}
	return s
}

func TestShape(t *testing.T) {
	t.Parallel()
	model := func(from, to int) store.Segment { return store.Segment{Kind: store.KindLLM, Start: from, End: to} }
	tool := func(from, to int) store.Segment { return store.Segment{Kind: store.KindTool, Start: from, End: to} }
	failed, recovered, running := tool(400, 500), tool(200, 300), tool(900, 1000)
	failed.Error, recovered.Recovered, running.Open = true, true, true
	for _, tt := range []struct {
		name  string
		spans []store.Span
		want  []store.Segment
	}{
		{"nothing", nil, nil},
		{"neither model nor tool", []store.Span{span("a", "", store.KindAgent, 0, 1000, "")}, nil},
		{"of no length", []store.Span{span("a", "", store.KindLLM, 0, 0, "")}, []store.Segment{model(0, 0)}},
		{"a model and a tool", []store.Span{
			span("a", "", store.KindAgent, 0, 2000, ""), span("c", "a", store.KindTool, 1000, 1500, ""), span("b", "a", store.KindLLM, 200, 800, ""),
		}, []store.Segment{model(100, 400), tool(500, 750)}},
		{"parallel calls", []store.Span{
			span("a", "", store.KindAgent, 0, 1000, ""), span("b", "a", store.KindTool, 100, 900, ""), span("c", "a", store.KindTool, 100, 300, ""),
		}, []store.Segment{tool(100, 300), tool(100, 900)}},
		{"an end before its start", []store.Span{
			span("a", "", store.KindAgent, 0, 1000, ""), span("b", "a", store.KindTool, 500, 100, ""),
		}, []store.Segment{tool(500, 500)}},
		{"failed, survived and running", []store.Span{
			span("a", "", store.KindAgent, 0, 1000, "run: no"), span("b", "a", store.KindTool, 200, 300, "late"),
			span("c", "a", store.KindTool, 400, 500, "no"), span("d", "a", store.KindTool, 900, -1, ""),
		}, []store.Segment{recovered, failed, running}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := store.Shape(tt.spans); len(got)+len(tt.want) > 0 && !reflect.DeepEqual(got, tt.want) {
				t.Errorf("Shape\n got %+v\nwant %+v", got, tt.want)
			}
		})
	}
}

func TestShapeOfMany(t *testing.T) {
	t.Parallel()
	for _, n := range []int{24, 25, 100, 10_000} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			t.Parallel()
			spans := []store.Span{span("root", "", store.KindAgent, 0, 100_000, ""), span("long", "root", store.KindTool, 0, 40_000, "")}
			spans = append(spans, span("bad", "root", store.KindTool, 70_000, 70_010, "x"))
			for i := range n - 2 {
				at := 40_000 + 60_000*i/n
				spans = append(spans, span(fmt.Sprint(i), "root", []store.Kind{store.KindLLM, store.KindTool}[i%2], at, at+3, ""))
			}
			shape := store.Shape(spans)
			if len(shape) > 24 || len(shape) < min(n, 4) {
				t.Errorf("%d segments of %d calls", len(shape), n)
			}
			first, last, bad := shape[0], 0, 0
			for _, s := range shape {
				last = max(last, s.End)
				if s.Recovered {
					bad++
				}
			}
			if first.Start != 0 || first.End != 400 || last < 900 || bad != 1 {
				t.Errorf("%+v", shape)
			}
		})
	}
}

func TestCauses(t *testing.T) {
	t.Parallel()
	agent, tool, model := store.KindAgent, store.KindTool, store.KindLLM
	for _, tt := range []struct {
		name              string
		spans             []store.Span
		failed, recovered string
	}{
		{"none", []store.Span{span("a", "", agent, 0, 10, "")}, "", ""},
		{"the root itself", []store.Span{span("a", "", agent, 0, 10, "no"), span("b", "a", tool, 1, 2, "")}, "a", ""},
		{"through three spans", []store.Span{
			span("a", "", agent, 0, 10, "run: step: no"), span("b", "a", agent, 1, 9, "step: no"), span("c", "b", tool, 2, 3, "no"),
		}, "c", ""},
		{"through a span with another text, nothing begun after it", []store.Span{
			span("a", "", agent, 0, 10, "could not finish"), span("b", "a", model, 1, 2, ""), span("c", "a", tool, 2, 3, "no"),
		}, "c", ""},
		{"survived", []store.Span{
			span("a", "", agent, 0, 10, ""), span("b", "a", tool, 1, 2, "late"), span("c", "a", tool, 3, 4, ""),
		}, "", "b"},
		{"survived, and failed by another", []store.Span{
			span("a", "", agent, 0, 10, "no"), span("b", "a", tool, 1, 2, "late"), span("c", "a", tool, 3, 4, "no"),
		}, "c", "b"},
		{"survived, and failed by itself later", []store.Span{
			span("a", "", agent, 0, 10, "too many turns"), span("b", "a", tool, 1, 2, "late"), span("c", "a", model, 3, 4, ""),
		}, "a", "b"},
		{"survived two spans up", []store.Span{
			span("a", "", agent, 0, 10, ""), span("b", "a", agent, 1, 9, "step: no"), span("c", "b", tool, 2, 3, "no"), span("d", "a", model, 9, 10, ""),
		}, "", "c"},
		{"two at once", []store.Span{
			span("a", "", agent, 0, 10, "x and y"), span("b", "a", tool, 1, 2, "x"), span("c", "a", tool, 1, 3, "y"),
		}, "b c", ""},
		{"a running root", []store.Span{span("a", "", agent, 0, -1, ""), span("b", "a", tool, 1, 2, "no")}, "", "b"},
		{"no root yet", []store.Span{span("b", "a", tool, 1, 2, "no")}, "", "b"},
		{"a ring", []store.Span{span("a", "b", tool, 0, 1, "no"), span("b", "a", tool, 0, 1, "no")}, "", ""},
		{"its own parent", []store.Span{span("a", "a", tool, 0, 1, "no")}, "", "a"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			failed, recovered := store.Causes(tt.spans)
			if strings.Join(failed, " ") != tt.failed || strings.Join(recovered, " ") != tt.recovered {
				t.Errorf("Causes = %v, %v, want %q, %q", failed, recovered, tt.failed, tt.recovered)
			}
		})
	}
	t.Run("a repeat counts once", func(t *testing.T) {
		t.Parallel()
		spans := []store.Span{span("a", "", agent, 0, 10, "run: no")}
		for i, failure := range []string{"no", "no", "other", "no"} {
			try := span(fmt.Sprint("b", i), "a", tool, i, i+1, failure)
			try.Name = "fetch"
			spans = append(spans, try)
		}
		failed, recovered := store.Causes(spans)
		if fmt.Sprint(failed, recovered) != "[b0] [b2]" {
			t.Errorf("Causes = %v, %v", failed, recovered)
		}
	})
}

func TestOutcome(t *testing.T) {
	t.Parallel()
	said := func(s store.Span, input, output string) store.Span {
		s.Input, s.Output = &input, &output
		return s
	}
	root := span("a", "", store.KindAgent, 0, 10, "")
	for _, tt := range []struct {
		name           string
		spans          []store.Span
		asked, outcome string
		failed         bool
	}{
		{"nothing", nil, "", "", false},
		{"text", []store.Span{said(root, "Hello\n\tthere", " Fine. ")}, "Hello there", "Fine.", false},
		{"JSON text", []store.Span{said(root, `"Hi"`, `"It \"works\""`)}, "Hi", `It "works"`, false},
		{"members", []store.Span{said(root, `{"user":"x","question":"Why?"}`, `{"id":7,"answer":"Because"}`)}, "Why?", "Because", false},
		{"another object", []store.Span{said(root, `{"x":1,"y":2}`, `[1,2]`)}, `{"x":1,"y":2}`, "[1,2]", false},
		{"broken JSON", []store.Span{said(root, `{"x`, `[`)}, `{"x`, "[", false},
		{"empty", []store.Span{said(root, `{}`, `null`)}, "", "", false},
		{"messages", []store.Span{said(root,
			`[{"role":"system","content":"Be brief."},{"role":"user","content":[{"type":"text","text":"Hi"}]},{"role":"user","content":"more"}]`,
			`[{"role":"assistant","content":"Hello"}]`)}, "Hi", "Hello", false},
		{"the model's, where the root has none", []store.Span{
			root, said(span("b", "a", store.KindLLM, 1, 2, ""), `[{"role":"user","content":"first"}]`, "1"),
			said(span("c", "a", store.KindLLM, 3, 4, ""), "second", "2"),
		}, "first", "2", false},
		{"an error", []store.Span{said(span("a", "", store.KindAgent, 0, 10, "it\nbroke"), "x", "half")}, "x", "it broke", true},
		{"an error that says nothing", []store.Span{
			{SpanID: "a", Status: store.StatusError, Start: began}, span("b", "a", store.KindTool, 1, 2, "no"),
		}, "", "no", true},
		{"a chain of errors", []store.Span{
			{SpanID: "a", Status: store.StatusError, Start: began, Errors: []store.Error{{Type: "io.Error", Message: "late"}}},
		}, "", "late", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			outcome, failed := store.Outcome(tt.spans)
			if asked := store.FirstInput(tt.spans); asked != tt.asked || outcome != tt.outcome || failed != tt.failed {
				t.Errorf("asked %q, outcome %q, failed %v", asked, outcome, failed)
			}
		})
	}
	t.Run("at most 300 characters", func(t *testing.T) {
		t.Parallel()
		long, _ := store.Outcome([]store.Span{said(root, "", strings.Repeat("ä 東", 10_000))})
		if n := utf8.RuneCountInString(long); n != 300 || !strings.HasSuffix(long, "…") || !utf8.ValidString(long) {
			t.Errorf("%d characters: %q", n, long)
		}
	})
}
