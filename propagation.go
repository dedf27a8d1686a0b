package traceroot

import (
	"context"
	"net/http"

	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
)

// Inject writes the current span of ctx into h as W3C traceparent and tracestate, whatever the global propagator is, so
// that a server that calls [Extract] continues the trace.
func Inject(ctx context.Context, h http.Header) {
	if h != nil {
		propagation.TraceContext{}.Inject(orBackground(ctx), propagation.HeaderCarrier(h))
	}
}

// Extract returns a context whose spans continue the trace that h carries; ctx itself when it carries none.
func Extract(ctx context.Context, h http.Header) context.Context {
	return propagation.TraceContext{}.Extract(orBackground(ctx), propagation.HeaderCarrier(h))
}

// TraceID returns the id of the current trace, 32 lower-case hex digits; "" outside a span.
func TraceID(ctx context.Context) string {
	if sc := spanContext(ctx); sc.IsValid() {
		return sc.TraceID().String()
	}
	return ""
}

// SpanID returns the id of the current span, 16 lower-case hex digits; "" outside a span.
func SpanID(ctx context.Context) string {
	if sc := spanContext(ctx); sc.IsValid() {
		return sc.SpanID().String()
	}
	return ""
}

func spanContext(ctx context.Context) trace.SpanContext {
	return trace.SpanContextFromContext(orBackground(ctx))
}
