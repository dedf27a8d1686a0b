package api

import (
	"cmp"
	"context"
	"slices"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// byError splits failed traces by where their error arose, and what it says.
const byError store.Dimension = "error"

// Bounds of what is read of failed traces.
const (
	maxFailed    = 1000
	maxErrorLine = 100 // bytes
)

// errorRows reads the latest failed traces.
func (s *server) errorRows(ctx context.Context, project string, query store.Query, w window) ([]metricRow, error) {
	query.From, query.To, query.Limit = w.from, w.to, maxFailed
	page, err := s.store.Traces(ctx, project, withStatus(query, store.TraceFailed))
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
		cause := preview.Cause
		value := cause.Name + ": " + oneLine(cmp.Or(cause.Text, "failed"), maxErrorLine)
		n, known := at[value]
		if !known {
			n = len(rows)
			at[value] = n
			rows = append(rows, metricRow{
				Value: value, Last: new(moment(sum.Start)), Kind: kindOf(cause.Kind), Query: errorQuery(cause),
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

// withStatus is a query with one more condition.
func withStatus(query store.Query, status store.TraceStatus) store.Query {
	query.Where = append(slices.Clone(query.Where), store.Condition{
		Field: store.FieldStatus, Op: store.OpIn, Values: []string{string(status)},
	})
	return query
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
