package otlp_test

import (
	"bytes"
	"math"
	"slices"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/sdk/instrumentation"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
	commonpb "go.opentelemetry.io/proto/slim/otlp/common/v1"
	resourcepb "go.opentelemetry.io/proto/slim/otlp/resource/v1"
	tracepb "go.opentelemetry.io/proto/slim/otlp/trace/v1"

	"github.com/traceroot-ai/traceroot-go/internal/capture"
)

// treeOf builds of OTLP's own messages what [otlp.Marshal] should encode. It shares no code with that.
func treeOf(spans []sdktrace.ReadOnlySpan) *tracepb.TracesData {
	return &tracepb.TracesData{ResourceSpans: resourceSpans(spans)}
}

type resourceKey struct {
	attributes attribute.Distinct
	schemaURL  string
}

type scopeKey struct {
	resource                 resourceKey
	name, version, schemaURL string
	attributes               attribute.Distinct
}

func resourceSpans(spans []sdktrace.ReadOnlySpan) []*tracepb.ResourceSpans {
	var groups []*tracepb.ResourceSpans
	byResource := make(map[resourceKey]*tracepb.ResourceSpans)
	byScope := make(map[scopeKey]*tracepb.ScopeSpans)

	for _, s := range spans {
		// A nil resource is an empty one to all of its methods.
		res := s.Resource()
		resKey := resourceKey{res.Equivalent(), res.SchemaURL()}
		group, ok := byResource[resKey]
		if !ok {
			group = &tracepb.ResourceSpans{
				Resource:  &resourcepb.Resource{Attributes: keyValues(res.Attributes())},
				SchemaUrl: capture.ValidUTF8(res.SchemaURL()),
			}
			byResource[resKey] = group
			groups = append(groups, group)
		}

		scope := s.InstrumentationScope()
		key := scopeKey{resKey, scope.Name, scope.Version, scope.SchemaURL, scope.Attributes.Equivalent()}
		scoped, ok := byScope[key]
		if !ok {
			scoped = scopeSpans(scope)
			byScope[key] = scoped
			group.ScopeSpans = append(group.ScopeSpans, scoped)
		}
		scoped.Spans = insert(scoped.Spans, span(s))
	}
	return groups
}

// insert puts a span where it belongs among those of its trace.
func insert(spans []*tracepb.Span, s *tracepb.Span) []*tracepb.Span {
	at := len(spans)
	for i, other := range slices.Backward(spans) {
		if !bytes.Equal(other.TraceId, s.TraceId) {
			continue
		}
		if other.Name <= s.Name {
			return slices.Insert(spans, i+1, s)
		}
		at = i
	}
	return slices.Insert(spans, at, s)
}

func scopeSpans(scope instrumentation.Scope) *tracepb.ScopeSpans {
	return &tracepb.ScopeSpans{
		Scope: &commonpb.InstrumentationScope{
			Name:       capture.ValidUTF8(scope.Name),
			Version:    capture.ValidUTF8(scope.Version),
			Attributes: keyValues(scope.Attributes.ToSlice()),
		},
		SchemaUrl: capture.ValidUTF8(scope.SchemaURL),
	}
}

func span(s sdktrace.ReadOnlySpan) *tracepb.Span {
	sc, parent := s.SpanContext(), s.Parent()
	traceID, spanID := sc.TraceID(), sc.SpanID()
	out := &tracepb.Span{
		TraceId:                traceID[:],
		SpanId:                 spanID[:],
		TraceState:             capture.ValidUTF8(sc.TraceState().String()),
		Flags:                  flags(sc.TraceFlags(), parent.IsRemote()),
		Name:                   capture.ValidUTF8(s.Name()),
		Kind:                   kind(s.SpanKind()),
		StartTimeUnixNano:      nanoseconds(s.StartTime()),
		EndTimeUnixNano:        nanoseconds(s.EndTime()),
		Attributes:             keyValues(s.Attributes()),
		DroppedAttributesCount: count(s.DroppedAttributes()),
		Events:                 events(s.Events()),
		DroppedEventsCount:     count(s.DroppedEvents()),
		Links:                  links(s.Links()),
		DroppedLinksCount:      count(s.DroppedLinks()),
		Status:                 status(s.Status()),
	}
	if parentID := parent.SpanID(); parentID.IsValid() {
		out.ParentSpanId = parentID[:]
	}
	return out
}

func events(events []sdktrace.Event) []*tracepb.Span_Event {
	out := make([]*tracepb.Span_Event, len(events))
	for i, event := range events {
		out[i] = &tracepb.Span_Event{
			Name:                   capture.ValidUTF8(event.Name),
			TimeUnixNano:           nanoseconds(event.Time),
			Attributes:             keyValues(event.Attributes),
			DroppedAttributesCount: count(event.DroppedAttributeCount),
		}
	}
	return out
}

func links(links []sdktrace.Link) []*tracepb.Span_Link {
	out := make([]*tracepb.Span_Link, len(links))
	for i, link := range links {
		sc := link.SpanContext
		traceID, spanID := sc.TraceID(), sc.SpanID()
		out[i] = &tracepb.Span_Link{
			TraceId:                traceID[:],
			SpanId:                 spanID[:],
			TraceState:             capture.ValidUTF8(sc.TraceState().String()),
			Flags:                  flags(sc.TraceFlags(), sc.IsRemote()),
			Attributes:             keyValues(link.Attributes),
			DroppedAttributesCount: count(link.DroppedAttributeCount),
		}
	}
	return out
}

func status(s sdktrace.Status) *tracepb.Status {
	out := &tracepb.Status{Message: capture.ValidUTF8(s.Description)}
	switch s.Code {
	case codes.Ok:
		out.Code = tracepb.Status_STATUS_CODE_OK
	case codes.Error:
		out.Code = tracepb.Status_STATUS_CODE_ERROR
	default:
		out.Code = tracepb.Status_STATUS_CODE_UNSET
	}
	return out
}

func kind(k trace.SpanKind) tracepb.Span_SpanKind {
	switch k {
	case trace.SpanKindInternal:
		return tracepb.Span_SPAN_KIND_INTERNAL
	case trace.SpanKindServer:
		return tracepb.Span_SPAN_KIND_SERVER
	case trace.SpanKindClient:
		return tracepb.Span_SPAN_KIND_CLIENT
	case trace.SpanKindProducer:
		return tracepb.Span_SPAN_KIND_PRODUCER
	case trace.SpanKindConsumer:
		return tracepb.Span_SPAN_KIND_CONSUMER
	default:
		return tracepb.Span_SPAN_KIND_UNSPECIFIED
	}
}

// flags holds the W3C trace flags, and whether the parent (of a link: its target) is in another process.
func flags(f trace.TraceFlags, remote bool) uint32 {
	out := uint32(f) | uint32(tracepb.SpanFlags_SPAN_FLAGS_CONTEXT_HAS_IS_REMOTE_MASK)
	if remote {
		out |= uint32(tracepb.SpanFlags_SPAN_FLAGS_CONTEXT_IS_REMOTE_MASK)
	}
	return out
}

// nanoseconds is 0, which means unknown on the wire, for the zero time and for times before 1970.
func nanoseconds(t time.Time) uint64 {
	if t.Unix() < 0 {
		return 0
	}
	return uint64(max(0, t.UnixNano()))
}

func count(n int) uint32 {
	return uint32(min(max(n, 0), math.MaxUint32))
}
