package api

import (
	"cmp"
	"context"
	"slices"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// addAll fills what is told of all traces of the query.
func (s *server) addAll(ctx context.Context, project string, query store.Query, w window, d *metricsView) error {
	recovered := query
	recovered.Where = append(slices.Clone(query.Where), store.Condition{
		Field: store.FieldStatus, Op: store.OpIn, Values: []string{string(store.TraceRecovered)},
	})
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

func allOf(w window, found, recovered []store.Metric) *metricAll {
	steps := make([]total, w.count)
	for i := range found {
		if at := w.at(found[i].Hour); at >= 0 {
			steps[at].add(&found[i])
		}
	}
	series := seriesOf("", steps)
	all := &metricAll{
		Count: series.Count, Failed: series.Failed, Recovered: make([]int64, w.count), Input: series.Input,
		Output: series.Output, Cached: series.Cached, Written: make([]int64, w.count), Cost: series.Cost,
	}
	for i := range recovered {
		if at := w.at(recovered[i].Hour); at >= 0 {
			all.Recovered[at] += recovered[i].Count
		}
	}
	for i := range steps {
		latency, first := steps[i].Latency, steps[i].FirstToken
		all.P50, all.P90 = append(all.P50, quantileOf(latency, 0.5)), append(all.P90, quantileOf(latency, 0.9))
		all.P95 = append(all.P95, quantileOf(latency, 0.95))
		all.TTFT50, all.TTFT95 = append(all.TTFT50, quantileOf(first, 0.5)), append(all.TTFT95, quantileOf(first, 0.95))
	}
	return all
}

func sumsOf(found, recovered []store.Metric) totalsView {
	var t, r total
	for i := range found {
		t.add(&found[i])
	}
	for i := range recovered {
		r.add(&recovered[i])
	}
	return totalsView{
		Count: t.Count, Failed: t.Errors, Recovered: r.Count, Input: t.InputTokens, Output: t.OutputTokens, Cached: t.CacheRead,
		Cost: t.Cost.Dollars(), Partial: t.Unpriced > 0, P50: quantileOf(t.Latency, 0.5), P95: quantileOf(t.Latency, 0.95),
		TTFT50: quantileOf(t.FirstToken, 0.5), TTFT95: quantileOf(t.FirstToken, 0.95),
	}
}

// byError splits failed traces by where their error arose, and what it says.
const byError store.Dimension = "error"

// Bounds of what is read of failed traces.
const (
	maxFailed    = 1000
	maxErrorLine = 100
)

// errorRows reads the latest failed traces.
func (s *server) errorRows(ctx context.Context, project string, query store.Query, w window) ([]metricRow, error) {
	query.From, query.To, query.Limit = w.from, w.to, maxFailed
	query.Where = append(slices.Clone(query.Where), store.Condition{
		Field: store.FieldStatus, Op: store.OpIn, Values: []string{string(store.TraceFailed)},
	})
	page, err := s.store.Traces(ctx, project, query)
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(page.Rows))
	for i := range page.Rows {
		ids[i] = page.Rows[i].TraceID
	}
	previews, err := s.previews(ctx, project, ids)
	if err != nil {
		return nil, err
	}
	rows := []metricRow{}
	at := map[string]int{}
	for i := range page.Rows {
		sum := &page.Rows[i]
		preview := previews[sum.TraceID]
		if preview == nil {
			continue
		}
		value := errorValue(preview.Cause)
		n, known := at[value]
		if !known {
			n = len(rows)
			at[value] = n
			rows = append(rows, metricRow{
				Value: value, Last: new(moment(sum.Start)), Kind: kindOf(preview.Cause.Kind), Query: errorQuery(preview.Cause),
			})
		}
		row := &rows[n]
		row.Count++
		row.Failed++
		row.Input += sum.InputTokens
		row.Output += sum.OutputTokens
		row.Cached += sum.CacheRead
		row.Cost += sum.Cost.Dollars()
		row.Partial = row.Partial || sum.Unpriced
	}
	slices.SortStableFunc(rows, func(a, b metricRow) int { return cmp.Compare(b.Count, a.Count) })
	return rows[:min(len(rows), maxMetricRows)], nil
}

func errorValue(cause store.Cause) string {
	return cause.Name + ": " + oneLine(cmp.Or(cause.Text, "failed"), maxErrorLine)
}

// errorQuery selects traces that failed and have that step.
func errorQuery(cause store.Cause) string {
	failed := "status:failed"
	switch cause.Kind {
	case store.KindTool:
		return failed + " tool:" + quoted(cause.Name)
	case store.KindLLM:
		return failed + " model:" + quoted(cause.Name)
	case store.KindAgent:
		return failed + " agent:" + quoted(cause.Name)
	default:
		return failed
	}
}
