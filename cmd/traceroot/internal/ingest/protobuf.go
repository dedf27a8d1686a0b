package ingest

import (
	"slices"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/vocab"
)

// The fields of OTLP that are read.
const (
	requestResourceSpans = 1<<3 | isBytes

	resourceSpansResource   = 1<<3 | isBytes
	resourceSpansScopeSpans = 2<<3 | isBytes
	resourceAttributes      = 1<<3 | isBytes

	scopeSpansScope = 1<<3 | isBytes
	scopeSpansSpan  = 2<<3 | isBytes
	scopeName       = 1<<3 | isBytes
	scopeVersion    = 2<<3 | isBytes

	spanTraceID    = 1<<3 | isBytes
	spanSpanID     = 2<<3 | isBytes
	spanParentID   = 4<<3 | isBytes
	spanName       = 5<<3 | isBytes
	spanStart      = 7<<3 | isFixed64
	spanEnd        = 8<<3 | isFixed64
	spanAttributes = 9<<3 | isBytes
	spanEvents     = 11<<3 | isBytes
	spanLinks      = 13<<3 | isBytes
	spanStatus     = 15<<3 | isBytes

	statusMessageText = 2<<3 | isBytes
	statusCode        = 3<<3 | isVarint
	statusCodeError   = 2

	eventTime       = 1<<3 | isFixed64
	eventName       = 2<<3 | isBytes
	eventAttributes = 3<<3 | isBytes

	linkTraceID    = 1<<3 | isBytes
	linkSpanID     = 2<<3 | isBytes
	linkAttributes = 4<<3 | isBytes
)

// protobuf reads an ExportTraceServiceRequest. What is malformed inside costs the span, or the rest of the group of spans,
// that it stands in; the request is refused when nothing can be read.
func (d *decoder) protobuf(request []byte) error {
	var broken error
	f := fields{rest: request}
	for f.next() {
		if f.tag != requestResourceSpans {
			continue
		}
		if err := d.resourceSpans(f.bytes); err != nil {
			broken = err
		}
	}
	if f.err != nil {
		broken, d.spans = f.err, nil
	}
	if broken != nil && len(d.spans) == 0 {
		return badRequest("Failed to parse OTLP protobuf: %v", broken)
	}
	return nil
}

func (d *decoder) resourceSpans(message []byte) error {
	var from origin
	for f := (fields{rest: message}); f.next(); { // it may stand behind its spans
		if f.tag == resourceSpansResource {
			from.resource = d.resource(f.bytes, from.resource)
		}
	}
	f := fields{rest: message}
	var broken error
	for f.next() {
		if f.tag != resourceSpansScopeSpans {
			continue
		}
		if err := d.scopeSpans(f.bytes, from); err != nil {
			broken = err
		}
	}
	if f.err != nil {
		broken = f.err
		d.rejected.rest("a resource's spans", broken)
	}
	return broken
}

// resource adds to known, since a message that comes in parts is one.
func (d *decoder) resource(message []byte, known vocab.Attributes) vocab.Attributes {
	d.cut = nil // those of a resource have no span to be told on
	all, _ := d.attributes(message, resourceAttributes, known)
	return all
}

func (d *decoder) scopeSpans(message []byte, from origin) error {
	for f := (fields{rest: message}); f.next(); {
		if f.tag == scopeSpansScope {
			d.scope(f.bytes, &from)
		}
	}
	d.spans = slices.Grow(d.spans, min(count(message, scopeSpansSpan), max(d.limits.Spans-len(d.spans), 0)))
	f := fields{rest: message}
	for f.next() {
		if f.tag == scopeSpansSpan {
			d.span(f.bytes, &from)
		}
	}
	if f.err != nil {
		d.rejected.rest("a scope's spans", f.err)
	}
	return f.err
}

func (d *decoder) scope(message []byte, from *origin) {
	for f := (fields{rest: message}); f.next(); {
		switch f.tag {
		case scopeName:
			from.scope = d.name(f.bytes)
		case scopeVersion:
			from.version = d.name(f.bytes)
		}
	}
}

func (d *decoder) span(message []byte, from *origin) {
	raw, problem := d.begin(from)
	if problem == "" {
		if err := d.spanFields(message, &raw); err != nil {
			problem = err.Error()
		}
	}
	d.end(&raw, problem)
}

func (d *decoder) spanFields(message []byte, raw *vocab.RawSpan) (err error) {
	f, attributes := fields{rest: message}, 0
	for f.next() {
		switch f.tag {
		case spanAttributes:
			attributes++
		case spanTraceID:
			raw.TraceID = id(f.bytes)
		case spanSpanID:
			raw.SpanID = id(f.bytes)
		case spanParentID:
			raw.ParentSpanID = id(f.bytes)
		case spanName:
			raw.Name = d.spanText("name", f.bytes, d.limits.NameBytes)
		case spanStart:
			raw.Start = instant(f.number)
		case spanEnd:
			raw.End = instant(f.number)
		case spanStatus:
			err = d.status(f.bytes, raw)
		case spanEvents:
			err = d.event(f.bytes, raw)
		case spanLinks:
			err = d.link(f.bytes, raw)
		}
		if err != nil {
			return err
		}
	}
	if f.err != nil {
		return f.err
	}
	raw.Attributes, err = d.addAttributes(message, spanAttributes, d.room(attributes))
	return err
}

// spanText is a text of the span that is no attribute.
func (d *decoder) spanText(field string, b []byte, limit int) string {
	whole := text(b)
	if len(whole) <= limit {
		return whole
	}
	d.noteCut(field, len(whole))
	return cutText(whole, limit)
}

func (d *decoder) status(message []byte, raw *vocab.RawSpan) error {
	f := fields{rest: message}
	for f.next() {
		switch f.tag {
		case statusMessageText:
			raw.StatusMessage = d.spanText("error", f.bytes, d.limits.ValueBytes)
		case statusCode:
			raw.Failed = int32(f.number) == statusCodeError //nolint:gosec // an enum is the lower half, as protobuf has it
		}
	}
	return f.err
}

func (d *decoder) event(message []byte, raw *vocab.RawSpan) error {
	if d.full() || len(raw.Events) >= d.limits.Events {
		d.noteCut("events", len(message))
		return nil
	}
	var event vocab.Event
	f := fields{rest: message}
	for f.next() {
		switch f.tag {
		case eventTime:
			event.Time = instant(f.number)
		case eventName:
			event.Name = d.name(f.bytes)
		}
	}
	if f.err != nil {
		return f.err
	}
	var err error
	event.Attributes, err = d.attributes(message, eventAttributes, nil)
	raw.Events = append(raw.Events, event)
	return err
}

func (d *decoder) link(message []byte, raw *vocab.RawSpan) error {
	if d.full() || len(raw.Links) >= d.limits.Links {
		d.noteCut("links", len(message))
		return nil
	}
	var link vocab.Link
	f := fields{rest: message}
	for f.next() {
		switch f.tag {
		case linkTraceID:
			link.TraceID = id(f.bytes)
		case linkSpanID:
			link.SpanID = id(f.bytes)
		}
	}
	if f.err != nil {
		return f.err
	}
	var err error
	link.Attributes, err = d.attributes(message, linkAttributes, nil)
	raw.Links = append(raw.Links, link)
	return err
}
