package api

import (
	"context"
	"net/http"
	"time"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// histogramView counts the traces of a query by when they started, and adds them up.
type histogramView struct {
	From        moment   `json:"from"`
	To          moment   `json:"to"`
	BucketMS    int64    `json:"bucketMs"`
	OK          []int64  `json:"ok"`
	Failed      []int64  `json:"failed"`
	Recovered   []int64  `json:"recovered"`
	Running     []int64  `json:"running"`
	Traces      int64    `json:"traces"`
	FailedTotal int64    `json:"failedTotal"`
	Cost        float64  `json:"cost"`
	Partial     bool     `json:"partial,omitempty"` // some tokens have no price
	P50         *float64 `json:"p50"`               // ms, null where none has ended; as is the next
	P95         *float64 `json:"p95"`
}

// Bounds of buckets.
const (
	usualBuckets = 60
	maxBuckets   = 500
)

func (s *server) histogram(r *http.Request, who Identity) (any, error) {
	query, err := s.rowQuery(r)
	if err != nil {
		return nil, err
	}
	most, err := count(r, "buckets", usualBuckets, maxBuckets)
	if err != nil {
		return nil, err
	}
	query.Sort, query.After = store.Sort{}, ""
	window, err := s.windowOf(r.Context(), who.Project, query, most)
	if err != nil {
		return nil, err
	}
	found, err := s.store.MetricsOf(r.Context(), who.Project, query, store.ByStatus, window.step)
	if err != nil {
		return nil, err
	}
	return histogramOf(window, found), nil
}

func histogramOf(w window, found []store.Metric) histogramView {
	h := histogramView{
		From: moment(w.from), To: moment(w.to), BucketMS: w.step.Milliseconds(), OK: make([]int64, w.count),
		Failed: make([]int64, w.count), Recovered: make([]int64, w.count), Running: make([]int64, w.count),
	}
	bars := map[store.TraceStatus][]int64{
		store.TraceOK: h.OK, store.TraceFailed: h.Failed, store.TraceRecovered: h.Recovered, store.TraceRunning: h.Running,
	}
	var cost store.NanoUSD
	latency := store.Histogram{}
	for _, m := range found {
		status := store.TraceStatus(m.Value)
		if at := w.at(m.Hour); at >= 0 {
			bars[status][at] += m.Count
		}
		h.Traces += m.Count
		if status == store.TraceFailed {
			h.FailedTotal += m.Count
		}
		cost += m.Cost
		h.Partial = h.Partial || m.Unpriced > 0
		latency.AddAll(m.Latency)
	}
	h.Cost = cost.Dollars()
	h.P50, h.P95 = quantileOf(latency, 0.5), quantileOf(latency, 0.95)
	return h
}

// quantileOf is nil for an empty histogram.
func quantileOf(h store.Histogram, q float64) *float64 {
	if len(h) == 0 {
		return nil
	}
	return new(fine(h.Quantile(q)))
}

// window is a span of time in steps.
type window struct {
	from, to time.Time // whole multiples of step since 1970
	step     time.Duration
	count    int
}

// steps of a window, so that bars stay where they are as time goes on.
var stepLengths = []time.Duration{
	time.Second, 2 * time.Second, 5 * time.Second, 10 * time.Second, 15 * time.Second, 30 * time.Second,
	time.Minute, 2 * time.Minute, 5 * time.Minute, 10 * time.Minute, 15 * time.Minute, 30 * time.Minute,
	time.Hour, 2 * time.Hour, 3 * time.Hour, 6 * time.Hour, 12 * time.Hour,
	24 * time.Hour, 2 * 24 * time.Hour, 7 * 24 * time.Hour, 28 * 24 * time.Hour, 364 * 24 * time.Hour,
}

// windowOf is that of a query: to now, and from its first trace, where it says nothing else.
func (s *server) windowOf(ctx context.Context, project string, query store.Query, most int) (window, error) {
	from, to := query.From, query.To
	if to.IsZero() {
		to = s.now()
	}
	if from.IsZero() {
		first := query
		first.Sort, first.Limit, first.Total = store.Sort{Ascending: true}, 1, false
		page, err := s.store.Traces(ctx, project, first)
		if err != nil {
			return window{}, err
		}
		from = to.Add(-time.Hour)
		if len(page.Rows) > 0 {
			from = page.Rows[0].Start
		}
	}
	return newWindow(from, to, most), nil
}

func newWindow(from, to time.Time, most int) window {
	if !from.Before(to) {
		to = from.Add(time.Second)
	}
	step := to.Sub(from) // for what lies ages apart
	for _, step = range stepLengths {
		if whole(from, to, step).count <= most {
			break
		}
	}
	w := whole(from, to, step)
	if w.count > most { // ages
		w = whole(from, to, (to.Sub(from)/time.Duration(most) + 24*time.Hour).Truncate(24*time.Hour))
	}
	return w
}

func whole(from, to time.Time, step time.Duration) window {
	start := from.UnixMicro() / step.Microseconds() * step.Microseconds()
	count := (to.UnixMicro()-start-1)/step.Microseconds() + 1
	return window{
		from: time.UnixMicro(start).UTC(), to: time.UnixMicro(start + count*step.Microseconds()).UTC(), step: step, count: int(count),
	}
}

// at is which step a time is in, -1 for none.
func (w window) at(t time.Time) int {
	if t.Before(w.from) || !t.Before(w.to) {
		return -1
	}
	return int(t.Sub(w.from) / w.step)
}
