package otlp

import (
	"encoding/json"
	"maps"

	"go.opentelemetry.io/otel/attribute"

	"github.com/traceroot-ai/traceroot-go/attr"
	"github.com/traceroot-ai/traceroot-go/internal/capture"
)

// CutValues returns a request that [Marshal] encoded with every value cut to limit bytes, status descriptions and the
// attributes of events and links included. JSON stays JSON. Spans that lost something are marked as truncated, with the sizes
// of the values before the first cut; values that identify a span stay whole. A malformed request is an error.
func CutValues(data []byte, limit int) ([]byte, error) {
	c := cutter{limit: max(limit, 0)}
	if err := c.editSpans(data, c.span); err != nil {
		return nil, err
	}
	return c.buf, nil
}

// cutter writes a request with shorter values.
type cutter struct {
	encoder

	limit int

	// Of the span that is being written:
	from  map[string]int // by field, how many bytes the longest of its values had that were cut
	marks []field        // what an earlier cut left on it
}

func (c *cutter) span(f field) error {
	c.from, c.marks = make(map[string]int), nil
	m := c.begin(f.number, len(f.content))
	if err := editFields(f.content, c.spanField); err != nil {
		return err
	}
	if err := c.mark(); err != nil {
		return err
	}
	c.end(m)
	return nil
}

func (c *cutter) spanField(f field) error {
	switch {
	case f.holds(spanAttributes):
		return c.attribute(f)
	case f.holds(spanEvents):
		return c.nested(f, c.attributesAt(eventAttributes))
	case f.holds(spanLinks):
		return c.nested(f, c.attributesAt(linkAttributes))
	case f.holds(spanStatus):
		return c.nested(f, c.statusField)
	default:
		c.copy(f)
		return nil
	}
}

// attribute writes one of the span's own. Marks wait until it is known whether there are new ones.
func (c *cutter) attribute(f field) error {
	key, err := find(f.content, keyValueKey)
	if err != nil {
		return err
	}
	if key := string(key); key == attr.Truncated || key == attr.TruncatedFrom {
		c.marks = append(c.marks, f)
		return nil
	}
	return c.keyValue(f)
}

func (c *cutter) attributesAt(number int) func(field) error {
	return func(f field) error {
		if f.holds(number) {
			return c.keyValue(f)
		}
		c.copy(f)
		return nil
	}
}

func (c *cutter) statusField(f field) error {
	if f.holds(statusMessage) {
		c.text(f.number, c.cutText(fieldError, f.content))
	} else {
		c.copy(f)
	}
	return nil
}

func (c *cutter) keyValue(f field) error {
	key, err := find(f.content, keyValueKey)
	if err != nil {
		return err
	}
	if isIdentity(string(key)) {
		c.copy(f)
		return nil
	}
	of := fieldOf(string(key))
	return c.nested(f, func(f field) error {
		if f.holds(keyValueValue) {
			return c.nested(f, func(f field) error { return c.value(of, f) })
		}
		c.copy(f)
		return nil
	})
}

// value writes the field of an AnyValue.
func (c *cutter) value(of string, f field) error {
	switch {
	case f.holds(anyValueString):
		c.presentText(f.number, c.cutText(of, f.content))
		return nil
	case f.holds(anyValueBytes):
		c.note(of, len(f.content))
		c.presentBytes(f.number, f.content[:min(len(f.content), c.limit)])
		return nil
	case f.holds(anyValueArray), f.holds(anyValueMap):
		return c.list(of, f)
	default:
		c.copy(f)
		return nil
	}
}

// list keeps as many leading elements as fit in the limit together.
func (c *cutter) list(of string, f field) error {
	size := 0
	err := c.nested(f, func(element field) error {
		size += len(element.content)
		if size <= c.limit {
			c.copy(element)
		}
		return nil
	})
	c.note(of, size)
	return err
}

func (c *cutter) cutText(of string, content []byte) string {
	text := string(content)
	if len(text) <= c.limit {
		return text
	}
	c.note(of, len(text))
	if isJSON(text) {
		short, _ := capture.CutJSON(text, c.limit)
		return short
	}
	short, _ := capture.CutText(text, c.limit)
	return short
}

// isJSON reports whether text, which is not empty, is a JSON object or list. A number or a quoted string is as readable cut as
// text.
func isJSON(text string) bool {
	return (text[0] == '{' || text[0] == '[') && json.Valid([]byte(text))
}

// note remembers the size of a value that is cut. A field can stand for several attributes: the largest counts.
func (c *cutter) note(of string, size int) {
	if size > c.limit {
		c.from[of] = max(c.from[of], size)
	}
}

// mark writes what says that the span was cut. Sizes that were noted by an earlier cut stay: they are those of the captured
// values.
func (c *cutter) mark() error {
	if len(c.from) == 0 {
		for _, mark := range c.marks {
			c.copy(mark)
		}
		return nil
	}
	for _, mark := range c.marks {
		text, err := find(mark.content, keyValueValue, anyValueString)
		if err != nil {
			return err
		}
		var earlier map[string]int
		_ = json.Unmarshal(text, &earlier) // a mark of another form says nothing and is replaced
		maps.Copy(c.from, earlier)
	}
	sizes, err := json.Marshal(c.from)
	if err != nil {
		return err // unreachable: a map of numbers always encodes
	}
	c.attributes(spanAttributes, []attribute.KeyValue{
		attribute.Bool(attr.Truncated, true), attribute.String(attr.TruncatedFrom, string(sizes)),
	})
	return nil
}
