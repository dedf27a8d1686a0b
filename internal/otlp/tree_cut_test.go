package otlp_test

import (
	"encoding/json"
	"maps"
	"slices"

	commonpb "go.opentelemetry.io/proto/slim/otlp/common/v1"
	tracepb "go.opentelemetry.io/proto/slim/otlp/trace/v1"
	"google.golang.org/protobuf/proto"

	"github.com/traceroot-ai/traceroot-go/attr"
	"github.com/traceroot-ai/traceroot-go/internal/capture"
	"github.com/traceroot-ai/traceroot-go/internal/otlp"
)

// cutTree does to a decoded request what [otlp.CutValues] should do to an encoded one.
func cutTree(request *tracepb.TracesData, limit int) {
	for _, s := range spansOf(request) {
		cutSpan(s, limit)
	}
}

func cutSpan(s *tracepb.Span, limit int) {
	c := cutter{limit: limit, from: make(map[string]int)}
	marks := takeMarks(s)
	c.attributes(s.Attributes)
	for _, event := range s.Events {
		c.attributes(event.Attributes)
	}
	for _, link := range s.Links {
		c.attributes(link.Attributes)
	}
	if s.Status != nil {
		s.Status.Message = c.text("error", s.Status.Message)
	}
	if len(c.from) > 0 {
		marks = newMarks(marks, c.from)
	}
	s.Attributes = append(s.Attributes, marks...)
}

// cutter cuts values and notes, by field, how many bytes they had.
type cutter struct {
	limit int
	from  map[string]int
}

func (c *cutter) attributes(attributes []*commonpb.KeyValue) {
	for _, kv := range attributes {
		if !otlp.IsIdentity(kv.GetKey()) {
			c.value(otlp.FieldOf(kv.GetKey()), kv.Value)
		}
	}
}

func (c *cutter) value(field string, v *commonpb.AnyValue) {
	switch v := v.GetValue().(type) {
	case *commonpb.AnyValue_StringValue:
		v.StringValue = c.text(field, v.StringValue)
	case *commonpb.AnyValue_BytesValue:
		if len(v.BytesValue) > c.limit {
			c.note(field, len(v.BytesValue))
			v.BytesValue = v.BytesValue[:c.limit]
		}
	case *commonpb.AnyValue_ArrayValue:
		v.ArrayValue.Values = cutList(c, field, v.ArrayValue.Values)
	case *commonpb.AnyValue_KvlistValue:
		v.KvlistValue.Values = cutList(c, field, v.KvlistValue.Values)
	}
}

// cutList keeps as many leading elements as fit in the limit together.
func cutList[M proto.Message](c *cutter, field string, elements []M) []M {
	size, kept := 0, 0
	for i, element := range elements {
		size += proto.Size(element)
		if size <= c.limit {
			kept = i + 1
		}
	}
	if size > c.limit {
		c.note(field, size)
	}
	return elements[:kept]
}

func (c *cutter) text(field, text string) string {
	if len(text) <= c.limit {
		return text
	}
	c.note(field, len(text))
	if isJSON(text) {
		short, _ := capture.CutJSON(text, c.limit)
		return short
	}
	short, _ := capture.CutText(text, c.limit)
	return short
}

// note remembers the size of the field's largest value: a field can stand for several attributes.
func (c *cutter) note(field string, size int) {
	c.from[field] = max(c.from[field], size)
}

// isJSON reports whether text is a JSON object or list. A number or a quoted string is as readable cut as text.
func isJSON(text string) bool {
	return (text[0] == '{' || text[0] == '[') && json.Valid([]byte(text))
}

// takeMarks removes the marks of an earlier cut, which belong at the end.
func takeMarks(s *tracepb.Span) (marks []*commonpb.KeyValue) {
	s.Attributes = slices.DeleteFunc(s.Attributes, func(kv *commonpb.KeyValue) bool {
		isMark := kv.Key == attr.Truncated || kv.Key == attr.TruncatedFrom
		if isMark {
			marks = append(marks, kv)
		}
		return isMark
	})
	return marks
}

// newMarks keeps the sizes of an earlier cut, which are those of the captured values.
func newMarks(marks []*commonpb.KeyValue, from map[string]int) []*commonpb.KeyValue {
	for _, mark := range marks {
		var earlier map[string]int
		_ = json.Unmarshal([]byte(mark.Value.GetStringValue()), &earlier)
		maps.Copy(from, earlier)
	}
	sizes, err := json.Marshal(from)
	if err != nil {
		panic(err)
	}
	return []*commonpb.KeyValue{
		{Key: attr.Truncated, Value: boolValue(true)},
		{Key: attr.TruncatedFrom, Value: stringValue(string(sizes))},
	}
}
