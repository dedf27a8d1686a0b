package traceroot

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.opentelemetry.io/otel/attribute"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/traceroot-ai/traceroot-go/attr"
)

// lineage is a span's way from its root, as the backend reads it to draw a trace before all of it has arrived.
type lineage struct {
	names  []string // from the root to this span, as they were at start
	ids    []string // from the root to the direct parent, 16 hex digits each
	starts []string // of those ancestors, Unix nanoseconds; empty when not all are known
}

// below is the lineage of a child of the span that has l.
func (l lineage) below(parent trace.SpanID, started time.Time, name string) lineage {
	child := lineage{
		names: append(slices.Clip(l.names), name),
		ids:   append(slices.Clip(l.ids), parent.String()),
	}
	if len(l.starts) == len(l.ids) {
		child.starts = append(slices.Clip(l.starts), strconv.FormatInt(started.UnixNano(), 10))
	}
	return child
}

// place puts a span that starts into its trace: below its parent, and under the trace's local root.
func (s *Span) place(ctx context.Context, parent trace.SpanContext, name string) {
	s.root = s
	if !parent.IsValid() {
		s.lineage = lineage{names: []string{name}}
		return
	}
	if up := s.client.findLive(parent); up != nil {
		s.root, s.lineage = up.root, up.below(parent.SpanID(), up.started, name)
		return
	}
	s.lineage = lineage{names: []string{name}, ids: []string{parent.SpanID().String()}}
	local, ok := trace.SpanFromContext(ctx).(sdktrace.ReadOnlySpan)
	if !ok || local.SpanContext().SpanID() != parent.SpanID() {
		return
	}
	// The parent has ended, or is of another provider. What it was stamped with is still there to be read.
	carried, values := carriedBy(local)
	if len(carried.names) > 0 {
		s.lineage = carried.below(parent.SpanID(), local.StartTime(), name)
	}
	if up := s.client.nearestLive(parent.TraceID(), s.ids); up != nil {
		s.root = up.root
		return
	}
	s.takeTraceValues(values)
}

// carriedBy reads the lineage and the trace's values that a span has as attributes. A malformed start hides the starts.
func carriedBy(span sdktrace.ReadOnlySpan) (l lineage, values []attribute.KeyValue) {
	for _, kv := range span.Attributes() {
		switch kv.Key {
		case attr.TraceUserID, attr.TraceSessionID, attr.TraceTags, attr.TraceMetadata:
			values = append(values, kv)
		case attr.SpanPath:
			l.names = stringList(kv.Value)
		case attr.SpanIDsPath:
			l.ids = stringList(kv.Value)
		case attr.SpanStartsPath:
			l.starts = stringList(kv.Value)
		}
	}
	if slices.ContainsFunc(l.starts, isNotDigits) {
		l.starts = nil
	}
	return l, values
}

func stringList(v attribute.Value) []string {
	if v.Type() != attribute.STRINGSLICE {
		return nil
	}
	return v.AsStringSlice()
}

func isNotDigits(s string) bool { return s == "" || strings.Trim(s, "0123456789") != "" }

// nearestLive finds the nearest of a span's ancestors that is still open.
func (c *Client) nearestLive(id trace.TraceID, ancestors []string) *Span {
	for _, ancestor := range slices.Backward(ancestors) {
		spanID, err := trace.SpanIDFromHex(ancestor)
		if err != nil {
			continue
		}
		if s := c.findLive(trace.NewSpanContext(trace.SpanContextConfig{TraceID: id, SpanID: spanID})); s != nil {
			return s
		}
	}
	return nil
}

// Most of a root's lineage is always the same.
var (
	noIDs    = attribute.StringSlice(attr.SpanIDsPath, nil)
	noStarts = attribute.StringSlice(attr.SpanStartsPath, nil)
)

func (l lineage) appendPath(attributes []attribute.KeyValue) []attribute.KeyValue {
	attributes = append(attributes, attribute.StringSlice(attr.SpanPath, l.names), noIDs, noStarts)
	if n := len(attributes); len(l.ids) > 0 {
		attributes[n-2] = attribute.StringSlice(attr.SpanIDsPath, l.ids)
		attributes[n-1] = attribute.StringSlice(attr.SpanStartsPath, l.starts)
	}
	return attributes
}
