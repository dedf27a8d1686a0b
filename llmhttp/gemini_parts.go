package llmhttp

// geminiMessages reads one content of a conversation. Results of tools are messages of their own, before the rest.
func geminiMessages(content *value, q *Request) []Message {
	if content.is(textKind) {
		return []Message{{Role: "user", Content: textParts(content)}}
	}
	if !content.is(objectKind) {
		return nil
	}
	said := Message{Role: geminiRole(content.get("role").str()), Content: geminiParts(content)}
	var messages []Message
	for v := range content.get("parts").each() {
		if f := v.either("functionCall", "function_call"); f.given() {
			said.ToolCalls = append(said.ToolCalls, geminiCall(f))
		} else if f := v.either("functionResponse", "function_response"); f.given() {
			messages = append(messages, geminiResult(f, q))
		}
	}
	if len(said.Content) > 0 || len(said.ToolCalls) > 0 || len(messages) == 0 {
		messages = append(messages, said)
	}
	return messages
}

func geminiRole(sent string) string {
	switch sent {
	case "model":
		return "assistant"
	case "function":
		return "tool"
	case "":
		return "user"
	default:
		return sent
	}
}

// geminiParts reads what a content says: a text, or parts that are no calls and no results of tools.
func geminiParts(content *value) []Part {
	if content.is(textKind) {
		return textParts(content)
	}
	var parts []Part
	for v := range content.get("parts").each() {
		parts = append(parts, geminiPart(v)...)
	}
	return parts
}

// geminiPart is one part, or none where there is nothing to say.
func geminiPart(v *value) []Part {
	if v.is(textKind) {
		return textParts(v)
	}
	if text := v.get("text"); text.given() {
		if v.get("thought").given() {
			return reasoningParts(text)
		}
		return textParts(text)
	}
	if data := v.either("inlineData", "inline_data"); data.given() {
		base64 := firstKnown(data.get("data"), &value{kind: textKind}) // empty data is not sent
		return []Part{mediaPart(geminiMedia(data), nil, base64)}
	}
	if file := v.either("fileData", "file_data"); file.given() {
		return []Part{mediaPart(geminiMedia(file), file.either("fileUri", "file_uri"), nil)}
	}
	return geminiServerTool(v)
}

// geminiMedia is an image, audio, a video or a file, by its media type.
func geminiMedia(v *value) Part {
	mediaType := v.either("mimeType", "mime_type").str()
	return Part{Type: partTypeOf(mediaType, PartFile), MediaType: mediaType}
}

// geminiServerTool is the use of a tool that Google runs itself.
func geminiServerTool(v *value) []Part {
	const codeExecution = "code_execution"
	call, result := v.either("toolCall", "tool_call"), v.either("toolResponse", "tool_response")
	switch {
	case v.either("executableCode", "executable_code").given():
		return []Part{{Type: PartServerToolCall, Name: codeExecution}}
	case v.either("codeExecutionResult", "code_execution_result").given():
		return []Part{{Type: PartServerToolResult, Name: codeExecution}}
	case call.given():
		return []Part{{Type: PartServerToolCall, Name: call.either("toolType", "tool_type").literal()}}
	case result.given():
		return []Part{{Type: PartServerToolResult, Name: result.either("toolType", "tool_type").literal()}}
	default:
		return nil
	}
}

func geminiCall(f *value) ToolCall {
	return toolCall(f.get("id").str(), f.get("name").str(), firstGiven(f.get("args")))
}

// geminiResult is what a tool gave back, which is JSON, as a text.
func geminiResult(f *value, q *Request) Message {
	response := f.get("response")
	all := "null"
	if response != nil {
		all = string(response.raw())
	}
	text := cutText(all, q.limits.bounds(q.spoken()).text)
	return Message{
		Role:       "tool",
		Content:    []Part{{Type: PartText, Text: text, Dropped: len(all) - len(text) + droppedIn(response)}},
		ToolCallID: f.get("id").str(),
		Name:       f.get("name").str(),
	}
}
