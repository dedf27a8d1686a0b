package vocab

import (
	"encoding/json"
	"maps"

	"github.com/traceroot-ai/traceroot-go/attr"
)

// MarkCut says on the span that values of it were cut or left out on the way, as a sender's own cut is told: sizes has
// the bytes that each had before, by attribute. What the sender said about a cut of its own stays, since that is about
// the value as it was captured.
func (r *RawSpan) MarkCut(sizes map[string]int) {
	if len(sizes) == 0 {
		return
	}
	from := make(map[string]int, len(sizes))
	for key, size := range sizes {
		field := cutField(key)
		from[field] = max(from[field], size)
	}
	var earlier map[string]int
	text, _ := r.Attributes[attr.TruncatedFrom].(string)
	_ = json.Unmarshal([]byte(text), &earlier) // a mark of another form says nothing and is replaced
	maps.Copy(from, earlier)
	if r.Attributes == nil {
		r.Attributes = make(Attributes, 2)
	}
	r.Attributes[attr.Truncated] = true
	r.Attributes[attr.TruncatedFrom] = jsonText(from)
}

// cutField is the name under which the cut of an attribute is told: senders name fields, not attributes.
func cutField(key string) string {
	switch key {
	case attr.SpanInput:
		return "input"
	case attr.SpanOutput:
		return "output"
	case attr.SpanMetadata, attr.TraceMetadata:
		return "metadata"
	case attr.LLMPrompt:
		return "prompt"
	}
	return key
}
