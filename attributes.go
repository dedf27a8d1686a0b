package traceroot

import (
	"context"
	"slices"

	"go.opentelemetry.io/otel/attribute"

	"github.com/traceroot-ai/traceroot-go/attr"
	"github.com/traceroot-ai/traceroot-go/internal/capture"
)

// Attributes say for whom and in which session something runs. A zero field is not given.
type Attributes struct {
	UserID    string
	SessionID string
	Tags      []string
	Metadata  map[string]any // a JSON object, its values encoded like inputs and outputs
}

type attributesKey struct{}

// contextValues is what [UsingAttributes] puts into a context, encoded once for all spans under it. Each field is the
// attribute to stamp; one without a key was not given.
type contextValues struct {
	user, session, tags, metadata attribute.KeyValue
	metadataFrom                  int // bytes before the metadata was cut; 0 when it is whole
}

// UsingAttributes applies a to every span that starts under the returned context, third-party OpenTelemetry spans
// included; spans already open are untouched. Nested, the innermost value that is not empty wins, field by field: Tags
// and Metadata are replaced as a whole, and an empty field inherits. a is copied. With tracing off it returns ctx itself.
func UsingAttributes(ctx context.Context, a Attributes) context.Context {
	ctx = orBackground(ctx)
	if isOff() {
		return ctx
	}
	c := clientFor(ctx)
	switch {
	case c != nil:
		return withAttributes(ctx, a, c.limits.ValueBytes)
	case isOff() || ctx.Value(clientKey{}) != nil:
		return ctx
	default: // the client that records comes into the context later
		return withAttributes(ctx, a, defaultLimits().ValueBytes)
	}
}

func withAttributes(ctx context.Context, a Attributes, valueBytes int) context.Context {
	var values contextValues
	if outer, ok := ctx.Value(attributesKey{}).(*contextValues); ok {
		values = *outer
	}
	given := false
	apply := func(field *attribute.KeyValue, value attribute.KeyValue) {
		*field, given = value, true
	}
	if a.UserID != "" {
		apply(&values.user, attribute.String(attr.UserID, a.UserID))
	}
	if a.SessionID != "" {
		apply(&values.session, attribute.String(attr.SessionID, a.SessionID))
	}
	if tags := distinctTags(a.Tags); len(tags) > 0 {
		apply(&values.tags, attribute.StringSlice(attr.Tags, tags))
	}
	if metadata := capture.Object(a.Metadata, valueBytes); metadata.OK {
		apply(&values.metadata, attribute.String(attr.Metadata, metadata.Text))
		values.metadataFrom = metadata.From
	}
	if !given {
		return ctx
	}
	return context.WithValue(ctx, attributesKey{}, &values)
}

// contextAttributes are what [UsingAttributes] asked for in ctx. What was cut of them is noted on the span.
func (s *Span) contextAttributes(ctx context.Context) []attribute.KeyValue {
	values, ok := ctx.Value(attributesKey{}).(*contextValues)
	if !ok {
		return nil
	}
	s.noteCut("context_metadata", values.metadataFrom)
	given := make([]attribute.KeyValue, 0, 4)
	for _, kv := range []attribute.KeyValue{values.user, values.session, values.tags, values.metadata} {
		if kv.Key != "" {
			given = append(given, kv)
		}
	}
	return given
}

// distinctTags drops empty tags and repeats, and keeps the order.
func distinctTags(tags []string) []string {
	var kept []string
	for _, tag := range tags {
		if tag != "" && !slices.Contains(kept, tag) {
			kept = append(kept, tag)
		}
	}
	return kept
}
