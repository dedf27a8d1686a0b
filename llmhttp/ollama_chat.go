package llmhttp

import "slices"

// ollamaChat is the wire format of Ollama's own chat.
var ollamaChat = dialect{
	protocol:  "ollama_chat",
	operation: "chat",
	home:      &ollamaHome,
	ends:      []string{"chat"},
	match:     func(a address) (place, bool) { return underAPI(a, "chat") },
	proof:     func(body *value) bool { return namesModel(body) && body.get("messages").is(arrayKind) },
	request:   readOllamaChatRequest,
	answer:    readOllamaAnswer,
	stream:    newOllamaStream,
	lines:     true,
}

// ollamaGenerate is the wire format of its completions.
var ollamaGenerate = dialect{
	protocol:  "ollama_generate",
	operation: "text_completion",
	home:      &ollamaHome,
	ends:      []string{"generate"},
	match:     func(a address) (place, bool) { return underAPI(a, "generate") },
	proof:     func(body *value) bool { return namesModel(body) && body.get("prompt").is(textKind) },
	request:   readOllamaGenerateRequest,
	answer:    readOllamaAnswer,
	stream:    newOllamaStream,
	lines:     true,
}

func readOllamaChatRequest(body *value, to *Request) {
	readOllamaPrompt(body, to)
	for v := range body.get("messages").all() {
		to.Messages = append(to.Messages, Message{
			Role: v.get("role").str(), Name: v.get("tool_name").str(), ToolCallID: v.get("tool_call_id").str(),
			Content: slices.Concat(
				reasoningParts(v.get("thinking")), textParts(v.get("content")), ollamaImages(v.get("images"))),
			ToolCalls: ollamaCalls(v.get("tool_calls")),
		})
	}
}

func readOllamaGenerateRequest(body *value, to *Request) {
	readOllamaPrompt(body, to)
	if body == nil {
		return
	}
	if system := textParts(body.get("system")); system != nil {
		to.Messages = append(to.Messages, Message{Role: "system", Content: system})
	}
	to.Messages = append(to.Messages, Message{
		Role: "user", Content: append(textParts(body.get("prompt")), ollamaImages(body.get("images"))...),
	})
}
