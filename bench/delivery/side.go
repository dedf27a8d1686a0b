package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/traceroot-ai/traceroot-go"
)

// side is a way of spans out of a program.
type side string

const (
	ours    side = "traceroot"
	spooled side = "traceroot with a spool"
	stock   side = "stock"   // sdk/trace's BatchSpanProcessor and otlptracehttp
	nobody  side = "nothing" // what spans cost that go nowhere
)

// pipe is such a way, in a program.
type pipe struct {
	provider trace.TracerProvider
	shutdown func(context.Context) error
	counts   func() *counts       // nil if it counts nothing
	left     func() (spans int64) // that an earlier program has left behind for this one
}

func (j job) open(ctx context.Context) (pipe, error) {
	switch j.Side {
	case ours, spooled:
		return j.openOurs()
	case stock:
		return j.openStock(ctx)
	case nobody:
		provider := sdktrace.NewTracerProvider()
		return pipe{provider, provider.Shutdown, noCounts, nothingLeft}, nil
	default:
		return pipe{}, fmt.Errorf("side %q is not known", j.Side)
	}
}

func (j job) openOurs() (pipe, error) {
	options := []traceroot.Option{
		traceroot.WithAPIKey("tr-bench"), traceroot.WithHostURL(j.URL), traceroot.WithLive(false),
		traceroot.WithGitRepo("acme/shop"), traceroot.WithGitRef("v1"), traceroot.WithLogger(slog.New(slog.DiscardHandler)),
		traceroot.WithLimits(traceroot.Limits{QueueBytes: j.QueueBytes}),
	}
	if j.Timeout > 0 {
		options = append(options, traceroot.WithTimeout(j.Timeout))
	}
	if j.Spool != "" {
		options = append(options, traceroot.WithSpool(j.Spool))
	}
	client := traceroot.New(options...)
	if err := client.Err(); err != nil {
		return pipe{}, err
	}
	return pipe{
		provider: client.TracerProvider(),
		shutdown: client.Shutdown,
		counts:   func() *counts { return countsOf(client.Stats()) },
		left:     func() int64 { return client.Stats().Recoverable },
	}, nil
}

func countsOf(s traceroot.Stats) *counts {
	c := &counts{
		Started: s.Started, Ended: s.Ended, Exported: s.Exported, Dropped: s.Dropped, Suppressed: s.Suppressed,
		Spooled: s.Spooled, Queued: int64(s.Queued), Recovered: s.Recovered,
	}
	if s.LastError != nil {
		c.LastError = s.LastError.Error()
	}
	return c
}

func (j job) openStock(ctx context.Context) (pipe, error) {
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(error) {})) // it would print
	options := []otlptracehttp.Option{
		otlptracehttp.WithEndpointURL(j.URL + "/v1/traces"), otlptracehttp.WithCompression(otlptracehttp.GzipCompression),
	}
	if j.Timeout > 0 {
		options = append(options, otlptracehttp.WithTimeout(j.Timeout))
	}
	exporter, err := otlptracehttp.New(ctx, options...)
	if err != nil {
		return pipe{}, err
	}
	provider := sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter))
	return pipe{provider, provider.Shutdown, noCounts, nothingLeft}, nil
}

func noCounts() *counts  { return nil }
func nothingLeft() int64 { return 0 }

// unsent is how many spans an error of Shutdown says were not sent.
func unsent(err error) int64 {
	if loss, ok := errors.AsType[*traceroot.UnsentError](err); ok {
		return loss.Spans
	}
	return 0
}
