package genkit_test

import (
	"context"
	"fmt"
	"log/slog"
	"slices"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/traceroot-ai/traceroot-go"
)

// rehearse starts what an example needs: a server that plays the model, for one answer, and the SDK as a program starts
// it. The function that it returns stops both, and prints the spans of the model calls that were recorded.
func rehearse(a answer, opts ...traceroot.Option) (url string, printSpans func()) {
	s := newServer(a)
	recorded := tracetest.NewInMemoryExporter()
	tracing := traceroot.Initialize(append(opts, traceroot.WithEnabled(true), traceroot.WithExporter(recorded),
		traceroot.WithLogger(slog.New(slog.DiscardHandler)))...)
	return s.URL, func() {
		ctx := context.Background()
		s.Close()
		if err := tracing.Flush(ctx); err != nil {
			panic(err)
		}
		for _, span := range recorded.GetSpans() {
			if slices.Contains(span.Attributes, attribute.String("traceroot.span.type", "llm")) {
				fmt.Println("recorded:", span.Name)
			}
		}
		if err := tracing.Shutdown(ctx); err != nil {
			panic(err)
		}
	}
}
