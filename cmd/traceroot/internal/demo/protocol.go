package demo

import (
	"encoding/json"
	"fmt"
	"net/http"
)

// chatRequest is what the model reads of OpenAI's POST /v1/chat/completions; it ignores the rest.
type chatRequest struct {
	Model         string           `json:"model"`
	Messages      []message        `json:"messages"`
	Tools         []toolDefinition `json:"tools"`
	Stream        bool             `json:"stream"`
	StreamOptions struct {
		IncludeUsage bool `json:"include_usage"`
	} `json:"stream_options"`
}

// toolDefinition is a tool that the caller offers; the script knows what the known ones do and which arguments they take.
type toolDefinition struct {
	Function struct {
		Name string `json:"name"`
	} `json:"function"`
}

// message is one of the conversation, or a part of one in a stream.
type message struct {
	Role       string     `json:"role,omitempty"`
	Content    *string    `json:"content,omitempty"` // nil where the message has none
	ToolCalls  []toolCall `json:"tool_calls,omitempty"`
	ToolCallID string     `json:"tool_call_id,omitempty"`
}

func (m message) text() string {
	if m.Content == nil {
		return ""
	}
	return *m.Content
}

// toolCall comes in pieces when streamed: ID, Type and Name once, Arguments bit by bit, all under the same Index.
type toolCall struct {
	Index    int          `json:"index"`
	ID       string       `json:"id,omitempty"`
	Type     string       `json:"type,omitempty"`
	Function functionCall `json:"function"`
}

type functionCall struct {
	Name      string `json:"name,omitempty"`
	Arguments string `json:"arguments"` // JSON
}

// completion is a whole answer or one chunk of it; Object tells which.
type completion struct {
	ID      string   `json:"id"`
	Object  string   `json:"object"`
	Created int64    `json:"created"` // Unix seconds
	Model   string   `json:"model"`
	Choices []choice `json:"choices"`
	Usage   *usage   `json:"usage"`
}

// choice holds a Message in a whole answer, and a Delta in a chunk.
type choice struct {
	Index        int      `json:"index"`
	Message      *message `json:"message,omitempty"`
	Delta        *message `json:"delta,omitempty"`
	FinishReason *string  `json:"finish_reason"`
}

// usage counts tokens.
type usage struct {
	PromptTokens        int           `json:"prompt_tokens"`
	CompletionTokens    int           `json:"completion_tokens"`
	TotalTokens         int           `json:"total_tokens"`
	PromptTokensDetails promptDetails `json:"prompt_tokens_details"`
}

type promptDetails struct {
	CachedTokens int `json:"cached_tokens"` // part of the prompt
}

// refusal is an error in the form that OpenAI's clients read.
type refusal struct {
	Status  int     `json:"-"`
	Message string  `json:"message"`
	Type    string  `json:"type"`
	Code    *string `json:"code"`
}

func invalid(format string, args ...any) *refusal {
	return &refusal{
		Status: http.StatusBadRequest, Type: "invalid_request_error",
		Message: fmt.Sprintf(format, args...),
	}
}

func unknownModel(name string) *refusal {
	return &refusal{
		Status: http.StatusNotFound, Type: "invalid_request_error", Code: new("model_not_found"),
		Message: fmt.Sprintf("The model `%s` does not exist; this server has `%s`.", name, Model),
	}
}

func unknownURL(r *http.Request) *refusal {
	return &refusal{
		Status: http.StatusNotFound, Type: "invalid_request_error", Code: new("unknown_url"),
		Message: fmt.Sprintf("Unknown request URL: %s %s.", r.Method, r.URL.Path),
	}
}

func (r *refusal) write(w http.ResponseWriter) {
	writeJSON(w, r.Status, map[string]*refusal{"error": r})
}

// writeJSON does not report a write that fails: the caller has gone.
func writeJSON(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}
