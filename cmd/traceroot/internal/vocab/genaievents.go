package vocab

import (
	"strings"

	"github.com/tidwall/gjson"
)

// genAIEvents reads conversations that are told as events of their span, one message each, or all in one event.
func genAIEvents(f *facts) {
	if !f.llm() || len(f.raw.Events) == 0 {
		return
	}
	var in, out conversation
	for i := range f.raw.Events {
		event := &f.raw.Events[i]
		if !strings.HasPrefix(event.Name, "gen_ai.") {
			continue
		}
		body := event.body()
		switch event.Name {
		case "gen_ai.client.inference.operation.details":
			details := &facts{raw: f.raw, a: event.Attributes, span: f.span, call: f.call}
			details.instructed(genAIInput, "gen_ai.system_instructions")
			details.out(details.value(genAIOutput))
			f.call = details.call
		case "gen_ai.content.prompt":
			in.as("user", func() { in.add(member(event.Attributes, "gen_ai.prompt")) })
		case "gen_ai.content.completion":
			out.as("assistant", func() { out.add(member(event.Attributes, "gen_ai.completion")) })
		default:
			readEvent(&in, &out, event.Name, body)
		}
	}
	f.took(&in, &out)
}

// took fills the conversation with what events told.
func (f *facts) took(in, out *conversation) {
	if f.call.In == nil {
		for i := range in.messages {
			f.call.In = append(f.call.In, in.messages[i].stored())
		}
	}
	if f.call.Out == nil {
		for i := range out.messages {
			f.call.Out = append(f.call.Out, out.messages[i].stored())
		}
	}
	f.finished(out.finish)
}

// readEvent reads one message that is an event named for its role.
func readEvent(in, out *conversation, name string, body gjson.Result) {
	if !body.IsObject() {
		return
	}
	switch name {
	case "gen_ai.choice":
		out.as("assistant", func() { out.addOne(fieldsOf(body)) })
	case "gen_ai.system.message", "gen_ai.user.message", "gen_ai.assistant.message", "gen_ai.tool.message":
		role := strings.TrimSuffix(strings.TrimPrefix(name, "gen_ai."), ".message")
		in.as(role, func() { in.addOne(fieldsOf(body)) })
	}
}

// body is what an event says: its attributes, or the one among them that holds it all.
func (e *Event) body() gjson.Result {
	for _, key := range []string{"gen_ai.event.content", "event.body", "body"} {
		if body := member(e.Attributes, key); body.IsObject() {
			return body
		}
	}
	members := make(Attributes, len(e.Attributes))
	for key, v := range e.Attributes {
		// Members that are no text come as JSON text.
		if text, ok := v.(string); ok && (key == "tool_calls" || key == "message") {
			if parsed, ok := parseJSON(text); ok {
				members[key] = parsed.Value()
				continue
			}
		}
		members[key] = v
	}
	return gjson.ParseBytes(appendValue(nil, members))
}

func member(a Attributes, key string) gjson.Result {
	f := facts{a: a}
	return f.value(key)
}
