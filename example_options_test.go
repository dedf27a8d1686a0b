package traceroot_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"time"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/traceroot-ai/traceroot-go"
	"github.com/traceroot-ai/traceroot-go/attr"
)

// enabled makes a client with those options, and tells whether it is on and why not.
func enabled(opts ...traceroot.Option) {
	client := traceroot.New(append(opts, traceroot.WithLogger(quiet))...)
	fmt.Println(client.Enabled(), client.Err())
	_ = client.Shutdown(context.Background())
}

func ExampleWithAPIKey() {
	enabled(traceroot.WithAPIKey("tr-00000000-0000-0000-0000-000000000000"))
	// Output: true <nil>
}

func ExampleWithHostURL() {
	enabled(traceroot.WithHostURL("http://localhost:8317")) // this machine: no key is needed
	// Output: true <nil>
}

func ExampleWithEnabled() {
	enabled(traceroot.WithAPIKey("tr-key"), traceroot.WithEnabled(false))
	// Output: false traceroot: tracing is disabled
}

func ExampleWithEnvironment() {
	client, done := printing([]string{attr.Environment}, traceroot.WithEnvironment("staging"))
	_ = traceroot.Run(client.Context(context.Background()), "work", work)
	done()
	// Output: work environment=staging
}

func ExampleWithGitRepo() {
	client, done := printing([]string{attr.GitRepo}, traceroot.WithGitRepo("https://token@github.com/example/support.git"))
	_ = traceroot.Run(client.Context(context.Background()), "work", work)
	done()
	// Output: work repo=example/support
}

func ExampleWithGitRef() {
	client, done := printing([]string{attr.GitRef}, traceroot.WithGitRef("v1.4.2"))
	_ = traceroot.Run(client.Context(context.Background()), "work", work)
	done()
	// Output: work ref=v1.4.2
}

func ExampleWithFlushAt() {
	enabled(traceroot.WithAPIKey("tr-key"), traceroot.WithFlushAt(500)) // fewer, larger uploads
	// Output: true <nil>
}

func ExampleWithFlushInterval() {
	enabled(traceroot.WithAPIKey("tr-key"), traceroot.WithFlushInterval(250*time.Millisecond)) // seen sooner
	// Output: true <nil>
}

func ExampleWithTimeout() {
	enabled(traceroot.WithAPIKey("tr-key"), traceroot.WithTimeout(5*time.Second))
	// Output: true <nil>
}

func ExampleWithLimits() {
	client, done := printing([]string{attr.SpanInput}, traceroot.WithLimits(traceroot.Limits{ValueBytes: 6}))
	_, _ = traceroot.Observe(echo)(client.Context(context.Background()), "a long text")
	done()
	// Output: echo input=a long
}

func ExampleWithExporter() {
	exporter := tracetest.NewInMemoryExporter()
	client := traceroot.New(traceroot.WithExporter(exporter), traceroot.WithLogger(quiet))
	ctx := client.Context(context.Background())

	_ = traceroot.Run(ctx, "work", work)
	_ = client.Flush(ctx)
	fmt.Println(exporter.GetSpans()[0].Name)
	_ = client.Shutdown(ctx)
	// Output: work
}

func ExampleWithSampler() {
	client, done := printing(nil, traceroot.WithSampler(sdktrace.NeverSample()))
	_ = traceroot.Run(client.Context(context.Background()), "work", work)
	done()
	fmt.Println(client.Stats().Exported)
	// Output: 0
}

func ExampleWithServiceName() {
	exporter := tracetest.NewInMemoryExporter()
	client := traceroot.New(traceroot.WithExporter(exporter), traceroot.WithServiceName("support"), traceroot.WithLogger(quiet))
	ctx := client.Context(context.Background())

	_ = traceroot.Run(ctx, "work", work)
	_ = client.Flush(ctx)
	service, _ := exporter.GetSpans()[0].Resource.Set().Value(attr.ServiceName)
	fmt.Println(service.AsString())
	_ = client.Shutdown(ctx)
	// Output: support
}

func ExampleWithHTTPClient() {
	proxied := &http.Client{Transport: &http.Transport{Proxy: http.ProxyFromEnvironment}}
	enabled(traceroot.WithAPIKey("tr-key"), traceroot.WithHTTPClient(proxied))
	// Output: true <nil>
}

func ExampleWithLogger() {
	withoutTime := &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}}
	client := traceroot.New(traceroot.WithAPIKey("tr-key"), traceroot.WithFlushAt(-1),
		traceroot.WithGitRepo("example/support"), traceroot.WithGitRef("v1"),
		traceroot.WithLogger(slog.New(slog.NewTextHandler(os.Stdout, withoutTime))))
	_ = client.Shutdown(context.Background())
	// Output: level=WARN msg="traceroot: option out of range, ignored" option=WithFlushAt value=-1 want="more than 0"
}
