package traceroottest_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"reflect"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"github.com/traceroot-ai/traceroot-go"
	"github.com/traceroot-ai/traceroot-go/traceroottest"
)

func empty(ctx context.Context, name string, opts ...traceroot.SpanOption) {
	_ = traceroot.Run(ctx, name, func(context.Context) error { return nil }, opts...)
}

func TestNew(t *testing.T) {
	t.Run("carries a client in the test's context", func(t *testing.T) {
		t.Parallel()
		ctx, rec := traceroottest.New(t)
		empty(ctx, "work")
		empty(t.Context(), "outside")
		if got := rec.Tree(); got != "span work\n" {
			t.Errorf("recorded\n%s", got)
		}
		if !rec.Client().Enabled() || ctx.Done() == nil {
			t.Error("the client is off, or the context does not end with the test")
		}
	})
	t.Run("records for each test on its own", func(t *testing.T) {
		t.Parallel()
		var tests sync.WaitGroup
		for i := range 20 {
			tests.Go(func() {
				ctx, rec := traceroottest.New(t)
				for range 50 {
					empty(ctx, fmt.Sprint("of ", i))
				}
				for _, s := range rec.Spans() {
					if s.Name != fmt.Sprint("of ", i) {
						t.Errorf("recorder %d has %q", i, s.Name)
					}
				}
				if n := len(rec.Spans()); n != 50 {
					t.Errorf("recorder %d has %d spans, want 50", i, n)
				}
			})
		}
		tests.Wait()
	})
	t.Run("applies options: masks, limits, the environment", func(t *testing.T) {
		t.Parallel()
		ctx, rec := traceroottest.New(t, traceroot.WithMask(traceroot.MaskRegexp(regexp.MustCompile("secret"), "…")),
			traceroot.WithLimits(traceroot.Limits{ValueBytes: 10}), traceroot.WithEnvironment("test"))
		empty(ctx, "work", traceroot.Input("a secret that is long"))
		s := rec.Span("work")
		if s.Input != "a … t" {
			t.Errorf("input %q", s.Input)
		}
		if s.Attributes["traceroot.environment"].AsString() != "test" || !s.Attributes["traceroot.truncated"].AsBool() {
			t.Errorf("attributes %v", s.Attributes)
		}
	})
	t.Run("sees spans of other instrumentation through its provider", func(t *testing.T) {
		t.Parallel()
		ctx, rec := traceroottest.New(t)
		tracer := rec.Client().TracerProvider().Tracer("other")
		ctx, s := tracer.Start(ctx, "foreign", trace.WithAttributes(attribute.String("gen_ai.request.model", "m")))
		empty(ctx, "own")
		s.SetStatus(codes.Error, "refused")
		s.End()
		got := rec.Span("foreign")
		if got.Type != traceroot.KindSpan || got.Model != "m" || got.Err != "refused" || rec.Span("own").ParentID != got.SpanID {
			t.Errorf("%+v in\n%s", got, rec.Tree())
		}
	})
	t.Run("ends its client with the test", func(t *testing.T) {
		var client *traceroot.Client
		t.Run("inner", func(t *testing.T) {
			_, rec := traceroottest.New(t)
			client = rec.Client()
		})
		if client.Enabled() {
			t.Error("the client is still on")
		}
		for range 50 {
			if !strings.Contains(stacks(), "internal/batch") {
				return
			}
			<-time.After(10 * time.Millisecond)
		}
		t.Errorf("a goroutine is left:\n%s", stacks())
	})
	t.Run("needs nothing of the machine it runs on", func(t *testing.T) {
		t.Setenv("TRACEROOT_ENABLED", "false")
		t.Setenv("TRACEROOT_API_KEY", "")
		t.Setenv("TRACEROOT_HOST_URL", "not a url")
		t.Setenv("OTEL_TRACES_SAMPLER", "always_off")
		ctx, rec := traceroottest.New(t)
		empty(ctx, "work")
		if got := rec.Tree(); got != "span work\n" {
			t.Errorf("recorded\n%s", got)
		}
	})
}

func stacks() string {
	buf := make([]byte, 1<<20)
	return string(buf[:runtime.Stack(buf, true)])
}

func TestSetDefault(t *testing.T) {
	t.Run("serves code that loses the context, until the test ends", func(t *testing.T) {
		var rec *traceroottest.Recorder
		t.Run("inner", func(t *testing.T) {
			_, rec = traceroottest.New(t)
			rec.SetDefault()
			empty(context.WithoutCancel(t.Context()), "lost")
			if traceroot.Default() != rec.Client() || rec.Tree() != "span lost\n" {
				t.Errorf("recorded\n%s", rec.Tree())
			}
		})
		if traceroot.Default() == rec.Client() || traceroot.Default().Enabled() {
			t.Error("the recorder is still the default")
		}
	})
}

