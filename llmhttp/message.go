package llmhttp

import (
	"encoding/json"
	"slices"
)

// Message is one message of a conversation, to a model or from it.
type Message struct {
	Role       string     // system, developer, user, assistant or tool; another word as the provider sent it
	Content    []Part     // what it says, in order
	ToolCalls  []ToolCall // what it asks to be run
	ToolCallID string     // of a tool's result: the call that it answers
	Name       string     // of its author, where one is given
	IsError    bool       // of a tool's result: the tool failed
}

// PartType says what a [Part] is and which of its fields count.
type PartType string

// The types of parts. A part that is none of them has the provider's own word and no fields.
const (
	PartText             PartType = "text"               // Text
	PartReasoning        PartType = "reasoning"          // Text, or Redacted
	PartRefusal          PartType = "refusal"            // Text
	PartImage            PartType = "image"              // Source; MediaType, Name, Format
	PartAudio            PartType = "audio"              // the same; without a Source it was spoken by the model: Ref, Transcript
	PartVideo            PartType = "video"              // as an image
	PartFile             PartType = "file"               // as an image
	PartServerToolCall   PartType = "server_tool_call"   // Name, ID, Arguments; run by the provider
	PartServerToolResult PartType = "server_tool_result" // Name, ID
	PartServerItem       PartType = "server_item"        // Name, ID
	PartTokens           PartType = "tokens"             // Count; input given as token numbers
	PartReference        PartType = "reference"          // Ref
	PartCompaction       PartType = "compaction"
)

// Source says where the data of an image, audio, video or file is.
type Source string

// The sources. Data itself is never kept, only its length.
const (
	SourceURL    Source = "url"    // URL
	SourceInline Source = "inline" // Base64Len
	SourceRef    Source = "ref"    // Ref
	SourceText   Source = "text"   // Text
)

// Part is one piece of a message.
type Part struct {
	Type       PartType
	Text       string
	Dropped    int  // bytes at the end of Text that [Limits] left out
	Redacted   bool // reasoning that the provider keeps to itself
	Source     Source
	URL        string
	Base64Len  int // length of the base64 text
	Ref        string
	MediaType  string
	Name       string
	Format     string
	Transcript string
	ID         string
	Arguments  json.RawMessage // nil when there are none
	Count      int
}

// ToolCall is a model's wish that the program runs a function.
type ToolCall struct {
	ID        string          // "" where the provider gives none
	Name      string          //
	Arguments json.RawMessage // JSON as sent, {} for none; a JSON text of what had arrived when that is not JSON
	Dropped   int             // bytes of the arguments that [Limits] left out
}

// Tool is a function or a provider's own tool that a request offers.
type Tool struct {
	Name        string // of the function; for a hosted tool its type, mcp:<server> for a remote server
	Description string
	Parameters  json.RawMessage // the JSON schema as sent, nil without one
}

// TextMessage is a message that is one text.
func TextMessage(role, text string) Message {
	return Message{Role: role, Content: []Part{{Type: PartText, Text: text}}}
}

// MarshalJSON gives the form that spans carry: the content is one text when it is exactly one text part, else a list.
func (m Message) MarshalJSON() ([]byte, error) { return m.appendJSON(nil), nil }

// MarshalJSON leaves out every field that does not belong to the part's type or says nothing.
func (p Part) MarshalJSON() ([]byte, error) { return p.appendJSON(nil), nil }

// MarshalJSON leaves out an empty ID.
func (c ToolCall) MarshalJSON() ([]byte, error) { return c.appendJSON(nil), nil }

// MarshalJSON leaves out an empty description and absent parameters.
func (t Tool) MarshalJSON() ([]byte, error) { return t.appendJSON(nil), nil }

// AppendMessages appends the JSON list of messages, compact and without HTML escapes.
func AppendMessages(dst []byte, messages []Message) []byte {
	const around = 64 // bytes of JSON about each text
	size := around
	for i := range messages {
		for j := range messages[i].Content {
			size += around + len(messages[i].Content[j].Text)
		}
	}
	return appendList(slices.Grow(dst, size), messages, Message.appendJSON)
}

// AppendTools appends the JSON list of tools, compact and without HTML escapes.
func AppendTools(dst []byte, tools []Tool) []byte { return appendList(dst, tools, Tool.appendJSON) }

// Dropped is how many bytes of text [Limits] left out of messages.
func Dropped(messages []Message) int {
	n := 0
	for i := range messages {
		for j := range messages[i].Content {
			n += messages[i].Content[j].Dropped
		}
		for j := range messages[i].ToolCalls {
			n += messages[i].ToolCalls[j].Dropped
		}
	}
	return n
}

func appendList[T any](dst []byte, list []T, appendJSON func(T, []byte) []byte) []byte {
	dst = append(dst, '[')
	for i, item := range list {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendJSON(item, dst)
	}
	return append(dst, ']')
}

func (m Message) appendJSON(dst []byte) []byte {
	o := beginObject(dst)
	o.text("role", m.Role)
	if len(m.Content) == 1 && m.Content[0].Type == PartText {
		o.text("content", m.Content[0].Text)
	} else {
		o.name("content")
		o.dst = appendList(o.dst, m.Content, Part.appendJSON)
	}
	if len(m.ToolCalls) > 0 {
		o.name("tool_calls")
		o.dst = appendList(o.dst, m.ToolCalls, ToolCall.appendJSON)
	}
	o.textIf("tool_call_id", m.ToolCallID)
	o.textIf("name", m.Name)
	if m.IsError {
		o.json("is_error", []byte("true"))
	}
	return o.end()
}

func (p Part) appendJSON(dst []byte) []byte {
	o := beginObject(dst)
	o.text("type", string(p.Type))
	switch {
	case p.Redacted:
		o.json("redacted", []byte("true"))
	case p.Type == PartText, p.Type == PartReasoning, p.Type == PartRefusal:
		o.text("text", p.Text)
	case p.Type == PartTokens:
		o.number("count", p.Count)
	case p.Type == PartAudio && p.Source == "":
		o.text("ref", p.Ref)
		o.text("transcript", p.Transcript)
	default:
		o.textIf("source", string(p.Source))
		o.textIf("url", p.URL)
		if p.Source == SourceInline {
			o.number("base64_len", p.Base64Len)
		}
		o.textIf("ref", p.Ref)
		o.textIf("text", p.Text)
		o.textIf("media_type", p.MediaType)
		o.textIf("name", p.Name)
		o.textIf("format", p.Format)
		o.textIf("id", p.ID)
		o.json("arguments", p.Arguments)
	}
	return o.end()
}

func (c ToolCall) appendJSON(dst []byte) []byte {
	o := beginObject(dst)
	o.textIf("id", c.ID)
	o.text("name", c.Name)
	o.json("arguments", c.Arguments)
	return o.end()
}

func (t Tool) appendJSON(dst []byte) []byte {
	o := beginObject(dst)
	o.text("name", t.Name)
	o.textIf("description", t.Description)
	o.json("parameters", t.Parameters)
	return o.end()
}
