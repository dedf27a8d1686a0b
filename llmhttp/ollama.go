package llmhttp

import "strings"

// What the dialects of Ollama share.

var (
	ollamaHome = provider{"ollama", "ollama"}

	ollamaParameters = []parameter{
		{"temperature", []string{"options.temperature"}},
		{"top_p", []string{"options.top_p"}},
		{"top_k", []string{"options.top_k"}},
		{"max_tokens", []string{"options.num_predict"}},
		{"stop", []string{"options.stop"}},
		{"seed", []string{"options.seed"}},
		{"frequency_penalty", []string{"options.frequency_penalty"}},
		{"presence_penalty", []string{"options.presence_penalty"}},
	}
)

// underAPI matches one path of Ollama's API, wherever that is mounted.
func underAPI(a address, word string) (place, bool) {
	return place{}, strings.HasSuffix(a.path, "/api/"+word)
}

// readOllama reads what all of Ollama's requests have.
func readOllama(body *value, to *Request) {
	to.Model = body.get("model").str()
	to.Parameters = readParameters(body, ollamaParameters)
}

// readOllamaPrompt reads what its requests for text have in common. They stream unless they say otherwise.
func readOllamaPrompt(body *value, to *Request) {
	readOllama(body, to)
	stream := body.get("stream")
	to.Streaming = !stream.known() || stream.given()
	switch format := body.get("format"); {
	case format.is(textKind) && format.given():
		to.Parameters["response_format"] = format.raw()
	case format.given():
		to.Parameters["response_format"] = []byte(`"json_schema"`)
	}
	to.Tools = openAITools(body)
}

func ollamaImages(images *value) []Part {
	var parts []Part
	for v := range images.all() {
		parts = append(parts, mediaPart(Part{Type: PartImage}, nil, v))
	}
	return parts
}

// ollamaCalls reads tool calls, whose arguments are JSON as it is.
func ollamaCalls(calls *value) []ToolCall {
	var found []ToolCall
	for v := range calls.all() {
		function := v.get("function")
		found = append(found, toolCall(v.get("id").str(), function.get("name").str(), function.get("arguments")))
	}
	return found
}
