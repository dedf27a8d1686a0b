package otlp_test

import (
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/sdk/instrumentation"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"
	resourcepb "go.opentelemetry.io/proto/slim/otlp/resource/v1"
	tracepb "go.opentelemetry.io/proto/slim/otlp/trace/v1"
	"google.golang.org/protobuf/proto"

	"github.com/traceroot-ai/traceroot-go/internal/otlp"
)

func TestMarshalKeepsEveryPartOfASpan(t *testing.T) {
	t.Parallel()
	state, err := trace.ParseTraceState("vendor=a")
	if err != nil {
		t.Fatal(err)
	}
	target := trace.NewSpanContext(trace.SpanContextConfig{
		TraceID: trace.TraceID{1: 9}, SpanID: trace.SpanID{1: 9}, TraceState: state, Remote: true,
	})
	s := stub(7, attribute.String("k", "v"))
	s.Name = "answer"
	s.SpanKind = trace.SpanKindClient
	s.SpanContext = s.SpanContext.WithTraceState(state)
	s.Parent = trace.NewSpanContext(trace.SpanContextConfig{
		TraceID: s.SpanContext.TraceID(), SpanID: trace.SpanID{6}, Remote: true,
	})
	s.Events = []sdktrace.Event{{
		Name: "exception", Time: start.Add(time.Millisecond), DroppedAttributeCount: 4,
		Attributes: []attribute.KeyValue{attribute.String("exception.message", "boom")},
	}}
	s.Links = []sdktrace.Link{{
		SpanContext: target, DroppedAttributeCount: 5,
		Attributes: []attribute.KeyValue{attribute.Bool("follows", true)},
	}}
	s.Status = sdktrace.Status{Code: codes.Error, Description: "boom"}
	s.DroppedAttributes, s.DroppedEvents, s.DroppedLinks = 1, 2, 3

	got := onlySpan(t, s.Snapshot())

	event, link := got.Events[0], got.Links[0]
	for _, part := range []struct {
		name      string
		got, want any
	}{
		{"trace id", trace.TraceID(got.TraceId), s.SpanContext.TraceID()},
		{"span id", trace.SpanID(got.SpanId), s.SpanContext.SpanID()},
		{"parent id", trace.SpanID(got.ParentSpanId), s.Parent.SpanID()},
		{"trace state", got.TraceState, "vendor=a"},
		{"flags: sampled, parent known to be remote", got.Flags, uint32(0x301)},
		{"name", got.Name, "answer"},
		{"kind", got.Kind, tracepb.Span_SPAN_KIND_CLIENT},
		{"start", got.StartTimeUnixNano, uint64(start.UnixNano())},
		{"end", got.EndTimeUnixNano, uint64(start.Add(time.Second).UnixNano())},
		{"attributes", attributesOf(got.Attributes), map[string]any{"k": "v"}},
		{"dropped attributes", got.DroppedAttributesCount, uint32(1)},
		{"dropped events", got.DroppedEventsCount, uint32(2)},
		{"dropped links", got.DroppedLinksCount, uint32(3)},
		{"status", got.Status.Code, tracepb.Status_STATUS_CODE_ERROR},
		{"description", got.Status.Message, "boom"},
		{"event name", event.Name, "exception"},
		{"event time", event.TimeUnixNano, uint64(start.Add(time.Millisecond).UnixNano())},
		{"event attributes", attributesOf(event.Attributes), map[string]any{"exception.message": "boom"}},
		{"event dropped attributes", event.DroppedAttributesCount, uint32(4)},
		{"link trace id", trace.TraceID(link.TraceId), target.TraceID()},
		{"link span id", trace.SpanID(link.SpanId), target.SpanID()},
		{"link trace state", link.TraceState, "vendor=a"},
		{"link flags: not sampled, remote", link.Flags, uint32(0x300)},
		{"link attributes", attributesOf(link.Attributes), map[string]any{"follows": true}},
		{"link dropped attributes", link.DroppedAttributesCount, uint32(5)},
	} {
		if !reflect.DeepEqual(part.got, part.want) {
			t.Errorf("%s: got %v, want %v", part.name, part.got, part.want)
		}
	}
}

