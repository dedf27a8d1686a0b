package vocab

import (
	"cmp"
	"strings"

	"github.com/tidwall/gjson"
)

// maxNesting is how far results within results and lists within lists are followed.
const maxNesting = 3

// conversation reads messages in whatever form a provider, a framework or a convention gives them: the words are few and
// mean the same everywhere, so one reader knows them all and a dialect only says where they stand.
type conversation struct {
	role     string // of what names none
	messages []message
	finish   []string // why each answer ended
	nesting  int
	lost     bool // something was said that no message holds
}

// add reads a text, a message, or a list of them.
func (c *conversation) add(v gjson.Result) {
	if c.nesting == maxNesting {
		c.lost = true
		return
	}
	c.nesting++
	defer func() { c.nesting-- }()
	switch {
	case v.Type == gjson.String:
		c.addMessage(message{role: c.role, parts: texts(v.Str)})
	case v.IsArray():
		v.ForEach(func(_, item gjson.Result) bool {
			c.add(item)
			return true
		})
	case v.IsObject():
		c.addObject(v)
	case v.Type != gjson.Null:
		c.lost = true
	}
}

// holders are the members under which the body of a request, or of its answer, has messages, and whose they are.
var holders = []struct{ member, role string }{
	{"system", "system"},
	{"instructions", "system"},
	{"messages", ""},
	{"prompt", "user"},
	{"input", "user"},
	{"choices", "assistant"},
	{"output", "assistant"},
}

// addObject reads a message, or what holds messages. What names a role is a message, and so is an item of a known type;
// answers of OpenAI's have a type too, beside the word object.
func (c *conversation) addObject(v gjson.Result) {
	f := fieldsOf(v)
	if f.has("role") || f.has("type") && !f.has("object") {
		c.addOne(f)
		return
	}
	held := false
	for _, holder := range holders {
		if inner := f.get(holder.member); given(inner) {
			held = true
			c.as(cmp.Or(holder.role, c.role), func() { c.add(inner) })
		}
	}
	if !held {
		c.addOne(f)
	}
}

// as reads with another role for what names none.
func (c *conversation) as(role string, read func()) {
	before := c.role
	c.role = role
	read()
	c.role = before
}

// addOne reads one message, which may lie in another object beside what concerns its end alone.
func (c *conversation) addOne(f fields) {
	if inner := f.first("message", "delta"); inner.IsObject() {
		c.ended(f)
		c.addOne(fieldsOf(inner))
		return
	}
	m := message{role: normalRole(f.text("role"), c.role)}
	m.isError = f.first("is_error", "isError").Bool()
	c.ended(f)
	if kind := f.text("type"); !f.has("role") && partKinds[kind] {
		if callKinds[kind] || kind == "reasoning" {
			m.role = "assistant"
		}
		c.addPart(&m, f, gjson.Result{})
		if !m.empty() {
			c.addMessage(m)
		}
		return
	}
	m.name = f.text("name")
	content := f.first("content", "contents", "parts", "text")
	if m.role == "tool" {
		c.addResult(&m, f, content)
		return
	}
	if reasoning := f.first("reasoning_content", "reasoning", "thinking"); reasoning.Type == gjson.String && reasoning.Str != "" {
		m.parts = append(m.parts, part{kind: "reasoning", text: reasoning.Str})
	}
	c.addParts(&m, content)
	if refusal := f.text("refusal"); refusal != "" {
		m.parts = append(m.parts, part{kind: "refusal", text: refusal})
	}
	eachOf(f.get("tool_calls"), func(call gjson.Result) { m.addCall(readCall(fieldsOf(call))) })
	if call := f.get("function_call"); call.IsObject() {
		m.addCall(readCall(fieldsOf(call)))
	}
	switch {
	case !m.empty() || f.has("role") && !c.answered(m.role):
		c.addMessage(m)
	case !f.has("role"):
		c.lost = true
	}
}

// answered tells whether the messages end with a tool's result, which the sender may have wrapped in a message of a role
// that says nothing itself.
func (c *conversation) answered(role string) bool {
	last := len(c.messages) - 1
	return role != "assistant" && last >= 0 && c.messages[last].role == "tool"
}

// addResult reads a message of a tool's: one result, or several as parts.
func (c *conversation) addResult(m *message, f fields, content gjson.Result) {
	before := len(c.messages)
	if content.IsArray() && !isParts(content) {
		eachOf(content, func(item gjson.Result) {
			if of := fieldsOf(item); resultKinds[of.text("type")] {
				c.addPart(m, of, item)
			}
		})
	}
	if len(c.messages) > before {
		return
	}
	m.callID = f.first("tool_call_id", "toolCallId", "call_id", "id").String()
	m.parts = result(content)
	c.addMessage(*m)
}

// ended notes why an answer ended.
func (c *conversation) ended(f fields) {
	if reason := f.first("finish_reason", "finishReason", "stop_reason"); reason.Type == gjson.String && reason.Str != "" {
		c.finish = append(c.finish, reason.Str)
	}
}

