package vocab

import (
	"strings"

	"github.com/tidwall/gjson"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// logfire reads what Pydantic's tools say beyond OpenTelemetry's conventions: Pydantic AI its conversation as JSON, Logfire
// the message of a span whose name is a template, and the requests that it sees clients make.
func logfire(f *facts) {
	if message := f.a.str("logfire.msg"); message != "" && f.a.str("logfire.msg_template") == f.raw.Name && f.span.Kind == store.KindSpan {
		f.span.Name = message
	}
	f.span.Tags = appendNew(f.span.Tags, f.a.list("logfire.tags")...)
	f.tools(f.value("model_request_parameters").Get("function_tools"), "")
	f.tools(f.value("request_data").Get("tools"), "")
	if f.llm() {
		f.logfireEvents("events")
		f.inAt("request_data")
		f.outAt("response_data")
		f.text(&f.span.Model, "request_data.model")
		return
	}
	f.pydanticAgent()
}

// logfireEvents reads the events of OpenTelemetry's older conventions, kept as one list.
func (f *facts) logfireEvents(key string) {
	var in, out conversation
	eachOf(f.value(key), func(event gjson.Result) {
		readEvent(&in, &out, event.Get(`event\.name`).Str, event)
	})
	if len(in.messages)+len(out.messages) > 0 {
		f.took(&in, &out)
		f.hold(key)
	}
}

// pydanticAgent shows what went into an agent and what came out, where no column says it yet.
func (f *facts) pydanticAgent() {
	key, all := f.first("pydantic_ai.all_messages", "all_messages_events")
	if key == "" {
		return
	}
	c := conversation{role: "user"}
	if key == "all_messages_events" {
		eachOf(all, func(event gjson.Result) {
			role := strings.TrimSuffix(strings.TrimPrefix(event.Get(`event\.name`).Str, "gen_ai."), ".message")
			c.as(role, func() { c.addOne(fieldsOf(event)) })
		})
	} else {
		c.add(all)
	}
	messages := c.messages
	asked := len(messages)
	for i, m := range messages {
		if m.role == "assistant" {
			asked = i
			break
		}
	}
	if f.span.Input == nil && asked > 0 {
		f.span.Input = new(jsonList(messages[:asked]))
	}
	f.captured(&f.span.Output, "final_result")
	if last := len(messages) - 1; f.span.Output == nil && last >= asked {
		f.span.Output = new(jsonList(messages[last:]))
	}
}

func jsonList(messages []message) string {
	dst := []byte{'['}
	for i := range messages {
		dst = nextItem(dst)
		dst = messages[i].appendJSON(dst)
	}
	return string(append(dst, ']'))
}
