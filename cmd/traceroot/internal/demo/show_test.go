package demo_test

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/demo"
	"github.com/traceroot-ai/traceroot-go/traceroottest"
)

// played is a show that was filled at pace 1 under a fake clock, so that its times are exact.
type played struct {
	failed   string
	dev, ci  []traceroottest.Span
	progress []string
}

func play(t *testing.T) played {
	t.Helper()
	var p played
	synctest.Test(t, func(t *testing.T) {
		ctx, dev := traceroottest.New(t)
		_, ci := traceroottest.New(t)
		show := open(t, demo.Options{Pace: 1, CI: ci.Client(), Progress: func(done, total int) {
			p.progress = append(p.progress, fmt.Sprintf("%d/%d", done, total))
		}})
		var err error
		if p.failed, err = show.Fill(ctx); err != nil {
			t.Fatal(err)
		}
		p.dev, p.ci = dev.Spans(), ci.Spans()
	})
	return p
}

// open opens a show that ends with the test.
func open(t *testing.T, o demo.Options) *demo.Show {
	t.Helper()
	network := newMemnet()
	show := demo.OpenOn(network, network.dial, o)
	t.Cleanup(func() {
		if err := show.Close(context.WithoutCancel(t.Context())); err != nil {
			t.Errorf("close the show: %v", err)
		}
	})
	return show
}

func TestShow(t *testing.T) {
	t.Parallel()
	p := play(t)
	t.Run("the failed run is the one that the picture shows", func(t *testing.T) { checkFailedTree(t, p.trace(p.failed)) })
	t.Run("its tokens add up", func(t *testing.T) { checkFailedTokens(t, p.trace(p.failed)) })
	t.Run("its postal code was in nothing that the model had read", func(t *testing.T) { checkPostalCode(t, p.trace(p.failed)) })
	t.Run("spans point to the tools themselves", func(t *testing.T) { checkSources(t, p.trace(p.failed)) })
	t.Run("a session has four turns that know of one another", func(t *testing.T) { checkSession(t, p) })
	t.Run("the coding agent goes round in circles until its time is up", func(t *testing.T) { checkLoop(t, p) })
	t.Run("readers work side by side and one is asked again", func(t *testing.T) { checkReaders(t, p) })
	t.Run("prices are checked by eight workers", func(t *testing.T) { checkPrices(t, p) })
	t.Run("mail is sorted without a user", func(t *testing.T) { checkMail(t, p) })
	t.Run("two dozen runs of five agents", func(t *testing.T) { checkVariety(t, p) })
}

func (p played) trace(id string) []traceroottest.Span {
	return slices.DeleteFunc(slices.Clone(p.dev), func(s traceroottest.Span) bool { return s.TraceID != id })
}

func (p played) roots() []traceroottest.Span {
	return slices.DeleteFunc(slices.Clone(p.dev), func(s traceroottest.Span) bool { return s.ParentID != "" })
}

// run is the trace of the first run whose input has text in it.
func (p played) run(t *testing.T, text string) []traceroottest.Span {
	t.Helper()
	for _, root := range p.roots() {
		if strings.Contains(fmt.Sprint(root.Input), text) {
			return p.trace(root.TraceID)
		}
	}
	t.Fatalf("there is no run about %q", text)
	return nil
}

func named(spans []traceroottest.Span, name string) []traceroottest.Span {
	return slices.DeleteFunc(slices.Clone(spans), func(s traceroottest.Span) bool { return s.Name != name })
}

// tree draws a trace with the time that each span took; what starts at the same time stands in the order of names.
func tree(spans []traceroottest.Span) string {
	var b strings.Builder
	var draw func(parent string, depth int)
	draw = func(parent string, depth int) {
		children := slices.DeleteFunc(slices.Clone(spans), func(s traceroottest.Span) bool { return s.ParentID != parent })
		slices.SortStableFunc(children, func(a, b traceroottest.Span) int {
			return cmp.Or(a.Start.Compare(b.Start), strings.Compare(a.Name, b.Name))
		})
		for _, s := range children {
			failed := ""
			if s.Err != "" {
				failed = " ✗"
			}
			fmt.Fprintf(&b, "%s%s %s %v%s\n", strings.Repeat("  ", depth), s.Type, s.Name, s.End.Sub(s.Start), failed)
			draw(s.SpanID, depth+1)
		}
	}
	draw("", 0)
	return b.String()
}