func (c *conversation) addMessage(m message) {
	if m.role == "" {
		m.role = "user"
	}
	c.messages = append(c.messages, m)
}

// addParts reads the content of m. Results of tools are messages of their own, which come before what follows them.
func (c *conversation) addParts(m *message, content gjson.Result) {
	switch {
	case content.Type == gjson.String:
		m.parts = append(m.parts, texts(content.Str)...)
	case content.IsArray():
		content.ForEach(func(_, item gjson.Result) bool {
			if item.IsArray() {
				c.lost = true
				return true
			}
			c.addParts(m, item)
			return true
		})
	case content.IsObject():
		c.addPart(m, fieldsOf(content), content)
	case content.Type != gjson.Null:
		m.parts = append(m.parts, textPart(content.Raw))
	}
}

// Words for parts that are a model's wish to have a tool run, and for what the tool gave.
var (
	callKinds = map[string]bool{"tool_call": true, "tool-call": true, "tool_use": true, "function_call": true}

	resultKinds = map[string]bool{
		"tool_call_response": true, "tool-result": true, "tool_result": true, "function_call_output": true,
	}

	// partKinds are the parts that stand for a message where a list holds them beside messages.
	partKinds = map[string]bool{
		"tool_call": true, "tool-call": true, "tool_use": true, "function_call": true,
		"tool_call_response": true, "tool-result": true, "tool_result": true, "function_call_output": true,
		"reasoning": true, "text": true,
	}
)

func (c *conversation) addPart(m *message, f fields, v gjson.Result) {
	if inner := f.get("message_content"); inner.IsObject() {
		if call := f.get("tool_call"); call.IsObject() {
			m.addCall(readCall(fieldsOf(call)))
			return
		}
		f, v = fieldsOf(inner), inner
	}
	switch kind := f.first("type", "kind").Str; {
	case callKinds[kind]:
		m.addCall(readCall(f))
	case resultKinds[kind]:
		if !m.empty() {
			c.addMessage(*m)
		}
		c.addMessage(message{
			role: "tool", parts: result(f.first("response", "result", "output", "content")),
			callID:  f.first("id", "toolCallId", "tool_use_id", "tool_call_id", "call_id").String(),
			name:    f.first("name", "toolName").Str,
			isError: f.first("is_error", "isError").Bool() || strings.HasPrefix(f.get("output.type").Str, "error"),
		})
		*m = message{role: m.role}
	default:
		m.parts = append(m.parts, readPart(kind, f, v)...)
	}
}

// readCall reads a model's wish to have a tool run.
func readCall(f fields) toolCall {
	if inner := f.first("tool_call", "toolCall"); inner.IsObject() {
		f = fieldsOf(inner)
	}
	call := toolCall{id: f.first("call_id", "id", "toolCallId", "tool_call_id").String()}
	if inner := f.get("function"); inner.IsObject() {
		f = fieldsOf(inner)
	}
	call.name = f.first("name", "toolName", "tool_name").Str
	call.arguments = arguments(f.first("arguments", "args", "input"))
	return call
}

// arguments is the JSON that the sender meant: it may stand there itself, or as a text. A text that holds none stays one.
func arguments(v gjson.Result) string {
	switch {
	case !given(v), v.Type == gjson.String && strings.TrimSpace(v.Str) == "":
		return "{}"
	case v.Type != gjson.String:
		return string(appendNormal(nil, v.Raw))
	case !tooDeep(v.Str) && gjson.Valid(v.Str):
		return string(appendNormal(nil, v.Str))
	}
	return string(appendText(nil, v.Str))
}

// result is what a tool gave: text, parts, or any other value as compact JSON.
func result(v gjson.Result) []part {
	if kind := v.Get("type"); v.IsObject() && kind.Exists() && v.Get("value").Exists() { // the AI SDK's, since version 5
		v = v.Get("value")
	}
	switch {
	case !given(v):
		return nil
	case v.Type == gjson.String:
		return texts(v.Str)
	case v.IsArray() && isParts(v):
		var inner conversation
		var m message
		inner.addParts(&m, v)
		return m.parts
	}
	return []part{textPart(string(appendNormal(nil, v.Raw)))}
}

// isParts tells a list of parts from any other list that a tool may give.
func isParts(list gjson.Result) bool {
	are := false
	list.ForEach(func(_, item gjson.Result) bool {
		switch item.Get("type").Str {
		case "text", "input_text", "output_text", "image", "image_url", "media", "document", "file":
			are = true
		default:
			are = false
		}
		return are
	})
	return are
}

// texts is the parts of one text: none for an empty one.
func texts(text string) []part {
	if text == "" {
		return nil
	}
	return []part{textPart(text)}
}

// normalRole is the role in the words of most providers.
func normalRole(role, otherwise string) string {
	switch role = strings.ToLower(role); role {
	case "":
		return otherwise
	case "model", "ai", "chatbot":
		return "assistant"
	case "human":
		return "user"
	case "function":
		return "tool"
	}
	return role
}
