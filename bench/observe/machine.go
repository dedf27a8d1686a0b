package main

import (
	"context"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/traceroot-ai/traceroot-go"
)

const (
	repo = "acme/agent"
	ref  = "3f1c9a7be2d84d0c9b1a6e5f70d2c4b8a9e1f063"
)

// machine has both sides.
type machine struct {
	client      *traceroot.Client
	provider    *sdktrace.TracerProvider
	tracer      trace.Tracer
	ours, stock *discard // where spans end up
}

// output tells where both sides leave their spans.
type output int

const (
	discarding output = iota // a span processor that throws them away
	queueing                 // the side's own queue, with an exporter that throws them away
)

// newMachine starts both sides, ours as the default client.
func newMachine(to output) *machine {
	m := &machine{ours: &discard{}, stock: &discard{}}
	ours := traceroot.WithSpanProcessor(m.ours)
	stock := sdktrace.WithSpanProcessor(m.stock)
	if to == queueing {
		ours = traceroot.WithExporter(m.ours)
		stock = sdktrace.WithBatcher(m.stock)
	}
	m.client = traceroot.New(
		ours, traceroot.WithSampler(sdktrace.AlwaysSample()), traceroot.WithGitRepo(repo), traceroot.WithGitRef(ref),
	)
	m.provider = sdktrace.NewTracerProvider(stock, sdktrace.WithSampler(sdktrace.AlwaysSample()))
	m.tracer = m.provider.Tracer("agent")
	traceroot.SetDefault(m.client)
	return m
}

// stop ends both sides. What they have not exported is lost, which is no loss.
func (m *machine) stop(ctx context.Context) {
	traceroot.SetDefault(nil)
	_ = m.client.Shutdown(ctx)
	_ = m.provider.Shutdown(ctx)
}

// discard is a span processor and an exporter that throws spans away. As a processor it keeps the last one, so that the
// sides can be compared.
type discard struct{ last sdktrace.ReadOnlySpan }

// OnStart does nothing.
func (*discard) OnStart(context.Context, sdktrace.ReadWriteSpan) {}

// OnEnd keeps the span until the next one.
func (d *discard) OnEnd(s sdktrace.ReadOnlySpan) { d.last = s }

// ExportSpans does nothing.
func (*discard) ExportSpans(context.Context, []sdktrace.ReadOnlySpan) error { return nil }

// ForceFlush does nothing.
func (*discard) ForceFlush(context.Context) error { return nil }

// Shutdown does nothing.
func (*discard) Shutdown(context.Context) error { return nil }
