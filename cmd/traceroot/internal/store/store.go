// Package store says what a stored trace and span are: the columns of the platform's tables (traces and spans), and
// beside them what our own server keeps and the platform loses. It reads no wire format, prices nothing and holds no
// engine; whoever keeps traces keeps these types.
package store

import "time"

// Kind is what a span did. It decides how a span is drawn and whether its tokens count.
type Kind string

// The kinds of a stored span. A span of the last three marks its trace as an offline evaluation.
const (
	KindSpan       Kind = "SPAN"
	KindAgent      Kind = "AGENT"
	KindTool       Kind = "TOOL"
	KindLLM        Kind = "LLM"
	KindEvaluation Kind = "EVALUATION"
	KindTask       Kind = "TASK"
	KindScorer     Kind = "SCORER"
)

// Evaluation reports whether spans of this kind belong to an offline evaluation.
func (k Kind) Evaluation() bool {
	return k == KindEvaluation || k == KindTask || k == KindScorer
}

// Status is how a span ended.
type Status string

// A span is OK unless its sender said otherwise, also while it runs.
const (
	StatusOK    Status = "OK"
	StatusError Status = "ERROR"
)

// Span is one stored span. Ids are lower-case hex digits, 32 for a trace and 16 for a span. Text is empty where the
// table has NULL, except in Input and Output, where an empty text is a value of its own.
type Span struct {
	TraceID      string
	SpanID       string
	ParentSpanID string // empty on a root

	Name  string
	Kind  Kind
	Start time.Time // UTC, to the microsecond
	End   time.Time // zero while the span runs; before Start where the sender's clock went back

	Status        Status
	StatusMessage string
	Errors        []Error // the error behind the status, outermost first; nil where the sender did not say

	Input    *string
	Output   *string
	Metadata string   // JSON text, usually an object
	Tags     []string // in the sender's order, each once

	Model string
	Usage *Usage // nil where no tokens are known
	Cost  *Cost  // nil where tokens or price are not known

	Streaming        bool          // the model was asked for a stream
	TimeToFirstToken time.Duration // zero where unknown

	Environment string
	Service     string // service.name of the sender's resource
	Version     string // service.version
	Source      Source

	Call    *Call // what a model call, or the tool call that a model asked for, tells beyond the columns; nil elsewhere
	Payload Payload
}

// Call is the part of a span that only calls of a model and of a tool have. Text is empty where unknown.
type Call struct {
	Provider      string   `json:"provider,omitempty"`  // gen_ai.provider.name
	Operation     string   `json:"operation,omitempty"` // chat, embeddings, ...
	ResponseModel string   `json:"response_model,omitempty"`
	ResponseID    string   `json:"response_id,omitempty"`
	RequestID     string   `json:"request_id,omitempty"`
	ToolCallID    string   `json:"tool_call_id,omitempty"` // of a tool span: the call that a model asked for
	FinishReasons []string `json:"finish_reasons,omitempty"`
	HTTPStatus    int      `json:"http_status,omitempty"`
	Resend        int      `json:"resend,omitempty"` // 1 on the first retry

	Incomplete bool `json:"incomplete,omitempty"` // the stream was cut

	// In is the conversation as the model was shown it, Out what it answered. On write both have bodies; on read hashes
	// alone, and [Reader.Messages] has the bodies.
	In  []Message `json:"-"`
	Out []Message `json:"-"`
}

// Payload is what only the detail of one span shows: JSON text, empty where there is none.
type Payload struct {
	Parameters string // object of the model's parameters
	Tools      string // array of the tools offered to the model
	Attributes string // object of all attributes sent, but for those that Input, Output and Call.In hold whole
	Resource   string // object of the resource's attributes
	Scope      string // name of the instrumentation scope
	Events     string // array of {"name","time","attributes"}
	Links      string // array of {"trace_id","span_id","attributes"}
}

// Source is the place in the sender's code that a span tells of.
type Source struct {
	File     string `json:"file,omitempty"` // relative to the repository
	Line     int    `json:"line,omitempty"` // zero where unknown
	Function string `json:"function,omitempty"`
}

// Error is one link of a chain of wrapped errors.
type Error struct {
	Type    string    `json:"type,omitempty"`    // the Go type, without a leading star
	Message string    `json:"message,omitempty"` // the whole text of this link, that of the links below included
	Causes  [][]Error `json:"causes,omitempty"`
}

// Running reports whether the span had not ended when it was sent.
func (s *Span) Running() bool { return s.End.IsZero() }

// Root reports whether the span is the root of its trace.
func (s *Span) Root() bool { return s.ParentSpanID == "" }

// Usage counts the tokens of one model call. The parts are never larger than what they are part of.
type Usage struct {
	Input        int64 // all input, cached included
	Output       int64 // all output, reasoning included
	CacheRead    int64 // part of Input
	CacheWrite   int64 // part of Input
	CacheWrite1h int64 // part of CacheWrite
	Reasoning    int64 // part of Output

	Estimated bool // counted from the text, since the call reported nothing
}

// Total is all input and all output.
func (u Usage) Total() int64 { return u.Input + u.Output }

// Details are the parts by the names of the usage_details column. The one-hour part is there only above zero.
func (u Usage) Details() map[string]int64 {
	details := map[string]int64{
		"cache_read_tokens":  u.CacheRead,
		"cache_write_tokens": u.CacheWrite,
		"reasoning_tokens":   u.Reasoning,
	}
	if u.CacheWrite1h > 0 {
		details["cache_write_1h_tokens"] = u.CacheWrite1h
	}
	return details
}
