package vocab

import (
	"slices"
	"strconv"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// message is one message in no dialect. What it is written as is the form of the SDK, to the byte, so that a conversation
// is stored once whoever told of it. An image or a sound has its data besides, which the SDK does not send.
type message struct {
	role    string
	parts   []part
	calls   []toolCall
	callID  string // of a tool's result: the call that it answers
	name    string
	isError bool
}

// part is one piece of a message. Fields that say nothing are empty.
type part struct {
	kind      string // text, reasoning, refusal, image, audio, video or file
	text      string
	redacted  bool   // reasoning that the provider keeps to itself
	source    string // of data: url, inline or ref
	url       string
	size      int    // of inline data, as base64
	data      string // a data URL of it, where it is kept
	ref       string
	mediaType string
	name      string
	format    string

	raw string // JSON of a part of no kind that we know, as sent; the rest is empty then
}

type toolCall struct {
	id, name  string
	arguments string // JSON
}

func textPart(text string) part { return part{kind: "text", text: text} }

func (m *message) empty() bool { return len(m.parts) == 0 && len(m.calls) == 0 }

// addCall adds a call unless it is there: some senders tell of it among the parts and again beside them.
func (m *message) addCall(call toolCall) {
	if !slices.Contains(m.calls, call) {
		m.calls = append(m.calls, call)
	}
}

func (m *message) stored() store.Message { return store.NewMessage(string(m.appendJSON(nil))) }

func (m *message) appendJSON(dst []byte) []byte {
	o := object{dst: append(dst, '{')}
	o.text("role", m.role)
	if len(m.parts) == 1 && m.parts[0].kind == "text" {
		o.text("content", m.parts[0].text)
	} else {
		o.member("content")
		o.dst = append(o.dst, '[')
		for i := range m.parts {
			o.dst = nextItem(o.dst)
			o.dst = m.parts[i].appendJSON(o.dst)
		}
		o.dst = append(o.dst, ']')
	}
	if len(m.calls) > 0 {
		o.member("tool_calls")
		o.dst = append(o.dst, '[')
		for _, call := range m.calls {
			o.dst = nextItem(o.dst)
			o.dst = call.appendJSON(o.dst)
		}
		o.dst = append(o.dst, ']')
	}
	o.textIf("tool_call_id", m.callID)
	o.textIf("name", m.name)
	if m.isError {
		o.json("is_error", "true")
	}
	return append(o.dst, '}')
}

func (p *part) appendJSON(dst []byte) []byte {
	if p.raw != "" {
		return append(dst, p.raw...)
	}
	o := object{dst: append(dst, '{')}
	o.text("type", p.kind)
	switch {
	case p.redacted:
		o.json("redacted", "true")
	case p.kind == "text" || p.kind == "reasoning" || p.kind == "refusal":
		o.text("text", p.text)
	default:
		o.textIf("source", p.source)
		o.textIf("url", p.url)
		if p.source == "inline" {
			o.json("base64_len", strconv.Itoa(p.size))
		}
		o.textIf("ref", p.ref)
		o.textIf("media_type", p.mediaType)
		o.textIf("name", p.name)
		o.textIf("format", p.format)
		o.textIf("data", p.data)
	}
	return append(o.dst, '}')
}

func (c *toolCall) appendJSON(dst []byte) []byte {
	o := object{dst: append(dst, '{')}
	o.textIf("id", c.id)
	o.text("name", c.name)
	o.json("arguments", c.arguments)
	return append(o.dst, '}')
}

// object appends the members of one JSON object whose bracket stands at the end of dst.
type object struct{ dst []byte }

func (o *object) member(name string) {
	if o.dst[len(o.dst)-1] != '{' {
		o.dst = append(o.dst, ',')
	}
	o.dst = append(appendText(o.dst, name), ':')
}

func (o *object) text(name, s string) {
	o.member(name)
	o.dst = appendText(o.dst, s)
}

// textIf is text for members that are left out when empty.
func (o *object) textIf(name, s string) {
	if s != "" {
		o.text(name, s)
	}
}

// json appends JSON text as it is; empty text is left out.
func (o *object) json(name, raw string) {
	if raw != "" {
		o.member(name)
		o.dst = append(o.dst, raw...)
	}
}
