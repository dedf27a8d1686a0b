package api

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// rowPage is a page of our own list. Its members are short: a hundred rows should take 40 KB.
type rowPage struct {
	Data []traceRow `json:"data"`
	Next *string    `json:"next"` // the cursor of the next page; null on the last one

	Total int `json:"total,omitempty"` // all rows of the query, where total=true asks for them
}

// traceRow is a trace in our own list. Text that is not there is left out, as are numbers of zero that say nothing.
type traceRow struct {
	ID         string            `json:"id"`
	Name       string            `json:"name"`
	Start      moment            `json:"start"`
	DurationMS *float64          `json:"ms"` // null while it runs
	Status     store.TraceStatus `json:"status"`
	Spans      int               `json:"spans"`
	Errors     int               `json:"errors,omitempty"`    // spans with an error
	Failed     int               `json:"failed,omitempty"`    // root causes that the trace failed through
	Recovered  int               `json:"recovered,omitempty"` // and those that it survived
	Input      int64             `json:"in"`                  // tokens, as are the next two
	Output     int64             `json:"out"`
	Cached     int64             `json:"cached,omitempty"`
	Estimated  bool              `json:"estimated,omitempty"` // some of the tokens
	Cost       float64           `json:"cost"`
	Partial    bool              `json:"partial,omitempty"` // some tokens have no price: the cost is a lower bound
	TTFT       float64           `json:"ttft,omitempty"`
	Agent      string            `json:"agent,omitempty"` // where it is not the name
	User       string            `json:"user,omitempty"`
	Session    string            `json:"session,omitempty"`
	Env        string            `json:"env,omitempty"`
	Tags       []string          `json:"tags,omitempty"`
	Asked      string            `json:"asked,omitempty"`   // the first that a user said, cut
	Outcome    string            `json:"outcome,omitempty"` // the answer or the error, cut
	Shape      string            `json:"shape,omitempty"`   // see shapeOf
	Seq        int64             `json:"seq"`
}

// moment is a time for our own pages: with its zone, to the microsecond.
type moment time.Time

// MarshalText writes RFC 3339 in UTC.
func (m moment) MarshalText() ([]byte, error) {
	return time.Time(m).UTC().AppendFormat(nil, "2006-01-02T15:04:05.999999Z07:00"), nil
}

// maxRows is the largest page.
const maxRows = 1000

func (s *server) rows(r *http.Request, who Identity) (any, error) {
	query, err := s.rowQuery(r)
	if err != nil {
		return nil, err
	}
	page, err := s.store.Traces(r.Context(), who.Project, query)
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(page.Rows))
	for i := range page.Rows {
		ids[i] = page.Rows[i].TraceID
	}
	previews, err := s.previews(r.Context(), who.Project, ids)
	if err != nil {
		return nil, err
	}
	reply := rowPage{Data: make([]traceRow, len(page.Rows)), Next: null(page.Next), Total: page.Total}
	for i := range page.Rows {
		reply.Data[i] = rowOf(&page.Rows[i], previews[ids[i]])
	}
	return reply, nil
}

func (s *server) rowQuery(r *http.Request) (store.Query, error) {
	now := s.now()
	values := r.URL.Query()
	query, err := ParseQuery(values.Get("q"), now)
	if wrong, ok := errors.AsType[*QueryError](err); ok {
		return query, refusal{status: http.StatusBadRequest, detail: wrong.Problem, where: &[2]int{wrong.At, wrong.Until}}
	}
	for _, end := range []string{keyFrom, keyTo} {
		text := values.Get(end)
		if text == "" {
			continue
		}
		t, ok := parseMoment(text, now)
		if !ok {
			return query, invalid("%s: is a time such as -24h, -7d or 2026-01-02T15:04:05Z, not %q", end, text)
		}
		narrow(&query, end, t)
	}
	if query.Sort, err = parseSort(values.Get("sort")); err != nil {
		return query, err
	}
	query.After = values.Get("cursor")
	if text := values.Get("limit"); text != "" {
		if query.Limit, err = strconv.Atoi(text); err != nil || query.Limit < 1 || query.Limit > maxRows {
			return query, invalid("limit must be a whole number from 1 to %d, not %q", maxRows, text)
		}
	}
	query.Evaluations = values.Get("evaluations") == "true"
	query.Total = values.Get("total") == "true"
	return query, nil
}

// parseSort reads a key of numbers, after a minus sign for the largest first.
func parseSort(text string) (store.Sort, error) {
	key, descending := strings.CutPrefix(text, "-")
	sort := store.Sort{Ascending: !descending, By: numberKeys[key].field}
	switch {
	case text == "":
		return store.Sort{}, nil
	case key == "start":
		sort.By = store.FieldStart
	case sort.By == "":
		return sort, invalid("sort is one of start, cost, tokens, latency, ttft, errors and spans, with - for the largest first, not %q", text)
	}
	return sort, nil
}

func rowOf(sum *store.Summary, preview *store.Preview) traceRow {
	row := traceRow{
		ID: sum.TraceID, Name: sum.Name, Start: moment(sum.Start), DurationMS: durationOf(sum), Status: sum.Status,
		Spans: sum.Spans, Errors: sum.Errors,
		Input: sum.InputTokens, Output: sum.OutputTokens, Cached: sum.CacheRead, Estimated: sum.Estimated,
		Cost: sum.Cost.Dollars(), Partial: sum.Unpriced, TTFT: milliseconds(sum.FirstToken),
		User: sum.UserID, Session: sum.SessionID, Env: sum.Environment, Tags: sum.Tags, Seq: sum.Seq,
	}
	if sum.Agent != sum.Name {
		row.Agent = sum.Agent
	}
	if preview != nil {
		row.Failed, row.Recovered = preview.Failed, preview.Recovered
		row.Asked, row.Outcome, row.Shape = preview.FirstInput, preview.Outcome, shapeOf(preview.Shape)
	}
	return row
}

// shapeOf writes bars as "L500-750 T760-800e": a model or a tool, from and to in thousandths, then e if the trace failed
// through it, r if it recovered, o if it runs. As JSON they would take as much as the rest of the row.
func shapeOf(bars []store.Segment) string {
	var shape []byte
	for _, bar := range bars {
		kind := byte('T')
		if bar.Kind == store.KindLLM {
			kind = 'L'
		}
		if len(shape) > 0 {
			shape = append(shape, ' ')
		}
		shape = strconv.AppendInt(append(shape, kind), int64(bar.Start), 10)
		shape = strconv.AppendInt(append(shape, '-'), int64(bar.End), 10)
		for _, flag := range []struct {
			set  bool
			name byte
		}{{bar.Error, 'e'}, {bar.Recovered, 'r'}, {bar.Open, 'o'}} {
			if flag.set {
				shape = append(shape, flag.name)
			}
		}
	}
	return string(shape)
}
