package live_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

func TestAsked(t *testing.T) {
	t.Parallel()
	r := newRoom()
	if got := r.ask(t, http.MethodGet, ""); got.Status != http.StatusOK {
		t.Errorf("%+v", got)
	}
	if got := r.ask(t, http.MethodPut, ""); got.Status != http.StatusMethodNotAllowed || got.Detail == "" {
		t.Errorf("%+v", got)
	}
}

func TestAStartIsStoredAsARunningSpan(t *testing.T) {
	t.Parallel()
	r := newRoom()
	got := r.post(t, `{"t":"start","trace":"`+traceID("a")+`","span":"`+spanID("b")+`","name":"answer","kind":"agent",
		"start":1700000000000001000,"user":"u","session":"s","tags":["vip"],"env":"staging","service":"desk"}`)
	if got.Status != http.StatusOK {
		t.Fatalf("%+v", got)
	}
	_ = r.post(t, `{"t":"start","trace":"`+traceID("a")+`","span":"`+spanID("c")+`","parent":"`+spanID("b")+`","name":"chat","kind":"llm","start":1700000000000002000,"model":"gpt-4o"}`)
	if len(r.shelf.batches) != 1 {
		t.Fatalf("%d batches", len(r.shelf.batches))
	}
	span := r.shelf.batches[0].Spans[0]
	if !span.Running() || span.Name != "chat" || span.ParentSpanID != spanID("b") || span.Kind != store.KindLLM || span.Model != "gpt-4o" {
		t.Errorf("stored as %+v", span)
	}
}

func TestARootTellsOfItsTrace(t *testing.T) {
	t.Parallel()
	r := newRoom()
	_ = r.post(t, `{"t":"start","trace":"`+traceID("a")+`","span":"`+spanID("b")+`","name":"answer","kind":"agent","start":1700000000000001000,"user":"u","session":"s","tags":["vip"],"env":"staging","service":"desk"}`)
	batch := r.shelf.batches[0]
	trace := batch.Traces[0]
	if !trace.HasRoot || trace.Name != "answer" || trace.UserID != "u" || trace.SessionID != "s" || trace.Environment != "staging" ||
		!slices.Equal(trace.Tags, []string{"vip"}) {
		t.Errorf("the trace is stored as %+v", trace)
	}
	if want := time.Unix(0, 1700000000000001000).UTC(); !trace.Start.Equal(want) || batch.Spans[0].Service != "desk" {
		t.Errorf("began at %v, of %q", trace.Start, batch.Spans[0].Service)
	}
}

func TestBadMessages(t *testing.T) {
	t.Parallel()
	for name, line := range map[string]string{
		"no JSON":              `start`,
		"no ids":               `{"t":"start","start":1}`,
		"ids in upper case":    strings.ReplaceAll(start("a", "x"), "a", "A"),
		"an id of zeros":       start("0", "x"),
		"a start without time": strings.Replace(start("2", "x"), "1700000000000000000", "0", 1),
		"an end without time":  strings.Replace(finish("2", ""), "1700000002000000000", "0", 1),
		"an offset below zero": text(-1, "x"),
		"an offset far off":    text(1<<40, "x"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRoom()
			got := r.post(t, line, start("3", "good"), "")
			if got.Status != http.StatusOK || got.Accepted != 1 || got.Rejected != 1 || got.Reason == "" {
				t.Errorf("%+v", got)
			}
		})
	}
	t.Run("of a kind that is not known are left out", func(t *testing.T) {
		t.Parallel()
		r := newRoom()
		line := `{"t":"later","trace":"` + traceID("1") + `","span":"` + spanID("1") + `"}`
		if got := r.post(t, line); got.Accepted+got.Rejected != 0 || got.Status != http.StatusOK {
			t.Errorf("%+v", got)
		}
	})
	t.Run("beyond ten thousand are left out", func(t *testing.T) {
		t.Parallel()
		r := newRoom()
		line := `{"t":"text","trace":"` + traceID("1") + `","span":"` + spanID("1") + `"}`
		if got := r.post(t, slices.Repeat([]string{line}, 10_050)...); got.Accepted != 10_000 || got.Rejected != 50 {
			t.Errorf("%+v", got)
		}
	})
}

func TestRefusedReports(t *testing.T) {
	t.Parallel()
	const lines = "application/x-ndjson"
	for name, c := range map[string]struct {
		body   string
		header []string
		want   int
	}{
		"one that a form could send": {start("1", "x"), []string{"Content-Type", "text/plain"}, http.StatusUnsupportedMediaType},
		"one that is packed":         {"", []string{"Content-Type", lines, "Content-Encoding", "gzip"}, http.StatusUnsupportedMediaType},
		"one that is too long":       {strings.Repeat(" ", 1<<20+1), []string{"Content-Type", lines}, http.StatusRequestEntityTooLarge},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRoom()
			if got := r.ask(t, http.MethodPost, c.body, c.header...); got.Status != c.want || got.Detail == "" {
				t.Errorf("%+v, want %d", got, c.want)
			}
			if len(r.shelf.batches) > 0 {
				t.Error("something is stored")
			}
		})
	}
	t.Run("one that cannot be stored", func(t *testing.T) {
		t.Parallel()
		r := newRoom()
		r.shelf.full = true
		if got := r.post(t, start("1", "x")); got.Status != http.StatusServiceUnavailable || !strings.Contains(got.Detail, "no room") {
			t.Errorf("%+v", got)
		}
	})
}

func TestNamesAreBounded(t *testing.T) {
	t.Parallel()
	r := newRoom()
	_ = r.post(t, start("1", strings.Repeat("é", 5000)))
	name := r.shelf.batches[0].Spans[0].Name
	if len(name) != 4096 || !strings.HasSuffix(name, "é") {
		t.Errorf("a name of %d bytes, to its end %q", len(name), name[len(name)-4:])
	}
}
