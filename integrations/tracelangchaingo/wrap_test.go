package tracelangchaingo_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/tmc/langchaingo/agents"
	"github.com/tmc/langchaingo/callbacks"
	"github.com/tmc/langchaingo/chains"
	"github.com/tmc/langchaingo/tools"
	"github.com/tmc/langchaingo/vectorstores"

	"github.com/traceroot-ai/traceroot-go"
	"github.com/traceroot-ai/traceroot-go/integrations/tracelangchaingo"
	"github.com/traceroot-ai/traceroot-go/traceroottest"
)

func TestChain(t *testing.T) {
	t.Run("integrations-17 wrappers alone give the tree, whatever records the wire", func(t *testing.T) {
		t.Parallel()
		ctx, rec := traceroottest.New(t)
		agent := agents.NewOneShotAgent(newOpenAI(t, chatServer(t).URL, traceroot.HTTPClient(nil)), []tools.Tool{tracelangchaingo.Tool(search{})})
		agent.Chain = tracelangchaingo.Chain(agent.Chain)
		executor := tracelangchaingo.Chain(agents.NewExecutor(agent))
		answer, err := chains.Run(ctx, executor, "why?")
		if err != nil || answer != "results for why?" {
			t.Fatalf("answered %q, %v", answer, err)
		}
		wantTree(t, rec, `agent executor
  span LLMChain
    llm chat gpt-4o
  tool search
  span LLMChain
    llm chat gpt-4o
`)
	})
	t.Run("integrations-17 wrappers and a handler make one span of each call", func(t *testing.T) {
		t.Parallel()
		ctx, rec := traceroottest.New(t)
		handler := tracelangchaingo.NewHandler()
		calculator := tracelangchaingo.Tool(named{tools.Calculator{CallbacksHandler: handler}})
		executor := tracelangchaingo.Chain(newExecutor(t, chatServer(t).URL, tracedClient(), handler, calculator), traceroot.Name("support"))
		const runs = 10
		var done sync.WaitGroup
		for range runs {
			done.Go(func() {
				if _, err := chains.Run(ctx, executor, "6*7"); err != nil {
					t.Error(err)
				}
			})
		}
		done.Wait()
		traces := map[string]int{}
		for _, s := range rec.Spans() {
			traces[s.TraceID]++
			if s.Type == traceroot.KindTool && (s.Output != 42.0 || s.Input != "6*7") {
				t.Errorf("the tool has input %v and output %v", s.Input, s.Output)
			}
		}
		if len(traces) != runs || len(rec.Spans()) != 6*runs {
			t.Errorf("%d spans in %d traces of %d runs:\n%s", len(rec.Spans()), len(traces), runs, rec.Tree())
		}
	})
	t.Run("integrations-17 chains on goroutines of a chain nest in it", func(t *testing.T) {
		t.Parallel()
		ctx, rec := traceroottest.New(t)
		model := newOpenAI(t, chatServer(t).URL, traceroot.HTTPClient(nil))
		each := tracelangchaingo.Chain(newChain(model, "Say {{.it}}", tracelangchaingo.NewHandler()), traceroot.Name("each"))
		all := tracelangchaingo.Chain(chains.NewTransform(func(ctx context.Context, _ map[string]any, _ ...chains.ChainCallOption) (map[string]any, error) {
			_, err := chains.Apply(ctx, each, []map[string]any{{"it": 1}, {"it": 2}, {"it": 3}, {"it": 4}}, 4)
			return map[string]any{"text": "done"}, err
		}, []string{"in"}, []string{"text"}))
		if _, err := chains.Run(ctx, all, "x"); err != nil {
			t.Fatal(err)
		}
		wantOneTrace(t, rec.Spans())
		byID := map[string]traceroottest.Span{}
		for _, s := range rec.Spans() {
			byID[s.SpanID] = s
		}
		for _, s := range rec.Spans() {
			if parent := byID[s.ParentID].Name; s.Name == "each" && parent != "Transform" || s.Type == traceroot.KindLLM && parent != "each" {
				t.Errorf("%s stands in %q in\n%s", s.Name, parent, rec.Tree())
			}
		}
	})
	t.Run("keeps the chain's other handlers", func(t *testing.T) {
		t.Parallel()
		ours := tracelangchaingo.NewHandler()
		other := callbacks.SimpleHandler{}
		for name, test := range map[string]struct{ given, want callbacks.Handler }{
			"none":            {nil, nil},
			"ours":            {ours, nil},
			"another":         {other, other},
			"ours, combined":  {callbacks.CombiningHandler{Callbacks: []callbacks.Handler{ours}}, nil},
			"both":            {callbacks.CombiningHandler{Callbacks: []callbacks.Handler{ours, other}}, callbacks.CombiningHandler{Callbacks: []callbacks.Handler{other}}},
			"both by pointer": {&callbacks.CombiningHandler{Callbacks: []callbacks.Handler{other, ours}}, callbacks.CombiningHandler{Callbacks: []callbacks.Handler{other}}},
		} {
			chain := tracelangchaingo.Chain(newChain(quiet{}, "Say {{.it}}", test.given))
			haver, ok := chain.(callbacks.HandlerHaver)
			if !ok {
				t.Fatal("the wrapped chain has no handler")
			}
			if got := haver.GetCallbackHandler(); fmt.Sprintf("%#v", got) != fmt.Sprintf("%#v", test.want) {
				t.Errorf("%s: %#v, want %#v", name, got, test.want)
			}
		}
	})
	t.Run("records its failure and obeys its options", func(t *testing.T) {
		t.Parallel()
		ctx, rec := traceroottest.New(t)
		failing := tracelangchaingo.Chain(newChain(quiet{errors.New("asleep")}, "Say {{.it}}", nil))
		private := tracelangchaingo.Chain(newChain(quiet{}, "Say {{.it}}", nil), traceroot.Name("private"), traceroot.CaptureOutput(false))
		_, _ = chains.Run(ctx, failing, "hi")
		if _, err := chains.Run(ctx, private, "hi"); err != nil {
			t.Fatal(err)
		}
		wantTree(t, rec, "span LLMChain ✗ asleep\nspan private\n")
		if s := rec.Span("private"); s.Output != nil || fmt.Sprint(s.Input) != "map[it:hi]" {
			t.Errorf("input %v, output %v", s.Input, s.Output)
		}
	})
}

