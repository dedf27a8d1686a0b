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
	if query.By == store.ByStatus {
		return nil, fmt.Errorf("%q is no dimension of hours", query.By)
	}
	cells := cells{step: time.Hour, of: map[cell]*store.Metric{}}
	for _, t := range s.find(name).traces {
		if err := cells.addTrace(t, query.By); err != nil {
			return nil, err
		}
	}
	hours := slices.DeleteFunc(cells.sorted(), func(m store.Metric) bool {
		return !within(m.Hour.Add(time.Hour-1), query.From, time.Time{}) || !within(m.Hour, time.Time{}, query.To)
	})
	if query.Step <= time.Hour {
		return hours, nil
	}
	cells.step, cells.of = query.Step, map[cell]*store.Metric{}
	for i := range hours {
		cells.at(hours[i].Hour, hours[i].Value).Add(&hours[i])
	}
	return cells.sorted(), nil
}

// MetricsOf are the steps of a dimension of the traces that match.
func (s *Store) MetricsOf(_ context.Context, name string, query store.Query, by store.Dimension, step time.Duration) ([]store.Metric, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	cells := cells{step: step, of: map[cell]*store.Metric{}}
	for _, t := range s.find(name).traces {
		matches, err := t.matches(query)
		if err == nil && matches {
			err = cells.addTrace(t, by)
		}
		if err != nil {
			return nil, err
		}
	}
	return cells.sorted(), nil
}

type cells struct {
	step time.Duration
	of   map[cell]*store.Metric
}

func (c cells) sorted() []store.Metric {
	var metrics []store.Metric
	for _, m := range c.of {
		metrics = append(metrics, *m)
	}
	slices.SortFunc(metrics, func(a, b store.Metric) int {
		return cmp.Or(a.Hour.Compare(b.Hour), cmp.Compare(a.Value, b.Value))
	})
	return metrics
}

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
	case store.ByStatus:
		values[0] = string(sum.Status)
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
	switch sum.Status {
	case store.TraceFailed:
		m.Errors++
	case store.TraceRecovered:
		m.Recovered++
	case store.TraceOK, store.TraceRunning:
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
	micros, step := start.UnixMicro(), c.step.Microseconds()
	key := cell{time.UnixMicro(micros - micros%step).UTC(), value}
	if c.of[key] == nil {
		c.of[key] = &store.Metric{
			Hour: key.hour, Value: value, Latency: store.Histogram{}, FirstToken: store.Histogram{},
		}
	}
	return c.of[key]
}
