package sqlite

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// Sessions is a page of the sessions, that of the latest trace first.
func (s *Store) Sessions(ctx context.Context, project string, query store.SessionQuery) (store.Page[store.Session], error) {
	var page store.Page[store.Session]
	err := s.snapshot(ctx, project, func(r *snapshot) error {
		same := query
		same.After, same.Limit, same.Total, same.From, same.To = "", 0, false, query.From.UTC(), query.To.UTC()
		name := hashOf(same)
		after, err := readCursor(query.After, name)
		if err != nil {
			return err
		}
		window := windowOf(query)
		limit := limitOf(query.Limit)
		var last spot
		err = r.latest(window, after, limit+1, func(id string, at spot) error {
			if query.Search != "" && !hasPart(id, []string{query.Search}) {
				return nil
			}
			if len(page.Rows) == limit {
				page.Next = writeCursor(last, name)
				return errEnough
			}
			session, _, err := r.session(window, id)
			page.Rows, last = append(page.Rows, session), at
			return err
		})
		if err != nil && !errors.Is(err, errEnough) {
			return err
		}
		if query.Total {
			page.Total, err = r.countSessions(window, query.Search)
			return err
		}
		return nil
	})
	if err != nil {
		return store.Page[store.Session]{}, fmt.Errorf("list sessions: %w", err)
	}
	return page, nil
}

func windowOf(query store.SessionQuery) clause {
	var window clause
	if !query.From.IsZero() {
		window.add("t.start >= ?", microsUp(query.From))
	}
	if !query.To.IsZero() {
		window.add("t.start < ?", microsUp(query.To))
	}
	return window
}

// latest calls each with the sessions of a window and the place of their latest trace in it, newest first.
func (r *snapshot) latest(window clause, after *spot, wanted int, each func(session string, at spot) error) error {
	type row struct {
		session string
		at      spot
	}
	for size := max(wanted, firstBatch); ; size = min(2*size, maxBatch) {
		c := clause{}
		c.add("t.project = ?", r.project)
		c.add("t.session_id IS NOT NULL AND t.evaluation = 0")
		c.sql, c.args = append(c.sql, window.sql...), append(c.args, window.args...)
		if after != nil {
			c.add("(t.start, t.id) < (?, ?)", after.Start, after.ID)
		}
		later := []string{
			"l.project = t.project", "l.session_id = t.session_id", "l.start >= t.start", "(l.start, l.id) > (t.start, t.id)",
			"l.evaluation = 0",
		}
		for i, sql := range window.sql {
			later = append(later, "l."+strings.TrimPrefix(sql, "t."))
			c.args = append(c.args, window.args[i])
		}
		var batch []row
		err := r.query("SELECT t.session_id, t.start, t.id FROM traces AS t INDEXED BY traces_start WHERE "+strings.Join(c.sql, " AND ")+
			" AND NOT EXISTS (SELECT 1 FROM traces AS l INDEXED BY traces_session WHERE "+strings.Join(later, " AND ")+
			") ORDER BY t.start DESC, t.id DESC LIMIT ?", append(c.args, size), func(values []any) error {
			batch = append(batch, row{textOf(values[0]), spot{Start: intOf(values[1]), ID: intOf(values[2])}})
			return nil
		})
		if err != nil {
			return err
		}
		for _, row := range batch {
			if err := each(row.session, row.at); err != nil {
				return err
			}
		}
		if len(batch) < size {
			return nil
		}
		after = &batch[len(batch)-1].at
	}
}

func (r *snapshot) countSessions(window clause, search string) (n int, err error) {
	c := clause{}
	c.add("t.project = ?", r.project)
	c.add("t.session_id IS NOT NULL AND t.evaluation = 0")
	c.sql, c.args = append(c.sql, window.sql...), append(c.args, window.args...)
	err = r.query("SELECT DISTINCT t.session_id FROM traces AS t INDEXED BY traces_session WHERE "+strings.Join(c.sql, " AND "),
		c.args, func(row []any) error {
			if search == "" || hasPart(textOf(row[0]), []string{search}) {
				n++
			}
			return nil
		})
	return n, err
}

// Session is one session with its traces, oldest first.
func (s *Store) Session(ctx context.Context, project, id string, query store.SessionQuery) (store.Session, []store.Summary, error) {
	var session store.Session
	var traces []store.Summary
	err := s.snapshot(ctx, project, func(r *snapshot) error {
		var ids []int64
		var err error
		if session, ids, err = r.session(windowOf(query), id); err != nil {
			return err
		}
		if len(ids) == 0 {
			return store.ErrNotFound
		}
		traces, err = r.summaries(ids)
		return err
	})
	if err != nil {
		return store.Session{}, nil, fmt.Errorf("session %s: %w", id, err)
	}
	return session, traces, nil
}

// session adds up the traces of a session, and tells which they are, oldest first.
func (r *snapshot) session(window clause, id string) (store.Session, []int64, error) {
	s := store.Session{ID: id}
	var ids []int64
	var duration time.Duration
	var cost store.NanoUSD
	c := clause{}
	c.add("t.project = ?", r.project)
	c.add("t.session_id = ?", id)
	c.add("t.evaluation = 0")
	c.sql, c.args = append(c.sql, window.sql...), append(c.args, window.args...)
	err := r.query(`SELECT id, start, user_id, CASE WHEN status <> 'running' THEN max(latest - earliest, 0) END, input_tokens,
		output_tokens, cost, priced, status FROM traces AS t INDEXED BY traces_session WHERE `+
		strings.Join(c.sql, " AND ")+" ORDER BY t.start, t.id", c.args, func(row []any) error {
		ids = append(ids, intOf(row[0]))
		s.Traces++
		s.Last = timeOf(row[1])
		if s.Traces == 1 {
			s.First = s.Last
		}
		if user := textOf(row[2]); user != "" && !slices.Contains(s.Users, user) {
			s.Users = append(s.Users, user)
		}
		if row[3] != nil {
			duration += time.Duration(intOf(row[3])) * time.Microsecond
			s.Duration = &duration
		}
		s.InputTokens += intOf(row[4])
		s.OutputTokens += intOf(row[5])
		if intOf(row[7]) > 0 {
			s.Cost = &cost
		}
		cost += store.NanoUSD(intOf(row[6]))
		switch store.TraceStatus(textOf(row[8])) {
		case store.TraceFailed:
			s.Failed++
		case store.TraceRunning:
			s.Running++
		case store.TraceOK, store.TraceRecovered:
		}
		return nil
	})
	if err != nil || len(ids) == 0 {
		return s, nil, err
	}
	ends, err := r.summaries(slices.Compact([]int64{ids[0], ids[len(ids)-1]}))
	if err != nil {
		return s, nil, err
	}
	first, last := &ends[0], &ends[len(ends)-1]
	s.Input, s.Output, s.FirstTrace, s.LastTrace = first.Input, last.Output, first.TraceID, last.TraceID
	return s, ids, nil
}
