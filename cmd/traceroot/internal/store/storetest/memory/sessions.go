package memory

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// Sessions is a page of the sessions, that of the latest trace first.
func (s *Store) Sessions(_ context.Context, name string, query store.SessionQuery) (store.Page[store.Session], error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var all []store.Session
	for id, traces := range s.find(name).sessions(query) {
		if containsFold(id, query.Search) {
			all = append(all, session(id, traces))
		}
	}
	place := func(s store.Session) place { return place{Start: s.Last, ID: s.ID} }
	slices.SortFunc(all, func(a, b store.Session) int { return compare(place(a), place(b), false) })

	page := store.Page[store.Session]{Rows: all}
	if query.Total {
		page.Total = len(all)
	}
	if query.After != "" {
		last, err := readCursor(query.After, sessionIdentity(query))
		if err != nil {
			return store.Page[store.Session]{}, err
		}
		page.Rows = slices.DeleteFunc(all, func(s store.Session) bool { return compare(place(s), last, false) <= 0 })
	}
	if limit := pageSize(query.Limit); len(page.Rows) > limit {
		page.Rows = page.Rows[:limit]
		page.Next = writeCursor(sessionIdentity(query), place(page.Rows[limit-1]))
	}
	return page, nil
}

func sessionIdentity(query store.SessionQuery) string {
	return fmt.Sprintf("sessions %d %d %q", query.From.UnixMicro(), query.To.UnixMicro(), query.Search)
}

// Session is one session with its traces.
func (s *Store) Session(_ context.Context, name, id string, query store.SessionQuery) (store.Session, []store.Summary, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	traces := s.find(name).sessions(query)[id]
	if len(traces) == 0 {
		return store.Session{}, nil, fmt.Errorf("session %s: %w", id, store.ErrNotFound)
	}
	var summaries []store.Summary
	for _, t := range traces {
		summaries = append(summaries, t.summary())
	}
	return session(id, traces), summaries, nil
}

// sessions are the traces of each session, oldest first.
func (p *project) sessions(query store.SessionQuery) map[string][]*trace {
	sessions := map[string][]*trace{}
	for _, t := range p.traces {
		if id := t.row.SessionID; id != "" && !t.row.IsEvaluation && within(t.row.Start, query.From, query.To) {
			sessions[id] = append(sessions[id], t)
		}
	}
	for _, traces := range sessions {
		slices.SortFunc(traces, func(a, b *trace) int {
			return cmp.Or(a.row.Start.Compare(b.row.Start), strings.Compare(a.row.TraceID, b.row.TraceID))
		})
	}
	return sessions
}

// session adds up traces, of which there is one at least.
func session(id string, traces []*trace) store.Session {
	first, last := traces[0].row, traces[len(traces)-1].row
	s := store.Session{
		ID: id, Traces: len(traces), First: first.Start, Last: last.Start, Input: first.Input, Output: last.Output,
		FirstTrace: first.TraceID, LastTrace: last.TraceID,
	}
	var duration time.Duration
	var cost store.NanoUSD
	for _, t := range traces {
		sum := t.summary()
		switch sum.Status {
		case store.TraceFailed:
			s.Failed++
		case store.TraceRunning:
			s.Running++
		case store.TraceOK, store.TraceRecovered:
		}
		if user := sum.UserID; user != "" && !slices.Contains(s.Users, user) {
			s.Users = append(s.Users, user)
		}
		if d, known := sum.Duration(); known {
			duration += d
			s.Duration = &duration
		}
		if slices.ContainsFunc(t.spans, func(s store.Span) bool { return s.Cost != nil }) {
			s.Cost = &cost
		}
		cost += sum.Cost
		s.InputTokens += sum.InputTokens
		s.OutputTokens += sum.OutputTokens
	}
	return s
}

// Previews are the previews of traces.
func (s *Store) Previews(_ context.Context, name string, traceIDs []string) ([]store.Preview, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var previews []store.Preview
	for _, id := range traceIDs {
		if t := s.find(name).traces[id]; t != nil {
			previews = append(previews, store.NewPreview(id, t.sorted()))
		}
	}
	return previews, nil
}