func checkFailedTree(t *testing.T, spans []traceroottest.Span) {
	t.Helper()
	const want = `agent support-agent 17.497s ✗
  span load_session 30ms
  llm chat claude-sonnet-4-5 2.269s
  tool get_order 330ms
    span SELECT orders 330ms
  llm chat claude-sonnet-4-5 2.282s
  tool check_stock 872ms
    span GET /v2/stock/{sku} 872ms
  tool get_return_policy 180ms
  llm chat claude-sonnet-4-5 2.442s
  tool create_return_label 1.242s ✗
    span POST /v1/labels 519ms ✗
    span POST /v1/labels 573ms ✗
  llm chat claude-sonnet-4-5 2.569s
  tool create_return_label 652ms ✗
    span POST /v1/labels 652ms ✗
  agent handover-writer 4.809s
    llm chat gpt-4.1-mini 4.059s
    tool create_ticket 750ms
`
	if got := tree(spans); got != want {
		t.Errorf("got the tree\n%s\nwant\n%s", got, want)
	}
	labels := named(spans, "POST /v1/labels")
	if got, want := labels[0].Err, "503 busy: the label service is restarting"; got != want {
		t.Errorf("the first label failed by %q, want %q", got, want)
	}
	const refused = `422 address_invalid: from.postal_code "972O1" is no valid code for Portland, OR`
	for _, want := range []struct{ got, want string }{
		{labels[1].Err, refused},
		{labels[2].Err, refused},
		{named(spans, "create_return_label")[1].Err, "create_return_label: " + refused},
		{spans[0].Err, "step 4: the same call failed twice: create_return_label: " + refused},
	} {
		if want.got != want.want {
			t.Errorf("got the error %q, want %q", want.got, want.want)
		}
	}
	calls := named(spans, "create_return_label")
	if first, second := fmt.Sprint(calls[0].Input), fmt.Sprint(calls[1].Input); first != second {
		t.Errorf("the arguments are %s and then %s, want them identical", first, second)
	}
}

func checkFailedTokens(t *testing.T, spans []traceroottest.Span) {
	t.Helper()
	type call struct {
		firstToken                   float64
		input, cached, written, said int64
	}
	want := []call{
		{742, 1570, 0, 1452, 61},
		{611, 1715, 1452, 249, 118},
		{588, 2046, 1701, 333, 164},
		{694, 2262, 2034, 216, 149},
		{1904, 1986, 0, 0, 284},
	}
	var got []call
	for _, s := range spans {
		if s.Type == "llm" {
			u := s.Usage
			first := s.Attributes["traceroot.llm.time_to_first_token_ms"].AsFloat64()
			got = append(got, call{first, u.InputTokens, u.CacheReadTokens, u.CacheWriteTokens, u.OutputTokens})
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("got the model calls\n%v\nwant\n%v", got, want)
	}
}

func checkPostalCode(t *testing.T, spans []traceroottest.Span) {
	t.Helper()
	const right, wrong = "97201", "972O1"
	calls := named(spans, "chat claude-sonnet-4-5")
	if read := text(t, calls[2].Input); !strings.Contains(read, right) || strings.Contains(read, wrong) {
		t.Errorf("the model had to read %s and never %s before it bought a label:\n%s", right, wrong, read)
	}
	if said := text(t, calls[2].Output); !strings.Contains(said, wrong) || strings.Contains(said, right) {
		t.Errorf("the model had to write %s in place of %s:\n%s", wrong, right, said)
	}
	for _, message := range list(t, calls[3].Input) {
		if m, ok := message.(map[string]any); ok && m["role"] != "assistant" && strings.Contains(text(t, m), wrong) {
			t.Errorf("the carrier's refusal shows the model its own mistake: %v", m)
		}
	}
}

func checkSources(t *testing.T, spans []traceroottest.Span) {
	t.Helper()
	for name, code := range map[string]string{
		"support-agent":       "return traceroot.Do(ctx, \"support-agent\"",
		"get_order":           "func (d *desk) getOrder(",
		"create_return_label": "func (d *desk) createReturnLabel(",
		"POST /v1/labels":     "traceroot.Do(ctx, \"POST /v1/labels\"",
		"create_ticket":       "return traceroot.Do(ctx, \"create_ticket\"",
	} {
		span := named(spans, name)[0]
		if got := line(t, span.File, span.Line); !strings.Contains(got, code) {
			t.Errorf("span %s points to %s:%d, which is %q, want %q", name, span.File, span.Line, got, code)
		}
	}
}

func TestShowIsTheSameEveryTime(t *testing.T) {
	t.Parallel()
	outline := func(p played) []string {
		var lines []string
		for _, root := range p.roots() {
			var in, out int64
			for _, s := range p.trace(root.TraceID) {
				in, out = in+s.Usage.InputTokens, out+s.Usage.OutputTokens
			}
			lines = append(lines, fmt.Sprintf("%s %v: %d in, %d out, %v", root.Name, root.Input, in, out, root.Output))
		}
		slices.Sort(lines)
		return lines
	}
	if first, second := outline(play(t)), outline(play(t)); !slices.Equal(first, second) {
		t.Errorf("got\n%s\nand then\n%s", strings.Join(first, "\n"), strings.Join(second, "\n"))
	}
}

func TestLiveSpeaksUntilItIsTold(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, recorder := traceroottest.New(t)
		show := open(t, demo.Options{Live: true})
		if _, err := show.Fill(ctx); err != nil {
			t.Fatal(err)
		}
		recorder.Reset()

		watching, leave := context.WithCancel(ctx)
		ended := make(chan error, 1)
		go func() { ended <- show.Live(watching) }()
		for _, after := range []time.Duration{20 * time.Second, 10 * time.Minute} {
			time.Sleep(after)
			synctest.Wait()
			if len(ended) > 0 || hasRoot(recorder.Spans()) {
				t.Fatalf("a live run has ended %v after the last look:\n%s", after, recorder.Tree())
			}
		}
		left := time.Now()
		leave()
		if err := <-ended; err != nil {
			t.Fatal(err)
		}
		if took := time.Since(left); took > time.Second {
			t.Errorf("the live runs went on for %v", took)
		}
		for name, ending := range map[string]string{
			"support-agent": "comes at four.", "research-agent": "over a whole winter.",
		} {
			if root := recorder.Span(name); root.Err != "" || !strings.HasSuffix(fmt.Sprint(root.Output), ending) {
				t.Errorf("%s ended by %q and said %q, want all of it", name, root.Err, root.Output)
			}
		}
		if got := recorder.Span("support-agent").SessionID; got != "sess_2291" {
			t.Errorf("the live turn is of the session %q", got)
		}
	})
}

