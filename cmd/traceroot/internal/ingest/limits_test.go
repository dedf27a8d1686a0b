package ingest_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"testing"

	commonpb "go.opentelemetry.io/proto/slim/otlp/common/v1"
	tracepb "go.opentelemetry.io/proto/slim/otlp/trace/v1"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/ingest"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/vocab"
)

func listOf(values ...*commonpb.AnyValue) *commonpb.AnyValue {
	return &commonpb.AnyValue{Value: &commonpb.AnyValue_ArrayValue{ArrayValue: &commonpb.ArrayValue{Values: values}}}
}

func mapOf(members ...*commonpb.KeyValue) *commonpb.AnyValue {
	return &commonpb.AnyValue{Value: &commonpb.AnyValue_KvlistValue{KvlistValue: &commonpb.KeyValueList{Values: members}}}
}

// nestedIn is value inside that many lists.
func nestedIn(depth int, value *commonpb.AnyValue) *commonpb.AnyValue {
	for range depth {
		value = listOf(value)
	}
	return value
}

// TestCut has values that are kept in part: what remains of them, and what the span says of that.
func TestCut(t *testing.T) {
	t.Parallel()
	limits := ingest.Limits{ValueBytes: 64, NameBytes: 32, Attributes: 4, Events: 2, Links: 1, Depth: 3}
	long := strings.Repeat("é", 50)
	for _, tt := range []struct {
		name  string
		spoil func(*tracepb.Span)
		key   string // of the attribute to look at
		want  any
		from  string // fields named as cut
	}{
		{"a long text", func(s *tracepb.Span) {
			s.Attributes = append(s.Attributes, attribute("k", text("x"+long)))
		}, "k", "x" + long[:62], "k"},
		{"long input", func(s *tracepb.Span) {
			s.Attributes = append(s.Attributes, attribute("traceroot.span.input", text(long)))
		}, "traceroot.span.input", long[:64], "input"},
		{"a long list", func(s *tracepb.Span) {
			s.Attributes = append(s.Attributes, attribute("k", listOf(text("a"), text(long), text("b"))))
		}, "k", []any{"a", long[:30]}, "k"},
		{"a large map", func(s *tracepb.Span) {
			s.Attributes = append(s.Attributes, attribute("k", mapOf(
				attribute("a", text("1")), attribute(strings.Repeat("k", 33), text("2")), attribute("b", text("3")))))
		}, "k", map[string]any{"a": "1", "b": "3"}, "k"},
		{"deep lists", func(s *tracepb.Span) {
			s.Attributes = append(s.Attributes, attribute("k", nestedIn(4, text("x"))))
		}, "k", []any{[]any{[]any{nil}}}, "k"},
		{"lists just deep enough", func(s *tracepb.Span) {
			s.Attributes = append(s.Attributes, attribute("k", nestedIn(3, text("x"))))
		}, "k", []any{[]any{[]any{"x"}}}, ""},
		{"many attributes", func(s *tracepb.Span) {
			for i := range 6 {
				s.Attributes = append(s.Attributes, attribute(fmt.Sprint(i), text("x")))
			}
		}, "3", "x", "attributes"},
		{"a long key", func(s *tracepb.Span) {
			s.Attributes = append(s.Attributes, attribute(strings.Repeat("k", 33), text("x")), attribute("k", text("x")))
		}, "k", "x", strings.Repeat("k", 33)},
		{"many events", func(s *tracepb.Span) {
			s.Events = []*tracepb.Span_Event{{Name: "1"}, {Name: "2"}, {Name: "3"}}
		}, "", nil, "events"},
		{"many links", func(s *tracepb.Span) {
			s.Links = []*tracepb.Span_Link{{SpanId: []byte("12345678")}, {SpanId: []byte("12345678")}}
		}, "", nil, "links"},
		{"a long name", func(s *tracepb.Span) { s.Name = long }, "", nil, "name"},
		{"a long status", func(s *tracepb.Span) { s.Status = &tracepb.Status{Code: 2, Message: long} }, "", nil, "error"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			span := spanNamed("cut")
			tt.spoil(span)
			request := requestOf(span, spanNamed("whole"))
			for name, got := range map[string]ingest.Decoded{
				"protobuf": ingest.DecodeProtobuf(marshal(t, request), limits),
				"JSON":     ingest.DecodeJSON(otlpJSON(t, request), limits),
			} {
				if got.Err != nil || len(got.Spans) != 2 {
					t.Fatalf("%s: %+v, want both spans", name, got)
				}
				checkBounds(t, &got.Spans[0], limits)
				if value := got.Spans[0].Attributes[tt.key]; !reflect.DeepEqual(value, tt.want) {
					t.Errorf("%s: value %q, want %q", name, value, tt.want)
				}
				if from := cutFields(t, got.Spans[0].Attributes); from != tt.from {
					t.Errorf("%s: fields named as cut: %q, want %q", name, from, tt.from)
				}
				if from := cutFields(t, got.Spans[1].Attributes); from != "" {
					t.Errorf("%s: the other span has fields named as cut: %q", name, from)
				}
			}
		})
	}
}

// checkBounds looks at all that is not an attribute.
func checkBounds(t *testing.T, span *vocab.RawSpan, limits ingest.Limits) {
	t.Helper()
	if len(span.Name) > limits.NameBytes || len(span.StatusMessage) > limits.ValueBytes ||
		len(span.Events) > limits.Events || len(span.Links) > limits.Links || len(span.Attributes) > limits.Attributes+2 {
		t.Errorf("span beyond the limits: %+v", span)
	}
}

