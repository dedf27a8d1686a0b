package api

import (
	"context"
	"errors"
	"net/http"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// sessionItem is a session in the list.
type sessionItem struct {
	sessionTotals

	Input  *string `json:"input"`  // of the earliest trace
	Output *string `json:"output"` // of the latest
}

type sessionTotals struct {
	SessionID         string    `json:"session_id"`
	TraceCount        int       `json:"trace_count"`
	UserIDs           []string  `json:"user_ids"`
	FirstTraceTime    timestamp `json:"first_trace_time"`
	LastTraceTime     timestamp `json:"last_trace_time"`
	DurationMS        *float64  `json:"duration_ms"`
	TotalInputTokens  int64     `json:"total_input_tokens"`
	TotalOutputTokens int64     `json:"total_output_tokens"`
	TotalCost         *float64  `json:"total_cost"`
}

type sessionDetail struct {
	sessionTotals

	Traces []sessionTrace `json:"traces"`
}

type sessionTrace struct {
	TraceID        string    `json:"trace_id"`
	Name           string    `json:"name"`
	TraceStartTime timestamp `json:"trace_start_time"`
	UserID         *string   `json:"user_id"`
	Input          *string   `json:"input"`
	Output         *string   `json:"output"`
	DurationMS     *float64  `json:"duration_ms"`
	Status         string    `json:"status"` // ok or error
}

func (s *server) listSessions(r *http.Request, who Identity) (any, error) {
	p := paramsOf(r)
	query := store.SessionQuery{Limit: p.limit(), Search: p.text("search_query"), Total: true}
	query.From, query.To = p.window()
	if err := p.err(); err != nil {
		return nil, err
	}
	page, err := s.store.Sessions(r.Context(), who.Project, query)
	if err != nil {
		return nil, err
	}
	items := make([]sessionItem, len(page.Rows))
	for i := range page.Rows {
		if items[i], err = s.sessionItem(r.Context(), who.Project, query, &page.Rows[i]); err != nil {
			return nil, err
		}
	}
	return listOf(items, query.Limit, page.Total), nil
}

// sessionItem reads the traces of a session only where its first input or its last output is missing.
func (s *server) sessionItem(ctx context.Context, project string, query store.SessionQuery, row *store.Session) (sessionItem, error) {
	item := sessionItem{totalsOf(row), row.Input, row.Output}
	if !blank(row.Input) && !blank(row.Output) {
		return item, nil
	}
	_, traces, err := s.store.Session(ctx, project, row.ID, query)
	if err != nil || len(traces) == 0 {
		return item, ignoreGone(err)
	}
	if item.Input, _, err = s.texts(ctx, project, &traces[0]); err != nil {
		return item, err
	}
	_, item.Output, err = s.texts(ctx, project, &traces[len(traces)-1])
	return item, err
}

func (s *server) getSession(r *http.Request, who Identity) (any, error) {
	var query store.SessionQuery
	p := paramsOf(r)
	query.From, query.To = p.window()
	if err := p.err(); err != nil {
		return nil, err
	}
	row, traces, err := s.store.Session(r.Context(), who.Project, r.PathValue("session_id"), query)
	if errors.Is(err, store.ErrNotFound) {
		return nil, refusal{status: http.StatusNotFound, detail: "Session not found"}
	}
	if err != nil {
		return nil, err
	}
	detail := sessionDetail{totalsOf(&row), make([]sessionTrace, len(traces))}
	for i := range traces {
		sum := &traces[i]
		t := sessionTrace{
			TraceID: sum.TraceID, Name: sum.Name, TraceStartTime: timestamp(sum.Start), UserID: null(sum.UserID),
			DurationMS: durationOf(sum), Status: "ok",
		}
		if sum.Errors > 0 {
			t.Status = "error"
		}
		if t.Input, t.Output, err = s.texts(r.Context(), who.Project, sum); err != nil {
			return nil, err
		}
		detail.Traces[i] = t
	}
	return detail, nil
}

func totalsOf(row *store.Session) sessionTotals {
	totals := sessionTotals{
		SessionID: row.ID, TraceCount: row.Traces, UserIDs: present(row.Users),
		FirstTraceTime: timestamp(row.First), LastTraceTime: timestamp(row.Last),
		TotalInputTokens: row.InputTokens, TotalOutputTokens: row.OutputTokens,
	}
	if row.Duration != nil {
		totals.DurationMS = new(milliseconds(*row.Duration))
	}
	if row.Cost != nil {
		totals.TotalCost = new(row.Cost.Dollars())
	}
	return totals
}

// texts are the input and output of a trace, filled from its spans where its root has none: the input of the earliest
// span that has one, the output of the latest.
func (s *server) texts(ctx context.Context, project string, sum *store.Summary) (input, output *string, err error) {
	input, output = sum.Input, sum.Output
	if !blank(input) && !blank(output) {
		return input, output, nil
	}
	_, spans, err := s.store.Trace(ctx, project, sum.TraceID, true)
	if err != nil {
		return input, output, ignoreGone(err)
	}
	for i := range spans {
		if blank(input) && !blank(spans[i].Input) {
			input = spans[i].Input
		}
		if last := &spans[len(spans)-1-i]; blank(output) && !blank(last.Output) {
			output = last.Output
		}
	}
	return input, output, nil
}

// ignoreGone is for what was deleted between two reads.
func ignoreGone(err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	return err
}

// blank reports whether a text says nothing, in one of the ways in which senders say so.
func blank(text *string) bool {
	if text == nil {
		return true
	}
	switch *text {
	case "", "{}", "null", "None":
		return true
	}
	return false
}
