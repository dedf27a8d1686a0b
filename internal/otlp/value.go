package otlp

import (
	"math"

	"go.opentelemetry.io/otel/attribute"
)

// maxNesting bounds how deep lists and maps are encoded as such; what lies deeper is sent as its text. Protobuf decoders
// refuse messages nested a hundred deep, and with them the whole request; each level here takes up to three of those.
const maxNesting = 20

// attributes writes each of them as a field of that number.
func (e *encoder) attributes(number int, attributes []attribute.KeyValue) {
	e.nestedAttributes(number, attributes, 0)
}

func (e *encoder) nestedAttributes(number int, attributes []attribute.KeyValue, depth int) {
	for _, kv := range attributes {
		// Long values are texts, whose lengths are known: nothing of theirs has to be moved.
		expected := fieldSize(len(kv.Value.AsString()))
		m := e.begin(number, fieldSize(len(kv.Key))+fieldSize(expected))
		e.text(keyValueKey, string(kv.Key))
		value := e.begin(keyValueValue, expected)
		e.anyValue(kv.Value, depth)
		e.end(value)
		e.end(m)
	}
}

// anyValue writes the only field of an AnyValue. An empty value has none.
func (e *encoder) anyValue(v attribute.Value, depth int) {
	if depth == maxNesting {
		e.stringValue(v.String())
		return
	}
	switch v.Type() {
	case attribute.BOOL:
		e.boolValue(v.AsBool())
	case attribute.INT64:
		e.intValue(v.AsInt64())
	case attribute.FLOAT64:
		e.doubleValue(v.AsFloat64())
	case attribute.STRING:
		e.stringValue(v.AsString())
	case attribute.BYTESLICE:
		e.presentBytes(anyValueBytes, v.AsByteSlice())
	case attribute.BOOLSLICE:
		array(e, v.AsBoolSlice(), e.boolValue)
	case attribute.INT64SLICE:
		array(e, v.AsInt64Slice(), e.intValue)
	case attribute.FLOAT64SLICE:
		array(e, v.AsFloat64Slice(), e.doubleValue)
	case attribute.STRINGSLICE:
		array(e, v.AsStringSlice(), e.stringValue)
	case attribute.SLICE:
		array(e, v.AsSlice(), func(element attribute.Value) { e.anyValue(element, depth+1) })
	case attribute.MAP:
		m := e.begin(anyValueMap, 0)
		e.nestedAttributes(listValues, v.AsMap(), depth+1)
		e.end(m)
	default: // no kind at all on the wire
	}
}

func array[T any](e *encoder, elements []T, encode func(T)) {
	m := e.begin(anyValueArray, 0)
	for _, element := range elements {
		value := e.begin(listValues, 0)
		encode(element)
		e.end(value)
	}
	e.end(m)
}

func (e *encoder) boolValue(b bool) {
	var v uint64
	if b {
		v = 1
	}
	e.presentVarint(anyValueBool, v)
}

func (e *encoder) intValue(i int64) {
	e.presentVarint(anyValueInt, uint64(i)) //nolint:gosec // G115: two's complement, as the format has it
}

func (e *encoder) doubleValue(f float64) { e.presentFixed64(anyValueDouble, math.Float64bits(f)) }
func (e *encoder) stringValue(s string)  { e.presentText(anyValueString, s) }
