package traceroot

import (
	"context"
	"strings"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/traceroot-ai/traceroot-go/attr"
)

// tracingClient begins the scopes of anthropic-sdk-go, which since 1.81.0 makes a span of its own for each call of the API,
// retries included: github.com/anthropics/anthropic-sdk-go/internal/tracing.
const tracingClient = "com.anthropic.sdk.go"

// startModelSpan starts the span of a model call, or takes the one that the provider's own client has started for it and
// will end.
func (c *Client) startModelSpan(ctx context.Context, cfg *spanConfig) (context.Context, *Span) {
	s := c.spanOfProvidersClient(ctx)
	if s == nil {
		return c.startSpan(ctx, cfg)
	}
	s.foreign.Store(true)
	s.describe(cfg)
	return s.inheritTrace(ctx, cfg), s
}

// spanOfProvidersClient is the current span if a provider's client has made it for this call and this client sees its
// end; nil otherwise. The spans that the same client makes for the program's tools are internal ones.
func (c *Client) spanOfProvidersClient(ctx context.Context) *Span {
	current, ok := trace.SpanFromContext(ctx).(sdktrace.ReadOnlySpan)
	if !ok || current.SpanKind() != trace.SpanKindClient || !strings.HasPrefix(current.InstrumentationScope().Name, tracingClient) {
		return nil
	}
	return c.live.get(current.SpanContext())
}

// setErrorType says what failed. A foreign span outlives the attempt, and its owner says whether the call failed.
func (s *Span) setErrorType(kind string) {
	if !s.foreign.Load() {
		s.set(attribute.String(attr.ErrorType, kind))
	}
}

// claimForeign puts what the SDK knows of a span that is not its own before what the span's owner has written. The caller
// holds s.mu.
func (f *finishedSpan) claimForeign(s *Span) {
	theirs := f.attributes
	f.attributes = nil
	f.add(s.kept)
	f.add(theirs)
	if f.status = f.ReadOnlySpan.Status(); f.status.Code == codes.Error && f.status.Description == "" {
		f.status.Description = s.failure
	}
}
