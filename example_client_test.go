package traceroot_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"regexp"
	"time"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/traceroot-ai/traceroot-go"
	"github.com/traceroot-ai/traceroot-go/attr"
)

func ExampleInitialize() {
	// A server on this machine needs no key; elsewhere, set TRACEROOT_API_KEY.
	client := traceroot.Initialize(traceroot.WithHostURL("http://localhost:8317"), traceroot.WithEnvironment("staging"),
		traceroot.WithLogger(quiet))
	defer func() { _ = client.Shutdown(context.Background()) }()

	fmt.Println(client.Enabled(), client.Err())
	// Output: true <nil>
}

func ExampleNew() {
	client := traceroot.New(traceroot.WithExporter(tracetest.NewInMemoryExporter()), traceroot.WithLogger(quiet))
	ctx := client.Context(context.Background())

	_ = traceroot.Run(ctx, "work", work) // goes to client, whatever the default is

	fmt.Println(client.Flush(ctx), client.Stats().Exported, client.Shutdown(ctx))
	// Output: <nil> 1 <nil>
}

func ExampleDefault() {
	traceroot.SetDefault(nil)
	fmt.Println(traceroot.Default().Enabled())
	// Output: false
}

func ExampleSetDefault() {
	client, done := printing(nil)
	traceroot.SetDefault(client)
	defer traceroot.SetDefault(nil)

	_ = traceroot.Run(context.Background(), "work", work)
	done()
	// Output: work
}

func ExampleFlush() {
	defer show()()

	_ = traceroot.Run(context.Background(), "work", work)

	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	fmt.Println(traceroot.Flush(ctx))
	// Output:
	// <nil>
	// work
}

func ExampleShutdown() {
	defer show()()
	// In main: defer traceroot.Shutdown(context.Background())

	_ = traceroot.Run(context.Background(), "work", work)
	fmt.Println(traceroot.Shutdown(context.Background()))
	_ = traceroot.Run(context.Background(), "later", work) // a plain call
	// Output:
	// <nil>
	// work
}

func ExampleClient() {
	off := traceroot.New(traceroot.WithEnabled(false))
	fmt.Println(off.Enabled(), errors.Is(off.Err(), traceroot.ErrDisabled))

	ctx := off.Context(context.Background()) // nothing under ctx is recorded
	fmt.Println(traceroot.Run(ctx, "work", work), off.Flush(ctx), off.Shutdown(ctx))
	// Output:
	// false true
	// <nil> <nil> <nil>
}

func ExampleOption() {
	options := []traceroot.Option{
		traceroot.WithAPIKey("tr-00000000-0000-0000-0000-000000000000"),
		traceroot.WithHostURL("https://traces.example.com/eu"),
		traceroot.WithEnvironment("production"),
		traceroot.WithServiceName("support"),
		traceroot.WithGitRepo("example/support"), traceroot.WithGitRef("v1.4.2"),
		traceroot.WithFlushAt(200), traceroot.WithFlushInterval(2 * time.Second), traceroot.WithTimeout(10 * time.Second),
		traceroot.WithLimits(traceroot.Limits{ValueBytes: 64 << 10}),
		traceroot.WithHTTPClient(&http.Client{}),
		traceroot.WithSampler(sdktrace.ParentBased(sdktrace.TraceIDRatioBased(0.1))),
		traceroot.WithLogger(slog.New(slog.DiscardHandler)),
	}
	client := traceroot.New(options...)
	fmt.Println(client.Enabled(), client.Shutdown(context.Background()))
	// Output: true <nil>
}

func ExampleLimits() {
	client, done := printing([]string{attr.SpanInput, attr.TruncatedFrom},
		traceroot.WithLimits(traceroot.Limits{ValueBytes: 16}))
	ctx := client.Context(context.Background())

	_, _ = traceroot.Observe(echo, traceroot.CaptureOutput(false))(ctx, "a text that is too long to keep")
	done()
	// Output: echo input=a text that is t truncated_from={"input":31}
}

func ExampleStats() {
	client := traceroot.New(traceroot.WithExporter(tracetest.NewInMemoryExporter()), traceroot.WithLogger(quiet))
	ctx := client.Context(context.Background())
	_ = traceroot.Run(ctx, "work", work)
	_ = client.Shutdown(ctx)

	s := client.Stats()
	fmt.Println(s.Ended == s.Exported+s.Dropped+s.Suppressed+s.Spooled+int64(s.Queued), s.Exported)
	// Output: true 1
}

