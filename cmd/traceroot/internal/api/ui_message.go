package api

import (
	"encoding/json"
	"net/http"
	"strconv"

	"github.com/tidwall/gjson"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// messageView is one message of a conversation.
type messageView struct {
	Hash       store.Hash   `json:"hash"`
	Role       string       `json:"role"`
	Name       string       `json:"name,omitempty"`
	ToolCallID string       `json:"toolCallId,omitempty"`
	Content    any          `json:"content" ts:"string | Part[]"`
	ToolCalls  []toolCalled `json:"tool_calls,omitempty"`
	IsError    bool         `json:"isError,omitempty"` // of a tool's result
	Bytes      int          `json:"bytes"`
}

// toolCalled is a call of a tool as a model wrote it.
type toolCalled struct {
	ID        string          `json:"id"`
	Name      string          `json:"name"`
	Arguments json.RawMessage `json:"arguments" ts:"unknown"`
}

// messagePart is a piece of a message's content, with whatever else its sender said of it.
type messagePart map[string]any

// messageList has those of the messages that are there.
type messageList struct {
	Data []messageView `json:"data"`
}

// maxMessages is how many can be asked for at once.
const maxMessages = 500

func (s *server) messages(r *http.Request, who Identity) (any, error) {
	texts := r.URL.Query()["h"]
	if len(texts) == 0 || len(texts) > maxMessages {
		return nil, invalid("h is the hash of a message, one to %d times", maxMessages)
	}
	hashes := make([]store.Hash, len(texts))
	for i, text := range texts {
		var err error
		if hashes[i], err = store.ParseHash(text); err != nil {
			return nil, invalid("h: %v", err)
		}
	}
	stored, err := s.store.Messages(r.Context(), who.Project, hashes)
	if err != nil {
		return nil, err
	}
	reply := messageList{Data: []messageView{}}
	for _, m := range stored {
		if m.Body != "" {
			reply.Data = append(reply.Data, readMessage(m))
		}
	}
	if len(reply.Data) < len(hashes) { // the others may come
		return reply, nil
	}
	return forever(reply), nil
}

func readMessage(m store.Message) messageView {
	shown := messageView{Hash: m.Hash, Content: "", Bytes: len(m.Body)}
	body := gjson.Parse(m.Body)
	if !body.IsObject() || !gjson.Valid(m.Body) {
		shown.Content = contentOf(m.Hash, "", m.Body)
		return shown
	}
	for key, value := range body.ForEach {
		switch key.Str {
		case "role":
			shown.Role = value.String()
		case "name":
			shown.Name = value.String()
		case "tool_call_id":
			shown.ToolCallID = value.String()
		case "is_error":
			shown.IsError = value.Bool()
		case "content":
			shown.Content = readContent(m.Hash, value)
		case "tool_calls":
			for _, call := range value.Array() {
				arguments := json.RawMessage(call.Get("arguments").Raw)
				if len(arguments) == 0 {
					arguments = json.RawMessage("null")
				}
				shown.ToolCalls = append(shown.ToolCalls, toolCalled{call.Get("id").String(), call.Get("name").String(), arguments})
			}
		}
	}
	return shown
}

func readContent(hash store.Hash, content gjson.Result) any {
	switch {
	case content.Type == gjson.String:
		return contentOf(hash, "content", content.Str)
	case content.Type == gjson.Null:
		return ""
	case !content.IsArray():
		return contentOf(hash, "", content.Raw)
	}
	parts := []messagePart{}
	for i, element := range content.Array() {
		parts = append(parts, readPart(hash, "content."+strconv.Itoa(i), element))
	}
	return parts
}

// contentOf is a text, or the beginning of a long one as a part that tells where the rest is.
func contentOf(hash store.Hash, path, text string) any {
	if len(text) <= maxText {
		return text
	}
	return []messagePart{longText(messagePart{"type": "text"}, hash, path, text)}
}

func longText(part messagePart, hash store.Hash, path, text string) messagePart {
	part["text"] = cut(text, maxText)
	if len(text) > maxText {
		part["bytes"], part["blob"] = len(text), messageBlob(hash, path).name([]byte(text))
	}
	return part
}

// partNames are our names of members that parts are stored with.
var partNames = map[string]string{"media_type": "mime", "ref": "ref", "base64_len": "base64"}

func readPart(hash store.Hash, path string, element gjson.Result) messagePart {
	if !element.IsObject() {
		return longText(messagePart{"type": "text"}, hash, path, element.String())
	}
	part := messagePart{"type": ""}
	for key, value := range element.ForEach {
		name := key.Str
		if known := partNames[name]; known != "" {
			name = known
		}
		switch {
		case name == "text" && value.Type == gjson.String:
			longText(part, hash, path+".text", value.Str)
		case value.Type == gjson.String && isDataURL(value.Str):
			part.addData(hash, path+"."+gjson.Escape(key.Str), value.Str)
		case value.Type == gjson.String:
			part[name] = cut(value.Str, maxText)
		default:
			part[name] = json.RawMessage(value.Raw)
		}
	}
	if size, is := part["base64"].(json.RawMessage); is {
		delete(part, "base64")
		if _, known := part["bytes"]; !known {
			n, _ := strconv.Atoi(string(size))
			part["bytes"] = n / 4 * 3
		}
	}
	return part
}

// addData tells of data within a message what it is, whatever its sender called it, and where it can be had.
func (p messagePart) addData(hash store.Hash, path, url string) {
	mediaType, data := readDataURL(url)
	if found, inline := sniff(data); inline {
		mediaType = found
	}
	p["mime"], p["bytes"] = mediaType, len(data)
	p["blob"] = messageBlob(hash, path).name(data)
	if width, height, known := dimensions(data); known {
		p["width"], p["height"] = width, height
	}
}
