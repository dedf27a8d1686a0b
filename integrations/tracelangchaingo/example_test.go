package tracelangchaingo_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/tmc/langchaingo/agents"
	"github.com/tmc/langchaingo/chains"
	"github.com/tmc/langchaingo/httputil"
	"github.com/tmc/langchaingo/llms"
	"github.com/tmc/langchaingo/llms/openai"
	"github.com/tmc/langchaingo/tools"
	"github.com/tmc/langchaingo/vectorstores"

	"github.com/traceroot-ai/traceroot-go"
	"github.com/traceroot-ai/traceroot-go/integrations/tracelangchaingo"
	"github.com/traceroot-ai/traceroot-go/traceroottest"
)

// t is the *testing.T of a test; an example has none.
var t = &exampleT{}

func Example() {
	provider := httptest.NewServer(http.HandlerFunc(serveChat))
	defer provider.Close()
	ctx, rec := traceroottest.New(t)

	// The client is for a model alone; WithIntegrations(traceroot.LangChain) reaches the default client of all.
	client := traceroot.HTTPClient(nil)
	model, _ := openai.New(openai.WithToken("key"), openai.WithModel("gpt-4o"), openai.WithBaseURL(provider.URL),
		openai.WithHTTPClient(client))

	handler := tracelangchaingo.NewHandler()
	agent := agents.NewOneShotAgent(model, []tools.Tool{search{}}, agents.WithCallbacksHandler(handler))
	executor := agents.NewExecutor(agent, agents.WithCallbacksHandler(handler))
	answer, _ := chains.Run(ctx, executor, "Where do owls sleep?")

	fmt.Println(answer)
	fmt.Print(rec.Tree())
	// Output:
	// results for Where do owls sleep?
	// agent executor
	//   span chain
	//     llm chat gpt-4o
	//   tool search
	//   span chain
	//     llm chat gpt-4o
}

// Every model of the process that has langchaingo's default client is recorded.
func Example_integration() {
	client := traceroot.Initialize(traceroot.WithIntegrations(traceroot.LangChain))
	defer func() { _ = client.Shutdown(context.Background()) }()

	fmt.Println(client.Enabled())
	// Output: false
}

func ExampleHandler() {
	ctx, rec := traceroottest.New(t)
	handler := tracelangchaingo.NewHandler()

	handler.HandleToolStart(ctx, "6*7") // langchaingo's own tools report themselves
	handler.HandleToolEnd(ctx, "42")

	span := rec.Span("tool")
	fmt.Println(span.Type, span.Input, span.Output)
	// Output: tool 6*7 42
}

func ExampleNewHandler() {
	ctx, rec := traceroottest.New(t)

	handler := tracelangchaingo.NewHandler(traceroot.Name("greeting"), traceroot.Tags("v2"))
	chain := newChain(quiet{}, "Say hello to {{.name}}", handler)
	_, _ = chains.Run(ctx, chain, "Ann")

	span := rec.Span("greeting")
	fmt.Println(span.Input, span.Output, span.Tags)
	// Output: map[name:Ann] map[text:Hello!] [v2]
}

func ExampleChain() {
	ctx, rec := traceroottest.New(t)
	chain := newChain(quiet{}, "Say hello to {{.name}}", nil)

	greet := tracelangchaingo.Chain(chain, traceroot.Name("greet"))
	_, _ = chains.Apply(ctx, greet, []map[string]any{{"name": "Ann"}, {"name": "Bob"}}, 2) // each call on its own goroutine

	fmt.Print(rec.Tree())
	// Output:
	// span greet
	// span greet
}

func ExampleTool() {
	ctx, rec := traceroottest.New(t)

	tool := tracelangchaingo.Tool(search{})
	_, _ = tool.Call(ctx, "owls")

	span := rec.Span("search")
	fmt.Println(span.Type, span.Input, "→", span.Output)
	// Output: tool owls → results for owls
}

func ExampleRetriever() {
	ctx, rec := traceroottest.New(t)

	retriever := tracelangchaingo.Retriever(vectorstores.ToRetriever(store{}, 1))
	_, _ = retriever.GetRelevantDocuments(ctx, "owls")

	span := rec.Span("retriever")
	fmt.Println(span.Input, "→", span.Output)
	// Output: owls → [map[Metadata:<nil> PageContent:about owls Score:0.5]]
}

func ExampleModel() {
	ctx, rec := traceroottest.New(t)

	model := tracelangchaingo.Model(quiet{}) // one that no hook at the wire sees
	_, _ = llms.GenerateFromSinglePrompt(ctx, model, "Hi", llms.WithModel("local-1"))

	span := rec.Span("chat local-1")
	fmt.Println(span.Type, span.Output, span.Usage.InputTokens, span.Usage.OutputTokens)
	// Output: llm [map[content:Hello! role:assistant]] 8 2
}

func ExampleTransport() {
	provider := httptest.NewServer(http.HandlerFunc(serveChat))
	defer provider.Close()
	ctx, rec := traceroottest.New(t)

	client := &http.Client{Transport: tracelangchaingo.Transport(nil)}
	model, _ := openai.New(openai.WithToken("key"), openai.WithModel("gpt-4o"), openai.WithBaseURL(provider.URL),
		openai.WithHTTPClient(client))
	chain := newChain(model, "Say hello to {{.name}}", tracelangchaingo.NewHandler())
	_, _ = chains.Run(ctx, chain, "Ann")

	fmt.Print(rec.Tree())
	// Output:
	// span chain
	//   llm chat gpt-4o
}

// googleai puts no key on the requests of a client that it is given, so that something below has to.
func ExampleTransport_googleai() {
	provider := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		fmt.Println(r.URL.Query().Get("key"))
	}))
	defer provider.Close()
	key := "key-1"

	client := &http.Client{Transport: &httputil.ApiKeyTransport{APIKey: key, Transport: tracelangchaingo.Transport(nil)}}
	// googleai.New(ctx, googleai.WithHTTPClient(client))
	res, _ := client.Post(provider.URL, "application/json", http.NoBody)
	_ = res.Body.Close()
	// Output: key-1
}

// exampleT is what of a testing.TB the recorder uses.
type exampleT struct {
	testing.TB

	cleanups []func()
}

func (*exampleT) Helper()                  {}
func (t *exampleT) Cleanup(f func())       { t.cleanups = append(t.cleanups, f) }
func (*exampleT) Output() io.Writer        { return io.Discard }
func (*exampleT) Context() context.Context { return context.Background() }
func (*exampleT) Errorf(format string, args ...any) {
	fmt.Printf(format+"\n", args...)
}
