package otlp

import (
	"go.opentelemetry.io/otel/attribute"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// What the wire adds around the bytes of names and values, rounded up: tags and lengths of the nested messages.
const (
	spanOverhead      = 128
	eventOverhead     = 32
	linkOverhead      = 64
	attributeOverhead = 32
	elementOverhead   = 16
)

// Size estimates how many bytes [Marshal] makes of s, without its resource and scope. It is never too low for a span of valid
// UTF-8, and too high by no more than some bytes for each attribute, event and link. It is cheap: nothing is encoded.
func Size(s sdktrace.ReadOnlySpan) int {
	size := spanOverhead + len(s.Name()) + len(s.Status().Description) + len(s.SpanContext().TraceState().String()) +
		sizeOfAttributes(s.Attributes())
	for _, event := range s.Events() {
		size += eventOverhead + len(event.Name) + sizeOfAttributes(event.Attributes)
	}
	for _, link := range s.Links() {
		size += linkOverhead + len(link.SpanContext.TraceState().String()) + sizeOfAttributes(link.Attributes)
	}
	return size
}

func sizeOfAttributes(attributes []attribute.KeyValue) int {
	size := 0
	for _, kv := range attributes {
		size += attributeOverhead + len(kv.Key) + sizeOfValue(kv.Value)
	}
	return size
}

func sizeOfValue(v attribute.Value) int {
	switch v.Type() {
	case attribute.STRING:
		return len(v.AsString())
	case attribute.BYTESLICE:
		return len(v.AsByteSlice())
	case attribute.STRINGSLICE:
		texts := v.AsStringSlice()
		size := elementOverhead * len(texts)
		for _, text := range texts {
			size += len(text)
		}
		return size
	case attribute.BOOLSLICE:
		return elementOverhead * len(v.AsBoolSlice())
	case attribute.INT64SLICE:
		return elementOverhead * len(v.AsInt64Slice())
	case attribute.FLOAT64SLICE:
		return elementOverhead * len(v.AsFloat64Slice())
	case attribute.SLICE:
		size := 0
		for _, element := range v.AsSlice() {
			size += elementOverhead + sizeOfValue(element)
		}
		return size
	case attribute.MAP:
		return sizeOfAttributes(v.AsMap())
	default: // numbers and booleans fit in the attribute's overhead
		return 0
	}
}