func TestMarshalOfARootAndOfUnknownTimes(t *testing.T) {
	t.Parallel()
	s := stub(1)
	s.EndTime = time.Time{}
	s.StartTime = time.Date(1600, 1, 1, 0, 0, 0, 0, time.UTC) // wraps around in nanoseconds
	s.DroppedAttributes = -1
	got := onlySpan(t, s.Snapshot())
	if len(got.ParentSpanId) != 0 {
		t.Errorf("a root has parent id %x, want none", got.ParentSpanId)
	}
	if got.EndTimeUnixNano != 0 || got.StartTimeUnixNano != 0 {
		t.Errorf("times that the wire cannot hold became %d and %d, want 0", got.StartTimeUnixNano, got.EndTimeUnixNano)
	}
	if got.DroppedAttributesCount != 0 {
		t.Errorf("a negative count became %d, want 0", got.DroppedAttributesCount)
	}
	if got.Flags != 0x101 {
		t.Errorf("flags = %#x, want sampled and known not to be remote", got.Flags)
	}
}

func TestMarshalKinds(t *testing.T) {
	t.Parallel()
	for kind, want := range map[trace.SpanKind]tracepb.Span_SpanKind{
		trace.SpanKindUnspecified: tracepb.Span_SPAN_KIND_UNSPECIFIED,
		trace.SpanKindInternal:    tracepb.Span_SPAN_KIND_INTERNAL,
		trace.SpanKindServer:      tracepb.Span_SPAN_KIND_SERVER,
		trace.SpanKindClient:      tracepb.Span_SPAN_KIND_CLIENT,
		trace.SpanKindProducer:    tracepb.Span_SPAN_KIND_PRODUCER,
		trace.SpanKindConsumer:    tracepb.Span_SPAN_KIND_CONSUMER,
	} {
		s := stub(1)
		s.SpanKind = kind
		if got := onlySpan(t, s.Snapshot()).Kind; got != want {
			t.Errorf("%v became %v, want %v", kind, got, want)
		}
	}
}

func TestMarshalStatus(t *testing.T) {
	t.Parallel()
	for code, want := range map[codes.Code]tracepb.Status_StatusCode{
		codes.Unset: tracepb.Status_STATUS_CODE_UNSET,
		codes.Ok:    tracepb.Status_STATUS_CODE_OK,
		codes.Error: tracepb.Status_STATUS_CODE_ERROR,
	} {
		s := stub(1)
		s.Status.Code = code
		if got := onlySpan(t, s.Snapshot()).Status.Code; got != want {
			t.Errorf("%v became %v, want %v", code, got, want)
		}
	}
}