func TestTool(t *testing.T) {
	t.Run("a tool alone is a span with input and output, or its error", func(t *testing.T) {
		t.Parallel()
		ctx, rec := traceroottest.New(t)
		if _, err := tracelangchaingo.Tool(search{}).Call(ctx, "owls"); err != nil {
			t.Fatal(err)
		}
		_, _ = tracelangchaingo.Tool(search{errors.New("no index")}).Call(ctx, "owls")
		wantTree(t, rec, "tool search\ntool search ✗ no index\n")
		if s := rec.Span("search"); s.Input != "owls" || s.Output != "results for owls" {
			t.Errorf("input %v, output %v", s.Input, s.Output)
		}
	})
	t.Run("a chain in a tool nests in it", func(t *testing.T) {
		t.Parallel()
		ctx, rec := traceroottest.New(t)
		handler := tracelangchaingo.NewHandler()
		inner := newChain(newOpenAI(t, chatServer(t).URL, tracedClient()), "Say {{.it}}", handler)
		executor := newExecutor(t, chatServer(t).URL, tracedClient(), handler, tracelangchaingo.Tool(chainTool{inner}))
		if _, err := chains.Run(ctx, executor, "why?"); err != nil {
			t.Fatal(err)
		}
		wantTree(t, rec, `agent executor
  span chain
    llm chat gpt-4o
  tool search
    span chain
      llm chat gpt-4o
  span chain
    llm chat gpt-4o
`)
	})
}

func TestRetriever(t *testing.T) {
	t.Parallel()
	ctx, rec := traceroottest.New(t)
	found := vectorstores.ToRetriever(store{}, 1)
	found.CallbacksHandler = tracelangchaingo.NewHandler()
	failing := vectorstores.ToRetriever(store{fail: errors.New("no store")}, 1)
	failing.CallbacksHandler = found.CallbacksHandler
	for _, retriever := range []vectorstores.Retriever{found, failing} {
		_, _ = tracelangchaingo.Retriever(retriever).GetRelevantDocuments(ctx, "owls")
	}
	wantTree(t, rec, "span retriever\nspan retriever ✗ no store\n")
	if s := rec.Span("retriever"); s.Input != "owls" || fmt.Sprint(s.Output) != "[map[Metadata:<nil> PageContent:about owls Score:0.5]]" {
		t.Errorf("query %v, documents %v", s.Input, s.Output)
	}
}