// cutFields are the fields that the span names as cut, in order.
func cutFields(t *testing.T, attributes vocab.Attributes) string {
	t.Helper()
	if attributes["traceroot.truncated"] == nil {
		return ""
	}
	var from map[string]int
	sizes, _ := attributes["traceroot.truncated_from"].(string)
	if err := json.Unmarshal([]byte(sizes), &from); err != nil {
		t.Fatal(err)
	}
	var names []string
	for name, size := range from {
		if size == 0 {
			t.Errorf("field %s had no size", name)
		}
		names = append(names, name)
	}
	return strings.Join(names, " ")
}

func TestTooMany(t *testing.T) {
	t.Parallel()
	wide := spanNamed("wide")
	for i := range 20 {
		wide.Attributes = append(wide.Attributes, attribute("list", listOf(text("a"), text("b"))))
		wide.Events = append(wide.Events, &tracepb.Span_Event{Name: fmt.Sprint(i)})
	}
	for _, tt := range []struct {
		name   string
		limits ingest.Limits
		spans  []*tracepb.Span
		kept   int
		reason string
	}{
		{"spans", ingest.Limits{Spans: 2}, []*tracepb.Span{spanNamed("1"), spanNamed("2"), spanNamed("3"), spanNamed("4")}, 2, `2 refused: span 3: more than 2 spans in a request; span 4: more`},
		{"values", ingest.Limits{Values: 50}, []*tracepb.Span{spanNamed("1"), wide}, 1, `1 refused: span 2 "wide" (id cdcdcdcdcdcdcdcd): more than 50 values in a request`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			request := requestOf(tt.spans...)
			for name, got := range map[string]ingest.Decoded{
				"protobuf": ingest.DecodeProtobuf(marshal(t, request), tt.limits),
				"JSON":     ingest.DecodeJSON(otlpJSON(t, request), tt.limits),
			} {
				if got.Err != nil || len(got.Spans) != tt.kept || !strings.HasPrefix(got.Reason, tt.reason) {
					t.Errorf("%s: %d kept, %q, %v; want %d and %q", name, len(got.Spans), got.Reason, got.Err, tt.kept, tt.reason)
				}
			}
		})
	}
	t.Run("a reply names only the first", func(t *testing.T) {
		t.Parallel()
		var bad []*tracepb.Span
		for range 1000 {
			bad = append(bad, &tracepb.Span{Name: strings.Repeat("long ", 100)})
		}
		got := ingest.DecodeProtobuf(encode(t, bad...), ingest.Limits{})
		if got.Rejected != 1000 || len(got.Reason) > 2000 || !strings.HasSuffix(got.Reason, "; and 990 more") {
			t.Errorf("%d rejected: %q", got.Rejected, got.Reason)
		}
	})
}

// TestHostile sends what is meant to hurt, through the whole way and with the default limits.
func TestHostile(t *testing.T) {
	t.Parallel()
	huge := spanNamed("huge")
	huge.Attributes = append(huge.Attributes, attribute("traceroot.span.input", text(strings.Repeat("x", 100<<20))))
	deepText := spanNamed("deep-text")
	deepText.Attributes = append(deepText.Attributes, attribute("traceroot.span.input", text(strings.Repeat(`{"a":[`, 1<<19))))
	deepValue := spanNamed("deep-value")
	deepValue.Attributes = append(deepValue.Attributes, attribute("k", nestedIn(3000, text("x"))))
	for _, tt := range []struct {
		name        string
		body        []byte
		contentType string
		kept        string
	}{
		{"a value of 100 MB", encode(t, spanNamed("before"), huge, spanNamed("after")), protobuf, "before huge after"},
		{"deep JSON in a value", encode(t, spanNamed("before"), deepText), protobuf, "before deep-text"},
		{"a deep value", encode(t, spanNamed("before"), deepValue), protobuf, "before deep-value"},
		{"a deep value in JSON", deepJSON(t), jsonType, "before deep"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var sink kept
			url := serve(t, ingest.Config{Sink: &sink}) + ingest.OTLPPath
			got := post(t, url, bytes.NewReader(pack(t, tt.body)), "Content-Type", tt.contentType, "Content-Encoding", "gzip")
			if got.status != http.StatusOK || sink.names() != tt.kept {
				t.Errorf("status %d %s, kept %q; want %q", got.status, got.body, sink.names(), tt.kept)
			}
		})
	}
}

// deepJSON has a value in very many lists.
func deepJSON(t *testing.T) []byte {
	t.Helper()
	const depth = 200_000
	deep := spanNamed("deep")
	deep.Attributes = append(deep.Attributes, attribute("k", text("here")))
	body := otlpJSON(t, requestOf(spanNamed("before"), deep))
	value := strings.Repeat(`{"arrayValue":{"values":[`, depth) + strings.Repeat(`]}}`, depth)
	return bytes.Replace(body, []byte(`{"stringValue":"here"}`), []byte(value), 1)
}

func TestBoundDepth(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, text string
		depth      int
		want       string
	}{
		{"flat", `{"a":[1,2]}`, 3, `{"a":[1,2]}`},
		{"deep", `[[[1,"x"],{}]]`, 2, `[[          ]]`},
		{"brackets in texts", `["[[[","\"[[["]`, 2, `["[[[","\"[[["]`},
		{"quotes in what is emptied", `[[["\"]","\\"]]]`, 2, `[[            ]]`},
		{"closed too often", `]]][1]`, 2, `]]][1]`},
		{"never closed", `[[[[`, 2, `[[  `},
		{"a lone backslash", `["\`, 2, `["\`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			text := []byte(tt.text)
			if ingest.BoundDepth(text, tt.depth); string(text) != tt.want {
				t.Errorf("got %q, want %q", text, tt.want)
			}
		})
	}
}