func ExampleUnsentError() {
	client := traceroot.New(traceroot.WithHostURL("http://127.0.0.1:1"), traceroot.WithLogger(quiet)) // nobody listens
	_ = traceroot.Run(client.Context(context.Background()), "work", work)

	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	if unsent, ok := errors.AsType[*traceroot.UnsentError](client.Shutdown(ctx)); ok {
		fmt.Println(unsent.Spans, "span lost")
	}
	// Output: 1 span lost
}

func ExampleWithMask() {
	client, done := printing([]string{attr.SpanInput}, traceroot.WithMask(func(field, text string) string {
		if field == "input" {
			return "(hidden)"
		}
		return text
	}))
	_, _ = traceroot.Observe(echo)(client.Context(context.Background()), "my secret")
	done()
	// Output: echo input=(hidden)
}

func ExampleMaskKeys() {
	mask := traceroot.MaskKeys("password", "ssn")

	fmt.Println(mask("input", `{"user":"ann","Password":"1234","nested":[{"ssn":"078"}]}`))
	fmt.Println(mask("input", "plain text"))
	// Output:
	// {"user":"ann","Password":"***","nested":[{"ssn":"***"}]}
	// plain text
}

func ExampleMaskRegexp() {
	mask := traceroot.MaskRegexp(regexp.MustCompile(`\b\d{16}\b`), "[card]")

	fmt.Println(mask("input", "pay with 4111111111111111"))
	// Output: pay with [card]
}

func ExampleWithContent() {
	client, done := printing([]string{attr.SpanInput, attr.SpanOutput, attr.SpanMetadata}, traceroot.WithContent(false))

	_, _ = traceroot.Observe(echo, traceroot.Metadata(map[string]any{"k": 1}))(client.Context(context.Background()), "hi")
	done()
	// Output: echo metadata={"k":1}
}

func ExampleWithSpanProcessor() {
	spans := tracetest.NewSpanRecorder()
	client := traceroot.New(traceroot.WithSpanProcessor(spans), traceroot.WithLogger(quiet))
	defer func() { _ = client.Shutdown(context.Background()) }()

	_ = traceroot.Run(client.Context(context.Background()), "work", work)
	fmt.Println(spans.Ended()[0].Name())
	// Output: work
}

func ExampleWithTracerProvider() {
	exporter := tracetest.NewInMemoryExporter()
	provider := sdktrace.NewTracerProvider(sdktrace.WithSyncer(exporter)) // the program's own
	client, done := printing(nil, traceroot.WithTracerProvider(provider))

	ctx, span := provider.Tracer("other").Start(client.Context(context.Background()), "foreign")
	_ = traceroot.Run(ctx, "ours", work)
	span.End()
	done() // leaves the provider running
	fmt.Println(len(exporter.GetSpans()), "spans in the program's own exporter")
	// Output:
	// foreign
	//   ours
	// 2 spans in the program's own exporter
}

func ExampleTraceURL() {
	client := traceroot.New(traceroot.WithHostURL("http://localhost:8317"), traceroot.WithLogger(quiet))
	ctx := client.Context(context.Background())
	_ = traceroot.Run(ctx, "work", func(ctx context.Context) error {
		fmt.Println(traceroot.TraceURL(ctx) == "http://localhost:8317/t/"+traceroot.TraceID(ctx))
		return nil
	})
	done, cancel := context.WithCancel(ctx)
	cancel() // nobody listens in this example
	_ = client.Shutdown(done)
	// Output: true
}

func ExampleInject() {
	defer show()()

	header := http.Header{}
	_ = traceroot.Run(context.Background(), "client", func(ctx context.Context) error {
		traceroot.Inject(ctx, header) // into an outgoing request
		return nil
	})
	fmt.Println(len(header.Get("traceparent")))
	// Output:
	// 55
	// client
}

func ExampleExtract() {
	defer show(attr.SpanIDsPath)()

	header := http.Header{"Traceparent": {"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"}}
	ctx := traceroot.Extract(context.Background(), header) // from an incoming request
	_ = traceroot.Run(ctx, "server", func(ctx context.Context) error {
		fmt.Println(traceroot.TraceID(ctx))
		return nil
	})
	// Output:
	// 4bf92f3577b34da6a3ce929d0e0e4736
	// server ids_path=[00f067aa0ba902b7]
}

func ExampleLogHandler() {
	withoutTime := &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey || a.Key == "span_id" {
			return slog.Attr{}
		}
		return a
	}}
	log := slog.New(traceroot.LogHandler(slog.NewTextHandler(os.Stdout, withoutTime)))

	header := http.Header{"Traceparent": {"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"}}
	log.InfoContext(traceroot.Extract(context.Background(), header), "order found")
	// Output: level=INFO msg="order found" trace_id=4bf92f3577b34da6a3ce929d0e0e4736
}
