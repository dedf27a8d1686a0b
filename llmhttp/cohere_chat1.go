package llmhttp

import (
	"cmp"
	"strings"
)

// cohereChat1 is the wire format of Cohere's chat, version 1: one message at a time, with the history beside it. It streams
// lines of JSON, or server-sent events to those who accept them.
var cohereChat1 = dialect{
	protocol:  "cohere_chat1",
	operation: "chat",
	home:      &cohereHome,
	ends:      []string{"chat"},
	match:     func(a address) (place, bool) { return atCohere(a, "/v1/chat") },
	proof:     func(body *value) bool { return body.get("message").is(textKind) },
	request:   readCohereChat1Request,
	answer:    readCohereChat1Answer,
	stream:    newCohereChat1Stream,
	lines:     true,
}

func readCohereChat1Request(body *value, to *Request) {
	readCohere(body, to)
	to.Tools = cohereTools(body)
	if body != nil {
		to.Messages = cohereHistory(body)
	}
}

func cohereTools(body *value) []Tool {
	var tools []Tool
	for v := range body.get("tools").all() {
		tools = append(tools, Tool{
			Name: v.get("name").str(), Description: v.get("description").str(), Parameters: v.get("parameter_definitions").raw(),
		})
	}
	return tools
}

// cohereHistory puts a conversation in order. The results of tools stand beside the message and answer what the model
// wanted for it, or for an earlier one; then the message is empty.
func cohereHistory(body *value) []Message {
	var messages []Message
	if preamble := textParts(body.get("preamble")); preamble != nil {
		messages = append(messages, Message{Role: "system", Content: preamble})
	}
	for v := range body.get("chat_history").all() {
		messages = append(messages, cohereTurn(v)...)
	}
	results := cohereResults(body.get("tool_results"))
	if text := textParts(body.get("message")); text != nil || results == nil {
		messages = append(messages, Message{Role: "user", Content: text})
	}
	return append(messages, results...)
}

// cohereTurn reads one entry of the history: a message, or the results of several tools, which are one message each.
func cohereTurn(v *value) []Message {
	if results := cohereResults(v.get("tool_results")); results != nil {
		return results
	}
	return []Message{{
		Role: cohereRole(v.get("role").str()), Content: textParts(v.get("message")), ToolCalls: cohereCalls(v.get("tool_calls")),
	}}
}

func cohereRole(sent string) string {
	switch role := strings.ToLower(sent); role {
	case "chatbot":
		return "assistant"
	case "system", "tool":
		return role
	default:
		return "user"
	}
}

func cohereResults(results *value) []Message {
	var messages []Message
	for v := range results.all() {
		messages = append(messages, Message{
			Role: "tool", Name: v.get("call", "name").str(), Content: jsonParts(v.get("outputs")),
		})
	}
	return messages
}

func cohereCalls(calls *value) []ToolCall {
	var found []ToolCall
	for v := range calls.all() {
		found = append(found, toolCall("", v.get("name").str(), v.get("parameters")))
	}
	return found
}

func readCohereChat1Answer(body *value, x *exchange) {
	if body.get("error").given() {
		x.Error = errorOf(body, 200)
	}
	x.ID = cmp.Or(body.get("response_id").str(), body.get("generation_id").str(), x.ID)
	x.Usage = cohereUsage(body.get("meta"))
	x.Messages = []Message{{
		Role: "assistant", Content: textParts(body.get("text")), ToolCalls: cohereCalls(body.get("tool_calls")),
	}}
	x.FinishReasons = []string{body.get("finish_reason").str()}
}
