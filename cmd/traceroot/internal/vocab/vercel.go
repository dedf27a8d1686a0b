package vocab

import (
	"strings"

	"github.com/tidwall/gjson"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// vercelAI reads the telemetry of the Vercel AI SDK. Its inner spans, named do…, are the calls of a model; those around
// them hold the steps of a loop.
func vercelAI(f *facts) {
	operation, _, _ := strings.Cut(f.a.text("ai.operationId", "operation.name"), " ")
	if !strings.HasPrefix(operation, "ai.") {
		return
	}
	_, call, _ := strings.Cut(strings.TrimPrefix(operation, "ai."), ".do")
	switch {
	case operation == "ai.toolCall":
		f.kind(store.KindTool)
		f.text(&f.call.ToolCallID, "ai.toolCall.id")
		if name := f.a.text("ai.toolCall.name"); name != "" && f.tool() {
			f.span.Name = name
		}
		f.captured(&f.span.Input, "ai.toolCall.args", "ai.toolCall.input")
		f.captured(&f.span.Output, "ai.toolCall.result", "ai.toolCall.output")
		return
	case call != "":
		f.kind(store.KindLLM)
	}
	f.text(&f.span.Model, "ai.model.id")
	f.text(&f.call.Provider, "gen_ai.system", "ai.model.provider")
	f.text(&f.call.ResponseID, "ai.response.id")
	f.text(&f.call.ResponseModel, "ai.response.model")
	f.firstToken("ai.response.msToFirstChunk", 1)
	f.firstToken("ai.stream.msToFirstChunk", 1)
	if reason := f.a.text("ai.response.finishReason", "ai.finishReason"); reason != "" {
		f.finished([]string{reason})
	}
	switch call {
	case "Embed":
		f.text(&f.call.Operation, "gen_ai.operation.name")
		f.call.Operation = "embeddings"
	case "Stream":
		f.span.Streaming = true
		fallthrough
	case "Generate":
		f.call.Operation = "chat"
	}
	f.tools(f.value("ai.prompt.tools"), "ai.prompt.tools")
	f.requestParameters("ai.settings.")
	if f.llm() {
		f.vercelMessages()
	}
	f.captured(&f.span.Input, "ai.prompt", "ai.prompt.messages", "ai.value", "ai.values")
	if f.span.Output == nil && len(f.call.Out) == 0 {
		f.captured(&f.span.Output, "ai.response.text", "ai.result.text", "ai.response.object", "ai.result.object", "ai.response.toolCalls", "ai.result.toolCalls")
	}
}

func (f *facts) vercelMessages() {
	if key, prompt := f.first("ai.prompt.messages", "ai.prompt"); f.in(prompt) {
		f.hold(key)
	}
	f.in(unquotedList(f.value("ai.values")))
	f.inAt("ai.value")
	answer := message{role: "assistant"}
	if reasoning := f.a.str("ai.response.reasoning"); reasoning != "" {
		answer.parts = append(answer.parts, part{kind: "reasoning", text: reasoning})
	}
	if text := f.a.text("ai.response.text", "ai.result.text", "ai.response.object", "ai.result.object"); text != "" {
		answer.parts = append(answer.parts, textPart(text))
	}
	_, calls := f.first("ai.response.toolCalls", "ai.result.toolCalls")
	eachOf(calls, func(v gjson.Result) { answer.calls = append(answer.calls, readCall(fieldsOf(v))) })
	if !answer.empty() && f.call.Out == nil {
		f.call.Out = []store.Message{answer.stored()}
		f.hold("ai.response.reasoning", "ai.response.text", "ai.response.toolCalls")
	}
}

// unquotedList is a list of texts that were sent as JSON each.
func unquotedList(list gjson.Result) gjson.Result {
	if !list.IsArray() {
		return gjson.Result{}
	}
	dst := []byte{'['}
	eachOf(list, func(item gjson.Result) {
		dst = nextItem(dst)
		if gjson.Valid(item.Str) && strings.HasPrefix(item.Str, `"`) {
			item = gjson.Parse(item.Str)
		}
		dst = appendNormal(dst, item.Raw)
	})
	return gjson.ParseBytes(append(dst, ']'))
}
