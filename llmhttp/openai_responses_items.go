package llmhttp

import "strings"

// responsesMessage reads an item of a request's input.
func responsesMessage(item *value) Message {
	switch responsesType(item) {
	case "message":
		return Message{Role: item.get("role").str(), Content: openAIParts(item.get("content"))}
	case "function_call_output", "custom_tool_call_output":
		return Message{Role: "tool", ToolCallID: item.get("call_id").str(), Content: openAIParts(item.get("output"))}
	case "item_reference":
		return Message{Role: "assistant", Content: []Part{{Type: PartReference, Ref: item.get("id").str()}}}
	}
	if item.is(textKind) {
		return Message{Role: "user", Content: textParts(item)}
	}
	m := Message{Role: "assistant"}
	m.addResponsesItem(item)
	return m
}

// responsesType is an item's type; messages need not name theirs.
func responsesType(item *value) string {
	if t := item.get("type").str(); t != "" || item.get("role") == nil {
		return t
	}
	return "message"
}

// addResponsesItem adds what a model, or its provider on the model's behalf, has made.
func (m *Message) addResponsesItem(item *value) {
	switch responsesType(item) {
	case "message":
		m.Content = append(m.Content, openAIParts(item.get("content"))...)
	case "function_call":
		m.addResponsesCall(item, item.get("arguments"))
	case "custom_tool_call":
		m.addResponsesCall(item, item.get("input"))
	case "reasoning":
		m.Content = append(m.Content, responsesReasoning(item)...)
	default:
		m.Content = append(m.Content, responsesServerPart(item))
	}
}

func (m *Message) addResponsesCall(item, arguments *value) {
	m.ToolCalls = append(m.ToolCalls, toolCall(item.get("call_id").str(), item.get("name").str(), arguments))
}

// responsesReasoning is what the model thought, or else its summary, or else that the provider keeps it to itself.
func responsesReasoning(item *value) []Part {
	for _, texts := range []*value{item.get("content"), item.get("summary")} {
		var pieces []Part
		for v := range texts.all() {
			pieces = append(pieces, reasoningParts(v.get("text"))...)
		}
		if len(pieces) > 0 {
			return joinedReasoning(pieces)
		}
	}
	if item.get("encrypted_content").given() {
		return []Part{{Type: PartReasoning, Redacted: true}}
	}
	return nil
}

// joinedReasoning makes one part of several, a line each.
func joinedReasoning(pieces []Part) []Part {
	if len(pieces) == 0 {
		return nil
	}
	p := Part{Type: PartReasoning}
	p.Text, p.Dropped = joinedTexts(pieces, "\n")
	return []Part{p}
}

// responsesServerPart is an item of which the provider knows more than the program: a search, code that it ran.
func responsesServerPart(item *value) Part {
	p := Part{Type: PartServerItem, Name: item.get("type").str(), ID: item.get("id").str()}
	if strings.HasSuffix(p.Name, "_call") {
		p.Type = PartServerToolCall
	}
	if p.Name == "mcp_call" {
		p.Name += ":" + item.get("name").str()
	}
	return p
}
