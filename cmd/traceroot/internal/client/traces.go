package client

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
	"time"
)

// maxPage is the most rows that the public API gives at once.
const maxPage = 200

// TraceRow is a trace in a list.
type TraceRow struct {
	TraceID      string   `json:"trace_id"`
	Name         string   `json:"name"`
	Start        Time     `json:"trace_start_time"`
	UserID       string   `json:"user_id"`
	SessionID    string   `json:"session_id"`
	Spans        int      `json:"span_count"`
	DurationMS   *float64 `json:"duration_ms"` // nil while it runs
	Errors       int      `json:"error_count"`
	InputTokens  int64    `json:"total_input_tokens"`
	OutputTokens int64    `json:"total_output_tokens"`
	Cost         float64  `json:"total_cost"` // dollars
	URL          string   `json:"trace_url"`
}

// TraceQuery selects traces. Zero fields select all.
type TraceQuery struct {
	From, To time.Time // of the trace's start; To is exclusive
	Name     string    // a part of the name, in any case
	User     string
	Session  string
	Models   []string // some span is of one of them
	Environs []string // some span is of one of them
	Failed   bool     // some span has an error
	Limit    int      // most rows to return
}

// Traces lists traces, newest first. It asks for as many pages as the limit needs.
func (c *Client) Traces(ctx context.Context, query TraceQuery) ([]Reply[TraceRow], error) {
	values, err := query.values()
	if err != nil {
		return nil, err
	}
	var rows []Reply[TraceRow]
	seen := map[string]bool{}
	for len(rows) < query.Limit {
		var page struct {
			Data []Reply[TraceRow] `json:"data"`
		}
		if err := c.get(ctx, public+"/traces", values, &page); err != nil {
			return nil, fmt.Errorf("list traces: %w", err)
		}
		fresh := 0
		for _, row := range page.Data {
			if seen[row.Value.TraceID] {
				continue
			}
			seen[row.Value.TraceID] = true
			fresh++
			if len(rows) < query.Limit && query.keeps(row.Value) {
				rows = append(rows, row)
			}
		}
		if fresh == 0 || len(page.Data) < query.pageSize() {
			break
		}
		// The API has no second page: the next one is what started before this one's last, and together with it.
		last := page.Data[len(page.Data)-1].Value.Start
		values.Set("end_before", formatTime(last.Add(time.Microsecond)))
	}
	return rows, nil
}

// pageSize reads more than is asked for where the answer is to be sifted.
func (q *TraceQuery) pageSize() int {
	if q.Session != "" {
		return maxPage
	}
	return min(q.Limit, maxPage)
}

// keeps sifts what the API's search for a session finds besides: it looks into names, users and trace ids too.
func (q *TraceQuery) keeps(row TraceRow) bool { return q.Session == "" || row.SessionID == q.Session }

type filter struct {
	Field string `json:"field"`
	Op    string `json:"op"`
	Value any    `json:"value"`
}

func (q *TraceQuery) values() (url.Values, error) {
	values := url.Values{"limit": {strconv.Itoa(q.pageSize())}}
	set := func(name, value string) {
		if value != "" {
			values.Set(name, value)
		}
	}
	setWindow(values, q.From, q.To)
	set("name", q.Name)
	set("user_id", q.User)
	set("search_query", q.Session)
	var filters []filter
	if len(q.Models) > 0 {
		filters = append(filters, filter{"model_name", "in", q.Models})
	}
	if len(q.Environs) > 0 {
		filters = append(filters, filter{"environment", "in", q.Environs})
	}
	if q.Failed {
		filters = append(filters, filter{"errors", "gte", 1})
	}
	if len(filters) == 0 {
		return values, nil
	}
	text, err := json.Marshal(filters)
	if err != nil {
		return nil, fmt.Errorf("write filters: %w", err)
	}
	values.Set("filters", string(text))
	// Without a beginning, the API looks at the last day alone when there are filters.
	values.Set("start_after", cmp.Or(values.Get("start_after"), formatTime(time.Unix(0, 0))))
	return values, nil
}

func setWindow(values url.Values, from, to time.Time) {
	if !from.IsZero() {
		values.Set("start_after", formatTime(from))
	}
	if !to.IsZero() {
		values.Set("end_before", formatTime(to))
	}
}
