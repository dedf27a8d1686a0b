package traceeino_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"

	"github.com/cloudwego/eino/callbacks"
	"github.com/cloudwego/eino/components"
	"github.com/cloudwego/eino/components/embedding"
	"github.com/cloudwego/eino/compose"
	"github.com/cloudwego/eino/schema"

	"github.com/traceroot-ai/traceroot-go"
	"github.com/traceroot-ai/traceroot-go/integrations/traceeino"
	"github.com/traceroot-ai/traceroot-go/traceroottest"
)

// overTheWire is a chat model whose call goes through a traced HTTP client.
func overTheWire(t *testing.T) *telling {
	t.Helper()
	provider := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"id":"1","model":"gpt-4o","choices":[{"index":0,"finish_reason":"stop",
			"message":{"role":"assistant","content":"rain"}}],"usage":{"prompt_tokens":12,"completion_tokens":3,"total_tokens":15}}`)
	}))
	t.Cleanup(provider.Close)
	client := traceroot.HTTPClient(nil)
	m := &telling{call: func(ctx context.Context) error {
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, provider.URL+"/v1/chat/completions",
			strings.NewReader(`{"model":"gpt-4o","messages":[{"role":"user","content":"Weather?"}]}`))
		if err != nil {
			return err
		}
		res, err := client.Do(req)
		if err != nil {
			return err
		}
		_, err = io.Copy(io.Discard, res.Body)
		return errors.Join(err, res.Body.Close())
	}}
	m.answers = says("rain").answers
	return m
}

func ask(ctx context.Context, t *testing.T, m *telling, handler callbacks.Handler) {
	t.Helper()
	answer := chain(t, func(c *compose.Chain[[]*schema.Message, *schema.Message]) { c.AppendChatModel(m) })
	if _, err := answer.Invoke(ctx, []*schema.Message{schema.UserMessage("Weather?")}, compose.WithCallbacks(handler)); err != nil {
		t.Fatal(err)
	}
}

func TestModelCallComesFromTheWire(t *testing.T) {
	t.Parallel()
	ctx, rec := traceroottest.New(t)
	ask(ctx, t, overTheWire(t), traceeino.NewHandler())

	expectTree(t, rec, "span answer\n  span ScriptedChatModel\n    llm chat gpt-4o\n")
	if span := rec.Span("ScriptedChatModel"); span.Model != "" || !reflect.DeepEqual(span.Usage, traceroot.Usage{}) {
		t.Errorf("the model's node has model %q and usage %v, which would be counted twice", span.Model, span.Usage)
	}
}

func TestModelSpans(t *testing.T) {
	t.Parallel()
	for name, m := range map[string]*telling{
		"without a hook": {scripted: scripted{answers: says("rain").answers}},
		"with a hook":    overTheWire(t),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, rec := traceroottest.New(t)
			ask(ctx, t, m, traceeino.NewHandler(traceeino.WithModelSpans()))

			expectTree(t, rec, "span answer\n  llm ScriptedChatModel\n")
			expectModelSpan(t, rec.Span("ScriptedChatModel"))
		})
	}
}

func TestModelSpanOfAStream(t *testing.T) {
	t.Parallel()
	ctx, rec := traceroottest.New(t)
	m := &telling{scripted: scripted{answers: says("ra", "in").answers}}
	answer := chain(t, func(c *compose.Chain[[]*schema.Message, *schema.Message]) { c.AppendChatModel(m) })
	handler := traceeino.NewHandler(traceeino.WithModelSpans())

	stream, err := answer.Stream(ctx, []*schema.Message{schema.UserMessage("Weather?")}, compose.WithCallbacks(handler))
	if err != nil {
		t.Fatal(err)
	}
	readAll(t, stream)
	if err := handler.Wait(ctx); err != nil {
		t.Fatal(err)
	}
	span := rec.Span("ScriptedChatModel")
	expectModelSpan(t, span)
	if _, measured := span.Attributes["traceroot.llm.time_to_first_token_ms"]; !measured {
		t.Error("the time to the first token is missing")
	}
}

func expectModelSpan(t *testing.T, span traceroottest.Span) {
	t.Helper()
	if span.Type != traceroot.KindLLM || span.Model != "gpt-4o" {
		t.Errorf("kind %s, model %q", span.Type, span.Model)
	}
	if want := (traceroot.Usage{InputTokens: 12, OutputTokens: 3, CacheReadTokens: 4}); !reflect.DeepEqual(span.Usage, want) {
		t.Errorf("usage %+v, want %+v", span.Usage, want)
	}
	want := map[string]any{"max_tokens": 100.0, "temperature": 0.5, "stop": []any{"."}}
	if !reflect.DeepEqual(span.ModelParameters, want) {
		t.Errorf("parameters %v, want %v", span.ModelParameters, want)
	}
	if out := []any{map[string]any{"role": "assistant", "content": "rain"}}; !reflect.DeepEqual(span.Output, out) {
		t.Errorf("output %v, want %v", span.Output, out)
	}
}

func TestUsageThatStandsInTheMessage(t *testing.T) {
	t.Parallel()
	ctx, rec := traceroottest.New(t)
	reply := schema.AssistantMessage("rain", nil)
	reply.ResponseMeta = &schema.ResponseMeta{Usage: &schema.TokenUsage{PromptTokens: 12, CompletionTokens: 3}}
	answer := chain(t, func(c *compose.Chain[[]*schema.Message, *schema.Message]) {
		c.AppendChatModel(&scripted{answers: [][]*schema.Message{{reply}}})
	})
	if _, err := answer.Invoke(ctx, nil, compose.WithCallbacks(traceeino.NewHandler(traceeino.WithModelSpans()))); err != nil {
		t.Fatal(err)
	}
	if got, want := rec.Span("ScriptedChatModel").Usage, (traceroot.Usage{InputTokens: 12, OutputTokens: 3}); !reflect.DeepEqual(got, want) {
		t.Errorf("usage %+v, want %+v", got, want)
	}
}

func TestEmbedder(t *testing.T) {
	t.Parallel()
	ctx, rec := traceroottest.New(t)
	handler := traceeino.NewHandler(traceeino.WithModelSpans())
	info := &callbacks.RunInfo{Name: "embed", Component: components.ComponentOfEmbedding}
	config := &embedding.Config{Model: "text-embedding-3-small", EncodingFormat: "float"}

	ctx = handler.OnStart(ctx, info, &embedding.CallbackInput{Texts: []string{"rain"}, Config: config})
	handler.OnEnd(ctx, info, &embedding.CallbackOutput{
		Embeddings: [][]float64{{1, 2, 3}}, TokenUsage: &embedding.TokenUsage{PromptTokens: 2},
	})
	span := rec.Span("embed")
	if span.Type != traceroot.KindLLM || span.Model != config.Model || span.Usage.InputTokens != 2 {
		t.Errorf("kind %s, model %q, usage %v", span.Type, span.Model, span.Usage)
	}
	if want := map[string]any{"count": 1.0, "dimensions": 3.0}; !reflect.DeepEqual(span.Output, want) {
		t.Errorf("output %v, want %v", span.Output, want)
	}
}
