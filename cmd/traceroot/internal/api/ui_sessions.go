package api

import (
	"context"
	"net/http"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// sessionRow is a conversation across traces.
type sessionRow struct {
	ID      string   `json:"id"`
	Traces  int      `json:"traces"`
	Users   []string `json:"users"`
	First   moment   `json:"first"` // start of the earliest trace
	Last    moment   `json:"last"`  // start of the latest
	MS      *float64 `json:"ms"`    // sum over the traces that ended; null when none has
	Input   int64    `json:"in"`
	Output  int64    `json:"out"`
	Cost    *float64 `json:"cost"`   // null where no call has a price
	Failed  int      `json:"failed"` // traces
	Running bool     `json:"running,omitempty"`
	Asked   string   `json:"asked,omitempty"`   // of the earliest trace
	Outcome string   `json:"outcome,omitempty"` // of the latest
}

// sessionPage is a page of sessions, that of the latest trace first.
type sessionPage struct {
	Data []sessionRow `json:"data"`
	Next *string      `json:"next"`
}

func (s *server) sessionRows(r *http.Request, who Identity) (any, error) {
	rows, err := s.rowQuery(r)
	if err != nil {
		return nil, err
	}
	page, err := s.sessionsLike(r.Context(), who.Project, rows)
	if err != nil {
		return nil, err
	}
	var ids []string
	for i := range page.Rows {
		ids = append(ids, page.Rows[i].FirstTrace, page.Rows[i].LastTrace)
	}
	previews, err := s.previews(r.Context(), who.Project, ids)
	if err != nil {
		return nil, err
	}
	reply := sessionPage{Data: make([]sessionRow, len(page.Rows)), Next: null(page.Next)}
	for i := range page.Rows {
		reply.Data[i] = sessionRowOf(&page.Rows[i], previews)
	}
	return reply, nil
}

func (s *server) previews(ctx context.Context, project string, ids []string) (map[string]*store.Preview, error) {
	previews, err := s.store.Previews(ctx, project, ids)
	byID := make(map[string]*store.Preview, len(previews))
	for i := range previews {
		byID[previews[i].TraceID] = &previews[i]
	}
	return byID, err
}

func sessionRowOf(session *store.Session, previews map[string]*store.Preview) sessionRow {
	row := sessionRow{
		ID: session.ID, Traces: session.Traces, Users: present(session.Users), First: moment(session.First), Last: moment(session.Last),
		Input: session.InputTokens, Output: session.OutputTokens, Failed: session.Failed, Running: session.Running > 0,
	}
	if session.Duration != nil {
		row.MS = new(fine(*session.Duration))
	}
	if session.Cost != nil {
		row.Cost = new(session.Cost.Dollars())
	}
	if first := previews[session.FirstTrace]; first != nil {
		row.Asked = first.FirstInput
	}
	if last := previews[session.LastTrace]; last != nil {
		row.Outcome = last.Outcome
	}
	return row
}

// Bounds of the search for sessions by their traces.
const (
	maxSessionPages = 10
	sessionPageSize = 200
)

// sessionsLike are the sessions of the traces that match, on one page, or, where nothing but words is asked for, the
// sessions whose ids have them.
func (s *server) sessionsLike(ctx context.Context, project string, rows store.Query) (store.Page[store.Session], error) {
	query := store.SessionQuery{From: rows.From, To: rows.To, After: rows.After, Limit: rows.Limit}
	for _, words := range rows.Words {
		query.Search = words.Text
	}
	if len(rows.Where) == 0 {
		return s.store.Sessions(ctx, project, query)
	}
	var found store.Page[store.Session]
	rows.Sort, rows.Words, rows.After, rows.Limit = store.Sort{}, nil, "", sessionPageSize
	told := map[string]bool{"": true}
	for range maxSessionPages {
		page, err := s.store.Traces(ctx, project, rows)
		if err != nil {
			return found, err
		}
		for i := range page.Rows {
			id := page.Rows[i].SessionID
			if told[id] || len(found.Rows) == sessionPageSize {
				continue
			}
			told[id] = true
			session, _, err := s.store.Session(ctx, project, id, query)
			if err != nil {
				return found, ignoreGone(err)
			}
			found.Rows = append(found.Rows, session)
		}
		if rows.After = page.Next; rows.After == "" {
			break
		}
	}
	return found, nil
}
