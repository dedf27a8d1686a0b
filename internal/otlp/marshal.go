package otlp

import (
	"math"
	"time"

	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/sdk/instrumentation"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// Marshal encodes spans as one ExportTraceServiceRequest: grouped by resource, then by scope, then by trace, each in the order in
// which they first appear. The spans of a trace come by name, those of the same name in their given order. No spans give an
// empty request.
//
// Every string becomes valid UTF-8, because a server refuses a whole request for one that is not.
func Marshal(spans []sdktrace.ReadOnlySpan) []byte {
	var (
		e    encoder
		data []byte
	)
	e.request(spans, func(part []byte) { data = append(data, part...) })
	return data
}

// request encodes spans part by part: a request as a whole takes megabytes, which would cost more time to fill and to read
// again than encoding does. Each part is gone when emit returns.
//
// The messages around spans begin with their lengths, so each span is encoded twice, the first time to see how long it is.
// That is cheap while it fits in the processor's cache, and an ended span does not change.
func (e *encoder) request(spans []sdktrace.ReadOnlySpan, emit func(part []byte)) {
	groups := groupByResource(spans)
	for i := range groups {
		e.measure(&groups[i])
	}
	e.buf = e.buf[:0]
	for _, group := range groups {
		e.tag(requestResourceSpans, wireBytes)
		e.length(group.size)
		e.resource(group.resource)
		for _, scoped := range group.scopes {
			e.tag(resourceSpansScopeSpans, wireBytes)
			e.length(scoped.size)
			e.scope(scoped.scope)
			for _, s := range scoped.spans {
				e.span(s)
				if len(e.buf) >= partBytes {
					emit(e.buf)
					e.buf = e.buf[:0]
				}
			}
		}
	}
	emit(e.buf)
}

// partBytes is a part that stays in the processor's cache, and in which a blob that comes again within deflate's window is
// mostly seen both times.
const partBytes = 4 * deflateWindow

// measure notes how long the messages of a group and of its scopes are.
func (e *encoder) measure(group *resourceGroup) {
	size := func(encode func()) int {
		e.buf = e.buf[:0]
		encode()
		return len(e.buf)
	}
	group.size = size(func() { e.resource(group.resource) })
	for i := range group.scopes {
		scoped := &group.scopes[i]
		scoped.size = size(func() { e.scope(scoped.scope) })
		for _, s := range scoped.spans {
			scoped.size += size(func() { e.span(s) })
		}
		group.size += fieldSize(scoped.size)
	}
}

// resource writes what a ResourceSpans has beside its scopes.
func (e *encoder) resource(r *resource.Resource) {
	m := e.begin(resourceSpansResource, 0)
	e.attributes(resourceAttributes, r.Attributes())
	e.end(m)
	e.text(resourceSpansSchemaURL, r.SchemaURL())
}

// scope writes what a ScopeSpans has beside its spans.
func (e *encoder) scope(scope instrumentation.Scope) {
	m := e.begin(scopeSpansScope, 0)
	e.text(scopeName, scope.Name)
	e.text(scopeVersion, scope.Version)
	e.attributes(scopeAttributes, scope.Attributes.ToSlice())
	e.end(m)
	e.text(scopeSpansSchemaURL, scope.SchemaURL)
}

// expectedSpan is a guess that costs a span of another magnitude its move by a byte or two.
const expectedSpan = 1 << 14

func (e *encoder) span(s sdktrace.ReadOnlySpan) {
	m := e.begin(scopeSpansSpans, expectedSpan)
	sc, parent := s.SpanContext(), s.Parent()
	e.ids(spanTraceID, spanSpanID, sc)
	e.text(spanTraceState, sc.TraceState().String())
	if id := parent.SpanID(); id.IsValid() {
		e.presentBytes(spanParentSpanID, id[:])
	}
	e.fixed32(spanFlags, flags(sc.TraceFlags(), parent.IsRemote()))
	e.text(spanName, s.Name())
	e.varint(spanKind, kind(s.SpanKind()))
	e.fixed64(spanStartTime, nanoseconds(s.StartTime()))
	e.fixed64(spanEndTime, nanoseconds(s.EndTime()))
	e.attributes(spanAttributes, s.Attributes())
	e.varint(spanDroppedAttributes, count(s.DroppedAttributes()))
	e.events(s.Events())
	e.varint(spanDroppedEvents, count(s.DroppedEvents()))
	e.links(s.Links())
	e.varint(spanDroppedLinks, count(s.DroppedLinks()))
	e.status(s.Status())
	e.end(m)
}

func (e *encoder) ids(traceNumber, spanNumber int, sc trace.SpanContext) {
	traceID, spanID := sc.TraceID(), sc.SpanID()
	e.presentBytes(traceNumber, traceID[:])
	e.presentBytes(spanNumber, spanID[:])
}

func (e *encoder) events(events []sdktrace.Event) {
	for _, event := range events {
		m := e.begin(spanEvents, 0)
		e.fixed64(eventTime, nanoseconds(event.Time))
		e.text(eventName, event.Name)
		e.attributes(eventAttributes, event.Attributes)
		e.varint(eventDroppedAttributes, count(event.DroppedAttributeCount))
		e.end(m)
	}
}

func (e *encoder) links(links []sdktrace.Link) {
	for _, link := range links {
		m := e.begin(spanLinks, 0)
		sc := link.SpanContext
		e.ids(linkTraceID, linkSpanID, sc)
		e.text(linkTraceState, sc.TraceState().String())
		e.attributes(linkAttributes, link.Attributes)
		e.varint(linkDroppedAttributes, count(link.DroppedAttributeCount))
		e.fixed32(linkFlags, flags(sc.TraceFlags(), sc.IsRemote()))
		e.end(m)
	}
}

func (e *encoder) status(s sdktrace.Status) {
	m := e.begin(spanStatus, len(s.Description))
	e.text(statusMessage, s.Description)
	switch s.Code {
	case codes.Ok:
		e.varint(statusCode, statusCodeOK)
	case codes.Error:
		e.varint(statusCode, statusCodeError)
	default: // unset, which is 0 on the wire
	}
	e.end(m)
}

// kind is 0, which means unspecified, for a kind that OTLP does not name. It numbers the others as OpenTelemetry's Go API does.
func kind(k trace.SpanKind) uint64 {
	if k < trace.SpanKindUnspecified || k > trace.SpanKindConsumer {
		return 0
	}
	return uint64(k)
}

// flags holds the W3C trace flags, and whether the parent (of a link: its target) is in another process.
func flags(f trace.TraceFlags, remote bool) uint32 {
	out := uint32(f) | flagHasIsRemote
	if remote {
		out |= flagIsRemote
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

func count(n int) uint64 {
	return uint64(min(max(n, 0), math.MaxUint32))
}
