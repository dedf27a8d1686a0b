package providers_test

import (
	"context"
	"fmt"
	"log/slog"
	"slices"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/traceroot-ai/traceroot-go"
)

// rehearse starts what an example needs: a server that plays the model, for one answer, and the SDK as a program starts
// it. The function that it returns stops both, and prints the spans of the model calls that were recorded.
func rehearse(a answer, opts ...traceroot.Option) (url string, printSpans func()) {
	server := newScript(a)
	recorded := tracetest.NewInMemoryExporter()
	tracing, stop := begin(append(opts, traceroot.WithExporter(recorded)))
	return server.URL, func() {
		server.Close()
		if err := tracing.Flush(context.Background()); err != nil {
			panic(err)
		}
		for _, span := range recorded.GetSpans() {
			if slices.Contains(span.Attributes, attribute.String("traceroot.span.type", "llm")) {
				fmt.Println("recorded:", span.Name)
			}
		}
		if err := stop(); err != nil {
			panic(err)
		}
	}
}

// begin is [traceroot.Initialize], and stop ends what it began. What Initialize registers for the whole process is then
// replaced: a provider that was shut down samples nothing, and anthropic-sdk-go makes spans on it.
func begin(opts []traceroot.Option) (c *traceroot.Client, stop func() error) {
	c = traceroot.Initialize(append(opts, traceroot.WithEnabled(true), traceroot.WithLogger(slog.New(slog.DiscardHandler)))...)
	return c, func() error {
		err := c.Shutdown(context.Background())
		traceroot.SetDefault(nil)
		otel.SetTracerProvider(sdktrace.NewTracerProvider())
		return err
	}
}
