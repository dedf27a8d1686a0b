package sqlite

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// aspect is how a dimension is read from traces as t and, where it counts calls, from spans as s.
type aspect struct {
	value string // SQL of the value
	join  string // what value needs beside t
	calls bool
}

const ofSpans = " CROSS JOIN spans AS s ON s.trace = t.id AND s.kind = "

var aspects = map[store.Dimension]aspect{
	store.ByNothing:     {value: "''"},
	store.ByAgent:       {value: "t.agent"},
	store.ByUser:        {value: "t.user_id"},
	store.ByEnvironment: {value: "t.environment"},
	store.ByStatus:      {value: "t.status"},
	store.ByTag:         {value: "json_each.value", join: " LEFT JOIN json_each(t.tags)"},
	store.ByModel:       {value: "s.model", join: ofSpans + "'LLM'", calls: true},
	store.ByTool:        {value: "s.name", join: ofSpans + "'TOOL'", calls: true},
}

// Columns of a group, behind its step and its value. The first two are buckets of [store.Histogram].
const (
	traceColumns = `CASE WHEN t.status <> 'running' THEN CAST(round(4 * log2(max(t.latest - t.earliest, 1))) AS INTEGER) END,
		CASE WHEN t.first_token > 0 THEN CAST(round(4 * log2(max(t.first_token / 1000.0, 1))) AS INTEGER) END,
		count(*), sum(t.status = 'failed'), sum(t.status = 'recovered'), sum(t.input_tokens), sum(t.output_tokens), sum(t.cache_read), sum(t.cost),
		sum(t.unpriced > 0)`
	callColumns = `CAST(round(4 * log2(max(s."end" - s.start, 1))) AS INTEGER),
		CASE WHEN s.first_token > 0 THEN CAST(round(4 * log2(max(s.first_token / 1000.0, 1))) AS INTEGER) END,
		count(*), sum(s.error), 0, sum(coalesce(s.input_tokens, 0)), sum(coalesce(s.output_tokens, 0)),
		sum(coalesce(s.cache_read, 0)), sum(coalesce(s.cost, 0)),
		sum(s.cost IS NULL AND coalesce(s.input_tokens + s.output_tokens, 0) > 0)`
)

// MetricsOf are the steps of a dimension of the traces that match.
func (s *Store) MetricsOf(ctx context.Context, project string, query store.Query, by store.Dimension, step time.Duration) ([]store.Metric, error) {
	a, known := aspects[by]
	if !known {
		return nil, fmt.Errorf("%q is no dimension", by)
	}
	steps := steps{of: map[stepKey]*store.Metric{}, length: step}
	err := s.searching(ctx, project, &query, func(r *snapshot) error {
		query.Sort = store.Sort{}
		p, err := r.plan(query, byIndex)
		if err != nil || p.never {
			return err
		}
		from, _, _, c := p.from()
		if len(p.checks) > 0 {
			list, err := r.matching(p)
			if err != nil {
				return err
			}
			from, c = "traces AS t", clause{}
			c.add("t.id IN (SELECT value FROM json_each(?))", list)
		}
		columns, start := traceColumns, "t.start"
		if a.calls {
			columns, start = callColumns, "s.start"
		}
		return r.query(fmt.Sprintf("SELECT %s / ?, %s, %s FROM %s%s WHERE %s GROUP BY 1, 2, 3, 4",
			start, a.value, columns, from, a.join, strings.Join(c.sql, " AND ")),
			append([]any{step.Microseconds()}, c.args...), steps.add)
	})
	if err != nil {
		return nil, fmt.Errorf("read the metrics by %s: %w", by, err)
	}
	return steps.sorted(), nil
}

// steps adds up the groups of a step and a value, which differ in their durations alone.
type steps struct {
	length time.Duration
	of     map[stepKey]*store.Metric
}

type stepKey struct {
	step  int64
	value string
}

func (s *steps) at(step int64, value string) *store.Metric {
	key := stepKey{step, value}
	m := s.of[key]
	if m == nil {
		m = &store.Metric{
			Hour: time.UnixMicro(key.step * s.length.Microseconds()).UTC(), Value: key.value,
			Latency: store.Histogram{}, FirstToken: store.Histogram{},
		}
		s.of[key] = m
	}
	return m
}

// addHour adds a row of rollups.
func (s *steps) addHour(row []any) error {
	m := s.at(intOf(row[0])/int64(s.length/time.Hour), textOf(row[1]))
	m.Count += intOf(row[2])
	addSums(m, row[3:])
	return errors.Join(addHistogram(m.Latency, row[10]), addHistogram(m.FirstToken, row[11]))
}

// add adds a group of traces or calls.
func (s *steps) add(row []any) error {
	m := s.at(intOf(row[0]), textOf(row[1]))
	count := intOf(row[4])
	for h, bucket := range map[*store.Histogram]any{&m.Latency: row[2], &m.FirstToken: row[3]} {
		if bucket != nil {
			(*h)[int(intOf(bucket))] += count
		}
	}
	m.Count += count
	addSums(m, row[5:])
	return nil
}

// addSums adds the columns from errors to unpriced.
func addSums(m *store.Metric, row []any) {
	m.Errors += intOf(row[0])
	m.Recovered += intOf(row[1])
	m.InputTokens += intOf(row[2])
	m.OutputTokens += intOf(row[3])
	m.CacheRead += intOf(row[4])
	m.Cost += store.NanoUSD(intOf(row[5]))
	m.Unpriced += intOf(row[6])
}

func (s *steps) sorted() []store.Metric {
	var metrics []store.Metric
	for _, m := range s.of {
		metrics = append(metrics, *m)
	}
	slices.SortFunc(metrics, func(a, b store.Metric) int {
		return cmp.Or(a.Hour.Compare(b.Hour), cmp.Compare(a.Value, b.Value))
	})
	return metrics
}
