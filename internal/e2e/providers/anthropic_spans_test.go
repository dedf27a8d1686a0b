package providers_test

import (
	"context"
	"strings"
	"sync"
	"testing"

	"github.com/anthropics/anthropic-sdk-go/option"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/traceroot-ai/traceroot-go"
	"github.com/traceroot-ai/traceroot-go/traceroottest"
)

// Since 1.81 anthropic-sdk-go makes a span of its own for each call, attempts included, in which a hook finds itself.
func TestSpansOfAnthropicSDK(t *testing.T) {
	t.Parallel()
	hooks := map[string]option.RequestOption{
		"Middleware": option.WithMiddleware(traceroot.Middleware()),
		"HTTPClient": option.WithHTTPClient(traceroot.HTTPClient(nil)),
	}
	for name, hook := range hooks {
		for _, c := range columns {
			if c.name == "error" || c.name == "retry" || c.name == "cancel" {
				continue
			}
			t.Run("integrations-16 "+name+" "+c.name, func(t *testing.T) {
				t.Parallel()
				seen, theirs := callAnthropicTraced(t, hook, c)
				if theirs.count() != 1 {
					t.Fatalf("anthropic-sdk-go has made %d spans\n%s", theirs.count(), seen.trace)
				}
				c.judge(t, &anthropicMessages, seen)
			})
		}
		t.Run("integrations-16 "+name+" error", func(t *testing.T) {
			t.Parallel()
			refused := column{script: answersWith(func(w *wire) answer { return w.refusal }), act: ask}
			seen, _ := callAnthropicTraced(t, hook, refused)
			s := onlySpan(t, seen)
			if s.Err == "" {
				t.Error("the span shows no error")
			}
			expect(t, s, want{"http.response.status_code": int64(anthropicMessages.refusal.status)})
		})
		t.Run("integrations-16 "+name+" retry", func(t *testing.T) {
			t.Parallel()
			again := column{
				script: func(w *wire, _ <-chan struct{}) []answer { return []answer{w.overload, w.answer} }, act: ask,
			}
			seen, _ := callAnthropicTraced(t, hook, again)
			s := onlySpan(t, seen) // the client's span is for the call, not for the attempt
			if s.Err != "" {
				t.Errorf("the call succeeded, the span failed with %q", s.Err)
			}
			expect(t, s, anthropicMessages.usage)
			expectAnswer(t, s, outputShown, anthropicMessages.finish)
		})
	}
}

// callAnthropicTraced calls in a trace that the client's own spans join.
func callAnthropicTraced(t *testing.T, hook option.RequestOption, c column) (outcome, *spansOfScope) {
	t.Helper()
	theirs := &spansOfScope{scope: "com.anthropic.sdk.go"}
	ctx, rec := traceroottest.New(t, traceroot.WithSpanProcessor(theirs))
	connect := func(_ *testing.T, url string) client {
		return anthropicClient(newAnthropic(url, hook, option.WithTracerProvider(rec.Client().TracerProvider())))
	}
	seen := call(ctx, t, connect, &anthropicMessages, c)
	seen.trace = rec.Tree()
	for _, s := range rec.Spans() {
		if s.Type == traceroot.KindLLM {
			seen.spans = append(seen.spans, s)
		}
	}
	if len(rec.Spans()) != len(seen.spans) {
		t.Errorf("there are spans beside that of the call\n%s", seen.trace)
	}
	return seen, theirs
}

// spansOfScope is a span processor that counts the spans of one library.
type spansOfScope struct {
	scope string

	mu    sync.Mutex
	ended int // guarded by mu
}

func (s *spansOfScope) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ended
}

func (s *spansOfScope) OnStart(context.Context, sdktrace.ReadWriteSpan) {}

func (s *spansOfScope) OnEnd(span sdktrace.ReadOnlySpan) {
	if strings.HasPrefix(span.InstrumentationScope().Name, s.scope) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.ended++
	}
}

func (s *spansOfScope) Shutdown(context.Context) error { return nil }

func (s *spansOfScope) ForceFlush(context.Context) error { return nil }
