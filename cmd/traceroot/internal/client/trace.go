package client

import (
	"context"
	"fmt"
	"net/url"
)

// Trace is a trace in full. What stands behind the API's members is told by our own server alone. Texts are empty where
// the API has null, except in Input and Output.
type Trace struct {
	TraceID   string  `json:"trace_id"`
	Name      string  `json:"name"`
	Start     Time    `json:"trace_start_time"`
	UserID    string  `json:"user_id"`
	SessionID string  `json:"session_id"`
	GitRef    string  `json:"git_ref"`
	GitRepo   string  `json:"git_repo"`
	Input     *string `json:"input"`
	Output    *string `json:"output"`
	Metadata  string  `json:"metadata"`
	URL       string  `json:"trace_url"`
	Spans     []Span  `json:"spans"`

	Environment string   `json:"environment"`
	Tags        []string `json:"tags"`
}

// Span is a span in full.
type Span struct {
	SpanID         string           `json:"span_id"`
	TraceID        string           `json:"trace_id"`
	ParentSpanID   string           `json:"parent_span_id"`
	Name           string           `json:"name"`
	Kind           string           `json:"span_kind"`
	Start          Time             `json:"span_start_time"`
	End            Time             `json:"span_end_time"` // zero while it runs
	Status         string           `json:"status"`
	StatusMessage  string           `json:"status_message"`
	Model          string           `json:"model_name"`
	Cost           *float64         `json:"cost"` // dollars
	InputTokens    *int64           `json:"input_tokens"`
	OutputTokens   *int64           `json:"output_tokens"`
	Usage          map[string]int64 `json:"usage_details"`
	SourceFile     string           `json:"git_source_file"`
	SourceLine     int              `json:"git_source_line"`
	SourceFunction string           `json:"git_source_function"`
	Input          *string          `json:"input"`
	Output         *string          `json:"output"`
	Metadata       string           `json:"metadata"`

	Environment  string      `json:"environment"`
	Tags         []string    `json:"tags"`
	Streaming    bool        `json:"streaming"`
	FirstTokenMS float64     `json:"time_to_first_token_ms"`
	Estimated    bool        `json:"usage_estimated"`
	Errors       []SpanError `json:"error_chain"`
}

// SpanError is one link of the chain of errors behind a failed span, outermost first.
type SpanError struct {
	Type    string        `json:"type"`
	Message string        `json:"message"`
	Causes  [][]SpanError `json:"causes"`
}

// Trace reads one trace with its spans and all their texts.
func (c *Client) Trace(ctx context.Context, id string) (Reply[Trace], error) {
	var trace Reply[Trace]
	err := c.get(ctx, public+"/traces/"+url.PathEscape(id), url.Values{"fields": {"full"}}, &trace)
	if err != nil {
		return trace, fmt.Errorf("read trace %s: %w", id, err)
	}
	return trace, nil
}
