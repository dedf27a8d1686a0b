package providers_test

import (
	"log/slog"
	"net/http"
	"testing"

	"github.com/openai/openai-go/v3/option"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/traceroot-ai/traceroot-go"
	"github.com/traceroot-ai/traceroot-go/traceroottest"
)

// This test changes what the whole process shares, so it is not parallel.
func TestDefaultTransport(t *testing.T) {
	before := http.DefaultTransport
	exporter := tracetest.NewInMemoryExporter()
	tracing := traceroot.Initialize(traceroot.WithEnabled(true), traceroot.WithExporter(exporter),
		traceroot.WithIntegrations(traceroot.OpenAI), traceroot.WithLogger(slog.New(slog.DiscardHandler)))
	t.Cleanup(func() { traceroot.SetDefault(nil) })

	spansOf := func(t *testing.T, c client) tracetest.SpanStubs {
		t.Helper()
		exporter.Reset()
		if _, err := c.ask(t.Context(), conversation); err != nil {
			t.Fatal(err)
		}
		if err := tracing.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		return exporter.GetSpans()
	}
	clients := map[string]client{}
	for name, connect := range plainClients {
		clients[name] = connect(play(t, says(reply), says(reply)).url())
		t.Run("integrations-15 "+name, func(t *testing.T) {
			if spans := spansOf(t, clients[name]); len(spans) != 1 || spans[0].Name != "chat gpt-4o" {
				t.Errorf("recorded %v", spans)
			}
		})
	}
	for _, h := range hookedClients {
		t.Run("integrations-12 beside "+h.name, func(t *testing.T) {
			if spans := spansOf(t, h.connect(play(t, says(reply)).url())); len(spans) != 1 {
				t.Errorf("%d spans for one call", len(spans))
			}
		})
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

func TestHookedTwice(t *testing.T) {
	t.Parallel()
	t.Run("integrations-12 middleware and client", func(t *testing.T) {
		t.Parallel()
		ctx, rec := traceroottest.New(t)
		model := newOpenAI(play(t, says(reply)).url(),
			option.WithMiddleware(traceroot.Middleware(traceroot.Name("outer"))),
			option.WithHTTPClient(traceroot.HTTPClient(nil, traceroot.Name("inner"))))
		if _, err := model.ask(ctx, conversation); err != nil {
			t.Fatal(err)
		}
		if s := only(t, rec); s.Name != "outer" {
			t.Errorf("the span is %q: the outermost hook makes it", s.Name)
		}
	})
	t.Run("integrations-12 client of a client", func(t *testing.T) {
		t.Parallel()
		ctx, rec := traceroottest.New(t)
		model := newGoOpenAI(play(t, says(reply)).url(), traceroot.HTTPClient(traceroot.HTTPClient(nil)))
		if _, err := model.ask(ctx, conversation); err != nil {
			t.Fatal(err)
		}
		only(t, rec)
	})
}
