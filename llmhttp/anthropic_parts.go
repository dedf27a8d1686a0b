package llmhttp

import (
	"cmp"
	"strings"
)

// anthropicCall is the type of the block by which a model asks the program to run a function.
const anthropicCall = "tool_use"

func anthropicToolCall(block *value) ToolCall {
	return toolCall(block.get("id").str(), block.get("name").str(), block.get("input"))
}

// anthropicParts reads a text or a list of blocks.
func anthropicParts(content *value) []Part {
	if content.is(textKind) {
		return textParts(content)
	}
	var parts []Part
	for block := range content.all() {
		parts = append(parts, anthropicPart(block)...)
	}
	return parts
}

func anthropicPart(block *value) []Part {
	if block.is(textKind) {
		return textParts(block)
	}
	if !block.is(objectKind) {
		return nil
	}
	switch block.get("type").str() {
	case "text":
		return textParts(block.get("text"))
	case "thinking":
		return reasoningParts(block.get("thinking"))
	case "image":
		return []Part{anthropicMedia(PartImage, block.get("source"))}
	case "document":
		return []Part{anthropicMedia(PartFile, block.get("source"))}
	}
	p := anthropicItem(block)
	if p.Type == PartServerToolCall {
		call := anthropicToolCall(block)
		p.Arguments, p.Dropped = call.Arguments, call.Dropped
	}
	return []Part{p}
}

// anthropicMedia reads the source of an image or a document: base64 text, a URL, a file that was uploaded before, plain
// text, or blocks of text that can be cited one by one.
func anthropicMedia(t PartType, source *value) Part {
	p := Part{Type: t, MediaType: source.get("media_type").str()}
	switch source.get("type").str() {
	case "url":
		return mediaPart(p, source.get("url"), nil)
	case "file":
		p.Ref = source.get("file_id").str()
		return mediaPart(p, nil, nil)
	case "text":
		text := source.get("data")
		p.Source, p.Text, p.Dropped = SourceText, text.str(), dropped(text)
		return p
	case "content":
		p.Source = SourceText
		p.Text, p.Dropped = joinedTexts(anthropicParts(source.get("content")), "")
		return p
	default:
		return mediaPart(p, nil, source.get("data"))
	}
}

// anthropicItem is what a block that is neither text nor media says without its arguments.
func anthropicItem(block *value) Part {
	t := block.get("type").str()
	switch {
	case t == "redacted_thinking":
		return Part{Type: PartReasoning, Redacted: true}
	case t == "server_tool_use", t == "mcp_tool_use":
		return Part{Type: PartServerToolCall, Name: block.get("name").str(), ID: block.get("id").str()}
	case strings.HasSuffix(t, "_tool_result"):
		return Part{Type: PartServerToolResult, Name: t, ID: block.get("tool_use_id").str()}
	default:
		return Part{Type: PartType(cmp.Or(t, "unknown"))}
	}
}
