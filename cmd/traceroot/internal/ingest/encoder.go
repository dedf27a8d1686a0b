package ingest

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/vocab"
)

// encoder writes OTLP's own JSON: ids in hex and 64-bit numbers as text, which protobuf's JSON does otherwise.
type encoder struct{ dst []byte }

func (e *encoder) raw(text string) { e.dst = append(e.dst, text...) }

func (e *encoder) comma(i int) {
	if i > 0 {
		e.raw(",")
	}
}

func (e *encoder) text(s string) {
	quoted, _ := json.Marshal(s) // text is never refused
	e.dst = append(e.dst, quoted...)
}

func (e *encoder) span(s *vocab.RawSpan) {
	e.raw(`{"traceId":`)
	e.text(s.TraceID)
	e.raw(`,"spanId":`)
	e.text(s.SpanID)
	if s.ParentSpanID != "" {
		e.raw(`,"parentSpanId":`)
		e.text(s.ParentSpanID)
	}
	e.raw(`,"name":`)
	e.text(s.Name)
	e.raw(`,"startTimeUnixNano":"` + unixNano(s.Start) + `","endTimeUnixNano":"` + unixNano(s.End) + `","attributes":`)
	e.attributes(s.Attributes)
	e.events(s.Events)
	e.links(s.Links)
	e.raw(`,"status":{`)
	if s.Failed {
		const statusCodeError = "2"
		e.raw(`"code":` + statusCodeError + `,"message":`)
		e.text(s.StatusMessage)
	}
	e.raw(`}}`)
}

func (e *encoder) events(events []vocab.Event) {
	if len(events) == 0 {
		return
	}
	e.raw(`,"events":[`)
	for i := range events {
		e.comma(i)
		e.raw(`{"timeUnixNano":"` + unixNano(events[i].Time) + `","name":`)
		e.text(events[i].Name)
		e.raw(`,"attributes":`)
		e.attributes(events[i].Attributes)
		e.raw("}")
	}
	e.raw("]")
}

func (e *encoder) links(links []vocab.Link) {
	if len(links) == 0 {
		return
	}
	e.raw(`,"links":[`)
	for i := range links {
		e.comma(i)
		e.raw(`{"traceId":`)
		e.text(links[i].TraceID)
		e.raw(`,"spanId":`)
		e.text(links[i].SpanID)
		e.raw(`,"attributes":`)
		e.attributes(links[i].Attributes)
		e.raw("}")
	}
	e.raw("]")
}

// attributes are written in the order of their keys, so that equal spans are equal lines.
func (e *encoder) attributes(a map[string]any) {
	e.raw("[")
	for i, key := range slices.Sorted(maps.Keys(a)) {
		e.comma(i)
		e.raw(`{"key":`)
		e.text(key)
		e.raw(`,"value":`)
		e.value(a[key])
		e.raw("}")
	}
	e.raw("]")
}

func (e *encoder) value(v any) {
	switch v := v.(type) {
	case string:
		e.raw(`{"stringValue":`)
		e.text(v)
	case bool:
		e.raw(`{"boolValue":` + strconv.FormatBool(v))
	case int64:
		e.raw(`{"intValue":"` + strconv.FormatInt(v, 10) + `"`)
	case float64:
		e.raw(`{"doubleValue":` + strconv.FormatFloat(v, 'g', -1, 64))
	case []any:
		e.raw(`{"arrayValue":{"values":[`)
		for i, item := range v {
			e.comma(i)
			e.value(item)
		}
		e.raw("]}")
	case map[string]any:
		e.raw(`{"kvlistValue":{"values":`)
		e.attributes(v)
		e.raw("}")
	default: // a value that nobody reads is sent as none
		e.raw("{")
	}
	e.raw("}")
}
