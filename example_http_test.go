package traceroot_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"

	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	"github.com/traceroot-ai/traceroot-go"
)

// A provider's client, as openai-go and anthropic-sdk-go are one: middlewares stand between it and the wire.
type modelClient struct {
	url         string
	middlewares []func(*http.Request, func(*http.Request) (*http.Response, error)) (*http.Response, error)
}

func (c *modelClient) complete(ctx context.Context) error {
	next := http.DefaultTransport.RoundTrip
	for _, middleware := range c.middlewares {
		inner := next
		next = func(req *http.Request) (*http.Response, error) { return middleware(req, inner) }
	}
	return askModel(ctx, roundTripper(next), c.url)
}

// askModel asks a model and reads the answer to its end.
func askModel(ctx context.Context, transport http.RoundTripper, url string) error {
	body := strings.NewReader(`{"model":"gpt-4o","messages":[{"role":"user","content":"Hi"}]}`)
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url+"/v1/chat/completions", body)
	if err != nil {
		return err
	}
	res, err := transport.RoundTrip(req)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	_, err = io.Copy(io.Discard, res.Body)
	return err
}

// provider is a model provider on this machine.
func provider() *httptest.Server {
	return httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"choices":[{"message":{"role":"assistant","content":"Hello!"},"finish_reason":"stop"}],
			"usage":{"prompt_tokens":8,"completion_tokens":2}}`)
	}))
}

func ExampleMiddleware() {
	server := provider()
	defer server.Close()
	defer show("traceroot.span.output", "traceroot.llm.usage")()

	// With openai-go: openai.NewClient(option.WithMiddleware(traceroot.Middleware()))
	client := &modelClient{url: server.URL}
	client.middlewares = append(client.middlewares, traceroot.Middleware())
	_ = client.complete(context.Background())
	// Output: chat gpt-4o output=[{"role":"assistant","content":"Hello!"}] usage={"input_tokens":8,"output_tokens":2}
}

func ExampleTransport() {
	server := provider()
	defer server.Close()
	defer show("traceroot.llm.usage")()

	transport := traceroot.Transport(http.DefaultTransport, traceroot.Name("ask"), traceroot.CaptureOutput(false))
	_ = askModel(context.Background(), transport, server.URL)
	// Output: ask usage={"input_tokens":8,"output_tokens":2}
}

func ExampleHTTPClient() {
	server := provider()
	defer server.Close()
	defer show("gen_ai.provider.name")()

	// With go-openai: config.HTTPClient = traceroot.HTTPClient(nil)
	client := traceroot.HTTPClient(nil)
	_ = askModel(context.Background(), client.Transport, server.URL)
	// Output: chat gpt-4o name=openai_compatible
}

func ExampleDoer() {
	server := provider()
	defer server.Close()
	defer show()()

	// With bedrockruntime: func(o *bedrockruntime.Options) { o.HTTPClient = traceroot.Doer(o.HTTPClient) }
	client := traceroot.Doer(&http.Client{})
	_ = askModel(context.Background(), roundTripper(client.Do), server.URL)
	// Output: chat gpt-4o
}

func ExampleWithIntegrations() {
	server := provider()
	defer server.Close()
	spans := &printer{}
	client := traceroot.Initialize(traceroot.WithIntegrations(traceroot.OpenAI, traceroot.Anthropic),
		traceroot.WithExporter(spans), traceroot.WithLogger(quiet))

	_ = askModel(context.Background(), http.DefaultTransport, server.URL) // any client that has no transport of its own

	_ = client.Shutdown(context.Background())
	spans.print()
	// Output: chat gpt-4o
}

func ExampleRegisterIntegration() {
	traceroot.RegisterIntegration("example", func(*traceroot.Client) (restore func(), err error) {
		fmt.Println("hooks into the framework")
		return func() { fmt.Println("leaves it as it was") }, nil
	})

	client := traceroot.Initialize(traceroot.WithIntegrations("example"),
		traceroot.WithExporter(tracetest.NewInMemoryExporter()), traceroot.WithLogger(quiet))
	_ = client.Shutdown(context.Background())
	// Output:
	// hooks into the framework
	// leaves it as it was
}

func ExampleIntegration() {
	fmt.Println(traceroot.OpenAI, traceroot.Anthropic, traceroot.GoogleGenAI, traceroot.LangChain)
	// Output: openai anthropic google_genai langchain
}

func ExampleWithStreamUsage() {
	asked := make(chan string, 1)
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		asked <- string(body)
	}))
	defer server.Close()
	client, done := printing(nil, traceroot.WithStreamUsage(true))

	ctx := client.Context(context.Background())
	body := strings.NewReader(`{"stream":true,"model":"gpt-4o"}`)
	req, _ := http.NewRequestWithContext(ctx, http.MethodPost, server.URL+"/v1/chat/completions", body)
	if res, err := traceroot.HTTPClient(nil).Do(req); err == nil {
		_ = res.Body.Close()
	}
	fmt.Println(<-asked)
	done()
	// Output:
	// {"stream_options":{"include_usage":true},"stream":true,"model":"gpt-4o"}
	// chat gpt-4o
}

func ExampleRegisterParent() {
	var step *traceroot.Span // that a framework is in, as its callbacks tell
	// In the init function of the package that traces the framework.
	traceroot.RegisterParent(func(ctx context.Context) context.Context {
		if step == nil {
			return ctx
		}
		return trace.ContextWithSpan(ctx, step.OTel())
	})

	server := provider()
	defer server.Close()
	defer show()()

	ctx := context.Background()
	_, step = traceroot.Start(ctx, "step")
	_ = askModel(ctx, traceroot.Transport(nil), server.URL) // the framework hands on the context that it was given
	step.End()
	step = nil
	// Output:
	// step
	//   chat gpt-4o
}

func ExampleFromIntegration() {
	defer show("traceroot.span.type")()

	// In the callback of a package that traces a framework. The scope of the span is "traceroot.acme".
	_, step := traceroot.Start(context.Background(), "step", traceroot.FromIntegration("acme"), traceroot.Type("agent"))
	step.End()
	// Output: step type=agent
}