func hasRoot(spans []traceroottest.Span) bool {
	return slices.ContainsFunc(spans, func(s traceroottest.Span) bool { return s.ParentID == "" })
}

func TestFillStopsWithItsContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		show := open(t, demo.Options{Pace: 1})
		enough := errors.New("enough")
		ctx, cancel := context.WithTimeoutCause(t.Context(), 5*time.Second, enough)
		defer cancel()
		start := time.Now()
		if _, err := show.Fill(ctx); !errors.Is(err, enough) {
			t.Errorf("got the error %v, want %v", err, enough)
		}
		if took := time.Since(start); took != 5*time.Second {
			t.Errorf("Fill returned after %v, want 5s", took)
		}
	})
}

func TestShowRunsOnLoopback(t *testing.T) {
	t.Parallel()
	ctx, recorder := traceroottest.New(t)
	show, err := demo.Open(ctx, demo.Options{Client: recorder.Client(), Pace: 0.01})
	if err != nil {
		t.Fatal(err)
	}
	failed, err := show.Fill(t.Context())
	if err != nil {
		t.Error(err)
	}
	if !slices.ContainsFunc(recorder.Spans(), func(s traceroottest.Span) bool { return s.TraceID == failed && s.Err != "" }) {
		t.Errorf("there is no failed trace %q", failed)
	}
	for range 2 {
		if err := show.Close(t.Context()); err != nil {
			t.Error(err)
		}
	}
	if _, err := show.Fill(t.Context()); err == nil {
		t.Error("a closed show was played")
	}
}

func TestCuesAreUnique(t *testing.T) {
	t.Parallel()
	cues := demo.Cues()
	for i, a := range cues {
		for j, b := range cues {
			if i != j && strings.Contains(a, b) {
				t.Errorf("the cue %q is part of %q", b, a)
			}
		}
	}
}

// text is a span's value as JSON, as far as it is searched in.
func text(t *testing.T, v any) string {
	t.Helper()
	encoded, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(encoded)
}

// list is a span's value that is a list.
func list(t *testing.T, v any) []any {
	t.Helper()
	values, ok := v.([]any)
	if !ok {
		t.Fatalf("got %T, want a list", v)
	}
	return values
}
