package tracelangchaingo_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"testing"

	"github.com/tmc/langchaingo/agents"
	"github.com/tmc/langchaingo/callbacks"
	"github.com/tmc/langchaingo/chains"
	"github.com/tmc/langchaingo/llms/openai"
	"github.com/tmc/langchaingo/tools"
	"github.com/tmc/langchaingo/vectorstores"

	"github.com/traceroot-ai/traceroot-go"
	"github.com/traceroot-ai/traceroot-go/integrations/tracelangchaingo"
	"github.com/traceroot-ai/traceroot-go/traceroottest"
)

// tracedClient is a client whose model calls stand inside the handler's spans.
func tracedClient() *http.Client { return &http.Client{Transport: tracelangchaingo.Transport(nil)} }

func newExecutor(t *testing.T, url string, client *http.Client, handler callbacks.Handler, toolbox ...tools.Tool) *agents.Executor {
	t.Helper()
	agent := agents.NewOneShotAgent(newOpenAI(t, url, client), toolbox, agents.WithCallbacksHandler(handler))
	return agents.NewExecutor(agent, agents.WithCallbacksHandler(handler))
}

const agentTree = `agent executor
  span chain
    llm chat gpt-4o
  tool search
  span chain
    llm chat gpt-4o
`

func TestHandler(t *testing.T) {
	t.Run("integrations-17 an executor's run is one trace of agent, chains, models and tool", func(t *testing.T) {
		t.Parallel()
		ctx, rec := traceroottest.New(t)
		executor := newExecutor(t, chatServer(t).URL, tracedClient(), tracelangchaingo.NewHandler(), search{})
		answer, err := chains.Run(ctx, executor, "why?")
		if err != nil || answer != "results for why?" {
			t.Fatalf("answered %q, %v", answer, err)
		}
		wantTree(t, rec, agentTree)
		wantOneTrace(t, rec.Spans())
		tool := rec.Span("search")
		if tool.Input != "why?" || tool.Output != "results for why?" {
			t.Errorf("the tool has input %q and output %q", tool.Input, tool.Output)
		}
		if agent := rec.Span("executor"); fmt.Sprint(agent.Input, agent.Output) != "map[input:why?] map[output:results for why?]" {
			t.Errorf("the agent has input %v and output %v", agent.Input, agent.Output)
		}
	})
	t.Run("integrations-17 runs at the same time with one handler, executor and context do not mix", func(t *testing.T) {
		t.Parallel()
		ctx, rec := traceroottest.New(t)
		executor := newExecutor(t, chatServer(t).URL, tracedClient(), tracelangchaingo.NewHandler(), search{})
		const runs = 20
		var done sync.WaitGroup
		for i := range runs {
			done.Go(func() {
				if _, err := chains.Run(ctx, executor, fmt.Sprint("question ", i)); err != nil {
					t.Error(err)
				}
			})
		}
		done.Wait()
		wantRuns(t, rec, runs)
	})
	t.Run("integrations-17 runs at the same time with contexts of their own do not mix", func(t *testing.T) {
		t.Parallel()
		ctx, rec := traceroottest.New(t)
		executor := newExecutor(t, chatServer(t).URL, tracedClient(), tracelangchaingo.NewHandler(), search{})
		const runs = 20
		var done sync.WaitGroup
		for i := range runs {
			done.Go(func() {
				ctx, cancel := context.WithCancel(ctx)
				defer cancel()
				if _, err := chains.Run(ctx, executor, fmt.Sprint("question ", i)); err != nil {
					t.Error(err)
				}
			})
		}
		done.Wait()
		wantRuns(t, rec, runs)
	})
	t.Run("integrations-17 one run after another with one context is a trace each", func(t *testing.T) {
		t.Parallel()
		ctx, rec := traceroottest.New(t)
		executor := newExecutor(t, chatServer(t).URL, tracedClient(), tracelangchaingo.NewHandler(), search{})
		for i := range 3 {
			if _, err := chains.Run(ctx, executor, fmt.Sprint("question ", i)); err != nil {
				t.Error(err)
			}
		}
		wantRuns(t, rec, 3)
	})
	t.Run("integrations-17 chains.Apply runs one chain for many inputs", func(t *testing.T) {
		t.Parallel()
		ctx, rec := traceroottest.New(t)
		chain := newChain(newOpenAI(t, chatServer(t).URL, tracedClient()), "Say {{.it}}", tracelangchaingo.NewHandler())
		var inputs []map[string]any
		for i := range 30 {
			inputs = append(inputs, map[string]any{"it": fmt.Sprint("no. ", i)})
		}
		if _, err := chains.Apply(ctx, chain, inputs, 6); err != nil {
			t.Fatal(err)
		}
		spans := rec.Spans()
		if len(spans) != 60 {
			t.Errorf("%d spans, want 60", len(spans))
		}
		for _, s := range spans {
			if s.Name != "chain" {
				continue
			}
			in, out := field(s.Input, "it"), field(s.Output, "text")
			if out != fmt.Sprint("You said: Say ", in) {
				t.Errorf("asked %q, the span has the answer %q", in, out)
			}
		}
	})
	t.Run("a run inside a span of the program continues its trace", func(t *testing.T) {
		t.Parallel()
		ctx, rec := traceroottest.New(t)
		executor := newExecutor(t, chatServer(t).URL, tracedClient(), tracelangchaingo.NewHandler(), search{})
		_ = traceroot.Run(ctx, "request", func(ctx context.Context) error {
			_, err := chains.Run(ctx, executor, "why?")
			return err
		})
		wantTree(t, rec, "span request\n"+indented(agentTree))
	})
	t.Run("the handler on the executor alone knows the agent, its tools and its models", func(t *testing.T) {
		t.Parallel()
		ctx, rec := traceroottest.New(t)
		agent := agents.NewOneShotAgent(newOpenAI(t, chatServer(t).URL, tracedClient()), []tools.Tool{search{}})
		executor := agents.NewExecutor(agent, agents.WithCallbacksHandler(tracelangchaingo.NewHandler()))
		if _, err := chains.Run(ctx, executor, "why?"); err != nil {
			t.Fatal(err)
		}
		wantTree(t, rec, "agent executor\n  llm chat gpt-4o\n  tool search\n  llm chat gpt-4o\n")
		models := ofKind(rec.Spans(), traceroot.KindLLM)
		if tool := rec.Span("search"); tool.Start.Before(models[0].End) || tool.End.After(models[1].Start) {
			t.Errorf("the tool ran %v–%v, the models %v–%v and %v–%v", tool.Start, tool.End,
				models[0].Start, models[0].End, models[1].Start, models[1].End)
		}
	})
	t.Run("an agent of OpenAI functions has its tool with what it found", func(t *testing.T) {
		t.Parallel()
		ctx, rec := traceroottest.New(t)
		handler := tracelangchaingo.NewHandler()
		model := newOpenAI(t, chatServer(t).URL, tracedClient(), openai.WithCallback(handler))
		agent := agents.NewOpenAIFunctionsAgent(model, []tools.Tool{search{}})
		answer, err := chains.Run(ctx, agents.NewExecutor(agent, agents.WithCallbacksHandler(handler)), "why?")
		if err != nil || answer != "found results for why?" {
			t.Fatalf("answered %q, %v", answer, err)
		}
		wantTree(t, rec, "agent executor\n  llm chat gpt-4o\n  tool search\n  llm chat gpt-4o\n")
		if tool := rec.Span("search"); tool.Output != "results for why?" {
			t.Errorf("the tool's output is %q", tool.Output)
		}
	})
	t.Run("a tool with the handler is one span, named by the agent's action", func(t *testing.T) {
		t.Parallel()
		ctx, rec := traceroottest.New(t)
		handler := tracelangchaingo.NewHandler()
		executor := newExecutor(t, chatServer(t).URL, tracedClient(), handler, named{tools.Calculator{CallbacksHandler: handler}})
		if _, err := chains.Run(ctx, executor, "6*7"); err != nil {
			t.Fatal(err)
		}
		wantTree(t, rec, agentTree)
		if tool := rec.Span("search"); tool.Input != "6*7" || tool.Output != 42.0 {
			t.Errorf("the tool has input %q and output %v", tool.Input, tool.Output)
		}
	})
	t.Run("a tool that reports no end is over with the agent's next step", func(t *testing.T) {
		t.Parallel()
		ctx, rec := traceroottest.New(t)
		handler := tracelangchaingo.NewHandler()
		executor := newExecutor(t, chatServer(t).URL, tracedClient(), handler, named{tools.Calculator{CallbacksHandler: handler}})
		if _, err := chains.Run(ctx, executor, "six times seven"); err != nil {
			t.Fatal(err)
		}
		wantTree(t, rec, agentTree)
	})
	t.Run("a tool that fails, and the agent with it", func(t *testing.T) {
		t.Parallel()
		ctx, rec := traceroottest.New(t)
		executor := newExecutor(t, chatServer(t).URL, tracedClient(), tracelangchaingo.NewHandler(), search{errors.New("no index")})
		if _, err := chains.Run(ctx, executor, "why?"); err == nil {
			t.Fatal("no error")
		}
		wantTree(t, rec, "agent executor ✗ no index\n  span chain\n    llm chat gpt-4o\n  tool search ✗ no index\n")
	})
	t.Run("a tool that calls chains has them inside", func(t *testing.T) {
		t.Parallel()
		ctx, rec := traceroottest.New(t)
		handler, client := tracelangchaingo.NewHandler(), tracedClient()
		url := chatServer(t).URL
		inner := newExecutor(t, url, client, handler, search{})
		executor := newExecutor(t, url, client, handler, chainTool{inner})
		if _, err := chains.Run(ctx, executor, "why?"); err != nil {
			t.Fatal(err)
		}
		wantTree(t, rec, `agent executor
  span chain
    llm chat gpt-4o
  tool search
    agent executor
      span chain
        llm chat gpt-4o
      tool search
      span chain
        llm chat gpt-4o
  span chain
    llm chat gpt-4o
`)
	})
	t.Run("a model's failure is the chain's and the agent's", func(t *testing.T) {
		t.Parallel()
		ctx, rec := traceroottest.New(t)
		executor := newExecutor(t, chatServer(t).URL, tracedClient(), tracelangchaingo.NewHandler(), search{})
		if _, err := chains.Run(ctx, executor, "break down"); err == nil {
			t.Fatal("no error")
		}
		for _, s := range rec.Spans() {
			if s.Err == "" {
				t.Errorf("%s has not failed", s.Name)
			}
		}
		if kind := rec.Span("executor").Type; kind != traceroot.KindAgent {
			t.Errorf("the agent is of kind %s", kind)
		}
	})
	t.Run("chains in sequence are siblings", func(t *testing.T) {
		t.Parallel()
		ctx, rec := traceroottest.New(t)
		handler := tracelangchaingo.NewHandler()
		model := newOpenAI(t, chatServer(t).URL, tracedClient())
		chain := newSequence(t, newChain(model, "Say {{.a}}", handler), newChain(model, "Say {{.b}}", handler))
		_ = traceroot.Run(ctx, "request", func(ctx context.Context) error {
			_, err := chains.Call(ctx, chain, map[string]any{"a": "x"})
			return err
		})
		wantTree(t, rec, "span request\n  span chain\n    llm chat gpt-4o\n  span chain\n    llm chat gpt-4o\n")
	})
	t.Run("a retriever has its query and documents", func(t *testing.T) {
		t.Parallel()
		ctx, rec := traceroottest.New(t)
		retriever := vectorstores.ToRetriever(store{}, 1)
		retriever.CallbacksHandler = tracelangchaingo.NewHandler()
		qa := tracelangchaingo.Chain(chains.NewRetrievalQAFromLLM(newOpenAI(t, chatServer(t).URL, tracedClient()), retriever))
		if _, err := chains.Run(ctx, qa, "owls"); err != nil {
			t.Fatal(err)
		}
		wantTree(t, rec, "span RetrievalQA\n  span retriever\n  llm chat gpt-4o\n")
		found := rec.Span("retriever")
		if found.Input != "owls" || fmt.Sprint(found.Output) != "[map[Metadata:<nil> PageContent:about owls Score:0.5]]" {
			t.Errorf("query %v, documents %v", found.Input, found.Output)
		}
	})
	t.Run("a retriever that fails has failed, whatever comes next", func(t *testing.T) {
		t.Parallel()
		ctx, rec := traceroottest.New(t)
		handler := tracelangchaingo.NewHandler()
		retriever := vectorstores.ToRetriever(store{fail: errors.New("no store")}, 1)
		retriever.CallbacksHandler = handler
		_, _ = retriever.GetRelevantDocuments(ctx, "owls")
		chain := newChain(newOpenAI(t, chatServer(t).URL, tracedClient()), "Say {{.it}}", handler)
		if _, err := chains.Run(ctx, chain, "x"); err != nil {
			t.Fatal(err)
		}
		wantTree(t, rec, "span retriever ✗ the retriever returned no documents, and its callbacks do not tell why\n"+
			"span chain\n  llm chat gpt-4o\n")
	})
	t.Run("works beside other handlers", func(t *testing.T) {
		t.Parallel()
		ctx, rec := traceroottest.New(t)
		both := callbacks.CombiningHandler{Callbacks: []callbacks.Handler{callbacks.SimpleHandler{}, tracelangchaingo.NewHandler()}}
		executor := newExecutor(t, chatServer(t).URL, tracedClient(), both, search{})
		if _, err := chains.Run(ctx, executor, "why?"); err != nil {
			t.Fatal(err)
		}
		wantTree(t, rec, agentTree)
	})
	t.Run("options describe its spans, a name the outermost alone", func(t *testing.T) {
		t.Parallel()
		ctx, rec := traceroottest.New(t)
		handler := tracelangchaingo.NewHandler(traceroot.Name("support"), traceroot.Tags("v2"), traceroot.CaptureInput(false))
		executor := newExecutor(t, chatServer(t).URL, tracedClient(), handler, search{})
		if _, err := chains.Run(ctx, executor, "why?"); err != nil {
			t.Fatal(err)
		}
		support := rec.Span("support")
		if support.Type != traceroot.KindAgent || support.Input != nil || len(rec.Spans()) != 6 {
			t.Errorf("%+v in\n%s", support, rec.Tree())
		}
		for _, s := range rec.Spans() {
			if s.Type != traceroot.KindLLM && (len(s.Tags) != 1 || s.Input != nil) {
				t.Errorf("%s has tags %q and input %v", s.Name, s.Tags, s.Input)
			}
		}
	})
	t.Run("without a client it changes nothing", func(t *testing.T) {
		t.Parallel()
		off := traceroot.New(traceroot.WithEnabled(false))
		executor := newExecutor(t, chatServer(t).URL, tracedClient(), tracelangchaingo.NewHandler(), search{})
		if answer, err := chains.Run(off.Context(t.Context()), executor, "why?"); err != nil || answer != "results for why?" {
			t.Errorf("answered %q, %v", answer, err)
		}
	})
	t.Run("ends that follow no start do nothing", func(t *testing.T) {
		t.Parallel()
		ctx, rec := traceroottest.New(t)
		handler := tracelangchaingo.NewHandler()
		handler.HandleChainEnd(ctx, nil)
		handler.HandleToolError(ctx, errors.New("x"))
		handler.HandleRetrieverEnd(ctx, "", nil)
		handler.HandleLLMGenerateContentEnd(ctx, nil)
		wantTree(t, rec, "")
	})
}

