package api

import (
	"cmp"
	"context"
	"math"
	"net/http"
	"slices"
	"time"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// metricsView is a dashboard, split by a dimension: all, model, tool, agent, user, env, tag, or error, which is where
// traces failed, and has a table alone.
type metricsView struct {
	From   moment         `json:"from"`
	To     moment         `json:"to"`
	StepMS int64          `json:"stepMs"`
	By     string         `json:"by"`
	Series []metricSeries `json:"series"` // of the values that cost most; all others are under "…"
	Table  []metricRow    `json:"table"`
	All    *metricAll     `json:"all,omitempty"`   // of all traces of the query, whatever by is
	Total  *metricTotal   `json:"total,omitempty"` // likewise, of the whole time
	Marks  []metricMark   `json:"marks,omitempty"`
}

// metricSeries is one value over time: a number for each step.
type metricSeries struct {
	Value  string     `json:"value"`
	Count  []int64    `json:"count"` // traces; of model and tool, calls
	Failed []int64    `json:"failed"`
	Input  []int64    `json:"in"`
	Output []int64    `json:"out"`
	Cached []int64    `json:"cached"`
	Cost   []float64  `json:"cost"`
	P50    []*float64 `json:"p50"` // ms of a trace or call; null where none ended
	P90    []*float64 `json:"p90"`
	P95    []*float64 `json:"p95"`
	TTFT50 []*float64 `json:"ttft50"` // ms to the first token
	TTFT95 []*float64 `json:"ttft95"`
}

// metricAll is traces over time: one value a step, null where nothing is known.
type metricAll struct {
	Count     []int64    `json:"count"`
	Failed    []int64    `json:"failed"`
	Recovered []int64    `json:"recovered"`
	Input     []int64    `json:"in"`
	Output    []int64    `json:"out"`
	Cached    []int64    `json:"cached"`
	Cost      []float64  `json:"cost"`
	P50       []*float64 `json:"p50"` // ms
	P90       []*float64 `json:"p90"`
	P95       []*float64 `json:"p95"`
	TTFT50    []*float64 `json:"ttft50"`
	TTFT95    []*float64 `json:"ttft95"`
}

// totalsView is what traces add up to.
type totalsView struct {
	Count     int64    `json:"count"`
	Failed    int64    `json:"failed"`
	Recovered int64    `json:"recovered"`
	Input     int64    `json:"in"`
	Output    int64    `json:"out"`
	Cached    int64    `json:"cached"`
	Cost      float64  `json:"cost"`
	Partial   bool     `json:"partial,omitempty"`
	P50       *float64 `json:"p50,omitempty"`
	P95       *float64 `json:"p95,omitempty"`
	TTFT50    *float64 `json:"ttft50,omitempty"`
	TTFT95    *float64 `json:"ttft95,omitempty"`
}

// metricTotal is the totals with those to compare them with.
type metricTotal struct {
	totalsView

	Before *totalsView `json:"before,omitempty"` // of the time before, of the same length
}

// metricMark is the first time that a version was seen, within the time.
type metricMark struct {
	At   moment `json:"at"`
	Text string `json:"text"`
}

// metricRow is one value over the whole time.
type metricRow struct {
	Value   string        `json:"value"`
	Count   int64         `json:"count"`
	Failed  int64         `json:"failed"`
	Input   int64         `json:"in"`
	Output  int64         `json:"out"`
	Cached  int64         `json:"cached"`
	Cost    float64       `json:"cost"`
	Partial bool          `json:"partial,omitempty"`
	P50     *float64      `json:"p50,omitempty"`
	P95     *float64      `json:"p95,omitempty"`
	TTFT50  *float64      `json:"ttft50,omitempty"`
	TTFT95  *float64      `json:"ttft95,omitempty"`
	Before  *metricBefore `json:"before,omitempty"` // in the time before, of the same length
	MS      float64       `json:"ms,omitempty"`     // sum of durations, about
	Rate    float64       `json:"rate,omitempty"`   // output tokens a second, of a model
	Last    *moment       `json:"last,omitempty"`   // of an error: start of the newest trace
	Kind    kind          `json:"kind,omitempty"`   // of an error: where it happened
	Query   string        `json:"query,omitempty"`  // terms that select its traces, where by:value would not
}

// metricBefore is what to compare with.
type metricBefore struct {
	Count  int64    `json:"count"`
	Cost   float64  `json:"cost"`
	Failed int64    `json:"failed"`
	P95    *float64 `json:"p95,omitempty"`
}

// Bounds of a dashboard.
const (
	usualSteps    = 48
	maxSeries     = 12
	maxMetricRows = 200
	otherValues   = "…"
)

var dashboards = []store.Dimension{
	store.ByNothing, store.ByModel, store.ByTool, store.ByAgent, store.ByUser, store.ByEnvironment, store.ByTag,
}

func (s *server) metrics(r *http.Request, who Identity) (any, error) {
	by := store.Dimension(cmp.Or(r.URL.Query().Get("by"), string(store.ByNothing)))
	if !slices.Contains(dashboards, by) && by != byError {
		return nil, invalid("by is one of all, model, tool, agent, user, env, tag and error, not %q", by)
	}
	query, err := s.rowQuery(r)
	if err != nil {
		return nil, err
	}
	steps, err := count(r, "steps", usualSteps, maxBuckets)
	if err != nil {
		return nil, err
	}
	query.Sort, query.After, query.Limit = store.Sort{}, "", 0
	w, err := s.windowOf(r.Context(), who.Project, query, steps)
	if err != nil {
		return nil, err
	}
	d := metricsView{From: moment(w.from), To: moment(w.to), StepMS: w.step.Milliseconds(), By: string(by), Series: []metricSeries{}}
	if by == byError {
		d.Table, err = s.errorRows(r.Context(), who.Project, query, w)
		return d, err
	}
	now, before, err := s.compared(r.Context(), who.Project, query, by, w)
	if err != nil {
		return nil, err
	}
	d.split(w, now, before)
	if by != store.ByNothing {
		if now, before, err = s.compared(r.Context(), who.Project, query, store.ByNothing, w); err != nil {
			return nil, err
		}
	}
	d.addAll(w, now, before)
	d.Marks, err = s.marks(r.Context(), who.Project, query, w)
	return d, err
}

// compared are the metrics of a window, and those of the time before.
func (s *server) compared(ctx context.Context, project string, query store.Query, by store.Dimension, w window) (now, before []store.Metric, err error) {
	if now, err = s.metricsIn(ctx, project, query, by, w); err != nil {
		return nil, nil, err
	}
	before, err = s.metricsIn(ctx, project, query, by, w.before())
	return now, before, err
}

// before is the window of the same length that ends where w begins.
func (w window) before() window {
	w.from, w.to = w.from.Add(-w.to.Sub(w.from)), w.from
	return w
}

// metricsIn reads what is kept by the hour where that is fine enough and every trace counts, else the traces themselves.
func (s *server) metricsIn(ctx context.Context, project string, query store.Query, by store.Dimension, w window) ([]store.Metric, error) {
	if len(query.Where) == 0 && len(query.Words) == 0 && w.step%time.Hour == 0 {
		return s.store.Metrics(ctx, project, store.MetricsQuery{From: w.from, To: w.to, By: by, Step: w.step})
	}
	query.From, query.To = w.from, w.to
	return s.store.MetricsOf(ctx, project, query, by, w.step)
}

// total adds metrics up.
type total struct {
	store.Metric

	seen bool
}

func (t *total) count(m *store.Metric) {
	if !t.seen {
		t.Latency, t.FirstToken, t.seen = store.Histogram{}, store.Histogram{}, true
	}
	t.Add(m)
}

func totals(metrics []store.Metric) map[string]*total {
	all := map[string]*total{}
	for i := range metrics {
		m := &metrics[i]
		if all[m.Value] == nil {
			all[m.Value] = &total{}
		}
		all[m.Value].count(m)
	}
	return all
}

// split fills series and table.
func (d *metricsView) split(w window, now, past []store.Metric) {
	d.Table = []metricRow{}
	current, before := totals(now), totals(past)
	var values []string
	for value := range current {
		values = append(values, value)
	}
	slices.SortFunc(values, func(a, b string) int {
		x, y := current[a], current[b]
		return cmp.Or(cmp.Compare(y.Cost, x.Cost), cmp.Compare(y.Count, x.Count), cmp.Compare(a, b))
	})
	for _, value := range values[:min(len(values), maxMetricRows)] {
		d.Table = append(d.Table, metricRowOf(value, current[value], before[value]))
	}
	shown := values[:min(len(values), maxSeries)]
	cells := map[string][]total{}
	for i := range now {
		m := &now[i]
		value := m.Value
		if !slices.Contains(shown, value) {
			value = otherValues
		}
		if cells[value] == nil {
			cells[value] = make([]total, w.count)
		}
		if at := w.at(m.Hour); at >= 0 {
			cells[value][at].count(m)
		}
	}
	for _, value := range append(slices.Clone(shown), otherValues) {
		if steps := cells[value]; steps != nil {
			d.Series = append(d.Series, seriesOf(value, steps))
		}
	}
}

func metricRowOf(value string, t, before *total) metricRow {
	row := metricRow{
		Value: value, Count: t.Count, Failed: t.Errors, Input: t.InputTokens, Output: t.OutputTokens, Cached: t.CacheRead,
		Cost: t.Cost.Dollars(), Partial: t.Unpriced > 0, P50: quantileOf(t.Latency, 0.5), P95: quantileOf(t.Latency, 0.95),
		TTFT50: quantileOf(t.FirstToken, 0.5), TTFT95: quantileOf(t.FirstToken, 0.95),
	}
	took := time.Duration(0)
	for bucket, n := range t.Latency {
		took += time.Duration(n) * store.Histogram{bucket: 1}.Quantile(1)
	}
	if row.MS = fine(took); t.OutputTokens > 0 && took > 0 {
		row.Rate = math.Round(float64(t.OutputTokens)/took.Seconds()*10) / 10
	}
	if before != nil {
		row.Before = &metricBefore{before.Count, before.Cost.Dollars(), before.Errors, quantileOf(before.Latency, 0.95)}
	}
	return row
}

func seriesOf(value string, steps []total) metricSeries {
	s := metricSeries{Value: value}
	for i := range steps {
		t := &steps[i]
		s.Count, s.Failed = append(s.Count, t.Count), append(s.Failed, t.Errors)
		s.Input, s.Output = append(s.Input, t.InputTokens), append(s.Output, t.OutputTokens)
		s.Cached, s.Cost = append(s.Cached, t.CacheRead), append(s.Cost, t.Cost.Dollars())
		s.P50, s.P90 = append(s.P50, quantileOf(t.Latency, 0.5)), append(s.P90, quantileOf(t.Latency, 0.9))
		s.P95 = append(s.P95, quantileOf(t.Latency, 0.95))
		s.TTFT50, s.TTFT95 = append(s.TTFT50, quantileOf(t.FirstToken, 0.5)), append(s.TTFT95, quantileOf(t.FirstToken, 0.95))
	}
	return s
}
