package api_test

import (
	"slices"
	"testing"
	"time"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// worked is the n-th run of an agent with these steps.
func worked(n int, steps ...store.Span) store.Batch {
	batch := store.Batch{
		Traces: []store.Trace{{TraceID: traceID(n), Name: "agent", Start: start, HasRoot: true}},
		Spans:  []store.Span{{Name: "agent", Kind: store.KindAgent, Start: start, End: start.Add(time.Second)}},
	}
	batch.Spans = append(batch.Spans, steps...)
	for i := range batch.Spans {
		s := &batch.Spans[i]
		s.TraceID, s.SpanID = traceID(n), spanID(n, i)
		if i > 0 {
			s.ParentSpanID = spanID(n, 0)
		}
	}
	return batch
}

// ran is a step that ran from one millisecond to another, and gave something.
func ran(kind store.Kind, name string, from, to int, output string) store.Span {
	at := func(ms int) time.Time { return start.Add(time.Duration(ms) * time.Millisecond) }
	return store.Span{Name: name, Kind: kind, Start: at(from), End: at(to), Input: new(name), Output: &output}
}

type aligned struct {
	Steps []struct {
		A, B *struct{ Name string }
		What string
	}
	First   int
	Summary string
}

// names are those of the steps of both, as in "search=search", and what differs.
func (a aligned) names() []string {
	var names []string
	for _, step := range a.Steps {
		name := ""
		if step.A != nil {
			name = step.A.Name
		}
		name += "="
		if step.B != nil {
			name += step.B.Name
		}
		if step.What != "" {
			name += " " + step.What
		}
		names = append(names, name)
	}
	return names
}

// What runs at the same time begins in any order: that is no difference.
func TestComparePairsWhatRanAtTheSameTime(t *testing.T) {
	t.Parallel()
	onEach(t, func(s *service) {
		s.write(
			worked(31,
				ran(store.KindTool, "map", 10, 60, "m"), ran(store.KindTool, "search", 11, 40, "s"), ran(store.KindTool, "weather", 12, 90, "w"),
				ran(store.KindTool, "book", 100, 110, "b"),
			),
			worked(32,
				ran(store.KindTool, "weather", 10, 50, "other"), ran(store.KindTool, "search", 12, 90, "s"), ran(store.KindTool, "map", 20, 30, "m"),
				ran(store.KindTool, "look", 95, 99, "l"), ran(store.KindTool, "book", 100, 110, "b"),
			),
		)
		got := ask[aligned](s, "/api/ui/compare?a="+traceID(31)+"&b="+traceID(32))
		want := []string{"map=map", "search=search", "weather=weather result", "=look only B", "book=book"}
		if !slices.Equal(got.names(), want) || got.First != 2 {
			s.Errorf("steps %q, the first is %d, want %q", got.names(), got.First, want)
		}
	})
}

// What runs one after the other does so in an order that matters.
func TestCompareKeepsTheOrderOfSteps(t *testing.T) {
	t.Parallel()
	onEach(t, func(s *service) {
		s.write(
			worked(33, ran(store.KindTool, "map", 10, 20, "m"), ran(store.KindTool, "search", 30, 40, "s")),
			worked(34, ran(store.KindTool, "search", 10, 20, "s"), ran(store.KindTool, "map", 30, 40, "m")),
		)
		got := ask[aligned](s, "/api/ui/compare?a="+traceID(33)+"&b="+traceID(34))
		if len(got.Steps) != 3 {
			s.Errorf("steps %q", got.names())
		}
	})
}

// Runs part where a model, a tool or an error differs: that a program fetched other things before is told in its place.
func TestCompareFindsWhereRunsPart(t *testing.T) {
	t.Parallel()
	failing := func(s store.Span) store.Span {
		s.Status, s.StatusMessage = store.StatusError, "no session"
		return s
	}
	for _, tt := range []struct {
		name string
		a, b []store.Span
		want int
	}{
		{
			"at a tool, not at what was loaded before it",
			[]store.Span{ran(store.KindSpan, "load_session", 1, 2, "2 messages"), ran(store.KindTool, "search", 3, 4, "a")},
			[]store.Span{ran(store.KindSpan, "load_session", 1, 2, "4 messages"), ran(store.KindTool, "search", 3, 4, "b")},
			1,
		},
		{
			"at what was loaded, where nothing else differs",
			[]store.Span{ran(store.KindTool, "search", 1, 2, "a"), ran(store.KindSpan, "load_session", 3, 4, "2 messages")},
			[]store.Span{ran(store.KindTool, "search", 1, 2, "a"), ran(store.KindSpan, "load_session", 3, 4, "4 messages")},
			1,
		},
		{
			"at a step of the program that failed",
			[]store.Span{failing(ran(store.KindSpan, "load_session", 1, 2, "")), ran(store.KindTool, "search", 3, 4, "a")},
			[]store.Span{ran(store.KindSpan, "load_session", 1, 2, "4 messages"), ran(store.KindTool, "search", 3, 4, "b")},
			0,
		},
		{
			"at a tool that one of them ran",
			[]store.Span{ran(store.KindSpan, "load_session", 1, 2, "x"), ran(store.KindSpan, "log", 3, 4, ""), ran(store.KindTool, "search", 5, 6, "a")},
			[]store.Span{ran(store.KindSpan, "load_session", 1, 2, "y")},
			2,
		},
		{"nowhere", []store.Span{ran(store.KindTool, "search", 1, 2, "a")}, []store.Span{ran(store.KindTool, "search", 3, 9, "a")}, -1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			onEach(t, func(s *service) {
				s.write(worked(35, tt.a...), worked(36, tt.b...))
				if got := ask[aligned](s, "/api/ui/compare?a="+traceID(35)+"&b="+traceID(36)); got.First != tt.want {
					s.Errorf("step %d of %q, want %d", got.First, got.names(), tt.want)
				}
			})
		})
	}
}