// wantRuns fails the test unless each of n runs is one trace that speaks of one question alone.
func wantRuns(t *testing.T, rec *traceroottest.Recorder, n int) {
	t.Helper()
	runs := map[string][]traceroottest.Span{}
	for _, s := range rec.Spans() {
		runs[s.TraceID] = append(runs[s.TraceID], s)
	}
	if len(runs) != n {
		t.Errorf("%d traces, want %d", len(runs), n)
	}
	for _, spans := range runs {
		byID := map[string]traceroottest.Span{}
		for _, s := range spans {
			byID[s.SpanID] = s
		}
		var shape []string
		for _, s := range spans {
			shape = append(shape, fmt.Sprintf("%s in %s", s.Type, byID[s.ParentID].Type))
		}
		if got := fmt.Sprint(shape); got != "[agent in  span in agent llm in span tool in agent span in agent llm in span]" {
			t.Errorf("a run is %s", got)
		}
		asked := field(spans[0].Input, "input")
		if answer := field(spans[0].Output, "output"); answer != fmt.Sprint("results for ", asked) {
			t.Errorf("asked %q, the span has the answer %q", asked, answer)
		}
		if tool := ofKind(spans, traceroot.KindTool)[0]; tool.Input != asked {
			t.Errorf("asked %q, the tool has %q", asked, tool.Input)
		}
	}
}
