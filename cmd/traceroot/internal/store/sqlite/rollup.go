package sqlite

import (
	"cmp"
	"errors"
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
	switch sum.Status {
	case store.TraceFailed:
		m.Errors += n
	case store.TraceRecovered:
		m.Recovered += n
	case store.TraceOK, store.TraceRunning:
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

// maxRolled is how many rows are remembered: most transactions change those that the one before them changed.
const maxRolled = 2048

// flush adds the differences to the table. The map then has the rows as they are.
func (r rollups) flush(w *writer) error {
	keys := make([]rollupKey, 0, len(r))
	for key, m := range r {
		if idle(m) {
			delete(r, key)
			continue
		}
		keys = append(keys, key)
	}
	slices.SortFunc(keys, func(a, b rollupKey) int {
		return cmp.Or(cmp.Compare(a.project, b.project), cmp.Compare(a.dimension, b.dimension),
			cmp.Compare(a.hour, b.hour), cmp.Compare(a.value, b.value))
	})
	for _, key := range keys {
		row, err := w.addToRollup(key, r[key])
		if err != nil {
			return err
		}
		r[key] = row
	}
	return nil
}

// addToRollup adds to a row, and returns what it then is.
func (w *writer) addToRollup(key rollupKey, more *store.Metric) (*store.Metric, error) {
	by := []any{key.project, string(key.dimension), key.hour, key.value}
	m, err := w.rollup(key, by)
	if err != nil {
		return nil, err
	}
	if m == nil {
		m = more
	} else {
		m.Add(more)
	}
	if m.Count == 0 {
		_, err := w.conn.exec("DELETE FROM rollups WHERE project = ? AND dimension = ? AND hour = ? AND value = ?", by...)
		return m, err
	}
	_, err = w.conn.exec(`INSERT OR REPLACE INTO rollups (project, dimension, hour, value, count, errors, recovered,
		input_tokens, output_tokens, cache_read, cost, unpriced, latency, first_token)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		append(by, m.Count, m.Errors, m.Recovered, m.InputTokens, m.OutputTokens, m.CacheRead, int64(m.Cost), m.Unpriced,
			histogramValue(m.Latency), histogramValue(m.FirstToken))...)
	return m, err
}

// rollup is a row as it is stored; nil: there is none.
func (w *writer) rollup(key rollupKey, by []any) (*store.Metric, error) {
	if m, ok := w.rolled.Get(key); ok {
		return m, nil
	}
	row, err := w.conn.first(`SELECT count, errors, recovered, input_tokens, output_tokens, cache_read, cost, unpriced,
		latency, first_token FROM rollups WHERE project = ? AND dimension = ? AND hour = ? AND value = ?`, by...)
	if err != nil || row == nil {
		return nil, err
	}
	m := &store.Metric{Count: intOf(row[0]), Latency: store.Histogram{}, FirstToken: store.Histogram{}}
	addSums(m, row[1:])
	return m, errors.Join(addHistogram(m.Latency, row[8]), addHistogram(m.FirstToken, row[9]))
}

// publish is for after the commit, forget for after a rollback: rows that are remembered were changed in place.
func (r rollups) publish(w *writer) {
	for key, m := range r {
		if m.Count == 0 {
			w.rolled.Remove(key)
		} else {
			w.rolled.Add(key, m)
		}
	}
}

func (r rollups) forget(w *writer) {
	for key := range r {
		w.rolled.Remove(key)
	}
}

// idle reports whether nothing changes.
func idle(m *store.Metric) bool {
	return m.Count|m.Errors|m.Recovered|m.InputTokens|m.OutputTokens|m.CacheRead|int64(m.Cost)|m.Unpriced == 0 &&
		len(m.Latency) == 0 && len(m.FirstToken) == 0
}
