package app

import (
	"cmp"
	"encoding/json"
	"io"
	"slices"
	"time"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// traceJSON is a trace as the public REST API shows it in full, as far as it is known without a server: no project, no
// prices. What our own server knows beyond it stands behind the API's members.
type traceJSON struct {
	TraceID        string     `json:"trace_id"`
	Name           string     `json:"name"`
	TraceStartTime apiTime    `json:"trace_start_time"`
	UserID         *string    `json:"user_id"`
	SessionID      *string    `json:"session_id"`
	GitRef         *string    `json:"git_ref"`
	GitRepo        *string    `json:"git_repo"`
	Input          *string    `json:"input"`
	Output         *string    `json:"output"`
	Metadata       *string    `json:"metadata"`
	Spans          []spanJSON `json:"spans"`

	Environment *string  `json:"environment"`
	Tags        []string `json:"tags"`
}

type spanJSON struct {
	SpanID            string           `json:"span_id"`
	TraceID           string           `json:"trace_id"`
	ParentSpanID      *string          `json:"parent_span_id"`
	Name              string           `json:"name"`
	SpanKind          store.Kind       `json:"span_kind"`
	SpanStartTime     apiTime          `json:"span_start_time"`
	SpanEndTime       *apiTime         `json:"span_end_time"`
	Status            store.Status     `json:"status"`
	StatusMessage     *string          `json:"status_message"`
	ModelName         *string          `json:"model_name"`
	InputTokens       *int64           `json:"input_tokens"`
	OutputTokens      *int64           `json:"output_tokens"`
	TotalTokens       *int64           `json:"total_tokens"`
	UsageDetails      map[string]int64 `json:"usage_details"`
	GitSourceFile     *string          `json:"git_source_file"`
	GitSourceLine     *int             `json:"git_source_line"`
	GitSourceFunction *string          `json:"git_source_function"`
	Input             *string          `json:"input"`
	Output            *string          `json:"output"`
	Metadata          *string          `json:"metadata"`

	Environment        *string     `json:"environment"`
	Tags               []string    `json:"tags"`
	Streaming          bool        `json:"streaming"`
	TimeToFirstTokenMS *float64    `json:"time_to_first_token_ms"`
	ErrorChain         []errorJSON `json:"error_chain"`
}

type errorJSON struct {
	Type    string        `json:"type"`
	Message string        `json:"message"`
	Causes  [][]errorJSON `json:"causes,omitempty"`
}

// apiTime is a time in the API's form: UTC without saying so, with six digits of a fraction or none.
type apiTime time.Time

// MarshalText writes that form.
func (t apiTime) MarshalText() ([]byte, error) {
	utc := time.Time(t).UTC()
	if utc.Nanosecond() == 0 {
		return utc.AppendFormat(nil, "2006-01-02T15:04:05"), nil
	}
	return utc.AppendFormat(nil, "2006-01-02T15:04:05.000000"), nil
}

func writeJSON(w io.Writer, t keptTrace) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(newTraceJSON(t))
}

func newTraceJSON(t keptTrace) traceJSON {
	full := traceJSON{
		TraceID:        t.TraceID,
		Name:           t.Name,
		TraceStartTime: apiTime(t.Start),
		UserID:         known(t.UserID),
		SessionID:      known(t.SessionID),
		GitRef:         known(t.GitRef),
		GitRepo:        known(t.GitRepo),
		Input:          t.Input,
		Output:         t.Output,
		Metadata:       known(t.Metadata),
		Spans:          []spanJSON{},
		Environment:    known(t.Environment),
		Tags:           listed(t.Tags),
	}
	for _, s := range slices.SortedFunc(slices.Values(t.Spans), inOrder) {
		full.Spans = append(full.Spans, newSpanJSON(s))
	}
	return full
}

// inOrder sorts spans as the API does: by start, then end, then id.
func inOrder(a, b store.Span) int {
	return cmp.Or(a.Start.Compare(b.Start), a.End.Compare(b.End), cmp.Compare(a.SpanID, b.SpanID))
}

func newSpanJSON(s store.Span) spanJSON {
	full := spanJSON{
		SpanID:            s.SpanID,
		TraceID:           s.TraceID,
		ParentSpanID:      known(s.ParentSpanID),
		Name:              s.Name,
		SpanKind:          s.Kind,
		SpanStartTime:     apiTime(s.Start),
		Status:            s.Status,
		StatusMessage:     known(s.StatusMessage),
		ModelName:         known(s.Model),
		UsageDetails:      map[string]int64{},
		GitSourceFile:     known(s.Source.File),
		GitSourceLine:     known(s.Source.Line),
		GitSourceFunction: known(s.Source.Function),
		Input:             s.Input,
		Output:            s.Output,
		Metadata:          known(s.Metadata),

		Environment:        known(s.Environment),
		Tags:               listed(s.Tags),
		Streaming:          s.Streaming,
		TimeToFirstTokenMS: known(float64(s.TimeToFirstToken) / float64(time.Millisecond)),
		ErrorChain:         newErrorsJSON(s.Errors),
	}
	if !s.Running() {
		full.SpanEndTime = new(apiTime(s.End))
	}
	if u := s.Usage; u != nil {
		full.InputTokens, full.OutputTokens, full.TotalTokens = new(u.Input), new(u.Output), new(u.Total())
		full.UsageDetails = u.Details()
	}
	return full
}

func newErrorsJSON(chain []store.Error) []errorJSON {
	all := []errorJSON{}
	for _, e := range chain {
		link := errorJSON{Type: e.Type, Message: e.Message}
		for _, cause := range e.Causes {
			link.Causes = append(link.Causes, newErrorsJSON(cause))
		}
		all = append(all, link)
	}
	return all
}

// known is nil for the zero value, which stands for what is not known.
func known[T comparable](v T) *T {
	if v == *new(T) {
		return nil
	}
	return &v
}

// listed is an empty list for none: the API has no null lists.
func listed(texts []string) []string { return slices.Concat([]string{}, texts) }
