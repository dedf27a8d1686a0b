package verdict

import (
	"strconv"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// message is the body of a message, read.
type message struct {
	hash    store.Hash
	body    string
	known   bool // there is a body
	role    string
	callID  string // of a tool's result
	isError bool
	media   bool // it shows the model something that is no text
	texts   []text
	calls   []wish

	words []word // of texts; nil until asked for
}

// text is one text of a message, with where it stands in the body: "content", "content.1.text".
type text struct {
	path      string
	text      string
	lower     string // filled when first needed
	reasoning bool
}

// wish is a tool call as a model asked for it.
type wish struct{ id, name, args string }

// message reads a message once.
func (t *Trace) message(m store.Message) *message {
	if read := t.messages[m.Hash]; read != nil {
		return read
	}
	body := m.Body
	if body == "" {
		body = t.bodies[m.Hash]
	}
	read := readMessage(body)
	read.hash = m.Hash
	t.messages[m.Hash] = read
	return read
}

func readMessage(body string) *message {
	m := &message{body: body, known: body != ""}
	v := gjson.Parse(body)
	if !v.IsObject() {
		if body != "" {
			m.texts = []text{{text: body}}
		}
		return m
	}
	v.ForEach(func(key, value gjson.Result) bool {
		switch key.Str {
		case "role":
			m.role = value.Str
		case "tool_call_id":
			m.callID = value.String()
		case "is_error":
			m.isError = value.Bool()
		case "content":
			m.readContent(value)
		case "tool_calls":
			m.readCalls(value)
		}
		return true
	})
	return m
}

func (m *message) readContent(content gjson.Result) {
	if content.Type == gjson.String {
		m.addText(text{path: "content", text: content.Str})
		return
	}
	for n, part := range elements(content) {
		path := "content." + strconv.Itoa(n)
		switch kind := member(part, "type").Str; kind {
		case "text", "reasoning", "refusal":
			m.addText(text{path: path + ".text", text: member(part, "text").String(), reasoning: kind == "reasoning"})
		case "image", "audio", "video", "file":
			m.media = true
		default:
			m.addText(text{path: path, text: part.Raw})
		}
	}
}

func (m *message) addText(t text) {
	if t.text != "" {
		m.texts = append(m.texts, t)
	}
}

func (m *message) readCalls(list gjson.Result) {
	for _, call := range elements(list) {
		args := member(call, "arguments")
		raw := args.Raw
		if args.Type == gjson.String {
			raw = args.Str
		}
		m.calls = append(m.calls, wish{member(call, "id").String(), member(call, "name").Str, raw})
	}
}

// said is all text of the message but for reasoning, one after the other.
func (m *message) said() string {
	var all []string
	for i := range m.texts {
		if !m.texts[i].reasoning {
			all = append(all, m.texts[i].text)
		}
	}
	return strings.Join(all, "\n")
}

// sameAnswer reports whether two messages are one answer of a model, of which a sender may leave out what only the
// provider reads.
func sameAnswer(a, b *message) bool {
	if a.hash == b.hash {
		return true
	}
	if !a.known || !b.known || a.role != "assistant" || b.role != "assistant" || len(a.calls) != len(b.calls) {
		return false
	}
	for i := range a.calls {
		if a.calls[i].id != b.calls[i].id || a.calls[i].name != b.calls[i].name {
			return false
		}
	}
	if len(a.calls) > 0 && a.calls[0].id != "" {
		return true
	}
	return len(a.calls) == 0 && a.said() != "" && a.said() == b.said()
}

// member is the member of an object with that name, which [gjson.Result.Get] would take for a path.
func member(v gjson.Result, name string) (found gjson.Result) {
	if v.IsObject() {
		v.ForEach(func(key, value gjson.Result) bool {
			if key.Str == name {
				found = value
				return false
			}
			return true
		})
	}
	return found
}

// elements is the elements of an array, nil of anything else.
func elements(v gjson.Result) []gjson.Result {
	if !v.IsArray() {
		return nil
	}
	return v.Array()
}
