package memory

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// Metrics are the hours of a dimension.
func (s *Store) Metrics(_ context.Context, name string, query store.MetricsQuery) ([]store.Metric, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	cells := cells{}
	for _, t := range s.find(name).traces {
		if err := cells.addTrace(t, query.By); err != nil {
			return nil, err
		}
	}
	var metrics []store.Metric
	for _, m := range cells {
		if within(m.Hour.Add(time.Hour-1), query.From, time.Time{}) && within(m.Hour, time.Time{}, query.To) {
			metrics = append(metrics, *m)
		}
	}
	slices.SortFunc(metrics, func(a, b store.Metric) int {
		return cmp.Or(a.Hour.Compare(b.Hour), cmp.Compare(a.Value, b.Value))
	})
	return metrics, nil
}

type cells map[cell]*store.Metric

type cell struct {
	hour  time.Time
	value string
}

func (c cells) addTrace(t *trace, by store.Dimension) error {
	switch by {
	case store.ByModel:
		for i := range t.spans {
			if s := &t.spans[i]; s.Kind == store.KindLLM {
				c.addCall(s, s.Model)
			}
		}
		return nil
	case store.ByTool:
		for i := range t.spans {
			if s := &t.spans[i]; s.Kind == store.KindTool {
				c.addCall(s, s.Name)
			}
		}
		return nil
	default:
		return c.addWhole(t, by)
	}
}

// addWhole counts a trace as a whole.
func (c cells) addWhole(t *trace, by store.Dimension) error {
	sum := t.summary()
	values := []string{""}
	switch by {
	case store.ByNothing:
	case store.ByAgent:
		values[0] = sum.Agent
	case store.ByUser:
		values[0] = sum.UserID
	case store.ByEnvironment:
		values[0] = sum.Environment
	case store.ByTag:
		if len(sum.Tags) > 0 {
			values = sum.Tags
		}
	default:
		return fmt.Errorf("%q is no dimension", by)
	}
	for _, value := range values {
		c.addSummary(&sum, value)
	}
	return nil
}

func (c cells) addSummary(sum *store.Summary, value string) {
	m := c.at(sum.Start, value)
	m.Count++
	if sum.Status == store.TraceFailed {
		m.Errors++
	}
	m.InputTokens += sum.InputTokens
	m.OutputTokens += sum.OutputTokens
	m.CacheRead += sum.CacheRead
	m.Cost += sum.Cost
	if sum.Unpriced {
		m.Unpriced++
	}
	if d, known := sum.Duration(); known {
		m.Latency.Add(d, 1)
	}
	if sum.FirstToken > 0 {
		m.FirstToken.Add(sum.FirstToken, 1)
	}
}

func (c cells) addCall(s *store.Span, value string) {
	m := c.at(s.Start, value)
	m.Count++
	if s.Status == store.StatusError {
		m.Errors++
	}
	if s.Usage != nil {
		m.InputTokens += s.Usage.Input
		m.OutputTokens += s.Usage.Output
		m.CacheRead += s.Usage.CacheRead
	}
	if s.Cost != nil {
		m.Cost += s.Cost.Total
	}
	if unpriced(s) {
		m.Unpriced++
	}
	if !s.Running() {
		m.Latency.Add(max(s.End.Sub(s.Start), 0), 1)
	}
	if s.TimeToFirstToken > 0 {
		m.FirstToken.Add(s.TimeToFirstToken, 1)
	}
}

func (c cells) at(start time.Time, value string) *store.Metric {
	key := cell{start.Truncate(time.Hour), value}
	if c[key] == nil {
		c[key] = &store.Metric{
			Hour: key.hour, Value: value, Latency: store.Histogram{}, FirstToken: store.Histogram{},
		}
	}
	return c[key]
}
