package term

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// maxMessages is how much of a conversation is read to find its last message.
const maxMessages = 4 << 20

// message is one message of a conversation with a model, as our SDK writes it, and as OpenTelemetry and OpenAI do.
type message struct {
	Role      string     `json:"role"`
	Content   content    `json:"content"`
	Parts     []part     `json:"parts"` // OpenTelemetry's content
	ToolCalls []toolCall `json:"tool_calls"`
}

// content is a text or a list of parts.
type content []part

type part struct {
	Type     string          `json:"type"`
	Text     string          `json:"text"`
	Content  string          `json:"content"`
	Refusal  string          `json:"refusal"`
	Response json.RawMessage `json:"response"`
	toolCall
}

type toolCall struct {
	Name      string          `json:"name"`
	Arguments json.RawMessage `json:"arguments"`
	Function  *toolCall       `json:"function"` // OpenAI's wrapping
}

// UnmarshalJSON also takes null, as no content, and any other value, as its text.
func (c *content) UnmarshalJSON(text []byte) error {
	var parts []part
	if json.Unmarshal(text, &parts) == nil {
		*c = parts
		return nil
	}
	*c = content{{Type: "text", Text: unquoted(text)}}
	return nil
}

// messages reads a list of messages, or the request of a model that holds one. Nil where text is something else.
func messages(text *string) []message {
	if text == nil || len(*text) > maxMessages {
		return nil
	}
	var list []message
	if json.Unmarshal([]byte(*text), &list) != nil {
		var request struct {
			Messages []message `json:"messages"`
		}
		if json.Unmarshal([]byte(*text), &request) != nil {
			return nil
		}
		list = request.Messages
	}
	if slices.ContainsFunc(list, func(m message) bool { return m.Role == "" }) {
		return nil
	}
	return list
}

// modelDetails says what was new to the model, and what it made of it.
func modelDetails(s *store.Span) []detail {
	var details []detail
	if asked := messages(s.Input); len(asked) > 0 {
		last := asked[len(asked)-1].detail()
		if n := answersAtEnd(asked); n > 1 {
			last.label += fmt.Sprintf(" ×%d", n)
		}
		details = append(details, last)
	} else {
		details = appendValue(details, "input", s.Input)
	}
	if answered := messages(s.Output); len(answered) > 0 {
		first := answered[0].detail()
		if n := len(answered); n > 1 {
			first.text = fmt.Sprintf("(1 of %d) ", n) + first.text
		}
		return append(details, first)
	}
	return appendValue(details, "output", s.Output)
}

// answersAtEnd counts the results of tools that the model was given at once.
func answersAtEnd(asked []message) int {
	n := 0
	for n < len(asked) && asked[len(asked)-1-n].Role == "tool" {
		n++
	}
	return n
}

func (m message) detail() detail { return detail{label: clean(m.Role), text: m.text()} }

// text is the message on one line: what is said, then what is called.
func (m message) text() string {
	var said, called []string
	for _, p := range append(m.Content, m.Parts...) {
		switch text := p.said(); {
		case text != "":
			said = append(said, text)
		case p.Type == "tool_call":
			called = append(called, p.written())
		}
	}
	for _, call := range m.ToolCalls {
		called = append(called, call.written())
	}
	text := firstLine(strings.Join(said, " "))
	if len(called) > 0 {
		text += " → " + strings.Join(called, ", ")
	}
	return strings.TrimSpace(text)
}

// said is what a part says, or in brackets what it is.
func (p part) said() string {
	for _, text := range []string{p.Text, p.Refusal, p.Content, unquoted(p.Response)} {
		if text != "" {
			return compact(text)
		}
	}
	switch p.Type {
	case "text", "tool_call", "":
		return ""
	}
	return "[" + p.Type + "]"
}

// written is the call as it would stand in a program.
func (c toolCall) written() string {
	if c.Function != nil {
		c = *c.Function
	}
	return firstLine(c.Name) + "(" + arguments(c.Arguments) + ")"
}

// arguments is the members of an object, with their names where there are several.
func arguments(text json.RawMessage) string {
	if inner := unquoted(text); inner != string(text) {
		text = json.RawMessage(inner) // OpenAI sends the object as text
	}
	members, ok := orderedMembers(text)
	if !ok {
		return clean(string(text))
	}
	var list []string
	for _, m := range members {
		argument := argument(m.value)
		if len(members) > 1 {
			argument = clean(m.name) + "=" + argument
		}
		list = append(list, argument)
	}
	return strings.Join(list, ", ")
}

type member struct {
	name  string
	value json.RawMessage
}

// orderedMembers reads a JSON object without losing the order in which the model wrote it.
func orderedMembers(text json.RawMessage) ([]member, bool) {
	d := json.NewDecoder(bytes.NewReader(text))
	if opening, err := d.Token(); err != nil || opening != json.Delim('{') {
		return nil, false
	}
	var members []member
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return nil, false
		}
		m := member{name: fmt.Sprint(name)}
		if d.Decode(&m.value) != nil {
			return nil, false
		}
		members = append(members, m)
	}
	return members, true
}

var word = regexp.MustCompile(`^[\pL\pN][\pL\pN_./:@#+-]*$`)

// argument leaves out the quotes of what is a single word.
func argument(text json.RawMessage) string {
	if inner := unquoted(text); word.MatchString(inner) {
		return inner
	}
	return clean(string(compactJSON(text)))
}

// unquoted is the text that a JSON string holds; other JSON stays as it is, and null is empty.
func unquoted(text json.RawMessage) string {
	var inner *string
	if json.Unmarshal(text, &inner) != nil {
		return string(text)
	}
	if inner == nil {
		return ""
	}
	return *inner
}

// compact is JSON without the space between its tokens, and other text as it is.
func compact(text string) string {
	if strings.HasPrefix(text, "{") || strings.HasPrefix(text, "[") {
		return string(compactJSON([]byte(text)))
	}
	return text
}

func compactJSON(text []byte) []byte {
	var b bytes.Buffer
	if len(text) > maxMessages || json.Compact(&b, text) != nil {
		return text
	}
	return b.Bytes()
}
