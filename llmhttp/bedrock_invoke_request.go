package llmhttp

import "strings"

// readInvokeRequest reads the body of a family that makes text. Whether a stream is asked for, the address alone says.
func readInvokeRequest(body *value, to *Request) {
	streams := to.Streaming
	switch messages := body.get("messages"); {
	case messages.known() && body.get("anthropic_version").known():
		readAnthropicRequest(body, to)
	case isConversation(messages):
		readConverseRequest(body, to) // Nova
	default:
		to.Model = body.get("model").str()
		to.Parameters = readParameters(body, invokeParameters)
		to.Tools = invokeTools(body)
		to.Messages = invokeMessages(body)
	}
	to.Streaming = streams
}

// isConversation tells Converse's messages from those of OpenAI's form, whose parts have a type.
func isConversation(messages *value) bool {
	part := messages.first().get("content").first()
	return part.is(objectKind) && part.get("type") == nil
}

func invokeTools(body *value) []Tool {
	if tools := cohereTools(body); body.get("message").known() {
		return tools
	}
	return openAITools(body)
}

// invokeMessages reads a prompt by the name that the family gives it, messages in OpenAI's form, or Cohere's history.
func invokeMessages(body *value) []Message {
	if prompt := firstKnown(body.get("inputText"), body.get("prompt"), body.get("inputPrompt")); prompt != nil {
		return promptMessages(prompt)
	}
	if body.get("message").known() {
		return cohereHistory(body)
	}
	var messages []Message
	for v := range body.get("messages").all() {
		messages = append(messages, chatMessage(v))
	}
	return messages
}

// readInvokeEmbeddingsRequest reads Titan's one text or image, Nova's one, or Cohere's list of either.
func readInvokeEmbeddingsRequest(body *value, to *Request) {
	readCohereEmbedRequest(body, to)
	to.Streaming = false
	to.Parameters = readParameters(body, invokeParameters)
	input := textParts(firstKnown(body.get("inputText"), body.get("singleEmbeddingParams", "text", "value")))
	if image := body.get("inputImage"); image.given() {
		input = append(input, mediaPart(Part{Type: PartImage}, nil, image))
	}
	if input != nil {
		to.Messages = append(to.Messages, Message{Role: "user", Content: input})
	}
}

// readInvokeImagesRequest reads Stability's prompts or that of Amazon's task, which is named after it:
// textToImageParams, inPaintingParams, …
func readInvokeImagesRequest(body *value, to *Request) {
	to.Model = body.get("model").str()
	to.Parameters = readParameters(body, invokeParameters)
	to.Messages = promptMessages(body.get("prompt"))
	for v := range body.get("text_prompts").all() {
		to.Messages = append(to.Messages, Message{Role: "user", Content: textParts(v.get("text"))})
	}
	if !body.is(objectKind) {
		return
	}
	for i := range body.items {
		if task := &body.items[i]; strings.HasSuffix(task.key, "Params") && task.get("text").given() {
			to.Messages = append(to.Messages, Message{Role: "user", Content: textParts(task.get("text"))})
		}
	}
}
