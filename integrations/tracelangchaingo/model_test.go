package tracelangchaingo_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"testing"

	"github.com/tmc/langchaingo/agents"
	"github.com/tmc/langchaingo/chains"
	"github.com/tmc/langchaingo/llms"
	"github.com/tmc/langchaingo/llms/anthropic"
	"github.com/tmc/langchaingo/llms/ollama"
	"github.com/tmc/langchaingo/llms/openai"
	"github.com/tmc/langchaingo/tools"

	"github.com/traceroot-ai/traceroot-go"
	"github.com/traceroot-ai/traceroot-go/integrations/tracelangchaingo"
	"github.com/traceroot-ai/traceroot-go/traceroottest"
)

// reporting is a model that reaches no wire and reports to a handler.
type reporting struct {
	quiet

	handler *tracelangchaingo.Handler
}

func (r reporting) GenerateContent(ctx context.Context, messages []llms.MessageContent, options ...llms.CallOption) (*llms.ContentResponse, error) {
	r.handler.HandleLLMGenerateContentStart(ctx, messages)
	res, err := r.quiet.GenerateContent(ctx, messages, options...)
	if err != nil {
		r.handler.HandleLLMError(ctx, err)
		return nil, err
	}
	r.handler.HandleLLMGenerateContentEnd(ctx, res)
	return res, nil
}

func TestModelCallsOfTheHandler(t *testing.T) {
	t.Run("integrations-17 a model that reaches no wire is an llm span of the chain", func(t *testing.T) {
		t.Parallel()
		ctx, rec := traceroottest.New(t)
		handler := tracelangchaingo.NewHandler()
		if _, err := chains.Run(ctx, newChain(reporting{handler: handler}, "Say {{.it}}", handler), "hi"); err != nil {
			t.Fatal(err)
		}
		wantTree(t, rec, "span chain\n  llm chat\n")
		wantHello(t, rec.Span("chat"), "Say hi")
	})
	t.Run("its failure is the span's", func(t *testing.T) {
		t.Parallel()
		ctx, rec := traceroottest.New(t)
		handler := tracelangchaingo.NewHandler()
		model := reporting{quiet{errors.New("asleep")}, handler}
		if _, err := chains.Run(ctx, newChain(model, "Say {{.it}}", handler), "hi"); err == nil {
			t.Fatal("no error")
		}
		wantTree(t, rec, "span chain ✗ asleep\n  llm chat ✗ asleep\n")
	})
	for name, client := range map[string]func() *http.Client{
		"of this package": tracedClient,
		"of the root":     func() *http.Client { return traceroot.HTTPClient(nil) },
	} {
		t.Run("integrations-17 a model that reports and whose wire is recorded is one span, by a hook "+name, func(t *testing.T) {
			t.Parallel()
			ctx, rec := traceroottest.New(t)
			handler := tracelangchaingo.NewHandler()
			model := newOpenAI(t, chatServer(t).URL, client(), openai.WithCallback(handler))
			if _, err := chains.Run(ctx, newChain(model, "Say {{.it}}", handler), "hi"); err != nil {
				t.Fatal(err)
			}
			if models := ofKind(rec.Spans(), traceroot.KindLLM); len(models) != 1 || models[0].Model != "gpt-4o" {
				t.Errorf("recorded\n%s", rec.Tree())
			}
		})
	}
	t.Run("a model whose wire is not recorded is an llm span", func(t *testing.T) {
		t.Parallel()
		ctx, rec := traceroottest.New(t)
		handler := tracelangchaingo.NewHandler()
		model := newOpenAI(t, chatServer(t).URL, &http.Client{}, openai.WithCallback(handler))
		if _, err := chains.Run(ctx, newChain(model, "Say {{.it}}", handler), "hi"); err != nil {
			t.Fatal(err)
		}
		wantTree(t, rec, "span chain\n  llm chat\n")
	})
	t.Run("a model that reports nothing of its failure has failed with the chain", func(t *testing.T) {
		t.Parallel()
		ctx, rec := traceroottest.New(t)
		handler := tracelangchaingo.NewHandler()
		model := newOpenAI(t, chatServer(t).URL, &http.Client{}, openai.WithCallback(handler))
		if _, err := chains.Run(ctx, newChain(model, "Please {{.it}}", handler), "break down"); err == nil {
			t.Fatal("no error")
		}
		if chat := rec.Span("chat"); chat.Err == "" || chat.ParentID != rec.Span("chain").SpanID {
			t.Errorf("recorded\n%s", rec.Tree())
		}
	})
	t.Run("Anthropic's model, which reports no end", func(t *testing.T) {
		t.Parallel()
		ctx, rec := traceroottest.New(t)
		handler := tracelangchaingo.NewHandler()
		server := bodies(t, `{"id":"m1","type":"message","role":"assistant","model":"claude-x","stop_reason":"end_turn",
			"content":[{"type":"text","text":"Hello!"}],"usage":{"input_tokens":8,"output_tokens":2}}`)
		model, err := anthropic.New(anthropic.WithToken("key"), anthropic.WithModel("claude-x"), anthropic.WithBaseURL(server.URL+"/v1"),
			anthropic.WithHTTPClient(tracedClient()))
		if err != nil {
			t.Fatal(err)
		}
		model.CallbacksHandler = handler
		sequence := newSequence(t, newChain(model, "Say {{.a}}", handler), newChain(model, "Say {{.b}}", handler))
		if _, err := chains.Call(ctx, sequence, map[string]any{"a": "hi"}); err != nil {
			t.Fatal(err)
		}
		wantOneModelInEach(t, rec)
	})
	t.Run("Ollama's model", func(t *testing.T) {
		t.Parallel()
		ctx, rec := traceroottest.New(t)
		handler := tracelangchaingo.NewHandler()
		server := bodies(t, `{"model":"llama3","message":{"role":"assistant","content":"Hello!"},"done":true,"prompt_eval_count":8,"eval_count":2}`+"\n")
		model, err := ollama.New(ollama.WithModel("llama3"), ollama.WithServerURL(server.URL), ollama.WithHTTPClient(tracedClient()))
		if err != nil {
			t.Fatal(err)
		}
		model.CallbacksHandler = handler
		sequence := newSequence(t, newChain(model, "Say {{.a}}", handler), newChain(model, "Say {{.b}}", handler))
		if _, err := chains.Call(ctx, sequence, map[string]any{"a": "hi"}); err != nil {
			t.Fatal(err)
		}
		wantOneModelInEach(t, rec)
	})
}

