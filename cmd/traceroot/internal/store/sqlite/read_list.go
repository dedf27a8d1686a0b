package sqlite

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// Traces is a page of the traces that match.
func (s *Store) Traces(ctx context.Context, project string, query store.Query) (store.Page[store.Summary], error) {
	var page store.Page[store.Summary]
	err := s.searching(ctx, project, &query, func(r *snapshot) error {
		name := identity(query)
		after, err := readCursor(query.After, name)
		if err != nil {
			return err
		}
		ids, p, err := r.list(query, after, limitOf(query.Limit), func(last spot) { page.Next = writeCursor(last, name) })
		if err != nil {
			return err
		}
		if query.Total {
			if page.Total, err = r.count(p); err != nil {
				return err
			}
		}
		page.Rows, err = r.summaries(ids)
		return err
	})
	if err != nil {
		return store.Page[store.Summary]{}, err
	}
	return page, nil
}

// list are the traces of a page. More gets the last of them where others come after it.
func (r *snapshot) list(query store.Query, after *spot, limit int, more func(last spot)) (ids []int64, p *plan, err error) {
	way := byTrace
	if query.Total {
		way = byIndex
	}
	for {
		if p, err = r.plan(query, way); err != nil {
			return nil, nil, err
		}
		ids = nil
		var last spot
		err = r.walk(p, after, limit+1, func(f *found) error {
			if len(ids) == limit {
				more(last)
				return errEnough
			}
			ids, last = append(ids, f.ID), f.spot
			return nil
		})
		switch {
		case errors.Is(err, errTooFar):
			way = byIndex
		case errors.Is(err, errEnough):
			return ids, p, nil
		default:
			return ids, p, err
		}
	}
}

func limitOf(limit int) int { return min(cmp.Or(limit, 50), 1000) }

// cursor is the Next of a page: the place of its last row, and which query it is of.
type cursor struct {
	Query string `json:"query"`
	Place spot   `json:"place"`
}

func writeCursor(last spot, query string) string {
	text, err := json.Marshal(cursor{query, last})
	if err != nil {
		return "" // numbers and a hash are always JSON
	}
	return base64.RawURLEncoding.EncodeToString(text)
}

// readCursor is nil for an empty one.
func readCursor(after, query string) (*spot, error) {
	if after == "" {
		return nil, nil
	}
	var c cursor
	text, err := base64.RawURLEncoding.DecodeString(after)
	if err != nil || json.Unmarshal(text, &c) != nil || c.Query != query {
		return nil, store.ErrCursor
	}
	return &c.Place, nil
}

// identity is what the pages of one query have in common.
func identity(query store.Query) string {
	query.After, query.Limit, query.Total = "", 0, false
	query.From, query.To = query.From.UTC(), query.To.UTC()
	return hashOf(query)
}

func hashOf(query any) string {
	text, err := json.Marshal(query)
	if err != nil {
		return "" // only a number that is none has no JSON, and no trace either
	}
	return store.HashOf(string(text)).String()
}
