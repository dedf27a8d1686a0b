package otlp_test

import (
	"encoding/binary"
	"fmt"
	"math"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/sdk/instrumentation"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"
)

// chance makes spans of bytes: of random ones for a property, of chosen ones for a fuzzer. When no bytes are left, whatever
// it is asked for is zero or empty.
type chance struct{ data []byte }

func (c *chance) spans() []sdktrace.ReadOnlySpan {
	var spans []sdktrace.ReadOnlySpan
	for len(c.data) > 0 && len(spans) < 8 {
		spans = append(spans, c.span().Snapshot())
	}
	return spans
}

func (c *chance) span() tracetest.SpanStub {
	s := tracetest.SpanStub{
		Name:                 []string{"", "chat", "search", "a\xffb"}[c.upTo(4)],
		SpanContext:          c.spanContext(),
		Parent:               c.spanContext(),
		SpanKind:             trace.SpanKind(c.upTo(9) - 1),
		StartTime:            c.time(),
		EndTime:              c.time(),
		Attributes:           c.attributes(6, 0),
		DroppedAttributes:    c.number(),
		DroppedEvents:        c.number(),
		DroppedLinks:         c.number(),
		Status:               sdktrace.Status{Code: codes.Code(c.byte() % 4), Description: c.text()},
		InstrumentationScope: c.scope(),
	}
	for range c.upTo(3) {
		s.Events = append(s.Events, sdktrace.Event{
			Name: c.text(), Time: c.time(), Attributes: c.attributes(3, 0), DroppedAttributeCount: c.number(),
		})
	}
	for range c.upTo(3) {
		s.Links = append(s.Links, sdktrace.Link{
			SpanContext: c.spanContext(), Attributes: c.attributes(3, 0), DroppedAttributeCount: c.number(),
		})
	}
	if n := c.upTo(4); n > 0 {
		s.Resource = resource.NewWithAttributes([]string{"", "https://schema"}[n%2], c.attributes(n-1, 0)...)
	}
	return s
}

func (c *chance) scope() instrumentation.Scope {
	n := c.upTo(4)
	scope := instrumentation.Scope{Name: fmt.Sprint("scope", n)}
	if n == 3 {
		scope.Version, scope.SchemaURL, scope.Attributes = c.text(), c.text(), attribute.NewSet(c.attributes(2, 0)...)
	}
	return scope
}

func (c *chance) spanContext() trace.SpanContext {
	state, _ := trace.ParseTraceState([]string{"", "vendor=a", "a=1,b=2"}[c.upTo(3)])
	return trace.NewSpanContext(trace.SpanContextConfig{
		TraceID:    trace.TraceID{0: c.byte() % 4, 15: 1}, // several spans share one
		SpanID:     trace.SpanID(c.bytes(8)),
		TraceFlags: trace.TraceFlags(c.byte()),
		TraceState: state,
		Remote:     c.upTo(2) == 1,
	})
}

func (c *chance) attributes(most, depth int) []attribute.KeyValue {
	var attributes []attribute.KeyValue
	for range c.upTo(most + 1) {
		attributes = append(attributes, attribute.KeyValue{Key: attribute.Key(c.text()), Value: c.value(depth)})
	}
	return attributes
}

func (c *chance) value(depth int) attribute.Value {
	n := c.upTo(14)
	switch {
	case n == 12 && depth < 30:
		return attribute.SliceValue(list(c, func() attribute.Value { return c.value(depth + 1) })...)
	case n == 13 && depth < 30:
		return attribute.MapValue(c.attributes(2, depth+1)...)
	}
	switch n {
	case 0:
		return attribute.Value{}
	case 1:
		return attribute.BoolValue(c.upTo(2) == 1)
	case 2:
		return attribute.Int64Value(c.int64())
	case 3:
		return attribute.Float64Value(c.float64())
	case 4:
		return attribute.ByteSliceValue(c.bytes(c.upTo(300)))
	case 5:
		return attribute.BoolSliceValue(list(c, func() bool { return c.upTo(2) == 1 }))
	case 6:
		return attribute.Int64SliceValue(list(c, c.int64))
	case 7:
		return attribute.Float64SliceValue(list(c, c.float64))
	case 8:
		return attribute.StringSliceValue(list(c, c.text))
	default:
		return attribute.StringValue(c.text())
	}
}

func list[T any](c *chance, element func() T) []T {
	elements := make([]T, c.upTo(4))
	for i := range elements {
		elements[i] = element()
	}
	return elements
}

// text is of any length up to some hundred bytes, now and then beyond, and valid or not.
func (c *chance) text() string {
	const valid = "äöü texts are made of words, and 日本語 of others "
	n := c.upTo(256)
	switch n % 8 {
	case 0:
		return ""
	case 1:
		return string(c.bytes(n))
	case 2:
		b := make([]byte, n*100)
		for i := range b {
			b[i] = valid[i%len(valid)]
		}
		return string(b)
	default:
		return valid[:n%len(valid)]
	}
}

func (c *chance) time() time.Time {
	switch c.upTo(4) {
	case 0:
		return time.Time{}
	case 1:
		return time.Unix(0, c.int64())
	default:
		return start.Add(time.Duration(c.number()))
	}
}

func (c *chance) number() int {
	if c.upTo(2) == 0 {
		return 0
	}
	return int(c.int64())
}

func (c *chance) int64() int64 {
	return int64(binary.LittleEndian.Uint64(c.bytes(8))) >> (c.byte() % 64)
}

func (c *chance) float64() float64 {
	return math.Float64frombits(binary.LittleEndian.Uint64(c.bytes(8)))
}
func (c *chance) upTo(n int) int { return int(c.byte()) % n }
func (c *chance) byte() byte     { return c.bytes(1)[0] }

func (c *chance) bytes(n int) []byte {
	out := make([]byte, n)
	c.data = c.data[copy(out, c.data):]
	return out
}
