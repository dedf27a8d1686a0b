package api

import (
	"context"
	"slices"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// addAll fills what is told of all traces of the query.
func (s *server) addAll(ctx context.Context, project string, query store.Query, w window, d *metricsView) error {
	recovered := withStatus(query, store.TraceRecovered)
	var found [4][]store.Metric
	for i, part := range []struct {
		query store.Query
		w     window
	}{{query, w}, {recovered, w}, {query, w.before()}, {recovered, w.before()}} {
		var err error
		if found[i], err = s.metricsIn(ctx, project, part.query, store.ByNothing, part.w); err != nil {
			return err
		}
	}
	d.All = allOf(w, found[0], found[1])
	d.Total = &metricTotal{totalsView: sumsOf(found[0], found[1])}
	if len(found[2]) > 0 {
		d.Total.Before = new(sumsOf(found[2], found[3]))
	}
	return nil
}

// withStatus is a query with one more condition.
func withStatus(query store.Query, status store.TraceStatus) store.Query {
	query.Where = append(slices.Clone(query.Where), store.Condition{
		Field: store.FieldStatus, Op: store.OpIn, Values: []string{string(status)},
	})
	return query
}

func allOf(w window, found, recovered []store.Metric) *metricAll {
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
	for i := range recovered {
		if at := w.at(recovered[i].Hour); at >= 0 {
			all.Recovered[at] += recovered[i].Count
		}
	}
	return all
}

func sumsOf(found, recovered []store.Metric) totalsView {
	var t, r total
	for i := range found {
		t.count(&found[i])
	}
	for i := range recovered {
		r.count(&recovered[i])
	}
	return totalsView{
		Count: t.Count, Failed: t.Errors, Recovered: r.Count, Input: t.InputTokens, Output: t.OutputTokens, Cached: t.CacheRead,
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
