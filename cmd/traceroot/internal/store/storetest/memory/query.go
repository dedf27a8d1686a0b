package memory

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// Traces is a page of the traces that match.
func (s *Store) Traces(_ context.Context, name string, query store.Query) (store.Page[store.Summary], error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	none := store.Page[store.Summary]{}
	if _, err := placeOf(store.Summary{}, query.Sort); err != nil {
		return none, err
	}
	all, err := s.find(name).matching(query)
	if err != nil {
		return none, err
	}
	place := func(sum store.Summary) place {
		place, _ := placeOf(sum, query.Sort) // the order was looked at above
		return place
	}
	slices.SortFunc(all, func(a, b store.Summary) int { return compare(place(a), place(b), query.Sort.Ascending) })

	page := store.Page[store.Summary]{Rows: all}
	if query.Total {
		page.Total = len(all)
	}
	if query.After != "" {
		last, err := readCursor(query.After, identity(query))
		if err != nil {
			return none, err
		}
		page.Rows = slices.DeleteFunc(all, func(sum store.Summary) bool {
			return compare(place(sum), last, query.Sort.Ascending) <= 0
		})
	}
	if limit := pageSize(query.Limit); len(page.Rows) > limit {
		page.Rows = page.Rows[:limit]
		page.Next = writeCursor(identity(query), place(page.Rows[limit-1]))
	}
	return page, nil
}

func pageSize(limit int) int { return min(cmp.Or(limit, 50), 1000) }

func (p *project) matching(query store.Query) ([]store.Summary, error) {
	var all []store.Summary
	for _, t := range p.traces {
		ok, err := t.matches(query)
		if err != nil {
			return nil, err
		}
		if ok {
			all = append(all, t.summary())
		}
	}
	return all, nil
}

func (t *trace) matches(query store.Query) (bool, error) {
	for _, c := range query.Where {
		ok, err := t.holds(c)
		if err != nil || ok == c.Not {
			return false, err
		}
	}
	for _, w := range query.Words {
		if len(store.Terms(w.Text)) > 0 && t.says(w) == w.Not {
			return false, nil
		}
	}
	return within(t.row.Start, query.From, query.To) && (query.Evaluations || !t.row.IsEvaluation), nil
}

func within(at, from, to time.Time) bool {
	return (from.IsZero() || !at.Before(from)) && (to.IsZero() || at.Before(to))
}

func (t *trace) says(w store.Words) bool {
	return slices.ContainsFunc(t.spans, func(s store.Span) bool {
		return s.Input != nil && w.Holds(store.Terms(*s.Input)) || s.Output != nil && w.Holds(store.Terms(*s.Output))
	})
}

func (t *trace) holds(c store.Condition) (bool, error) {
	switch c.Op {
	case store.OpIn, store.OpContains:
		values, err := t.values(c.Field, c.Key)
		if err != nil {
			return false, err
		}
		for value := range values {
			for _, wanted := range c.Values {
				if value == wanted || c.Op == store.OpContains && containsFold(value, wanted) {
					return true, nil
				}
			}
		}
		return false, nil
	default:
		return t.compares(c)
	}
}

func (t *trace) compares(c store.Condition) (bool, error) {
	n, known, err := number(t.summary(), c.Field)
	if err != nil || !known {
		return false, err
	}
	switch c.Op {
	case store.OpEqual:
		return n == c.Number, nil
	case store.OpGreater:
		return n > c.Number, nil
	case store.OpAtLeast:
		return n >= c.Number, nil
	case store.OpLess:
		return n < c.Number, nil
	case store.OpAtMost:
		return n <= c.Number, nil
	default:
		return false, fmt.Errorf("%q is no operator", c.Op)
	}
}

func containsFold(text, part string) bool {
	return strings.Contains(strings.ToLower(text), strings.ToLower(part))
}

// place is where a row stands in a list.
type place struct {
	Number float64   `json:"number"` // what is sorted by
	Start  time.Time `json:"start"`
	ID     string    `json:"id"`
}

// placeOf puts what is not known below all that is.
func placeOf(sum store.Summary, by store.Sort) (place, error) {
	p := place{Start: sum.Start, ID: sum.TraceID}
	var err error
	switch by.By {
	case "", store.FieldStart:
		p.Number = float64(sum.Start.UnixMicro())
	case store.FieldDuration:
		p.Number = -1
		if d, known := sum.Duration(); known {
			p.Number = float64(d)
		}
	case store.FieldFirstToken:
		p.Number = float64(sum.FirstToken)
	default:
		p.Number, _, err = number(sum, by.By)
	}
	return p, err
}

// compare orders rows; no two are equal. Those with the same number are newest first in either order.
func compare(a, b place, ascending bool) int {
	byNumber := cmp.Compare(b.Number, a.Number)
	if ascending {
		byNumber = -byNumber
	}
	return cmp.Or(byNumber, b.Start.Compare(a.Start), cmp.Compare(b.ID, a.ID))
}

// cursor is the last row of a page. The row itself may be gone when the next page is asked for.
type cursor struct {
	Query string `json:"query"`
	Last  place  `json:"last"`
}

func writeCursor(query string, last place) string {
	text, err := json.Marshal(cursor{query, last})
	if err != nil {
		panic(err) // nothing in it has no JSON
	}
	return base64.RawURLEncoding.EncodeToString(text)
}

func readCursor(after, query string) (place, error) {
	var c cursor
	text, err := base64.RawURLEncoding.DecodeString(after)
	if err != nil || json.Unmarshal(text, &c) != nil || c.Query != query {
		return place{}, store.ErrCursor
	}
	return c.Last, nil
}

// identity is what the pages of one query have in common.
func identity(query store.Query) string {
	query.After, query.Limit, query.Total = "", 0, false
	return fmt.Sprintf("%d %d %v %v %v %v", query.From.UnixMicro(), query.To.UnixMicro(), query.Where, query.Words, query.Evaluations, query.Sort)
}

// Facets counts the traces that match by their values.
func (s *Store) Facets(_ context.Context, name string, query store.Query, fields []store.Field, limit int) (map[store.Field][]store.Count, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	p := s.find(name)
	all, err := p.matching(query)
	if err != nil {
		return nil, err
	}
	facets := map[store.Field][]store.Count{}
	for _, field := range fields {
		counts := map[string]int{}
		for _, sum := range all {
			values, err := p.traces[sum.TraceID].values(field, "")
			if err != nil {
				return nil, err
			}
			for value := range values {
				counts[value]++
			}
		}
		facets[field] = mostFrequent(counts, limit)
	}
	return facets, nil
}

// SpanValues counts spans by their values.
func (s *Store) SpanValues(_ context.Context, name string, field store.Field, from, to time.Time, limit int) ([]store.Count, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	counts := map[string]int{}
	for _, t := range s.find(name).traces {
		for _, span := range t.spans {
			value := span.Model
			if field == store.FieldEnvironment {
				value = span.Environment
			}
			if value != "" && within(span.Start, from, to) {
				counts[value]++
			}
		}
	}
	return mostFrequent(counts, limit), nil
}

func mostFrequent(counts map[string]int, limit int) []store.Count {
	var list []store.Count
	for _, value := range slices.Sorted(maps.Keys(counts)) {
		list = append(list, store.Count{Value: value, Count: counts[value]})
	}
	slices.SortStableFunc(list, func(a, b store.Count) int { return b.Count - a.Count })
	return list[:min(limit, len(list))]
}
