package tracelangchaingo_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/tmc/langchaingo/agents"
	"github.com/tmc/langchaingo/chains"
	"github.com/tmc/langchaingo/httputil"
	"github.com/tmc/langchaingo/llms"
	"github.com/tmc/langchaingo/llms/openai"
	"github.com/tmc/langchaingo/tools"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/traceroot-ai/traceroot-go"
	"github.com/traceroot-ai/traceroot-go/integrations/tracelangchaingo"
	"github.com/traceroot-ai/traceroot-go/traceroottest"
)

// These tests change langchaingo's default client, and so they do not run at the same time as others.

// newDefaultModel is a model with langchaingo's default client.
func newDefaultModel(t *testing.T, url string) *openai.LLM {
	t.Helper()
	model, err := openai.New(openai.WithToken("key"), openai.WithBaseURL(url), openai.WithModel("gpt-4o"))
	if err != nil {
		t.Fatal(err)
	}
	return model
}

func TestIntegration(t *testing.T) {
	t.Run("integrations-17 the registered integration puts models inside the handler's chains", func(t *testing.T) {
		model := newDefaultModel(t, chatServer(t).URL) // made before, as package-level variables are
		before := httputil.DefaultClient.Transport
		exporter := tracetest.NewInMemoryExporter()
		client := traceroot.Initialize(traceroot.WithEnabled(true), traceroot.WithExporter(exporter),
			traceroot.WithIntegrations(traceroot.LangChain))

		handler := tracelangchaingo.NewHandler()
		agent := agents.NewOneShotAgent(model, []tools.Tool{search{}}, agents.WithCallbacksHandler(handler))
		if _, err := chains.Run(t.Context(), agents.NewExecutor(agent, agents.WithCallbacksHandler(handler)), "why?"); err != nil {
			t.Error(err)
		}
		if err := client.Flush(t.Context()); err != nil {
			t.Error(err)
		}
		names := map[string]string{}
		for _, s := range exporter.GetSpans() {
			names[s.SpanContext.SpanID().String()] = s.Name
		}
		models := 0
		for _, s := range exporter.GetSpans() {
			if s.Name == "chat gpt-4o" {
				models++
				if parent := names[s.Parent.SpanID().String()]; parent != "chain" {
					t.Errorf("a model stands in %q", parent)
				}
			}
		}
		if models != 2 || len(names) != 6 {
			t.Errorf("%d model calls of 2, %d spans of 6", models, len(names))
		}

		if err := client.Shutdown(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
		traceroot.SetDefault(nil)
		if httputil.DefaultClient.Transport != before {
			t.Errorf("after Shutdown langchaingo has the transport %T", httputil.DefaultClient.Transport)
		}
	})

	ask := func(t *testing.T) (spans int) {
		t.Helper()
		ctx, rec := traceroottest.New(t)
		if _, err := llms.GenerateFromSinglePrompt(ctx, newDefaultModel(t, chatServer(t).URL), "hi"); err != nil {
			t.Fatal(err)
		}
		return len(rec.Spans())
	}
	install := func(t *testing.T) (restore func()) {
		t.Helper()
		restore, err := tracelangchaingo.Install(nil)
		if err != nil {
			t.Fatal(err)
		}
		return restore
	}
	t.Run("two clients install it once, and the last one to go takes it out", func(t *testing.T) {
		before := httputil.DefaultClient.Transport
		first, second := install(t), install(t)
		if n := ask(t); n != 1 {
			t.Errorf("installed twice, a call is %d spans", n)
		}
		first()
		first()
		if n := ask(t); n != 1 {
			t.Errorf("with one client left, a call is %d spans", n)
		}
		second()
		if httputil.DefaultClient.Transport != before {
			t.Errorf("langchaingo is left with the transport %T", httputil.DefaultClient.Transport)
		}
		if n := ask(t); n != 0 {
			t.Errorf("with no client left, a call is %d spans", n)
		}
	})
	t.Run("a transport on top of it stays, and it lets everything pass", func(t *testing.T) {
		before := httputil.DefaultClient.Transport
		defer func() { httputil.DefaultClient.Transport = before }()
		first := install(t)
		top := &http.Client{Transport: onTop{httputil.DefaultClient.Transport}}
		httputil.DefaultClient.Transport = top.Transport
		second := install(t)
		if n := ask(t); n != 1 {
			t.Errorf("a call is %d spans", n)
		}
		first()
		if n := ask(t); n != 1 {
			t.Errorf("a call is %d spans", n)
		}
		second()
		if httputil.DefaultClient.Transport != top.Transport {
			t.Errorf("langchaingo is left with the transport %T", httputil.DefaultClient.Transport)
		}
		if n := ask(t); n != 0 {
			t.Errorf("with no client left, a call is %d spans", n)
		}
	})
	t.Run("a client without a transport of its own gets none", func(t *testing.T) {
		before := httputil.DefaultClient.Transport
		defer func() { httputil.DefaultClient.Transport = before }()
		httputil.DefaultClient.Transport = nil
		restore := install(t)
		buried := httputil.DefaultClient.Transport
		if n := ask(t); n != 1 {
			t.Errorf("a call is %d spans", n)
		}
		restore()
		if httputil.DefaultClient.Transport != nil {
			t.Errorf("langchaingo is left with the transport %T", httputil.DefaultClient.Transport)
		}
		httputil.DefaultClient.Transport = buried
		if n := ask(t); n != 0 {
			t.Errorf("with no client left, a call is %d spans", n)
		}
	})
}

// onTop is somebody else's transport.
type onTop struct{ http.RoundTripper }
