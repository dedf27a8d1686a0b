package api

import (
	"context"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// addAll fills what is told of all traces of the query.
func (d *metricsView) addAll(w window, now, before []store.Metric) {
	d.All = allOf(w, now)
	d.Total = &metricTotal{totalsView: sumsOf(now)}
	if len(before) > 0 {
		d.Total.Before = new(sumsOf(before))
	}
}

func allOf(w window, found []store.Metric) *metricAll {
	steps := make([]total, w.count)
	for i := range found {
		if at := w.at(found[i].Hour); at >= 0 {
			steps[at].count(&found[i])
		}
	}
	series := seriesOf("", steps)
	all := &metricAll{
		Count: series.Count, Failed: series.Failed, Recovered: make([]int64, w.count), Input: series.Input,
		Output: series.Output, Cached: series.Cached, Cost: series.Cost,
		P50: series.P50, P90: series.P90, P95: series.P95, TTFT50: series.TTFT50, TTFT95: series.TTFT95,
	}
	for i := range steps {
		all.Recovered[i] = steps[i].Recovered
	}
	return all
}

func sumsOf(found []store.Metric) totalsView {
	var t total
	for i := range found {
		t.count(&found[i])
	}
	return totalsView{
		Count: t.Count, Failed: t.Errors, Recovered: t.Recovered, Input: t.InputTokens, Output: t.OutputTokens, Cached: t.CacheRead,
		Cost: t.Cost.Dollars(), Partial: t.Unpriced > 0, P50: quantileOf(t.Latency, 0.5), P95: quantileOf(t.Latency, 0.95),
		TTFT50: quantileOf(t.FirstToken, 0.5), TTFT95: quantileOf(t.FirstToken, 0.95),
	}
}

// maxMarks is how many versions are told of.
const maxMarks = 8

// marks are the versions whose first trace is in the window.
func (s *server) marks(ctx context.Context, project string, query store.Query, w window) ([]metricMark, error) {
	query.From, query.To = w.from, w.to
	found, err := s.store.Facets(ctx, project, query, []store.Field{store.FieldVersion}, maxMarks)
	if err != nil {
		return nil, err
	}
	var marks []metricMark
	for _, version := range found[store.FieldVersion] {
		ofVersion := store.Condition{Field: store.FieldVersion, Op: store.OpIn, Values: []string{version.Value}}
		first, err := s.store.Traces(ctx, project, store.Query{
			Where: []store.Condition{ofVersion}, To: w.to, Sort: store.Sort{Ascending: true}, Limit: 1,
		})
		if err != nil {
			return nil, err
		}
		if len(first.Rows) > 0 && !first.Rows[0].Start.Before(w.from) {
			marks = append(marks, metricMark{moment(first.Rows[0].Start), version.Value})
		}
	}
	return marks, nil
}