func TestSpan(t *testing.T) {
	t.Parallel()
	ctx, rec := traceroottest.New(t)
	before := time.Now()
	ctx = traceroot.UsingAttributes(ctx, traceroot.Attributes{
		UserID: "context user", SessionID: "context session", Tags: []string{"context"}, Metadata: map[string]any{"from": "context"},
	})
	_ = traceroot.Run(ctx, "agent", func(ctx context.Context) error {
		traceroot.UpdateCurrentTrace(ctx, traceroot.Attributes{UserID: "ann", SessionID: "s1", Tags: []string{"trace"}})
		return traceroot.Run(ctx, "call", func(ctx context.Context) error {
			traceroot.UpdateCurrentSpan(ctx, traceroot.SpanUpdate{
				Type: traceroot.KindLLM, Input: map[string]any{"q": 1}, Output: "plain text", Prompt: []string{"be kind"}, Model: "gpt-4o",
				ModelParameters: map[string]any{"temperature": 0.5}, Metadata: map[string]any{"k": "v"}, Tags: []string{"own"},
				Usage: traceroot.Usage{
					InputTokens: 10, OutputTokens: 5, CacheReadTokens: 4, CacheWriteTokens: 3, CacheWrite1hTokens: 2, ReasoningTokens: 1,
					Details: map[string]int64{"audio_tokens": 6},
				},
			})
			return errors.New("too many tokens")
		})
	}, traceroot.Type("agent"))
	empty(ctx, "bare")

	agent, call, bare := rec.Span("agent"), rec.Span("call"), rec.Span("bare")
	for what, c := range map[string]struct{ got, want any }{
		"type": {call.Type, traceroot.KindLLM}, "name": {call.Name, "call"}, "trace": {call.TraceID, agent.TraceID},
		"parent": {call.ParentID, agent.SpanID}, "parent of the root": {agent.ParentID, ""},
		"error": {call.Err, "too many tokens"}, "no error": {bare.Err, ""}, "model": {call.Model, "gpt-4o"},
		"input": {call.Input, any(map[string]any{"q": 1.0})}, "output": {call.Output, any("plain text")},
		"prompt": {call.Prompt, any([]any{"be kind"})}, "no input": {bare.Input, nil},
		"parameters": {call.ModelParameters, map[string]any{"temperature": 0.5}}, "metadata": {call.Metadata, map[string]any{"k": "v"}},
		"tags": {call.Tags, []string{"own"}}, "tags of the trace": {agent.Tags, []string{"trace"}},
		"tags of the context": {bare.Tags, []string{"context"}}, "metadata of the context": {bare.Metadata, map[string]any{"from": "context"}},
		"user": {agent.UserID, "ann"}, "user of the context": {bare.UserID, "context user"},
		"session": {call.SessionID, "s1"}, "session of the context": {bare.SessionID, "context session"},
		"usage": {call.Usage, traceroot.Usage{
			InputTokens: 10, OutputTokens: 5, CacheReadTokens: 4, CacheWriteTokens: 3, CacheWrite1hTokens: 2, ReasoningTokens: 1,
			Details: map[string]int64{"audio_tokens": 6},
		}},
		"no usage": {bare.Usage, traceroot.Usage{}}, "line": {bare.Line > 0, true},
		"times":        {call.Start.After(before) && !call.End.Before(call.Start) && !agent.End.Before(call.End), true},
		"ids":          {len(call.TraceID) == 32 && len(call.SpanID) == 16, true},
		"an attribute": {call.Attributes["traceroot.llm.model"].AsString(), "gpt-4o"},
	} {
		if !reflect.DeepEqual(c.got, c.want) {
			t.Errorf("%s: %v, want %v", what, c.got, c.want)
		}
	}
}

func TestSpansAreInStartOrder(t *testing.T) {
	t.Parallel()
	ctx, rec := traceroottest.New(t)
	_ = traceroot.Run(ctx, "first", func(ctx context.Context) error {
		empty(ctx, "second")
		empty(ctx, "third")
		return nil
	})
	_, open := traceroot.Start(ctx, "still open")
	defer open.End()
	empty(ctx, "fourth")
	var names []string
	for _, s := range rec.Spans() {
		names = append(names, s.Name)
	}
	if want := []string{"first", "second", "third", "fourth"}; !slices.Equal(names, want) {
		t.Errorf("%q, want %q", names, want)
	}
}

