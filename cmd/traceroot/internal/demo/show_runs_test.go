package demo_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/traceroot-ai/traceroot-go/traceroottest"
)

func checkSession(t *testing.T, p played) {
	t.Helper()
	var turns []traceroottest.Span
	for _, root := range p.roots() {
		if root.SessionID == "sess_2291" {
			turns = append(turns, root)
		}
	}
	want := []string{"where is order 60418?", "The rear derailleur", "my zip is 97201", "add brake pads"}
	if len(turns) != len(want) {
		t.Fatalf("the session has %d turns, want %d", len(turns), len(want))
	}
	for i, turn := range turns {
		if turn.UserID != "user-4821" || !strings.Contains(fmt.Sprint(turn.Input), want[i]) {
			t.Errorf("turn %d is %v by %s, want %q", i+1, turn.Input, turn.UserID, want[i])
		}
		if failed := turn.Err != ""; failed != (i == 1) {
			t.Errorf("turn %d has the error %q", i+1, turn.Err)
		}
		if i > 0 && turn.Start.Before(turns[i-1].End) {
			t.Errorf("turn %d begins before the one before it has ended", i+1)
		}
	}
	last := named(p.trace(turns[3].TraceID), "chat claude-sonnet-4-5")[0]
	for _, earlier := range []string{"where is order 60418?", "RT-8812", "RL-40277"} {
		if !strings.Contains(text(t, last.Input), earlier) {
			t.Errorf("the last turn does not know of %q", earlier)
		}
	}
}

func checkLoop(t *testing.T, p played) {
	t.Helper()
	spans := p.run(t, "TestWheelTruing")
	tests := named(spans, "go_test")
	if len(tests) != 7 {
		t.Fatalf("got %d runs of the tests, want 6 and one that hangs", len(tests))
	}
	for _, again := range tests[1:6] {
		if text(t, again.Input) != text(t, tests[0].Input) || text(t, again.Output) != text(t, tests[0].Output) || again.Err != "" {
			t.Errorf("a run of the tests differs: %v gave %v, %s", again.Input, again.Output, again.Err)
		}
	}
	for _, s := range []traceroottest.Span{tests[6], spans[0]} {
		if !strings.HasSuffix(s.Err, "go test ./wheel/...: "+context.DeadlineExceeded.Error()) {
			t.Errorf("%s ended by %q, want the deadline", s.Name, s.Err)
		}
	}
	if !slices.Equal(spans[0].Tags, []string{"loop", "repo:wheel"}) {
		t.Errorf("the run has the tags %v", spans[0].Tags)
	}
}

func checkReaders(t *testing.T, p played) {
	t.Helper()
	spans := p.run(t, "independent workshop")
	readers := named(spans, "source-reader")
	if len(readers) != 4 {
		t.Fatalf("got %d readers, want 4", len(readers))
	}
	for _, r := range readers[1:] {
		if !r.Start.Equal(readers[0].Start) {
			t.Errorf("a reader began %v after another", r.Start.Sub(readers[0].Start))
		}
	}
	var busy int
	for _, s := range named(spans, "chat gemini-2.5-flash") {
		if s.Err != "" {
			busy++
		}
	}
	if busy != 1 || spans[0].Err != "" {
		t.Errorf("got %d errors of the model and the run's %q, want one that was got over", busy, spans[0].Err)
	}
	failed := p.run(t, "recalls")
	if want := "(4 attempts)"; !strings.HasSuffix(failed[0].Err, want) || !strings.Contains(failed[0].Err, "429") {
		t.Errorf("the other inquiry ended by %q, want 429 %s", failed[0].Err, want)
	}
}

func checkPrices(t *testing.T, p played) {
	t.Helper()
	spans := p.run(t, "nightly check")
	checks := named(spans, "check_price")
	if len(checks) != 200 {
		t.Fatalf("got %d checks, want 200", len(checks))
	}
	most := 0
	for _, c := range checks {
		atOnce := 0
		for _, other := range checks {
			if !other.Start.After(c.Start) && other.End.After(c.Start) {
				atOnce++
			}
		}
		most = max(most, atOnce)
	}
	if most != 8 {
		t.Errorf("up to %d prices were checked at once, want 8", most)
	}
	recovered := make(map[any]int)
	for _, s := range named(spans, "GET /shops/{shop}/prices/{sku}") {
		if s.Err == "" {
			continue
		}
		parent := checks[slices.IndexFunc(checks, func(c traceroottest.Span) bool { return c.SpanID == s.ParentID })]
		if in, ok := parent.Input.(map[string]any); ok {
			recovered[in["shop"]]++
		}
	}
	if len(recovered) != 1 || recovered["14"] < 10 {
		t.Errorf("the errors are those of the shops %v, want at least ten, of shop 14 alone", recovered)
	}
}

func checkMail(t *testing.T, p played) {
	t.Helper()
	for _, root := range named(p.roots(), "classify-ticket") {
		v, ok := root.Output.(map[string]any)
		if !ok || v["queue"] == "" || v["priority"] == "" {
			t.Errorf("%v was sorted as %v", root.Input, root.Output)
		}
		if root.UserID != "" || root.SessionID != "" || !slices.Equal(root.Tags, []string{"batch"}) || len(p.trace(root.TraceID)) != 2 {
			t.Errorf("%v is of user %q, session %q, tags %v", root.Input, root.UserID, root.SessionID, root.Tags)
		}
	}
}

func checkVariety(t *testing.T, p played) {
	t.Helper()
	agents, inputs := make(map[string]int), make(map[string]bool)
	for _, root := range p.roots() {
		agents[root.Name]++
		inputs[fmt.Sprint(root.Input)] = true
	}
	if got := len(p.roots()); got < 18 || len(inputs) != got || len(agents) != 5 {
		t.Errorf("got %d runs with %d different inputs, of %v", got, len(inputs), agents)
	}
	onCI := slices.DeleteFunc(slices.Clone(p.ci), func(s traceroottest.Span) bool { return s.ParentID != "" })
	if len(onCI) != 3 {
		t.Errorf("got %d runs on the test machine, want 3", len(onCI))
	}
	total := len(p.roots()) + len(onCI)
	if last := fmt.Sprintf("%d/%d", total, total); len(p.progress) != total || p.progress[total-1] != last {
		t.Errorf("got the progress %v, want it to go up to %s", p.progress, last)
	}
}
