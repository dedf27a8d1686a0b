package server

import (
	"context"
	"strconv"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/ingest"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// gauges are what /metrics shows.
type gauges struct {
	registry *prometheus.Registry

	spans    prometheus.Counter
	bytes    prometheus.Counter
	rejected prometheus.Counter
	refused  *prometheus.CounterVec
	requests *prometheus.HistogramVec // by pattern, since paths are without number
}

func newGauges(held store.Admin) *gauges {
	g := &gauges{
		registry: prometheus.NewRegistry(),
		spans:    prometheus.NewCounter(prometheus.CounterOpts{Name: "traceroot_spans_stored_total", Help: "Spans that were stored."}),
		bytes:    prometheus.NewCounter(prometheus.CounterOpts{Name: "traceroot_ingest_bytes_total", Help: "Unpacked bytes of requests that were stored."}),
		rejected: prometheus.NewCounter(prometheus.CounterOpts{Name: "traceroot_spans_rejected_total", Help: "Spans left out of requests that were stored."}),
		refused: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "traceroot_ingest_refused_total", Help: "Requests with spans that were refused, by HTTP status.",
		}, []string{"status"}),
		requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "traceroot_http_request_duration_seconds", Help: "Requests by route and status.",
			Buckets: prometheus.ExponentialBuckets(0.001, 4, 8),
		}, []string{"route", "status"}),
	}
	g.registry.MustRegister(g.spans, g.bytes, g.rejected, g.refused, g.requests, holdings{held},
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return g
}

func (g *gauges) accept(batch ingest.Accepted) {
	g.spans.Add(float64(batch.Spans))
	g.bytes.Add(float64(batch.Bytes))
	g.rejected.Add(float64(batch.Rejected))
}

func (g *gauges) refuse(status int) {
	g.refused.WithLabelValues(strconv.Itoa(status)).Inc()
}

// holdings collects what the store holds when it is asked.
type holdings struct{ held store.Admin }

var (
	heldTraces = prometheus.NewDesc("traceroot_store_traces", "Traces in the store.", nil, nil)
	heldSpans  = prometheus.NewDesc("traceroot_store_spans", "Spans in the store.", nil, nil)
	heldBytes  = prometheus.NewDesc("traceroot_store_bytes", "Bytes of the store on disk.", nil, nil)
)

// Describe implements [prometheus.Collector].
func (holdings) Describe(to chan<- *prometheus.Desc) {
	to <- heldTraces
	to <- heldSpans
	to <- heldBytes
}

// Collect implements [prometheus.Collector].
func (h holdings) Collect(to chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), headerTimeout)
	defer cancel()
	stats, err := h.held.Stats(ctx)
	if err != nil {
		return
	}
	to <- prometheus.MustNewConstMetric(heldTraces, prometheus.GaugeValue, float64(stats.Traces))
	to <- prometheus.MustNewConstMetric(heldSpans, prometheus.GaugeValue, float64(stats.Spans))
	to <- prometheus.MustNewConstMetric(heldBytes, prometheus.GaugeValue, float64(stats.Bytes))
}
