package ingest_test

import (
	"math"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	coltracepb "go.opentelemetry.io/proto/slim/otlp/collector/trace/v1"
	commonpb "go.opentelemetry.io/proto/slim/otlp/common/v1"
	resourcepb "go.opentelemetry.io/proto/slim/otlp/resource/v1"
	tracepb "go.opentelemetry.io/proto/slim/otlp/trace/v1"
	"google.golang.org/protobuf/proto"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/ingest"
)

// everything is a request with a value of each kind in each place.
func everything() *coltracepb.ExportTraceServiceRequest {
	values := []*commonpb.KeyValue{
		attribute("text", text("é\u2028\"\\")), attribute("empty", text("")), attribute("none", nil), attribute("nothing", &commonpb.AnyValue{}),
		attribute("true", &commonpb.AnyValue{Value: &commonpb.AnyValue_BoolValue{BoolValue: true}}),
		attribute("false", &commonpb.AnyValue{Value: &commonpb.AnyValue_BoolValue{}}),
		attribute("int", &commonpb.AnyValue{Value: &commonpb.AnyValue_IntValue{IntValue: math.MinInt64}}),
		attribute("double", &commonpb.AnyValue{Value: &commonpb.AnyValue_DoubleValue{DoubleValue: 1.5e300}}),
		attribute("nan", &commonpb.AnyValue{Value: &commonpb.AnyValue_DoubleValue{DoubleValue: math.NaN()}}),
		attribute("inf", &commonpb.AnyValue{Value: &commonpb.AnyValue_DoubleValue{DoubleValue: math.Inf(-1)}}),
		attribute("bytes", &commonpb.AnyValue{Value: &commonpb.AnyValue_BytesValue{BytesValue: []byte{0, 255}}}),
		attribute("list", listOf(text("a"), listOf(), &commonpb.AnyValue{}, mapOf(attribute("k", text("v"))))),
		attribute("map", mapOf(attribute("a", listOf(text("b"))), attribute("", text("")), attribute("a", text("last")))),
		attribute("twice", text("first")), attribute("twice", text("last")),
	}
	span := spanNamed("all")
	span.ParentSpanId, span.Attributes = []byte("12345678"), values
	span.Events = []*tracepb.Span_Event{{Name: "event", TimeUnixNano: 1_760_000_000_500_000_000, Attributes: values}, {}}
	span.Links = []*tracepb.Span_Link{{TraceId: span.TraceId, SpanId: span.SpanId, Attributes: values}, {}}
	span.Status = &tracepb.Status{Code: tracepb.Status_STATUS_CODE_ERROR, Message: "it broke"}
	running := spanNamed("running")
	running.EndTimeUnixNano = 0
	return &coltracepb.ExportTraceServiceRequest{ResourceSpans: []*tracepb.ResourceSpans{
		{
			Resource: &resourcepb.Resource{Attributes: values},
			ScopeSpans: []*tracepb.ScopeSpans{
				{Scope: &commonpb.InstrumentationScope{Name: "scope", Version: "1.2"}, Spans: []*tracepb.Span{span, running}},
				{Spans: []*tracepb.Span{spanNamed("no scope")}},
			},
		},
		{ScopeSpans: []*tracepb.ScopeSpans{{Spans: []*tracepb.Span{spanNamed("no resource")}}}},
	}}
}

func TestDecode(t *testing.T) {
	t.Parallel()
	request := everything()
	want := reference(request)
	if len(want) != 4 {
		t.Fatalf("the reference has %d spans", len(want))
	}
	for name, got := range map[string]ingest.Decoded{
		"protobuf": ingest.DecodeProtobuf(marshal(t, request), ingest.Limits{}),
		"JSON":     ingest.DecodeJSON(otlpJSON(t, request), ingest.Limits{}),
	} {
		if got.Err != nil || got.Rejected != 0 || len(got.Spans) != len(want) {
			t.Fatalf("%s: %+v", name, got)
		}
		for i := range want {
			if len(got.Spans[i].Resource) == 0 {
				got.Spans[i].Resource = want[i].Resource // nil or empty is the same
			}
			if !reflect.DeepEqual(got.Spans[i], want[i]) {
				t.Errorf("%s:\n got %+v\nwant %+v", name, got.Spans[i], want[i])
			}
		}
	}
}

// FuzzProtobuf: whatever arrives is taken or refused; what the generated code can read is read as it does.
func FuzzProtobuf(f *testing.F) {
	f.Add(marshal(f, everything()))
	f.Add(encode(f, spanNamed("agent"))) // and as one message in two parts:
	f.Add(append(marshal(f, everything()), encode(f, spanNamed("agent"))...))
	f.Add([]byte("hello"))
	addGolden(f, func(text []byte) []byte { return protobufOf(f, text) })
	f.Fuzz(func(t *testing.T, body []byte) {
		got := ingest.DecodeProtobuf(body, ingest.Limits{Depth: 1 << 20})
		for i := range got.Spans {
			if !whole(&got.Spans[i]) {
				t.Errorf("kept a span without identity: %+v", got.Spans[i])
			}
		}
		var request coltracepb.ExportTraceServiceRequest
		if proto.Unmarshal(body, &request) != nil {
			return
		}
		want := reference(&request)
		if got.Err != nil || len(got.Spans) != len(want) {
			t.Fatalf("%d spans, error %v; the generated code finds %d", len(got.Spans), got.Err, len(want))
		}
		for i := range want {
			if !reflect.DeepEqual(got.Spans[i], want[i]) {
				t.Errorf("span %d:\n got %+v\nwant %+v", i, got.Spans[i], want[i])
			}
		}
	})
}

// FuzzJSON: whatever arrives is taken or refused, and what is taken can be named and was not deeper than allowed.
func FuzzJSON(f *testing.F) {
	f.Add(otlpJSON(f, everything()))
	f.Add([]byte(`{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"` + traceID + `","spanId":"cdcdcdcdcdcdcdcd","startTimeUnixNano":1.76e18,"attributes":[{"key":"k","value":{"arrayValue":{"values":[{"intValue":1e3}]}}}]}]}]}]}`))
	f.Add([]byte(`[[[[[[`))
	addGolden(f, func(text []byte) []byte { return text })
	f.Fuzz(func(t *testing.T, body []byte) {
		got := ingest.DecodeJSON(body, ingest.Limits{Depth: 2})
		for i := range got.Spans {
			if !whole(&got.Spans[i]) {
				t.Errorf("kept a span without identity: %+v", got.Spans[i])
			}
			if depth := depthOf(map[string]any(got.Spans[i].Attributes)); depth > 3 {
				t.Errorf("attributes %d deep", depth)
			}
		}
	})
}

func depthOf(value any) int {
	deepest := 0
	switch value := value.(type) {
	case []any:
		for _, element := range value {
			deepest = max(deepest, depthOf(element))
		}
	case map[string]any:
		for _, member := range value {
			deepest = max(deepest, depthOf(member))
		}
	default:
		return 0
	}
	return deepest + 1
}

// addGolden adds the platform's golden requests where they are at hand; the committed corpus stands without them.
func addGolden(f *testing.F, encode func([]byte) []byte) {
	f.Helper()
	shared := os.Getenv("TRACEROOT_SHARED")
	if shared == "" {
		shared = filepath.Join(projectRoot(f), "..", "shared")
	}
	files, _ := filepath.Glob(filepath.Join(shared, "contract", "golden", "*.attrs.json"))
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(encode(text))
	}
}
