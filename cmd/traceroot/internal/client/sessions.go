package client

import (
	"context"
	"fmt"
	"net/url"
	"strconv"
	"time"
)

// Session is a conversation of several traces.
type Session struct {
	ID           string   `json:"session_id"`
	Users        []string `json:"user_ids"`
	TraceCount   int      `json:"trace_count"`
	First        Time     `json:"first_trace_time"`
	Last         Time     `json:"last_trace_time"` // when the latest trace started
	DurationMS   *float64 `json:"duration_ms"`     // of its traces together; nil when none has ended
	InputTokens  int64    `json:"total_input_tokens"`
	OutputTokens int64    `json:"total_output_tokens"`
	Cost         *float64 `json:"total_cost"`
	Input        string   `json:"input"`
	Output       string   `json:"output"`

	Traces []SessionTrace `json:"traces"` // oldest first; only where one session was asked for
}

// SessionTrace is one turn of a session.
type SessionTrace struct {
	TraceID    string   `json:"trace_id"`
	Name       string   `json:"name"`
	Start      Time     `json:"trace_start_time"`
	UserID     string   `json:"user_id"`
	Input      string   `json:"input"`
	Output     string   `json:"output"`
	DurationMS *float64 `json:"duration_ms"`
	Status     string   `json:"status"` // ok or error
}

// SessionQuery selects sessions. Zero fields select all.
type SessionQuery struct {
	From, To time.Time // of their traces' starts; To is exclusive
	Search   string    // a part of the id, in any case
	Limit    int       // at most 200
}

// Sessions lists sessions, that of the latest trace first.
func (c *Client) Sessions(ctx context.Context, query SessionQuery) ([]Reply[Session], error) {
	values := url.Values{"limit": {strconv.Itoa(query.Limit)}}
	setWindow(values, query.From, query.To)
	if query.Search != "" {
		values.Set("search_query", query.Search)
	}
	var page struct {
		Data []Reply[Session] `json:"data"`
	}
	if err := c.get(ctx, public+"/sessions", values, &page); err != nil {
		return nil, fmt.Errorf("list sessions: %w", err)
	}
	return page.Data, nil
}

// Session reads one session with its traces.
func (c *Client) Session(ctx context.Context, id string) (Reply[Session], error) {
	var session Reply[Session]
	if err := c.get(ctx, public+"/sessions/"+url.PathEscape(id), nil, &session); err != nil {
		return session, fmt.Errorf("read session %s: %w", id, err)
	}
	return session, nil
}
