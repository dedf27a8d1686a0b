package providers_test

import (
	"net/http"
	"testing"

	"github.com/openai/openai-go/v3/option"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/traceroot-ai/traceroot-go"
	"github.com/traceroot-ai/traceroot-go/traceroottest"
)

// This test changes what the whole process shares, so it is not parallel. Unlike the matrix it has no recorder in the
// contexts: what programs have is the default client.
func TestDefaultTransport(t *testing.T) {
	before := http.DefaultTransport
	exporter := tracetest.NewInMemoryExporter()
	tracing := initialize(t, traceroot.WithExporter(exporter), traceroot.WithIntegrations(traceroot.OpenAI))

	spansOf := func(t *testing.T, c client) tracetest.SpanStubs {
		t.Helper()
		exporter.Reset()
		if _, err := ask(t.Context(), c, &openAIChat); err != nil {
			t.Fatal(err)
		}
		if err := tracing.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		return exporter.GetSpans()
	}
	clients := map[string]client{}
	for _, a := range adapters {
		if a.wire != &openAIChat || a.ownTransport {
			continue
		}
		clients[a.name] = a.plain(t, play(t, openAIChat.answer, openAIChat.answer).URL)
		t.Run("integrations-15 "+a.name, func(t *testing.T) {
			if spans := spansOf(t, clients[a.name]); len(spans) != 1 || spans[0].Name != "chat gpt-4o" {
				t.Errorf("recorded %v", spans)
			}
		})
		for _, h := range a.hooks {
			t.Run("integrations-12 beside "+a.name+", "+h.name, func(t *testing.T) {
				if spans := spansOf(t, h.connect(t, play(t, openAIChat.answer).URL)); len(spans) != 1 {
					t.Errorf("%d spans for one call", len(spans))
				}
			})
		}
	}
	if err := tracing.Shutdown(t.Context()); err != nil {
		t.Fatal(err)
	}
	for name, c := range clients {
		t.Run("integrations-15 undone, "+name, func(t *testing.T) {
			if http.DefaultTransport != before {
				t.Error("the default transport is still another one")
			}
			if spans := spansOf(t, c); len(spans) != 0 {
				t.Errorf("recorded %v after Shutdown", spans)
			}
		})
	}
}

// What the documentation says of clients with a transport of their own: WithIntegrations does not see them.
func TestOutOfReach(t *testing.T) {
	throughDefault(t)
	for _, a := range adapters {
		if !a.ownTransport {
			continue
		}
		t.Run(a.name, func(t *testing.T) {
			ctx, rec := traceroottest.New(t)
			connect := a.plain
			if a.asItComes != nil {
				connect = a.asItComes
			}
			if _, err := ask(ctx, connect(t, play(t, a.wire.answer).URL), a.wire); err != nil {
				t.Fatal(err)
			}
			for _, s := range rec.Spans() {
				if s.Type == traceroot.KindLLM {
					t.Errorf("recorded %q after all: the client is to be a row of the matrix", s.Name)
				}
			}
		})
	}
}

func TestHookedTwice(t *testing.T) {
	t.Parallel()
	t.Run("integrations-12 middleware and client", func(t *testing.T) {
		t.Parallel()
		ctx, rec := traceroottest.New(t)
		c := newOpenAIv3(play(t, openAIChat.answer).URL,
			option.WithMiddleware(traceroot.Middleware(traceroot.Name("outer"))),
			option.WithHTTPClient(traceroot.HTTPClient(nil, traceroot.Name("inner"))))
		if _, err := asking(c.Chat.Completions.New)(ctx, prompt{body: openAIChat.ask}); err != nil {
			t.Fatal(err)
		}
		if s := only(t, rec); s.Name != "outer" {
			t.Errorf("the span is %q: the outermost hook makes it", s.Name)
		}
	})
	t.Run("integrations-12 client of a client", func(t *testing.T) {
		t.Parallel()
		ctx, rec := traceroottest.New(t)
		c := newGoOpenAI(play(t, openAIChat.answer).URL, traceroot.HTTPClient(traceroot.HTTPClient(nil)))
		if _, err := askGoOpenAI(ctx, c, prompt{body: openAIChat.ask}); err != nil {
			t.Fatal(err)
		}
		only(t, rec)
	})
}
