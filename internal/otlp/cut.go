package otlp

import (
	"encoding/json"
	"maps"

	commonpb "go.opentelemetry.io/proto/slim/otlp/common/v1"
	tracepb "go.opentelemetry.io/proto/slim/otlp/trace/v1"
	"google.golang.org/protobuf/proto"

	"github.com/traceroot-ai/traceroot-go/attr"
	"github.com/traceroot-ai/traceroot-go/internal/capture"
)

// CutValues returns a request that [Marshal] encoded with every value cut to limit bytes, status descriptions and the
// attributes of events and links included. JSON stays JSON. Spans that lost something are marked as truncated, with the sizes
// of the values before the first cut; values that identify a span stay whole.
func CutValues(data []byte, limit int) ([]byte, error) {
	request, err := unmarshal(data)
	if err != nil {
		return nil, err
	}
	for scoped := range scopes(request) {
		for _, s := range scoped.Spans {
			cutSpan(s, limit)
		}
	}
	return marshal(request)
}

func cutSpan(s *tracepb.Span, limit int) {
	c := cutter{limit: limit, from: make(map[string]int)}
	c.attributes(s.Attributes)
	for _, event := range s.Events {
		c.attributes(event.Attributes)
	}
	for _, link := range s.Links {
		c.attributes(link.Attributes)
	}
	if s.Status != nil {
		s.Status.Message = c.text(fieldError, s.Status.Message)
	}
	if len(c.from) > 0 {
		markTruncated(s, c.from)
	}
}

// cutter cuts values and notes, by field, how many bytes they had.
type cutter struct {
	limit int
	from  map[string]int
}

func (c *cutter) attributes(attributes []*commonpb.KeyValue) {
	for _, kv := range attributes {
		if !isIdentity(kv.Key) {
			c.value(fieldOf(kv.Key), kv.Value)
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

// markTruncated marks s, keeping the sizes noted by an earlier cut, which are those of the captured values.
func markTruncated(s *tracepb.Span, from map[string]int) {
	var earlier map[string]int
	// A mark of another form says nothing and is replaced.
	_ = json.Unmarshal([]byte(valueOf(s, attr.TruncatedFrom).GetStringValue()), &earlier)
	maps.Copy(from, earlier)

	sizes, err := json.Marshal(from)
	if err != nil {
		return // unreachable: a map of numbers always encodes
	}
	setValue(s, attr.Truncated, boolValue(true))
	setValue(s, attr.TruncatedFrom, stringValue(string(sizes)))
}

func valueOf(s *tracepb.Span, key string) *commonpb.AnyValue {
	for _, kv := range s.Attributes {
		if kv.Key == key {
			return kv.Value
		}
	}
	return nil
}

func setValue(s *tracepb.Span, key string, v *commonpb.AnyValue) {
	for _, kv := range s.Attributes {
		if kv.Key == key {
			kv.Value = v
			return
		}
	}
	s.Attributes = append(s.Attributes, &commonpb.KeyValue{Key: key, Value: v})
}
