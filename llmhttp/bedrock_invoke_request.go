package llmhttp

import "strings"

// readInvokeRequest reads the body of a family that makes text. Whether a stream is asked for, the address alone says.
func readInvokeRequest(body *value, to *Request) {
	streams, messages, prompt := to.Streaming, body.get("messages"), invokePrompt(body)
	switch {
	case messages.known() && body.get("anthropic_version").known():
		readAnthropicRequest(body, to)
	case isConversation(messages):
		readConverseRequest(body, to) // Nova
	case prompt == nil && body.get("message").known():
		readCohereChat1Request(body, to)
		to.Parameters = readParameters(body, invokeParameters)
	default:
		to.Model = body.get("model").str()
		to.Parameters = readParameters(body, invokeParameters)
		to.Tools = openAITools(body)
		to.Messages = promptMessages(prompt)
		for v := range messages.all() {
			to.Messages = append(to.Messages, chatMessage(v))
		}
	}
	to.Streaming = streams
}

// invokePrompt is a prompt by the name that the family gives it.
func invokePrompt(body *value) *value {
	return firstKnown(body.get("inputText"), body.get("prompt"), body.get("inputPrompt"))
}

// isConversation tells Converse's messages from those of OpenAI's form, whose parts have a type.
func isConversation(messages *value) bool {
	part := messages.first().get("content").first()
	return part.is(objectKind) && part.get("type") == nil
}

// readInvokeEmbeddingsRequest reads Titan's one text or image, Nova's one, or Cohere's list of either.
func readInvokeEmbeddingsRequest(body *value, to *Request) {
	readCohereEmbedRequest(body, to)
	to.Parameters = readParameters(body, invokeParameters)
	input := textParts(firstKnown(body.get("inputText"), body.get("singleEmbeddingParams", "text", "value")))
	if image := body.get("inputImage"); image.given() {
		input = append(input, mediaPart(Part{Type: PartImage}, nil, image))
	}
	if input != nil {
		to.Messages = append(to.Messages, Message{Role: "user", Content: input})
	}
}

// readInvokeImagesRequest reads Stability's prompts, or the prompt of one of Amazon's tasks, which stands in a member named
// after the task: textToImageParams, inPaintingParams and so on.
func readInvokeImagesRequest(body *value, to *Request) {
	to.Model = body.get("model").str()
	to.Parameters = readParameters(body, invokeParameters)
	to.Messages = promptMessages(body.get("prompt"))
	for v := range body.get("text_prompts").all() {
		to.Messages = append(to.Messages, Message{Role: "user", Content: textParts(v.get("text"))})
	}
	for task := range body.members() {
		if strings.HasSuffix(task.key, "Params") && task.get("text").given() {
			to.Messages = append(to.Messages, Message{Role: "user", Content: textParts(task.get("text"))})
		}
	}
}
