package otlp_test

import (
	"go.opentelemetry.io/otel/attribute"
	commonpb "go.opentelemetry.io/proto/slim/otlp/common/v1"

	"github.com/traceroot-ai/traceroot-go/internal/capture"
)

// maxNesting is how deep lists and maps are sent as such.
const maxNesting = 20

func keyValues(attributes []attribute.KeyValue) []*commonpb.KeyValue {
	return nestedKeyValues(attributes, 0)
}

func nestedKeyValues(attributes []attribute.KeyValue, depth int) []*commonpb.KeyValue {
	slab := make([]commonpb.KeyValue, len(attributes)) // one allocation for all of them
	out := make([]*commonpb.KeyValue, len(attributes))
	for i, kv := range attributes {
		slab[i].Key = capture.ValidUTF8(string(kv.Key))
		slab[i].Value = anyValue(kv.Value, depth)
		out[i] = &slab[i]
	}
	return out
}

// anyValue encodes v. An empty value has no kind at all on the wire.
func anyValue(v attribute.Value, depth int) *commonpb.AnyValue {
	if depth == maxNesting {
		return stringValue(v.String())
	}
	switch v.Type() {
	case attribute.BOOL:
		return boolValue(v.AsBool())
	case attribute.INT64:
		return intValue(v.AsInt64())
	case attribute.FLOAT64:
		return doubleValue(v.AsFloat64())
	case attribute.STRING:
		return stringValue(v.AsString())
	case attribute.BYTESLICE:
		return &commonpb.AnyValue{Value: &commonpb.AnyValue_BytesValue{BytesValue: v.AsByteSlice()}}
	case attribute.BOOLSLICE:
		return treeList(v.AsBoolSlice(), boolValue)
	case attribute.INT64SLICE:
		return treeList(v.AsInt64Slice(), intValue)
	case attribute.FLOAT64SLICE:
		return treeList(v.AsFloat64Slice(), doubleValue)
	case attribute.STRINGSLICE:
		return treeList(v.AsStringSlice(), stringValue)
	case attribute.SLICE:
		return treeList(v.AsSlice(), func(element attribute.Value) *commonpb.AnyValue { return anyValue(element, depth+1) })
	case attribute.MAP:
		members := &commonpb.KeyValueList{Values: nestedKeyValues(v.AsMap(), depth+1)}
		return &commonpb.AnyValue{Value: &commonpb.AnyValue_KvlistValue{KvlistValue: members}}
	default:
		return &commonpb.AnyValue{}
	}
}

func treeList[T any](elements []T, encode func(T) *commonpb.AnyValue) *commonpb.AnyValue {
	values := make([]*commonpb.AnyValue, len(elements))
	for i, element := range elements {
		values[i] = encode(element)
	}
	return &commonpb.AnyValue{Value: &commonpb.AnyValue_ArrayValue{ArrayValue: &commonpb.ArrayValue{Values: values}}}
}

func boolValue(b bool) *commonpb.AnyValue {
	return &commonpb.AnyValue{Value: &commonpb.AnyValue_BoolValue{BoolValue: b}}
}

func intValue(i int64) *commonpb.AnyValue {
	return &commonpb.AnyValue{Value: &commonpb.AnyValue_IntValue{IntValue: i}}
}

func doubleValue(f float64) *commonpb.AnyValue {
	return &commonpb.AnyValue{Value: &commonpb.AnyValue_DoubleValue{DoubleValue: f}}
}

func stringValue(s string) *commonpb.AnyValue {
	return &commonpb.AnyValue{Value: &commonpb.AnyValue_StringValue{StringValue: capture.ValidUTF8(s)}}
}
