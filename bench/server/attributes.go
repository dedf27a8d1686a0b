package main

import commonpb "go.opentelemetry.io/proto/slim/otlp/common/v1"

func attribute(key string, value *commonpb.AnyValue) *commonpb.KeyValue {
	return &commonpb.KeyValue{Key: key, Value: value}
}

func text(key, value string) *commonpb.KeyValue { return attribute(key, textValue(value)) }

func textValue(value string) *commonpb.AnyValue {
	return &commonpb.AnyValue{Value: &commonpb.AnyValue_StringValue{StringValue: value}}
}

func integer(key string, value int) *commonpb.KeyValue {
	return attribute(key, &commonpb.AnyValue{Value: &commonpb.AnyValue_IntValue{IntValue: int64(value)}})
}

func number(key string, value float64) *commonpb.KeyValue {
	return attribute(key, &commonpb.AnyValue{Value: &commonpb.AnyValue_DoubleValue{DoubleValue: value}})
}

// truth is a flag that is set: those that are not set are not sent.
func truth(key string) *commonpb.KeyValue {
	return attribute(key, &commonpb.AnyValue{Value: &commonpb.AnyValue_BoolValue{BoolValue: true}})
}

func list(key string, values ...string) *commonpb.KeyValue {
	array := &commonpb.ArrayValue{}
	for _, value := range values {
		array.Values = append(array.Values, textValue(value))
	}
	return attribute(key, &commonpb.AnyValue{Value: &commonpb.AnyValue_ArrayValue{ArrayValue: array}})
}
