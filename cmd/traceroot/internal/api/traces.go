package api

import (
	"net/http"
	"net/url"
	"time"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// filterWindow is how far back a filtered list looks when its client does not say, as on the platform.
const filterWindow = 24 * time.Hour

// traceItem is a trace in the public list.
type traceItem struct {
	TraceID           string            `json:"trace_id"`
	ProjectID         string            `json:"project_id"`
	Name              string            `json:"name"`
	TraceStartTime    timestamp         `json:"trace_start_time"`
	UserID            *string           `json:"user_id"`
	SessionID         *string           `json:"session_id"`
	SpanCount         int               `json:"span_count"`
	DurationMS        *float64          `json:"duration_ms"`
	ErrorCount        int               `json:"error_count"`
	Input             *string           `json:"input"`
	Output            *string           `json:"output"`
	TotalInputTokens  int64             `json:"total_input_tokens"`
	TotalOutputTokens int64             `json:"total_output_tokens"`
	TotalCost         float64           `json:"total_cost"`
	MetadataMap       map[string]string `json:"metadata_map"`
	TraceURL          string            `json:"trace_url"`

	UsageEstimated bool `json:"usage_estimated"` // of some span; the platform does not tell
}

func (s *server) listTraces(r *http.Request, who Identity) (any, error) {
	p := paramsOf(r)
	query := store.Query{Limit: p.limit(), Total: true}
	query.From, query.To = p.window()
	query.Evaluations = p.bool("include_evaluations")
	if err := p.err(); err != nil {
		return nil, err
	}
	var err error
	if query.Where, err = parseFilters(p.text("filters")); err != nil {
		return nil, err
	}
	if len(query.Where) > 0 && query.From.IsZero() {
		query.From = s.before(query.To)
	}
	for _, param := range []struct {
		name  string
		field store.Field
		op    store.Op
	}{
		{"name", store.FieldName, store.OpContains},
		{"user_id", store.FieldUser, store.OpIn},
		{"search_query", store.FieldAnyID, store.OpContains},
	} {
		if value := p.text(param.name); value != "" {
			query.Where = append(query.Where, store.Condition{Field: param.field, Op: param.op, Values: []string{value}})
		}
	}
	page, err := s.store.Traces(r.Context(), who.Project, query)
	if err != nil {
		return nil, err
	}
	items := make([]traceItem, len(page.Rows))
	for i := range page.Rows {
		items[i] = s.traceItem(r, who, &page.Rows[i])
	}
	return listOf(items, query.Limit, page.Total), nil
}

// before is a day before a time, or before now.
func (s *server) before(to time.Time) time.Time {
	if to.IsZero() {
		to = s.now()
	}
	return to.Add(-filterWindow)
}

func (s *server) traceItem(r *http.Request, who Identity, sum *store.Summary) traceItem {
	return traceItem{
		TraceID: sum.TraceID, ProjectID: who.Project, Name: sum.Name, TraceStartTime: timestamp(sum.Start),
		UserID: null(sum.UserID), SessionID: null(sum.SessionID),
		SpanCount: sum.Spans, DurationMS: durationOf(sum), ErrorCount: sum.Errors,
		Input: sum.Input, Output: sum.Output,
		TotalInputTokens: sum.InputTokens, TotalOutputTokens: sum.OutputTokens, TotalCost: sum.Cost.Dollars(),
		MetadataMap: metadataMap(sum.Metadata), TraceURL: s.traceURL(r, who, sum.TraceID),
		UsageEstimated: sum.Estimated,
	}
}

func (s *server) traceURL(r *http.Request, who Identity, traceID string) string {
	return s.uiBaseURL(r) + "/projects/" + url.PathEscape(who.Project) + "/traces?traceId=" + url.QueryEscape(traceID)
}

type filterValues struct {
	Field  string       `json:"field"`
	Values []valueCount `json:"values"`
}

type valueCount struct {
	Value string `json:"value"`
	Count int    `json:"count"`
}

// maxFilterValues is how many values the platform lists.
const maxFilterValues = 100

func (s *server) filterValues(r *http.Request, who Identity) (any, error) {
	p := paramsOf(r)
	from, to := p.window()
	if err := p.err(); err != nil {
		return nil, err
	}
	name := r.PathValue("field")
	field, known := filterFields[name]
	if !known {
		return nil, invalid("Unknown filter field: %s", name)
	}
	if !field.listed {
		return nil, invalid("Field '%s' does not support distinct-value listing", name)
	}
	if from.IsZero() {
		from = s.before(to)
	}
	counts, err := s.store.SpanValues(r.Context(), who.Project, field.field, from, to, maxFilterValues)
	if err != nil {
		return nil, err
	}
	reply := filterValues{name, make([]valueCount, len(counts))}
	for i, c := range counts {
		reply.Values[i] = valueCount(c)
	}
	return reply, nil
}
