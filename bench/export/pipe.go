package main

import (
	"context"
	"errors"
	"log/slog"

	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/traceroot-ai/traceroot-go"
)

// side is an exporter that is measured.
type side struct {
	name string
	open func(ctx context.Context, url string) (*pipe, error)
}

var (
	ours  = side{"traceroot", openOurs}
	stock = side{"stock", openStock}
)

// pipe is a way of spans out of this program.
type pipe struct {
	provider *sdktrace.TracerProvider
	flush    func(context.Context) error
	close    func(context.Context) error
}

func openOurs(_ context.Context, url string) (*pipe, error) {
	provider := sdktrace.NewTracerProvider()
	client := traceroot.New(
		traceroot.WithTracerProvider(provider),
		traceroot.WithAPIKey("tr-bench"), traceroot.WithHostURL(url), traceroot.WithLive(false),
		traceroot.WithGitRepo(gitRepo), traceroot.WithGitRef(gitRef), traceroot.WithLogger(slog.New(slog.DiscardHandler)),
	)
	if err := client.Err(); err != nil {
		return nil, err
	}
	return &pipe{provider, client.Flush, func(ctx context.Context) error {
		return errors.Join(client.Shutdown(ctx), provider.Shutdown(ctx))
	}}, nil
}

// openStock has everything at its defaults but compression, which is off by default.
func openStock(ctx context.Context, url string) (*pipe, error) {
	exporter, err := otlptracehttp.New(ctx,
		otlptracehttp.WithEndpointURL(url+"/v1/traces"), otlptracehttp.WithCompression(otlptracehttp.GzipCompression))
	if err != nil {
		return nil, err
	}
	provider := sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter))
	return &pipe{provider, provider.ForceFlush, provider.Shutdown}, nil
}

// send makes and ends spans, and waits until they have arrived.
func (p *pipe) send(ctx context.Context, spans []record) error {
	tracer := p.provider.Tracer("bench")
	for _, s := range spans {
		parent := trace.NewSpanContext(trace.SpanContextConfig{
			TraceID: s.traceID, SpanID: trace.SpanID{1}, TraceFlags: trace.FlagsSampled,
		})
		_, span := tracer.Start(trace.ContextWithSpanContext(ctx, parent), s.name)
		span.SetAttributes(s.attributes...)
		span.End()
	}
	return p.flush(ctx)
}