func TestMarshalValues(t *testing.T) {
	t.Parallel()
	got := attributesOf(onlySpan(t, stub(1,
		attribute.String("string", "ö"),
		attribute.String("empty", ""),
		attribute.Bool("bool", true),
		attribute.Int64("int", math.MinInt64),
		attribute.Float64("float", 0.25),
		attribute.BoolSlice("bools", []bool{true, false}),
		attribute.Int64Slice("ints", []int64{1, 2}),
		attribute.Float64Slice("floats", []float64{0.5}),
		attribute.StringSlice("strings", []string{"a", "b"}),
		attribute.StringSlice("none", nil),
		attribute.KeyValue{Key: "bytes", Value: attribute.ByteSliceValue([]byte{0xff, 0})},
		attribute.KeyValue{Key: "mixed", Value: attribute.SliceValue(attribute.IntValue(1), attribute.StringValue("x"))},
		attribute.KeyValue{Key: "map", Value: attribute.MapValue(attribute.Int("n", 3))},
		attribute.KeyValue{Key: "nothing"},
	).Snapshot()).Attributes)
	want := map[string]any{
		"string": "ö", "empty": "", "bool": true, "int": int64(math.MinInt64), "float": 0.25,
		"bools": []any{true, false}, "ints": []any{int64(1), int64(2)}, "floats": []any{0.5},
		"strings": []any{"a", "b"}, "none": []any{},
		"bytes": []byte{0xff, 0}, "mixed": []any{int64(1), "x"}, "map": map[string]any{"n": int64(3)},
		"nothing": nil,
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}

func TestMarshalReplacesInvalidUTF8(t *testing.T) {
	t.Parallel()
	t.Run("encoding-09 invalid UTF-8 in any string is replaced and the request decodes", func(t *testing.T) {
		t.Parallel()
		const bad, good = "a\xffz", "a\uFFFDz"
		s := stub(1,
			attribute.String(bad, bad),
			attribute.StringSlice("list", []string{bad}),
			attribute.KeyValue{Key: "map", Value: attribute.MapValue(attribute.String(bad, bad))},
		)
		s.Name = bad
		s.Status = sdktrace.Status{Code: codes.Error, Description: bad}
		s.Events = []sdktrace.Event{{Name: bad, Attributes: []attribute.KeyValue{attribute.String(bad, bad)}}}
		s.Links = []sdktrace.Link{{SpanContext: s.SpanContext, Attributes: []attribute.KeyValue{attribute.String(bad, bad)}}}
		s.Resource = resource.NewWithAttributes(bad, attribute.String("service.name", bad))
		s.InstrumentationScope = instrumentation.Scope{
			Name: bad, Version: bad, SchemaURL: bad, Attributes: attribute.NewSet(attribute.String(bad, bad)),
		}

		request := decode(t, marshal(s.Snapshot()))

		if got := spansOf(request)[0].Name; got != good {
			t.Errorf("name = %q, want %q", got, good)
		}
		// The decoder has checked that every string is valid; count those that were replaced, so that none went missing.
		if got, want := strings.Count(textOf(request), good), 19; got != want {
			t.Errorf("%d strings were replaced, want %d:\n%s", got, want, textOf(request))
		}
	})
}

func textOf(m proto.Message) string {
	text := fmt.Sprint(m)
	if !utf8.ValidString(text) {
		return ""
	}
	return text
}

func TestMarshalGroupsByResourceThenScope(t *testing.T) {
	t.Parallel()
	from := func(n byte, service, scope string) sdktrace.ReadOnlySpan {
		s := stub(n)
		s.Resource = resource.NewSchemaless(attribute.String("service.name", service))
		s.InstrumentationScope = instrumentation.Scope{Name: scope, Version: "1", SchemaURL: "https://schema/" + scope}
		return s.Snapshot()
	}
	request := decode(t, marshal(
		from(1, "a", "x"), from(2, "b", "x"), from(3, "a", "y"), from(4, "a", "x"), from(5, "b", "x"),
	))
	var got []string
	for _, group := range request.ResourceSpans {
		for _, scoped := range group.ScopeSpans {
			var ids []byte
			for _, s := range scoped.Spans {
				ids = append(ids, s.SpanId[7]+'0')
			}
			got = append(got, fmt.Sprintf("%v/%s %s %s", attributesOf(group.Resource.Attributes)["service.name"],
				scoped.Scope.Name, scoped.SchemaUrl, ids))
		}
	}
	want := []string{"a/x https://schema/x 14", "a/y https://schema/y 3", "b/x https://schema/x 25"}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("groups are %q, want %q", got, want)
	}
	if len(request.ResourceSpans) != 2 {
		t.Errorf("got %d resources, want 2", len(request.ResourceSpans))
	}
}

func TestMarshalPutsSpansTogetherThatRepeatEachOther(t *testing.T) {
	t.Parallel()
	of := func(trace byte, name string, n byte) sdktrace.ReadOnlySpan {
		s := stub(n)
		s.Name = name
		s.SpanContext = s.SpanContext.WithTraceID([16]byte{trace})
		return s.Snapshot()
	}
	var got []byte
	for _, s := range spansOf(decode(t, marshal(
		of(9, "tool", 1), of(4, "chat", 2), of(9, "chat", 3), of(5, "chat", 4), of(4, "chat", 5), of(9, "tool", 6), of(9, "chat", 7),
	))) {
		got = append(got, s.SpanId[7])
	}
	if want := []byte{3, 7, 1, 6, 2, 5, 4}; !reflect.DeepEqual(got, want) {
		t.Errorf("spans come as %d, want %d", got, want)
	}
}

