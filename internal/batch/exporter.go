package batch

import (
	"context"
	"fmt"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/traceroot-ai/traceroot-go/internal/otlp"
)

// Exporter is a [Sender] that hands masked spans to an OpenTelemetry exporter, one batch at a time, as its interface demands.
// Every error of the exporter is final: it has to retry by itself. It must honour the context it is given; while it does
// not, no other batch is delivered.
type Exporter struct {
	exporter sdktrace.SpanExporter
	redactor *otlp.Redactor
}

// NewExporter returns a sender that exports by e what redactor, which may be nil, lets pass.
func NewExporter(e sdktrace.SpanExporter, redactor *otlp.Redactor) *Exporter {
	return &Exporter{exporter: e, redactor: redactor}
}

// Pack implements [Sender].
func (e *Exporter) Pack(spans []sdktrace.ReadOnlySpan) (Payload, error) {
	for i, s := range spans {
		spans[i] = e.redactor.Span(s)
	}
	return &export{exporter: e.exporter, spans: spans}, nil
}

// Shutdown implements [Sender]: it shuts the exporter down.
func (e *Exporter) Shutdown(ctx context.Context) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("exporter panicked: %v", v)
		}
	}()
	if err := e.exporter.Shutdown(ctx); err != nil {
		return fmt.Errorf("shut down exporter: %w", err)
	}
	return nil
}

// export is a [Payload] of [Exporter].
type export struct {
	exporter sdktrace.SpanExporter
	spans    []sdktrace.ReadOnlySpan
}

func (e *export) Spans() int         { return len(e.spans) }
func (e *export) Body() []byte       { return nil }
func (e *export) Smaller() []Payload { return nil }

func (e *export) Send(ctx context.Context) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = Final(fmt.Errorf("exporter panicked: %v", v))
		}
	}()
	if err := e.exporter.ExportSpans(ctx, e.spans); err != nil {
		return Final(fmt.Errorf("export: %w", err))
	}
	return nil
}
