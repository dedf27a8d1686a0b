package llmhttp

import "cmp"

// converseContent reads a list of blocks, or a text.
func converseContent(content *value) []Part {
	if content.is(textKind) {
		return textParts(content)
	}
	var parts []Part
	for block := range content.all() {
		parts = append(parts, conversePart(block)...)
	}
	return parts
}

// conversePart reads a block by the one member that it has.
func conversePart(block *value) []Part {
	for v := range block.members() {
		switch v.key {
		case "text":
			return textParts(v)
		case "image":
			return converseMedia(PartImage, v)
		case "document":
			return converseMedia(PartFile, v)
		case "video":
			return converseMedia(PartVideo, v)
		case "audio":
			return converseMedia(PartAudio, v)
		case "reasoningContent":
			return converseReasoning(v)
		case "guardContent":
			return converseGuarded(v)
		case "json":
			return jsonParts(v)
		case "citationsContent":
			return converseContent(v.get("content"))
		case "toolUse":
			return converseServerCall(v)
		case "toolResult":
			return []Part{converseServerResult(v)}
		case "cachePoint":
			return nil
		}
	}
	for unknown := range block.members() {
		return []Part{{Type: PartType(unknown.key)}}
	}
	if block.is(objectKind) {
		return []Part{{Type: "unknown"}}
	}
	return nil
}

// converseMedia reads an image, a document, a video or audio: inline, in an S3 bucket, or a document's text, whole or in
// blocks that can be cited one by one.
func converseMedia(t PartType, v *value) []Part {
	p := Part{Type: t, Format: v.get("format").str()}
	source := v.get("source")
	bucket, text, blocks := source.get("s3Location"), source.get("text"), source.get("content")
	switch {
	case bucket.known():
		p = mediaPart(p, bucket.get("uri"), nil)
	case text.known():
		p.Source, p.Text, p.Dropped = SourceText, text.str(), dropped(text)
	case blocks.known():
		p.Source = SourceText
		p.Text, p.Dropped = joinedTexts(converseContent(blocks), "")
	default:
		p = mediaPart(p, nil, firstKnown(source.get("bytes"), &value{kind: textKind}))
	}
	return []Part{p}
}

func converseReasoning(v *value) []Part {
	if told := v.get("reasoningText"); told.known() {
		return reasoningParts(told.get("text"))
	}
	return []Part{{Type: PartReasoning, Redacted: true}}
}

// converseGuarded reads what a guardrail is to look at.
func converseGuarded(v *value) []Part {
	if image := v.get("image"); image.known() {
		return converseMedia(PartImage, image)
	}
	return textParts(v.get("text", "text"))
}

func converseServerCall(v *value) []Part {
	call := converseCall(v)
	return []Part{{
		Type: PartServerToolCall, Name: call.Name, ID: call.ID, Arguments: call.Arguments, Dropped: call.Dropped,
	}}
}

// converseServerResult has a type of its own, such as nova_code_interpreter_result.
func converseServerResult(v *value) Part {
	return Part{
		Type: PartServerToolResult, Name: cmp.Or(v.get("type").str(), "tool_result"), ID: v.get("toolUseId").str(),
	}
}
