// Stock greets with OpenTelemetry's SDK and its OTLP exporter around it.
package main

import (
	"context"
	"fmt"
	"os"

	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

func main() {
	ctx := context.Background()
	exporter, err := otlptracehttp.New(ctx)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return
	}
	provider := sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter))
	_, span := provider.Tracer("hello").Start(ctx, "greet")
	fmt.Fprintln(os.Stdout, greet("world"))
	span.End()
	_ = provider.Shutdown(ctx)
}

func greet(name string) string { return "hello, " + name }
