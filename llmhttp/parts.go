package llmhttp

import (
	"encoding/json"
	"strings"
)

// What dialects make messages of: parts and tool calls.

// dropped is how much of a text was not kept.
func dropped(v *value) int {
	if !v.is(textKind) {
		return 0
	}
	return v.size - v.kept()
}

// droppedIn is how much of the texts in a value was not kept.
func droppedIn(v *value) int {
	n := dropped(v)
	if v != nil {
		for i := range v.items {
			n += droppedIn(&v.items[i])
		}
	}
	return n
}

// textParts is one part, or none for an empty text.
func textParts(v *value) []Part {
	if !v.hasText() {
		return nil
	}
	return []Part{{Type: PartText, Text: v.words(), Dropped: dropped(v)}}
}

// reasoningParts is one part, or none for an empty text.
func reasoningParts(v *value) []Part {
	if !v.hasText() {
		return nil
	}
	return []Part{{Type: PartReasoning, Text: v.words(), Dropped: dropped(v)}}
}

// jsonParts is a text that says what a value is, none for a value that is not there.
func jsonParts(v *value) []Part {
	if !v.known() {
		return nil
	}
	return []Part{{Type: PartText, Text: string(v.raw()), Dropped: droppedIn(v)}}
}

// mediaPart says where a part's data is: at a URL, in a data URL or base64 text, or with the provider under p.Ref.
func mediaPart(p Part, url, base64 *value) Part {
	inline := -1
	if base64.is(textKind) {
		inline = base64.size
	}
	if head, ok := strings.CutPrefix(url.str(), "data:"); ok {
		head, _, _ = strings.Cut(head, ",")
		if t, _, _ := strings.Cut(head, ";"); t != "" {
			p.MediaType = t
		}
		inline = max(url.size-len("data:")-len(head)-len(","), 0)
		url = nil
	}
	ref := p.Ref
	p.Ref = ""
	switch {
	case url.str() != "":
		p.Source, p.URL = SourceURL, url.words()
	case inline >= 0:
		p.Source, p.Base64Len = SourceInline, inline
	case ref != "":
		p.Source, p.Ref = SourceRef, ref
	}
	return p
}

// partTypeOf is what data of a media type is, the usual where that does not tell.
func partTypeOf(mediaType string, usual PartType) PartType {
	switch kind, _, _ := strings.Cut(mediaType, "/"); kind {
	case "image", "audio", "video":
		return PartType(kind)
	default:
		return usual
	}
}

// toolCall reads arguments that are JSON in a text, or JSON as it is.
func toolCall(id, name string, arguments *value) ToolCall {
	c := ToolCall{ID: id, Name: name, Dropped: droppedIn(arguments)}
	switch {
	case !arguments.known() || arguments.is(textKind) && arguments.kept() == 0:
		c.Arguments = json.RawMessage("{}")
	case arguments.is(textKind):
		c.Arguments = argumentsOf(arguments.words())
	default:
		c.Arguments = arguments.raw()
	}
	return c
}

// argumentsText is the JSON of arguments as a text, as it comes from providers that stream it in pieces. A text is taken
// for what it says.
func argumentsText(arguments *value) *value {
	if !arguments.given() || arguments.is(textKind) {
		return arguments
	}
	raw := string(arguments.raw())
	return &value{kind: textKind, text: raw, size: len(raw) + droppedIn(arguments)}
}

// argumentsOf is the JSON that a text holds, or the text itself, as JSON, when it holds none.
func argumentsOf(text string) json.RawMessage {
	if v := parse([]byte(text), bounds{text: len(text), numbers: len(text)}); v.known() {
		return v.raw()
	}
	return appendText(nil, text)
}

// mergedParts joins adjacent texts, and adjacent reasoning, of an answer whose provider cuts them anywhere.
func mergedParts(parts []Part) []Part {
	var merged []Part
	for len(parts) > 0 {
		run := 1
		for run < len(parts) && parts[0].continues(parts[run]) {
			run++
		}
		merged = append(merged, joined(parts[:run]))
		parts = parts[run:]
	}
	return merged
}

// continues tells whether next is more of the same text.
func (p Part) continues(next Part) bool {
	return p.isText() && next.Type == p.Type && !p.Redacted && !next.Redacted
}

// joined is one part with the texts of all.
func joined(parts []Part) Part {
	p := parts[0]
	if len(parts) == 1 {
		return p
	}
	p.Text, p.Dropped = joinedTexts(parts, "")
	return p
}

// joinedTexts is what parts say one after the other, and how much of that was not kept.
func joinedTexts(parts []Part, separator string) (text string, cut int) {
	texts := make([]string, len(parts))
	for i := range parts {
		texts[i] = parts[i].Text
		cut += parts[i].Dropped
	}
	return strings.Join(texts, separator), cut
}

// isText tells whether a part is text that may go on in the part after it.
func (p Part) isText() bool { return p.Type == PartText || p.Type == PartReasoning }
