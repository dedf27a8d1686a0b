package demo

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// claude asks a model of Anthropic's with net/http alone. Given a client of traceroot.HTTPClient, each call is a span.
type claude struct {
	http  *http.Client
	url   string // of the API, without /v1
	key   string
	model string
}

type claudeRequest struct {
	Model       string          `json:"model"`
	MaxTokens   int             `json:"max_tokens"`
	Temperature float64         `json:"temperature"`
	Stream      bool            `json:"stream"`
	System      []claudeBlock   `json:"system"`
	Tools       []claudeTool    `json:"tools,omitempty"`
	Messages    []claudeMessage `json:"messages"`
}

type claudeTool struct {
	Name        string          `json:"name"`
	Description string          `json:"description"`
	InputSchema json.RawMessage `json:"input_schema"`
}

type claudeMessage struct {
	Role    string        `json:"role"`
	Content []claudeBlock `json:"content"`
}

// claudeBlock is a text, a use of a tool or the result of one; Type tells which.
type claudeBlock struct {
	Type         string          `json:"type"`
	Text         string          `json:"text,omitempty"`
	ID           string          `json:"id,omitempty"`
	Name         string          `json:"name,omitempty"`
	Input        json.RawMessage `json:"input,omitempty"`
	ToolUseID    string          `json:"tool_use_id,omitempty"`
	Content      string          `json:"content,omitempty"` // of a result
	IsError      bool            `json:"is_error,omitempty"`
	CacheControl *claudeCache    `json:"cache_control,omitempty"`
}

type claudeCache struct {
	Type string `json:"type"`
}

func claudeText(role, text string) claudeMessage {
	return claudeMessage{Role: role, Content: []claudeBlock{{Type: "text", Text: text}}}
}

func (m claudeMessage) text() string {
	var b strings.Builder
	for _, block := range m.Content {
		b.WriteString(block.Text)
	}
	return b.String()
}

func (m claudeMessage) uses() []claudeBlock {
	var uses []claudeBlock
	for _, block := range m.Content {
		if block.Type == "tool_use" {
			uses = append(uses, block)
		}
	}
	return uses
}

// ask returns the model's next message, read as a stream.
func (c *claude) ask(ctx context.Context, system string, skills []skill, messages []claudeMessage) (claudeMessage, error) {
	tools := make([]claudeTool, len(skills))
	for i, s := range skills {
		tools[i] = claudeTool{Name: s.name, Description: s.description, InputSchema: s.parameters}
	}
	body, err := json.Marshal(claudeRequest{
		Model: c.model, MaxTokens: 2048, Temperature: 0.2, Stream: true,
		System:   []claudeBlock{{Type: "text", Text: system, CacheControl: &claudeCache{"ephemeral"}}},
		Tools:    tools,
		Messages: messages,
	})
	if err != nil {
		return claudeMessage{}, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url+"/v1/messages", bytes.NewReader(body))
	if err != nil {
		return claudeMessage{}, err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Anthropic-Version", "2023-06-01")
	req.Header.Set("X-Api-Key", c.key)
	res, err := c.http.Do(req)
	if err != nil {
		return claudeMessage{}, fmt.Errorf("ask %s: %w", c.model, err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		reason, _ := io.ReadAll(io.LimitReader(res.Body, 1<<10))
		return claudeMessage{}, fmt.Errorf("ask %s: %s: %s", c.model, res.Status, reason)
	}
	message, err := readClaude(res.Body)
	if err != nil {
		return claudeMessage{}, fmt.Errorf("read the answer of %s: %w", c.model, err)
	}
	return message, nil
}

// claudeEvent is one of a stream. Only what adds to the message is read.
type claudeEvent struct {
	Type         string      `json:"type"`
	Index        int         `json:"index"`
	ContentBlock claudeBlock `json:"content_block"`
	Delta        struct {
		Text        string `json:"text"`
		PartialJSON string `json:"partial_json"`
	} `json:"delta"`
}

// readClaude puts the message together from the events of its stream.
func readClaude(stream io.Reader) (claudeMessage, error) {
	message := claudeMessage{Role: "assistant"}
	lines := bufio.NewScanner(stream)
	for lines.Scan() {
		data, ok := bytes.CutPrefix(lines.Bytes(), []byte("data: "))
		if !ok {
			continue
		}
		var e claudeEvent
		if err := json.Unmarshal(data, &e); err != nil {
			return message, err
		}
		switch e.Type {
		case "content_block_start":
			e.ContentBlock.Input = nil // It begins empty, and comes in pieces.
			message.Content = append(message.Content, e.ContentBlock)
		case "content_block_delta":
			if e.Index >= len(message.Content) {
				return message, fmt.Errorf("a piece of block %d came before its beginning", e.Index)
			}
			block := &message.Content[e.Index]
			block.Text += e.Delta.Text
			block.Input = append(block.Input, e.Delta.PartialJSON...)
		case "message_stop":
			return message, nil
		}
	}
	if err := lines.Err(); err != nil {
		return message, err
	}
	return message, io.ErrUnexpectedEOF
}