func TestMarshalWithoutResource(t *testing.T) {
	t.Parallel()
	s := stub(1)
	s.Resource = nil
	request := decode(t, marshal(s.Snapshot()))
	if got := request.ResourceSpans[0].Resource; !proto.Equal(got, &resourcepb.Resource{}) {
		t.Errorf("resource = %v, want an empty one", got)
	}
}

func TestMarshalNothing(t *testing.T) {
	t.Parallel()
	if data := marshal(); len(data) != 0 {
		t.Errorf("no spans became %d bytes, want an empty request", len(data))
	}
}

func TestMarshalBoundsNesting(t *testing.T) {
	t.Parallel()
	v := attribute.StringValue("deep")
	for range 200 {
		v = attribute.MapValue(attribute.KeyValue{Key: "k", Value: v})
	}
	data := marshal(stub(1, attribute.KeyValue{Key: "v", Value: v}).Snapshot())
	// Python's and C++'s decoders stop at a depth of 100.
	shallow := proto.UnmarshalOptions{RecursionLimit: 100}
	request := new(tracepb.TracesData)
	if err := shallow.Unmarshal(data, request); err != nil {
		t.Fatalf("a decoder with the usual limit refuses the request: %v", err)
	}
	if text := textOf(request); !strings.Contains(text, "deep") {
		t.Errorf("the innermost value is gone")
	}
}

// Size decides when a batch is full and when the queue is: too low, and a request outgrows its limit.
func TestSizeIsAtLeastTheEncodedSize(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("long ", 50_000)
	full := stub(1, attribute.String("k", long), attribute.Int64("i", math.MinInt64))
	full.Status.Description = long
	for _, n := range []int{1, 20} {
		full.Events = append(full.Events, sdktrace.Event{
			Name: "e", Time: start, DroppedAttributeCount: math.MaxInt32,
			Attributes: []attribute.KeyValue{attribute.String("k", long[:n])},
		})
		full.Links = append(full.Links, sdktrace.Link{
			SpanContext: full.SpanContext, DroppedAttributeCount: math.MaxInt32,
			Attributes: []attribute.KeyValue{attribute.Int("n", n)},
		})
	}
	full.DroppedAttributes, full.DroppedEvents, full.DroppedLinks = math.MaxInt32, math.MaxInt32, math.MaxInt32

	many := stub(2)
	for i := range 128 {
		many.Attributes = append(many.Attributes, attribute.Float64(fmt.Sprint("key", i), 0.1))
	}
	events, links := stub(4), stub(5)
	for range 1000 {
		events.Events = append(events.Events, sdktrace.Event{Time: start})
		links.Links = append(links.Links, sdktrace.Link{SpanContext: links.SpanContext})
	}
	lists := stub(3,
		attribute.StringSlice("s", strings.SplitAfter(long[:500], "")),
		attribute.Int64Slice("i", make([]int64, 1000)),
		attribute.Float64Slice("f", make([]float64, 1000)),
		attribute.BoolSlice("b", make([]bool, 1000)),
		attribute.KeyValue{Key: "bytes", Value: attribute.ByteSliceValue([]byte(long))},
		attribute.KeyValue{Key: "slice", Value: attribute.SliceValue(attribute.StringValue(long), attribute.IntValue(-1))},
		attribute.KeyValue{Key: "map", Value: attribute.MapValue(attribute.String("k", long), attribute.Int("i", -1))},
	)
	for name, s := range map[string]tracetest.SpanStub{"bare": stub(9), "full": full, "many": many, "events": events, "links": links, "lists": lists} {
		bare := s
		bare.Resource, bare.InstrumentationScope = nil, instrumentation.Scope{}
		encoded := len(marshal(bare.Snapshot()))
		size := otlp.Size(s.Snapshot())
		if size < encoded-8 { // the messages around the only span
			t.Errorf("%s: Size = %d, encoded are %d bytes", name, size, encoded)
		}
		values := len(bare.Attributes) + len(bare.Events) + len(bare.Links) + 4000
		if size > encoded+256+64*values {
			t.Errorf("%s: Size = %d, far above the %d bytes encoded", name, size, encoded)
		}
	}
}
