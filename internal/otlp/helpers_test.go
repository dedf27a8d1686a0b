package otlp_test

import (
	"testing"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/instrumentation"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"
	commonpb "go.opentelemetry.io/proto/slim/otlp/common/v1"
	tracepb "go.opentelemetry.io/proto/slim/otlp/trace/v1"
	"google.golang.org/protobuf/proto"

	"github.com/traceroot-ai/traceroot-go/internal/otlp"
)

var start = time.Date(2026, 3, 4, 5, 6, 7, 8, time.UTC)

// stub is a span with ids made of n.
func stub(n byte, attributes ...attribute.KeyValue) tracetest.SpanStub {
	return tracetest.SpanStub{
		Name: "span",
		SpanContext: trace.NewSpanContext(trace.SpanContextConfig{
			TraceID: trace.TraceID{15: n}, SpanID: trace.SpanID{7: n}, TraceFlags: trace.FlagsSampled,
		}),
		SpanKind:             trace.SpanKindInternal,
		StartTime:            start,
		EndTime:              start.Add(time.Second),
		Attributes:           attributes,
		Resource:             resource.NewSchemaless(attribute.String("service.name", "shop")),
		InstrumentationScope: instrumentation.Scope{Name: "traceroot-sdk", Version: "1.2.3"},
	}
}

func marshal(spans ...sdktrace.ReadOnlySpan) []byte { return otlp.Marshal(spans) }

func decode(tb testing.TB, data []byte) *tracepb.TracesData {
	tb.Helper()
	request := new(tracepb.TracesData)
	if err := proto.Unmarshal(data, request); err != nil {
		tb.Fatalf("a server cannot decode the request: %v", err)
	}
	return request
}

func spansOf(request *tracepb.TracesData) []*tracepb.Span {
	var spans []*tracepb.Span
	for _, group := range request.ResourceSpans {
		for _, scoped := range group.ScopeSpans {
			spans = append(spans, scoped.Spans...)
		}
	}
	return spans
}

// onlySpan sends s through the encoder and returns what a server decodes.
func onlySpan(tb testing.TB, s sdktrace.ReadOnlySpan) *tracepb.Span {
	tb.Helper()
	spans := spansOf(decode(tb, marshal(s)))
	if len(spans) != 1 {
		tb.Fatalf("got %d spans, want 1", len(spans))
	}
	return spans[0]
}

// attributesOf maps keys to the decoded values, as plain Go values.
func attributesOf(attributes []*commonpb.KeyValue) map[string]any {
	values := make(map[string]any, len(attributes))
	for _, kv := range attributes {
		values[kv.Key] = plain(kv.Value)
	}
	return values
}

func plain(v *commonpb.AnyValue) any {
	switch v := v.GetValue().(type) {
	case *commonpb.AnyValue_StringValue:
		return v.StringValue
	case *commonpb.AnyValue_BoolValue:
		return v.BoolValue
	case *commonpb.AnyValue_IntValue:
		return v.IntValue
	case *commonpb.AnyValue_DoubleValue:
		return v.DoubleValue
	case *commonpb.AnyValue_BytesValue:
		return v.BytesValue
	case *commonpb.AnyValue_ArrayValue:
		list := make([]any, len(v.ArrayValue.Values))
		for i, element := range v.ArrayValue.Values {
			list[i] = plain(element)
		}
		return list
	case *commonpb.AnyValue_KvlistValue:
		return attributesOf(v.KvlistValue.Values)
	default:
		return nil
	}
}
