package tracemcp

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"reflect"
	"strings"

	"github.com/modelcontextprotocol/go-sdk/mcp"
)

// part is a piece of content as it is recorded: in the form that model calls have on their spans, with the length of
// base64 text in place of the text.
type part struct {
	Type      string `json:"type"`
	Text      string `json:"text,omitempty"`
	Source    string `json:"source,omitempty"`
	Base64Len int    `json:"base64_len,omitempty"`
	MediaType string `json:"media_type,omitempty"`
	URI       string `json:"uri,omitempty"`
	Name      string `json:"name,omitempty"`
}

type promptMessage struct {
	Role    mcp.Role `json:"role"`
	Content any      `json:"content"`
}

type structured struct {
	Content           any `json:"content"`
	StructuredContent any `json:"structuredContent"`
}

// outputOf is what a span shows of an mcp.Result.
func outputOf(result any) any {
	switch r := result.(type) {
	case *mcp.CallToolResult:
		return toolOutput(r)
	case *mcp.ReadResourceResult:
		parts := make([]any, len(r.Contents))
		for i, contents := range r.Contents {
			parts[i] = resourcePart(contents)
		}
		return textOrParts(parts)
	case *mcp.GetPromptResult:
		messages := make([]promptMessage, len(r.Messages))
		for i, m := range r.Messages {
			messages[i] = promptMessage{m.Role, textOrParts([]any{partOf(m.Content)})}
		}
		return messages
	default:
		return result
	}
}

func toolOutput(r *mcp.CallToolResult) any {
	if r.InputRequests != nil {
		return r // no content yet: the server asks for more first
	}
	content := contentOf(r.Content)
	if r.StructuredContent == nil || isTextOf(content, r.StructuredContent) {
		return content
	}
	return structured{content, r.StructuredContent}
}

func contentOf(content []mcp.Content) any {
	parts := make([]any, len(content))
	for i, c := range content {
		parts[i] = partOf(c)
	}
	return textOrParts(parts)
}

// textOrParts is the text of a single part that has no more than text, else all the parts.
func textOrParts(parts []any) any {
	if len(parts) == 1 {
		if only, ok := parts[0].(part); ok && only.Base64Len == 0 && (only.Type == "text" || only.Type == "resource") {
			return only.Text
		}
	}
	return parts
}

func partOf(content mcp.Content) any {
	switch c := content.(type) {
	case *mcp.TextContent:
		return part{Type: "text", Text: c.Text}
	case *mcp.ImageContent:
		return inlinePart("image", c.Data, c.MIMEType)
	case *mcp.AudioContent:
		return inlinePart("audio", c.Data, c.MIMEType)
	case *mcp.ResourceLink:
		return part{Type: "resource_link", URI: c.URI, Name: c.Name, MediaType: c.MIMEType}
	case *mcp.EmbeddedResource:
		return resourcePart(c.Resource)
	default:
		return c
	}
}

func inlinePart(kind string, data []byte, mediaType string) part {
	return part{Type: kind, Source: "inline", Base64Len: base64.StdEncoding.EncodedLen(len(data)), MediaType: mediaType}
}

func resourcePart(r *mcp.ResourceContents) any {
	if r == nil {
		return nil
	}
	p := part{Type: "resource", Text: r.Text}
	if len(r.Blob) > 0 {
		p = inlinePart("resource", r.Blob, r.MIMEType)
	}
	p.URI, p.MediaType = r.URI, r.MIMEType
	return p
}

// isTextOf tells whether content is structured content written out as text, which servers add for clients that know no
// structured content.
func isTextOf(content, structured any) bool {
	text, ok := content.(string)
	if !ok {
		return false
	}
	written, err := json.Marshal(structured)
	if err != nil {
		return false
	}
	var a, b any
	return json.Unmarshal([]byte(text), &a) == nil && json.Unmarshal(written, &b) == nil && reflect.DeepEqual(a, b)
}

// toolFailure is the failure that a tool reports in its result; nil when it reports none.
func toolFailure(result mcp.Result) error {
	r, ok := result.(*mcp.CallToolResult)
	if !ok || r == nil || !r.IsError {
		return nil
	}
	if err := r.GetError(); err != nil {
		return err
	}
	var texts []string
	for _, c := range r.Content {
		if text, ok := c.(*mcp.TextContent); ok && text.Text != "" {
			texts = append(texts, text.Text)
		}
	}
	if len(texts) == 0 {
		return errors.New("the tool reports an error without a text")
	}
	return errors.New(strings.Join(texts, "\n"))
}
