package traceeino

import (
	"encoding/json"
	"strings"

	"github.com/cloudwego/eino/schema"
)

// message has the form of the messages of model calls.
type message struct {
	Role       schema.RoleType `json:"role"`
	Content    any             `json:"content,omitempty"` // the text of a single text part, else the parts
	ToolCalls  []toolCall      `json:"tool_calls,omitempty"`
	ToolCallID string          `json:"tool_call_id,omitempty"`
	Name       string          `json:"name,omitempty"`
}

type toolCall struct {
	ID        string          `json:"id,omitempty"`
	Name      string          `json:"name"`
	Arguments json.RawMessage `json:"arguments"`
}

// part is a piece of a message. Data itself is never shown, only the length of its base64 text.
type part struct {
	Type      string `json:"type"`
	Text      string `json:"text,omitempty"`
	Source    string `json:"source,omitempty"`
	URL       string `json:"url,omitempty"`
	Base64Len int    `json:"base64_len,omitempty"`
	MediaType string `json:"media_type,omitempty"`
}

func shownMessages(messages []*schema.Message) any {
	list := make([]message, 0, len(messages))
	for _, m := range messages {
		if m != nil {
			list = append(list, shownMessage(m))
		}
	}
	return list
}

func shownMessage(m *schema.Message) message {
	is := message{Role: m.Role, Content: textOrParts(partsOf(m)), ToolCallID: m.ToolCallID, Name: m.Name}
	if m.Role == schema.Tool && is.Name == "" {
		is.Name = m.ToolName
	}
	for _, call := range m.ToolCalls {
		is.ToolCalls = append(is.ToolCalls, toolCall{call.ID, call.Function.Name, argumentsOf(call.Function.Arguments)})
	}
	return is
}

// argumentsOf is JSON in any case: arguments of a call that was cut are a text.
func argumentsOf(text string) json.RawMessage {
	if text == "" {
		return json.RawMessage("{}")
	}
	if json.Valid([]byte(text)) {
		return json.RawMessage(text)
	}
	quoted, _ := json.Marshal(text) // a string always has a JSON form
	return quoted
}

// partsOf are the parts of a message. Where several fields hold its content, eino sends the most specific one.
func partsOf(m *schema.Message) []part {
	var parts []part
	if m.ReasoningContent != "" {
		parts = append(parts, part{Type: "reasoning", Text: m.ReasoningContent})
	}
	switch {
	case len(m.UserInputMultiContent) > 0:
		for _, p := range m.UserInputMultiContent {
			parts = append(parts, mediaPart(string(p.Type), p.Text, inputMedia(p)))
		}
	case len(m.AssistantGenMultiContent) > 0:
		for _, p := range m.AssistantGenMultiContent {
			parts = append(parts, mediaPart(string(p.Type), p.Text, outputMedia(p)))
		}
	case len(m.MultiContent) > 0: // deprecated, and still what many components fill
		for _, p := range m.MultiContent {
			parts = append(parts, mediaPart(string(p.Type), p.Text, oldMedia(p)))
		}
	case m.Content != "":
		parts = append(parts, part{Type: "text", Text: m.Content})
	}
	return parts
}

// textOrParts is the text of a single text part, else the parts; nil for none.
func textOrParts(parts []part) any {
	switch {
	case len(parts) == 0:
		return nil
	case len(parts) == 1 && parts[0].Type == "text":
		return parts[0].Text
	default:
		return parts
	}
}

// mediaPart is a part of a type such as image_url.
func mediaPart(kind, text string, media *schema.MessagePartCommon) part {
	p := part{Type: strings.TrimSuffix(kind, "_url"), Text: text}
	if media == nil {
		return p
	}
	p.MediaType = media.MIMEType
	switch {
	case media.Base64Data != nil:
		p.Source, p.Base64Len = "inline", len(*media.Base64Data)
	case media.URL != nil:
		p.Source, p.URL = "url", *media.URL
		if data, ok := strings.CutPrefix(p.URL, "data:"); ok {
			_, data, _ = strings.Cut(data, ",")
			p.Source, p.URL, p.Base64Len = "inline", "", len(data)
		}
	}
	return p
}

func inputMedia(p schema.MessageInputPart) *schema.MessagePartCommon {
	switch {
	case p.Image != nil:
		return &p.Image.MessagePartCommon
	case p.Audio != nil:
		return &p.Audio.MessagePartCommon
	case p.Video != nil:
		return &p.Video.MessagePartCommon
	case p.File != nil:
		return &p.File.MessagePartCommon
	default:
		return nil
	}
}

func outputMedia(p schema.MessageOutputPart) *schema.MessagePartCommon {
	switch {
	case p.Image != nil:
		return &p.Image.MessagePartCommon
	case p.Audio != nil:
		return &p.Audio.MessagePartCommon
	case p.Video != nil:
		return &p.Video.MessagePartCommon
	default:
		return nil
	}
}

func toolMedia(p schema.ToolOutputPart) *schema.MessagePartCommon {
	switch {
	case p.Image != nil:
		return &p.Image.MessagePartCommon
	case p.Audio != nil:
		return &p.Audio.MessagePartCommon
	case p.Video != nil:
		return &p.Video.MessagePartCommon
	case p.File != nil:
		return &p.File.MessagePartCommon
	default:
		return nil
	}
}

func oldMedia(p schema.ChatMessagePart) *schema.MessagePartCommon { //nolint:staticcheck // deprecated, and still in use
	media := func(url, mimeType string) *schema.MessagePartCommon {
		return &schema.MessagePartCommon{URL: &url, MIMEType: mimeType}
	}
	switch {
	case p.ImageURL != nil:
		return media(p.ImageURL.URL, p.ImageURL.MIMEType)
	case p.AudioURL != nil:
		return media(p.AudioURL.URL, p.AudioURL.MIMEType)
	case p.VideoURL != nil:
		return media(p.VideoURL.URL, p.VideoURL.MIMEType)
	case p.FileURL != nil:
		return media(p.FileURL.URL, p.FileURL.MIMEType)
	default:
		return nil
	}
}

func shownToolResult(result *schema.ToolResult) any {
	parts := make([]part, len(result.Parts))
	for i, p := range result.Parts {
		parts[i] = mediaPart(string(p.Type), p.Text, toolMedia(p))
	}
	return textOrParts(parts)
}
