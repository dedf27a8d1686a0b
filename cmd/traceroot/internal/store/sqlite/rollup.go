package sqlite

import (
	"cmp"
	"slices"
	"time"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// rollups are the differences that a transaction makes to the table of that name.
type rollups map[rollupKey]*store.Metric

type rollupKey struct {
	project   int64
	dimension store.Dimension
	hour      int64
	value     string
}

func (r rollups) at(project int64, by store.Dimension, start time.Time, value string) *store.Metric {
	key := rollupKey{project, by, hourOf(start), value}
	m := r[key]
	if m == nil {
		m = &store.Metric{Latency: store.Histogram{}, FirstToken: store.Histogram{}}
		r[key] = m
	}
	return m
}

// addTrace counts a trace n times; a negative n takes back.
func (r rollups) addTrace(project int64, sum *store.Summary, n int64) {
	r.addSummary(project, store.ByNothing, "", sum, n)
	r.addSummary(project, store.ByAgent, sum.Agent, sum, n)
	r.addSummary(project, store.ByUser, sum.UserID, sum, n)
	r.addSummary(project, store.ByEnvironment, sum.Environment, sum, n)
	if len(sum.Tags) == 0 {
		r.addSummary(project, store.ByTag, "", sum, n)
	}
	for _, tag := range sum.Tags {
		r.addSummary(project, store.ByTag, tag, sum, n)
	}
}

func (r rollups) addSummary(project int64, by store.Dimension, value string, sum *store.Summary, n int64) {
	m := r.at(project, by, sum.Start, value)
	m.Count += n
	if sum.Status == store.TraceFailed {
		m.Errors += n
	}
	m.InputTokens += n * sum.InputTokens
	m.OutputTokens += n * sum.OutputTokens
	m.CacheRead += n * sum.CacheRead
	m.Cost += store.NanoUSD(n) * sum.Cost
	if sum.Unpriced {
		m.Unpriced += n
	}
	if d, known := sum.Duration(); known {
		m.Latency.Add(d, n)
	}
	if sum.FirstToken > 0 {
		m.FirstToken.Add(sum.FirstToken, n)
	}
}

// addCall counts a call of a model or tool n times.
func (r rollups) addCall(project int64, s *store.Span, n int64) {
	var m *store.Metric
	switch s.Kind {
	case store.KindLLM:
		m = r.at(project, store.ByModel, s.Start, s.Model)
	case store.KindTool:
		m = r.at(project, store.ByTool, s.Start, s.Name)
	default:
		return
	}
	m.Count += n
	if s.Status == store.StatusError {
		m.Errors += n
	}
	if s.Usage != nil {
		m.InputTokens += n * s.Usage.Input
		m.OutputTokens += n * s.Usage.Output
		m.CacheRead += n * s.Usage.CacheRead
	}
	if s.Cost != nil {
		m.Cost += store.NanoUSD(n) * s.Cost.Total
	}
	if unpriced(s) {
		m.Unpriced += n
	}
	if !s.Running() {
		m.Latency.Add(max(s.End.Sub(s.Start), 0), n)
	}
	if s.TimeToFirstToken > 0 {
		m.FirstToken.Add(s.TimeToFirstToken, n)
	}
}

// unpriced reports whether a span has tokens whose price is not known.
func unpriced(s *store.Span) bool { return s.Usage != nil && s.Usage.Total() > 0 && s.Cost == nil }

// flush adds the differences to the table.
func (r rollups) flush(c *conn) error {
	keys := make([]rollupKey, 0, len(r))
	for key := range r {
		keys = append(keys, key)
	}
	slices.SortFunc(keys, func(a, b rollupKey) int {
		return cmp.Or(cmp.Compare(a.project, b.project), cmp.Compare(a.dimension, b.dimension),
			cmp.Compare(a.hour, b.hour), cmp.Compare(a.value, b.value))
	})
	for _, key := range keys {
		if err := flushRollup(c, key, r[key]); err != nil {
			return err
		}
	}
	return nil
}

func flushRollup(c *conn, key rollupKey, m *store.Metric) error {
	if idle(m) {
		return nil
	}
	by := []any{key.project, string(key.dimension), key.hour, key.value}
	row, err := c.first(`SELECT count, errors, input_tokens, output_tokens, cache_read, cost, unpriced, latency, first_token
		FROM rollups WHERE project = ? AND dimension = ? AND hour = ? AND value = ?`, by...)
	if err != nil {
		return err
	}
	if row != nil {
		m.Count += intOf(row[0])
		m.Errors += intOf(row[1])
		m.InputTokens += intOf(row[2])
		m.OutputTokens += intOf(row[3])
		m.CacheRead += intOf(row[4])
		m.Cost += store.NanoUSD(intOf(row[5]))
		m.Unpriced += intOf(row[6])
		if err := addHistogram(m.Latency, row[7]); err != nil {
			return err
		}
		if err := addHistogram(m.FirstToken, row[8]); err != nil {
			return err
		}
	}
	if m.Count == 0 {
		if row == nil {
			return nil
		}
		_, err := c.exec("DELETE FROM rollups WHERE project = ? AND dimension = ? AND hour = ? AND value = ?", by...)
		return err
	}
	_, err = c.exec(`INSERT OR REPLACE INTO rollups (project, dimension, hour, value, count, errors, input_tokens,
		output_tokens, cache_read, cost, unpriced, latency, first_token) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		append(by, m.Count, m.Errors, m.InputTokens, m.OutputTokens, m.CacheRead, int64(m.Cost), m.Unpriced,
			histogramValue(m.Latency), histogramValue(m.FirstToken))...)
	return err
}

// idle reports whether nothing changes.
func idle(m *store.Metric) bool {
	return m.Count|m.Errors|m.InputTokens|m.OutputTokens|m.CacheRead|int64(m.Cost)|m.Unpriced == 0 &&
		len(m.Latency) == 0 && len(m.FirstToken) == 0
}
