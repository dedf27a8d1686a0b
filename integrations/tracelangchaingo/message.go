package tracelangchaingo

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/tmc/langchaingo/llms"
)

// message has the JSON form of the messages that the wire's spans carry.
type message struct {
	Role       string     `json:"role"`
	Content    any        `json:"content"` // the text if there is no more than one, else the parts
	ToolCalls  []toolCall `json:"tool_calls,omitempty"`
	ToolCallID string     `json:"tool_call_id,omitempty"`
	Name       string     `json:"name,omitempty"`
}

type part struct {
	Type      string `json:"type"`
	Text      string `json:"text,omitempty"`
	Source    string `json:"source,omitempty"`
	URL       string `json:"url,omitempty"`
	Base64Len int    `json:"base64_len,omitempty"` // of data, which is not kept
	MediaType string `json:"media_type,omitempty"`
}

type toolCall struct {
	ID        string          `json:"id,omitempty"`
	Name      string          `json:"name"`
	Arguments json.RawMessage `json:"arguments"`
}

var roles = map[llms.ChatMessageType]string{
	llms.ChatMessageTypeHuman: "user", llms.ChatMessageTypeAI: "assistant", llms.ChatMessageTypeFunction: "tool",
}

func messagesOf(contents []llms.MessageContent) []message {
	messages := make([]message, 0, len(contents))
	for _, content := range contents {
		m := message{Role: string(content.Role)}
		if role, ok := roles[content.Role]; ok {
			m.Role = role
		}
		parts := []part{}
		for _, p := range content.Parts {
			parts = m.add(parts, p)
		}
		m.setContent(parts)
		messages = append(messages, m)
	}
	return messages
}

func (m *message) setContent(parts []part) {
	if len(parts) == 1 && parts[0].Type == "text" {
		m.Content = parts[0].Text
		return
	}
	m.Content = parts
}

// add puts one part where it belongs: among parts, or on the message itself.
func (m *message) add(parts []part, p llms.ContentPart) []part {
	switch p := p.(type) {
	case llms.TextContent:
		return append(parts, part{Type: "text", Text: p.Text})
	case llms.ImageURLContent:
		return append(parts, part{Type: "image", Source: "url", URL: p.URL})
	case llms.BinaryContent:
		length := base64.StdEncoding.EncodedLen(len(p.Data))
		return append(parts, part{Type: mediaKind(p.MIMEType), Source: "inline", Base64Len: length, MediaType: p.MIMEType})
	case llms.CachedContent:
		return m.add(parts, p.ContentPart)
	case llms.ToolCall:
		m.ToolCalls = append(m.ToolCalls, toolCallOf(p))
		return parts
	case llms.ToolCallResponse:
		m.ToolCallID, m.Name = p.ToolCallID, p.Name
		return append(parts, part{Type: "text", Text: p.Content})
	default:
		return append(parts, part{Type: fmt.Sprintf("%T", p)})
	}
}

func mediaKind(mimeType string) string {
	switch kind, _, _ := strings.Cut(mimeType, "/"); kind {
	case "image", "audio", "video":
		return kind
	default:
		return "file"
	}
}

func toolCallOf(call llms.ToolCall) toolCall {
	c := toolCall{ID: call.ID, Arguments: json.RawMessage("{}")}
	if call.FunctionCall == nil {
		return c
	}
	c.Name = call.FunctionCall.Name
	switch arguments := []byte(call.FunctionCall.Arguments); {
	case len(arguments) == 0:
	case json.Valid(arguments):
		c.Arguments = arguments
	default:
		c.Arguments, _ = json.Marshal(call.FunctionCall.Arguments) // a text always has a JSON form
	}
	return c
}

// answersOf gives one message a choice.
func answersOf(res *llms.ContentResponse) []message {
	messages := make([]message, 0, len(res.Choices))
	for _, choice := range res.Choices {
		if choice == nil {
			continue
		}
		m := message{Role: "assistant"}
		parts := []part{}
		if choice.ReasoningContent != "" {
			parts = append(parts, part{Type: "reasoning", Text: choice.ReasoningContent})
		}
		if choice.Content != "" {
			parts = append(parts, part{Type: "text", Text: choice.Content})
		}
		m.setContent(parts)
		for _, call := range choice.ToolCalls {
			m.ToolCalls = append(m.ToolCalls, toolCallOf(call))
		}
		messages = append(messages, m)
	}
	return messages
}
