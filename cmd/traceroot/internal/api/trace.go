package api

import (
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// traceDetail is a trace with its spans. What our own server knows beyond the platform stands behind the API's members,
// here and in a span.
type traceDetail struct {
	TraceID        string      `json:"trace_id"`
	ProjectID      string      `json:"project_id"`
	Name           string      `json:"name"`
	TraceStartTime timestamp   `json:"trace_start_time"`
	UserID         *string     `json:"user_id"`
	SessionID      *string     `json:"session_id"`
	GitRef         *string     `json:"git_ref"`
	GitRepo        *string     `json:"git_repo"`
	Input          *string     `json:"input"`
	Output         *string     `json:"output"`
	Metadata       *string     `json:"metadata"`
	Spans          []traceSpan `json:"spans"`
	TraceURL       string      `json:"trace_url"`

	Environment *string  `json:"environment"`
	Tags        []string `json:"tags"`
}

type traceSpan struct {
	SpanID            string           `json:"span_id"`
	TraceID           string           `json:"trace_id"`
	ParentSpanID      *string          `json:"parent_span_id"`
	Name              string           `json:"name"`
	SpanKind          store.Kind       `json:"span_kind"`
	SpanStartTime     timestamp        `json:"span_start_time"`
	SpanEndTime       *timestamp       `json:"span_end_time"`
	Status            store.Status     `json:"status"`
	StatusMessage     *string          `json:"status_message"`
	ModelName         *string          `json:"model_name"`
	Cost              *float64         `json:"cost"`
	InputTokens       *int64           `json:"input_tokens"`
	OutputTokens      *int64           `json:"output_tokens"`
	TotalTokens       *int64           `json:"total_tokens"`
	UsageDetails      map[string]int64 `json:"usage_details"`
	CostDetails       costDetails      `json:"cost_details"`
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
	UsageEstimated     bool        `json:"usage_estimated"`
	ErrorChain         []spanError `json:"error_chain"` // outermost first
}

// spanError is one link of a chain of wrapped errors.
type spanError struct {
	Type    string        `json:"type"`
	Message string        `json:"message"`
	Causes  [][]spanError `json:"causes,omitempty"`
}

// costDetails is empty where a span has no price.
type costDetails map[string]float64

// traceExport is a trace as files.
type traceExport struct {
	Manifest   manifest    `json:"manifest"`
	Trace      traceDetail `json:"trace"`
	Spans      []traceSpan `json:"spans"`
	GitContext gitContext  `json:"git_context"`
}

type manifest struct {
	TraceID       string   `json:"trace_id"`
	ProjectID     string   `json:"project_id"`
	BundleVersion string   `json:"bundle_version"`
	Files         []string `json:"files"`
}

type gitContext struct {
	GitRepo *string     `json:"git_repo"`
	GitRef  *string     `json:"git_ref"`
	Sources []gitSource `json:"sources"`
}

type gitSource struct {
	SpanID   string  `json:"span_id"`
	File     *string `json:"file"`
	Line     *int    `json:"line"`
	Function *string `json:"function"`
}

func (s *server) getTrace(r *http.Request, who Identity) (any, error) {
	return s.readTrace(r, who, projection{})
}

func (s *server) exportTrace(r *http.Request, who Identity) (any, error) {
	trace, err := s.readTrace(r, who, projection{io: true, metadata: true})
	if err != nil {
		return nil, err
	}
	sources := []gitSource{}
	for _, span := range trace.Spans {
		if span.GitSourceFile != nil || span.GitSourceFunction != nil {
			sources = append(sources, gitSource{span.SpanID, span.GitSourceFile, span.GitSourceLine, span.GitSourceFunction})
		}
	}
	files := []string{"trace.json", "spans.json", "git_context.json", "manifest.json"}
	return traceExport{
		Manifest: manifest{TraceID: trace.TraceID, ProjectID: trace.ProjectID, BundleVersion: "v1", Files: files},
		Trace:    trace, Spans: trace.Spans,
		GitContext: gitContext{trace.GitRepo, trace.GitRef, sources},
	}, nil
}

func (s *server) readTrace(r *http.Request, who Identity, usual projection) (traceDetail, error) {
	p, err := parseFields(r.URL.Query().Get("fields"), usual)
	if err != nil {
		return traceDetail{}, err
	}
	sum, spans, err := s.store.Trace(r.Context(), who.Project, r.PathValue("trace_id"), p.io || p.metadata)
	if errors.Is(err, store.ErrNotFound) {
		return traceDetail{}, refusal{status: http.StatusNotFound, detail: "Trace not found"}
	}
	if err != nil {
		return traceDetail{}, err
	}
	trace := traceDetail{
		TraceID: sum.TraceID, ProjectID: who.Project, Name: sum.Name, TraceStartTime: timestamp(sum.Start),
		UserID: null(sum.UserID), SessionID: null(sum.SessionID), GitRef: null(sum.GitRef), GitRepo: null(sum.GitRepo),
		Input: sum.Input, Output: sum.Output, Metadata: null(sum.Metadata),
		Spans: make([]traceSpan, len(spans)), TraceURL: s.traceURL(r, who, sum.TraceID),
		Environment: null(sum.Environment), Tags: present(sum.Tags),
	}
	for i := range spans {
		trace.Spans[i] = p.span(&spans[i])
	}
	return trace, nil
}

// projection is which of the large columns of spans a reply has.
type projection struct{ io, metadata bool }

// parseFields reads the parameter fields. Groups of columns that are always there are accepted and change nothing.
func parseFields(text string, usual projection) (projection, error) {
	var p projection
	var unknown []string
	named := false
	for group := range strings.SplitSeq(text, ",") {
		group = strings.TrimSpace(group)
		switch strings.ToLower(group) {
		case "":
			continue
		case "core", "usage", "skeleton":
		case "io":
			p.io = true
		case "metadata":
			p.metadata = true
		case "full":
			p.io, p.metadata = true, true
		default:
			unknown = append(unknown, group)
		}
		named = true
	}
	if len(unknown) > 0 {
		return p, invalid("Unknown fields group(s): %s. Valid groups: core, full, io, metadata, skeleton, usage.", strings.Join(unknown, ", "))
	}
	if !named {
		return usual, nil
	}
	return p, nil
}

func (p projection) span(s *store.Span) traceSpan {
	row := traceSpan{
		SpanID: s.SpanID, TraceID: s.TraceID, ParentSpanID: null(s.ParentSpanID), Name: s.Name, SpanKind: s.Kind,
		SpanStartTime: timestamp(s.Start), Status: s.Status, StatusMessage: null(s.StatusMessage), ModelName: null(s.Model),
		UsageDetails: map[string]int64{}, CostDetails: costDetailsOf(s.Cost),
		GitSourceFile: null(s.Source.File), GitSourceFunction: null(s.Source.Function),
		Environment: null(s.Environment), Tags: present(s.Tags), Streaming: s.Streaming, ErrorChain: errorChain(s.Errors),
	}
	if s.TimeToFirstToken > 0 {
		row.TimeToFirstTokenMS = new(float64(s.TimeToFirstToken) / float64(time.Millisecond))
	}
	if !s.Running() {
		row.SpanEndTime = new(timestamp(s.End))
	}
	if s.Source.Line != 0 {
		row.GitSourceLine = &s.Source.Line
	}
	if u := s.Usage; u != nil {
		row.InputTokens, row.OutputTokens, row.TotalTokens = &u.Input, &u.Output, new(u.Total())
		row.UsageEstimated = u.Estimated
		if !u.Estimated { // the platform keeps no details of an estimate
			row.UsageDetails = u.Details()
		}
	}
	if s.Cost != nil {
		row.Cost = new(s.Cost.Total.Dollars())
	}
	if p.io {
		row.Input, row.Output = s.Input, s.Output
	}
	if p.metadata {
		row.Metadata = null(s.Metadata)
	}
	return row
}

func errorChain(links []store.Error) []spanError {
	chain := make([]spanError, len(links))
	for i, link := range links {
		chain[i] = spanError{Type: link.Type, Message: link.Message}
		for _, cause := range link.Causes {
			chain[i].Causes = append(chain[i].Causes, errorChain(cause))
		}
	}
	return chain
}

// present is an empty list where there is none.
func present(texts []string) []string {
	if texts == nil {
		return []string{}
	}
	return texts
}

func costDetailsOf(c *store.Cost) costDetails {
	if c == nil {
		return costDetails{}
	}
	return costDetails{
		"input_uncached_cost": c.Input.Dollars(), "cache_read_cost": c.CacheRead.Dollars(),
		"cache_write_cost": c.CacheWrite.Dollars(), "output_cost": c.Output.Dollars(),
	}
}
