package otlp_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"google.golang.org/protobuf/proto"

	"github.com/traceroot-ai/traceroot-go/attr"
	"github.com/traceroot-ai/traceroot-go/internal/otlp"
)

func TestCutValues(t *testing.T) {
	t.Parallel()
	const limit = 64
	long := strings.Repeat("ä", 100)
	object, err := json.Marshal(map[string]string{"question": long, "zone": "x"})
	if err != nil {
		t.Fatal(err)
	}
	s := stub(1,
		attribute.String("short", "as it is"),
		attribute.String(attr.SpanInput, string(object)),
		attribute.String(attr.SpanOutput, "{"+long),
		attribute.StringSlice(attr.SpanTags, []string{long[:40], long[:40], long[:40]}),
		attribute.StringSlice(attr.SpanIDsPath, []string{long, long}),
		attribute.KeyValue{Key: "bytes", Value: attribute.ByteSliceValue([]byte(long))},
		attribute.KeyValue{Key: "map", Value: attribute.MapValue(attribute.String("a", "b"), attribute.String("c", long))},
	)
	s.Status = sdktrace.Status{Code: codes.Error, Description: long}
	s.Events = []sdktrace.Event{{Name: "exception", Attributes: []attribute.KeyValue{attribute.String(attr.ExceptionStacktrace, long+long)}}}
	s.Links = []sdktrace.Link{{SpanContext: s.SpanContext, Attributes: []attribute.KeyValue{attribute.String("why", long)}}}

	data, err := otlp.CutValues(marshal(s.Snapshot()), limit)
	if err != nil {
		t.Fatal(err)
	}

	got := spansOf(decode(t, data))[0]
	values := attributesOf(got.Attributes)
	var input map[string]string
	if err := json.Unmarshal(fmt.Append(nil, values[attr.SpanInput]), &input); err != nil {
		t.Errorf("JSON is none any more: %v in %s", err, values[attr.SpanInput])
	}
	if !strings.HasPrefix(input["question"], "ää") {
		t.Errorf("the beginning of the input is gone: %s", values[attr.SpanInput])
	}
	for key, want := range map[string]any{
		"short":          "as it is",
		attr.SpanOutput:  "{" + long[:62],
		attr.SpanTags:    []any{long[:40]},
		attr.SpanIDsPath: []any{long, long},
		"bytes":          []byte(long[:limit]),
		"map":            map[string]any{"a": "b"},
		attr.Truncated:   true,
	} {
		if !reflect.DeepEqual(values[key], want) {
			t.Errorf("%s = %v, want %v", key, values[key], want)
		}
	}
	if got.Status.Message != long[:limit] {
		t.Errorf("description = %q", got.Status.Message)
	}
	if stack := attributesOf(got.Events[0].Attributes)[attr.ExceptionStacktrace]; stack != long[:limit] {
		t.Errorf("stack = %q", stack)
	}
	if why := attributesOf(got.Links[0].Attributes)["why"]; why != long[:limit] {
		t.Errorf("attribute of the link = %q", why)
	}
	var from map[string]int
	if err := json.Unmarshal(fmt.Append(nil, values[attr.TruncatedFrom]), &from); err != nil {
		t.Fatal(err)
	}
	for field, want := range map[string]int{"input": len(object), "output": 201, "error": 400, "bytes": 200, "why": 200} {
		if from[field] != want {
			t.Errorf("%s was cut from %d bytes, the mark says %d", field, want, from[field])
		}
	}
	if _, ok := from["short"]; ok || len(from) != 7 {
		t.Errorf("the mark is %v, want the seven fields that were cut", from)
	}
}

func TestCutValuesKeepsTheSizesOfAnEarlierCut(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ earlier, want string }{
		"sizes":         {`{"input":9000000}`, `{"input":9000000,"output":100}`},
		"null":          {`null`, `{"input":100,"output":100}`},
		"not an object": {`oops`, `{"input":100,"output":100}`},
	} {
		text := strings.Repeat("x", 100)
		data, err := otlp.CutValues(marshal(stub(1,
			attribute.String(attr.SpanInput, text),
			attribute.String(attr.SpanOutput, text),
			attribute.Bool(attr.Truncated, true),
			attribute.String(attr.TruncatedFrom, c.earlier),
		).Snapshot()), 10)
		if err != nil {
			t.Fatal(err)
		}
		got := spansOf(decode(t, data))[0]
		if mark := attributesOf(got.Attributes)[attr.TruncatedFrom]; mark != c.want {
			t.Errorf("%s: mark = %v, want %v", name, mark, c.want)
		}
		if len(got.Attributes) != 4 {
			t.Errorf("%s: a key is there twice: %v", name, got.Attributes)
		}
	}
}

func TestCutValuesLeavesASmallRequestAsItIs(t *testing.T) {
	t.Parallel()
	whole := marshal(failing(attribute.String(attr.SpanInput, "text")))
	data, err := otlp.CutValues(whole, 1000)
	if err != nil {
		t.Fatal(err)
	}
	if !proto.Equal(decode(t, data), decode(t, whole)) {
		t.Errorf("the request became %v", decode(t, data))
	}
	if _, err := otlp.CutValues([]byte("no request"), 1000); err == nil {
		t.Error("what is no request was cut")
	}
}
