package llmhttp

import "strings"

// The dialects of Anthropic's Messages API: Anthropic's own, which others speak too, and that of Claude on Vertex AI.

var anthropicHome = provider{"anthropic", "anthropic"}

// anthropicMessages is the wire format of messages.
var anthropicMessages = dialect{
	protocol:  "anthropic",
	operation: "chat",
	home:      &anthropicHome,
	ends:      []string{"messages"},
	match: func(a address) (place, bool) {
		// OpenAI's threads have messages, too.
		ok := strings.HasSuffix(a.path, "/messages") && !strings.Contains(a.path, "/threads/")
		return place{sure: hasAnthropicVersion(a)}, ok
	},
	proof: func(body *value) bool {
		return hasAnthropicMessages(body) && (body.get("max_tokens").is(numberKind) || body.get("model").is(textKind))
	},
	request: readAnthropicRequest,
	answer:  readAnthropicAnswer,
	stream:  newAnthropicStream,
}

// anthropicVertex is the same on Vertex AI, where the path names the model and asks for a stream.
var anthropicVertex = dialect{
	protocol:  "anthropic",
	operation: "chat",
	home:      &vertexHome,
	ends:      []string{"rawPredict", "streamRawPredict"},
	match: func(a address) (place, bool) {
		model, verb := vertexClaude(a.path)
		return place{model: model, streams: verb == "streamRawPredict"}, model != "" && model != vertexCount
	},
	request: readAnthropicRequest,
	answer:  readAnthropicAnswer,
	stream:  newAnthropicStream,
}

// vertexClaude gives the model and the verb of Claude's paths on Vertex AI, "" for other paths.
func vertexClaude(path string) (model, verb string) {
	_, rest, _ := strings.Cut(path, "/publishers/anthropic/models/")
	if strings.Contains(rest, "/") {
		return "", ""
	}
	rest = unescape(rest)
	end := max(strings.LastIndexByte(rest, ':'), 0)
	return rest[:end], strings.TrimPrefix(rest[end:], ":")
}

// hasAnthropicVersion looks for the header that Anthropic's API demands and nobody else has.
func hasAnthropicVersion(a address) bool { return a.header.Get("Anthropic-Version") != "" }

// hasAnthropicMessages tells whether a body has a conversation in the form of the Messages API.
func hasAnthropicMessages(body *value) bool {
	list := body.get("messages")
	for m := range list.all() {
		content := m.get("content")
		if m.get("role").str() == "" || !content.is(textKind) && !content.is(arrayKind) {
			return false
		}
	}
	return list.is(arrayKind) && list.size > 0
}

// readAnthropicAnswer reads a whole answer: one message, or none where an error stands in its place.
func readAnthropicAnswer(body *value, x *exchange) {
	x.ID, x.Model = body.get("id").str(), body.get("model").str()
	x.Usage = anthropicUsage(body.get("usage"))
	if body.get("error").given() {
		x.Error = errorOf(body, 200)
	}
	content, finish := body.get("content"), body.get("stop_reason").str()
	if !content.is(arrayKind) && finish == "" {
		return
	}
	m := Message{Role: "assistant"}
	for v := range content.all() {
		if v.get("type").str() == anthropicCall {
			m.ToolCalls = append(m.ToolCalls, anthropicToolCall(v))
		} else {
			m.Content = append(m.Content, anthropicPart(v)...)
		}
	}
	x.Messages, x.FinishReasons = []Message{m}, []string{finish}
}