func TestTree(t *testing.T) {
	t.Parallel()
	ctx, rec := traceroottest.New(t)
	ctx, open := traceroot.Start(ctx, "open")
	_ = traceroot.Run(ctx, "helper", func(ctx context.Context) error {
		for range traceroot.Seq(ctx, "tokens", func(context.Context) iter.Seq[int] { return slices.Values([]int{1, 2}) }, traceroot.Type("llm")) {
		}
		return traceroot.Run(ctx, "search", func(context.Context) error { return errors.New("line one\nline two") }, traceroot.Type("tool"))
	}, traceroot.Type("agent"))
	want := "agent helper ✗ line one line two\n  llm tokens\n  tool search ✗ line one line two\n"
	if got := rec.Tree(); got != want {
		t.Errorf("while the parent is open:\n%swant\n%s", got, want)
	}
	open.End()
	want = "span open\n  " + strings.ReplaceAll(strings.TrimSuffix(want, "\n"), "\n", "\n  ") + "\n"
	if got := rec.Tree(); got != want {
		t.Errorf("tree\n%swant\n%s", got, want)
	}
}

func TestReset(t *testing.T) {
	t.Parallel()
	ctx, rec := traceroottest.New(t)
	empty(ctx, "before")
	rec.Reset()
	empty(ctx, "after")
	if got := rec.Tree(); got != "span after\n" {
		t.Errorf("recorded\n%s", got)
	}
}

func TestMissingSpanFailsTheTestWithTheTree(t *testing.T) {
	t.Parallel()
	tb := &fakeTB{TB: t}
	ctx, rec := traceroottest.New(tb)
	empty(ctx, "present")
	var ended sync.WaitGroup
	ended.Go(func() { rec.Span("missing") })
	ended.Wait()
	if !strings.Contains(tb.fatal, "missing") || !strings.Contains(tb.fatal, "span present") {
		t.Errorf("the test fails with %q, want the name and the tree", tb.fatal)
	}
	if tb.failed {
		t.Error("it fails in another way, too")
	}
}

func TestDiagnosticsGoToTheTestsLog(t *testing.T) {
	t.Parallel()
	tb := &fakeTB{TB: t}
	ctx, _ := traceroottest.New(tb)
	empty(ctx, "work", traceroot.Type("chain"))
	if !strings.Contains(tb.log.String(), "unknown span kind") {
		t.Errorf("logged %q", tb.log.String())
	}
}

// fakeTB is a test that may fail.
type fakeTB struct {
	testing.TB

	log    bytes.Buffer
	fatal  string
	failed bool
}

func (f *fakeTB) Helper()                      {}
func (f *fakeTB) Output() io.Writer            { return &f.log }
func (f *fakeTB) Errorf(string, ...any)        { f.failed = true }
func (f *fakeTB) Fatalf(s string, args ...any) { f.fatal = fmt.Sprintf(s, args...); runtime.Goexit() }

func TestDefaultOfASubtestGivesWayAgain(t *testing.T) {
	_, rec := traceroottest.New(t)
	rec.SetDefault()
	t.Run("with a default of its own", func(t *testing.T) {
		_, inner := traceroottest.New(t)
		inner.SetDefault()
		empty(context.WithoutCancel(t.Context()), "within")
		if got := inner.Tree(); got != "span within\n" {
			t.Errorf("the subtest recorded\n%s", got)
		}
	})
	empty(context.WithoutCancel(t.Context()), "after")
	if got := rec.Tree(); got != "span after\n" {
		t.Errorf("the test around it recorded\n%s", got)
	}
}

func TestUsageIsWhatWasSent(t *testing.T) {
	t.Parallel()
	ctx, rec := traceroottest.New(t)
	for name, usage := range map[string]traceroot.Usage{
		"details alone":           {Details: map[string]int64{"audio": 40}},
		"a detail that looks net": {InputTokens: 100, Details: map[string]int64{"cache_read_input_tokens": 40}},
		"a total in the details":  {InputTokens: 10, OutputTokens: 5, ReasoningTokens: 3, Details: map[string]int64{"total_tokens": 18}},
		"all six":                 {InputTokens: 9, OutputTokens: 8, CacheReadTokens: 3, CacheWriteTokens: 2, CacheWrite1hTokens: 1, ReasoningTokens: 4},
	} {
		_ = traceroot.Run(ctx, name, func(ctx context.Context) error {
			traceroot.UpdateCurrentSpan(ctx, traceroot.SpanUpdate{Usage: usage})
			return nil
		})
		if got := rec.Span(name).Usage; !reflect.DeepEqual(got, usage) {
			t.Errorf("%s: usage %+v, want %+v", name, got, usage)
		}
	}
}

func TestTreeIsOneLineASpan(t *testing.T) {
	t.Parallel()
	ctx, rec := traceroottest.New(t)
	empty(ctx, "two\nlines")
	if got := rec.Tree(); got != "span two lines\n" {
		t.Errorf("tree %q, want one line", got)
	}
}