// wantOneModelInEach fails the test unless there are two chains with one model call each.
func wantOneModelInEach(t *testing.T, rec *traceroottest.Recorder) {
	t.Helper()
	spans := rec.Spans()
	if len(spans) != 4 {
		t.Fatalf("recorded\n%s", rec.Tree())
	}
	for i := 0; i < len(spans); i += 2 {
		chain, model := spans[i], spans[i+1]
		if chain.Name != "chain" || model.Type != traceroot.KindLLM || model.ParentID != chain.SpanID {
			t.Errorf("recorded\n%s", rec.Tree())
		}
	}
}

// wantHello fails the test unless span is a call of a quiet model.
func wantHello(t *testing.T, span traceroottest.Span, prompt string) {
	t.Helper()
	if got := fmt.Sprint(span.Input); got != "[map[content:"+prompt+" role:user]]" {
		t.Errorf("input %s", got)
	}
	if got := fmt.Sprint(span.Output); got != "[map[content:Hello! role:assistant]]" {
		t.Errorf("output %s", got)
	}
	if span.Usage.InputTokens != 8 || span.Usage.OutputTokens != 2 {
		t.Errorf("usage %+v", span.Usage)
	}
}

func TestModel(t *testing.T) {
	t.Run("integrations-17 puts what any hook records inside the handler's chain", func(t *testing.T) {
		t.Parallel()
		ctx, rec := traceroottest.New(t)
		handler := tracelangchaingo.NewHandler()
		model := tracelangchaingo.Model(newOpenAI(t, chatServer(t).URL, traceroot.HTTPClient(nil)))
		agent := agents.NewOneShotAgent(model, []tools.Tool{search{}}, agents.WithCallbacksHandler(handler))
		if _, err := chains.Run(ctx, agents.NewExecutor(agent, agents.WithCallbacksHandler(handler)), "why?"); err != nil {
			t.Fatal(err)
		}
		wantTree(t, rec, agentTree)
	})
	t.Run("shows a functions agent's tool what it has returned", func(t *testing.T) {
		t.Parallel()
		ctx, rec := traceroottest.New(t)
		model := tracelangchaingo.Model(newOpenAI(t, chatServer(t).URL, traceroot.HTTPClient(nil)))
		agent := agents.NewOpenAIFunctionsAgent(model, []tools.Tool{search{}})
		executor := agents.NewExecutor(agent, agents.WithCallbacksHandler(tracelangchaingo.NewHandler()))
		if _, err := chains.Run(ctx, executor, "why?"); err != nil {
			t.Fatal(err)
		}
		wantTree(t, rec, "agent executor\n  llm chat gpt-4o\n  tool search\n  llm chat gpt-4o\n")
		if tool := rec.Span("search"); tool.Output != "results for why?" {
			t.Errorf("the tool's output is %q", tool.Output)
		}
	})
	t.Run("records a call that reaches no wire, with what was asked for", func(t *testing.T) {
		t.Parallel()
		ctx, rec := traceroottest.New(t)
		model := tracelangchaingo.Model(quiet{})
		ask := func(ctx context.Context) error {
			_, err := llms.GenerateFromSinglePrompt(ctx, model, "hi", llms.WithModel("m-1"), llms.WithTemperature(0.5))
			return err
		}
		if err := errors.Join(ask(ctx), traceroot.Run(ctx, "request", ask)); err != nil {
			t.Fatal(err)
		}
		wantTree(t, rec, "llm chat m-1\nspan request\n  llm chat m-1\n")
		for _, s := range ofKind(rec.Spans(), traceroot.KindLLM) {
			wantHello(t, s, "hi")
			if s.Model != "m-1" || s.ModelParameters["temperature"] != 0.5 {
				t.Errorf("model %q, parameters %v", s.Model, s.ModelParameters)
			}
		}
	})
	t.Run("records its failure", func(t *testing.T) {
		t.Parallel()
		ctx, rec := traceroottest.New(t)
		model := tracelangchaingo.Model(quiet{errors.New("asleep")})
		ask := func(ctx context.Context) error {
			_, err := llms.GenerateFromSinglePrompt(ctx, model, "hi")
			return err
		}
		_, _ = ask(ctx), traceroot.Run(ctx, "request", ask)
		wantTree(t, rec, "llm chat ✗ asleep\nspan request ✗ asleep\n  llm chat ✗ asleep\n")
	})
	t.Run("is never a second llm span", func(t *testing.T) {
		t.Parallel()
		ctx, rec := traceroottest.New(t)
		handler := tracelangchaingo.NewHandler()
		wired := newOpenAI(t, chatServer(t).URL, traceroot.HTTPClient(nil), openai.WithCallback(handler))
		for _, model := range []llms.Model{
			tracelangchaingo.Model(wired),
			tracelangchaingo.Model(tracelangchaingo.Model(wired)),
			tracelangchaingo.Model(tracelangchaingo.Model(reporting{handler: handler})),
		} {
			for _, ctx := range []context.Context{ctx, within(ctx, t)} {
				before := len(ofKind(rec.Spans(), traceroot.KindLLM))
				if _, err := llms.GenerateFromSinglePrompt(ctx, model, "hi"); err != nil {
					t.Fatal(err)
				}
				if n := len(ofKind(rec.Spans(), traceroot.KindLLM)) - before; n != 1 {
					t.Errorf("%d llm spans for one call of %T in\n%s", n, model, rec.Tree())
				}
			}
		}
	})
	t.Run("a model that thinks still says so", func(t *testing.T) {
		t.Parallel()
		thinker := newOpenAI(t, "http://127.0.0.1:1", &http.Client{}, openai.WithModel("o3-mini"))
		if got, want := llms.SupportsReasoningModel(tracelangchaingo.Model(thinker)), thinker.SupportsReasoning(); got != want || !want {
			t.Errorf("supports reasoning: %v, want %v", got, want)
		}
		if _, ok := tracelangchaingo.Model(quiet{}).(llms.ReasoningModel); ok {
			t.Error("a model that does not think has become one that could")
		}
	})
	t.Run("a panic leaves nothing behind", func(t *testing.T) {
		t.Parallel()
		ctx, rec := traceroottest.New(t)
		for _, ctx := range []context.Context{ctx, within(ctx, t)} {
			func() {
				defer func() { _ = recover() }()
				_, _ = tracelangchaingo.Model(nil).GenerateContent(ctx, nil)
			}()
			rec.Reset()
			empty(ctx, t, rec)
		}
	})
}

// within is ctx in a span that ends with the test.
func within(ctx context.Context, t *testing.T) context.Context {
	t.Helper()
	ctx, span := traceroot.Start(ctx, "request")
	t.Cleanup(func() { span.End() })
	return ctx
}

// empty fails the test unless a chain under ctx stands right below it.
func empty(ctx context.Context, t *testing.T, rec *traceroottest.Recorder) {
	t.Helper()
	handler := tracelangchaingo.NewHandler()
	if _, err := chains.Run(ctx, newChain(quiet{}, "Say {{.it}}", handler), "hi"); err != nil {
		t.Fatal(err)
	}
	if chain := rec.Span("chain"); chain.ParentID != traceroot.SpanID(ctx) {
		t.Errorf("the chain's parent is %q, want %q", chain.ParentID, traceroot.SpanID(ctx))
	}
}
