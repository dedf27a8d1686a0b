package client

import (
	"context"
	"fmt"
	"net/url"
	"strconv"
	"time"
)

// Search selects traces by our own server's query language.
type Search struct {
	Query    string
	From, To time.Time // of the trace's start; To is exclusive; zero: no limit
	Sort     string    // a field, with a minus before it for the largest first; empty: newest first
	Limit    int       // most rows to return
}

// FoundTrace is a trace in the answer to a search. Texts are empty and numbers zero where there is nothing to say.
type FoundTrace struct {
	TraceID      string   `json:"id"`
	Name         string   `json:"name"`
	Start        Time     `json:"start"`
	DurationMS   *float64 `json:"ms"`     // nil while it runs
	Status       string   `json:"status"` // running, failed, recovered or ok
	Spans        int      `json:"spans"`
	InputTokens  int64    `json:"in"`
	OutputTokens int64    `json:"out"`
	Estimated    bool     `json:"estimated"` // some of the tokens were counted from the text
	Cost         float64  `json:"cost"`      // dollars
	Partial      bool     `json:"partial"`   // some tokens have no price: the cost is a lower bound
	Outcome      string   `json:"outcome"`   // the beginning of the answer or of the error
}

// maxSearchPage is how many rows are asked for at once.
const maxSearchPage = 200

// Search finds traces. It asks for as many pages as the limit needs.
func (c *Client) Search(ctx context.Context, search Search) ([]Reply[FoundTrace], error) {
	values := url.Values{"q": {search.Query}, "limit": {strconv.Itoa(min(search.Limit, maxSearchPage))}}
	for name, value := range map[string]string{"from": timeParam(search.From), "to": timeParam(search.To), "sort": search.Sort} {
		if value != "" {
			values.Set(name, value)
		}
	}
	var rows []Reply[FoundTrace]
	for len(rows) < search.Limit {
		var page struct {
			Data []Reply[FoundTrace] `json:"data"`
			Next *string             `json:"next"`
		}
		if err := c.get(ctx, ui+"/traces", values, &page); err != nil {
			return nil, fmt.Errorf("search: %w", err)
		}
		rows = append(rows, page.Data[:min(len(page.Data), search.Limit-len(rows))]...)
		if page.Next == nil {
			break
		}
		values.Set("cursor", *page.Next)
	}
	return rows, nil
}

func timeParam(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return formatTime(t)
}
