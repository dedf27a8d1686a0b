package vocab

import (
	"strings"

	"github.com/tidwall/gjson"

	"github.com/traceroot-ai/traceroot-go/attr"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// genAI reads OpenTelemetry's conventions for generative AI, from those of 2024 to the current ones.
func genAI(f *facts) {
	f.text(&f.call.Provider, attr.GenAIProviderName, genAISystem)
	f.text(&f.call.Operation, attr.GenAIOperationName)
	f.text(&f.call.ResponseModel, attr.GenAIResponseModel)
	f.text(&f.call.ResponseID, attr.GenAIResponseID)
	f.text(&f.call.ToolCallID, "gen_ai.tool.call.id")
	f.text(&f.span.Model, attr.GenAIResponseModel)
	f.finished(f.a.list(attr.GenAIFinishReasons))
	f.streaming("gen_ai.request.stream", "gen_ai.is_streaming")
	f.firstToken("gen_ai.response.time_to_first_chunk", 1000)
	f.firstToken("gen_ai.client.operation.time_to_first_chunk", 1000)

	f.requestParameters("gen_ai.request.")
	f.tools(f.value("gen_ai.tool.definitions"), "gen_ai.tool.definitions")
	if !f.llm() {
		return
	}
	f.instructed(genAIInput, "gen_ai.system_instructions")
	f.outAt(genAIOutput)
	f.inBelow("gen_ai.prompt.")
	f.outBelow("gen_ai.completion.")
	f.inAt("gen_ai.prompt")
	f.outAt("gen_ai.completion")
}

// instructed reads a conversation whose system prompt stands beside it.
func (f *facts) instructed(key, instructions string) {
	if f.call.In != nil || !f.a.has(key) && !f.a.has(instructions) {
		return
	}
	var system conversation
	system.role = "system"
	if v := f.value(instructions); given(v) {
		m := message{role: "system"}
		system.addParts(&m, v)
		if !m.empty() {
			system.addMessage(m)
		}
	}
	f.in(f.value(key))
	if len(system.messages) > 0 {
		opening := system.messages[0].stored()
		// Some senders repeat the instructions as the first message.
		if len(f.call.In) == 0 || f.call.In[0] != opening {
			f.call.In = append([]store.Message{opening}, f.call.In...)
		}
	}
}

// withContent puts the parts of content into messages that hold them as JSON text.
func withContent(messages gjson.Result) gjson.Result {
	if !messages.IsArray() || !strings.Contains(messages.Raw, `"content":"[{`) {
		return messages
	}
	o := object{dst: []byte{'['}}
	messages.ForEach(func(_, m gjson.Result) bool {
		o.dst = append(nextItem(o.dst), '{')
		m.ForEach(func(name, v gjson.Result) bool {
			if parts, ok := parseJSON(v.Str); ok && name.Str == "content" && isParts(parts) {
				v = parts
			}
			o.json(name.Str, v.Raw)
			return true
		})
		o.dst = append(o.dst, '}')
		return true
	})
	return gjson.ParseBytes(append(o.dst, ']'))
}

// streaming reads whether a stream was asked for.
func (f *facts) streaming(keys ...string) {
	for _, key := range keys {
		if asked, ok := f.a[key].(bool); ok && asked {
			f.span.Streaming = true
		}
	}
}

// firstToken fills the time to the first token from a number whose unit is so many milliseconds. Only streams have one.
func (f *facts) firstToken(key string, milliseconds float64) {
	if n, ok := f.a.number(key); ok && f.span.TimeToFirstToken == 0 {
		f.span.TimeToFirstToken = wait(n * milliseconds)
		f.span.Streaming = true
	}
}
