package traceroot

import (
	"context"
	"fmt"
	"log/slog"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/semconv/v1.43.0/otelconv"

	"github.com/traceroot-ai/traceroot-go/attr"
)

// registerMetrics has the provider of [WithMeterProvider] read the client's counts.
func (c *Client) registerMetrics() {
	if c.meters == nil {
		return
	}
	defer c.survive("metrics")
	var err error
	c.metrics, err = register(c.meters.Meter(scopeName, metric.WithInstrumentationVersion(Version)), c.Stats)
	if err != nil {
		c.problem("no metrics of the client", slog.String("option", "WithMeterProvider"), slog.Any("error", err))
	}
}

func (c *Client) stopMetrics() {
	if c.metrics == nil {
		return
	}
	defer c.survive("metrics")
	_ = c.metrics.Unregister() // what fails there is its provider's to tell
}

// figure is a metric that shows some of [Stats].
type figure struct {
	name, unit, description string

	rises bool // and never falls
	read  func(Stats) []reading
}

// reading is a number of spans, or what else a metric counts, with the reason of their loss.
type reading struct {
	n       int64
	failure string // "" when they are not lost
}

func one(n int64) []reading { return []reading{{n: n}} }

// figures are the client's metrics. Processed are the spans that did not get lost before they could be sent; what is lost
// when it is sent is among the exported.
var figures = []figure{
	{
		otelconv.SDKSpanStarted{}.Name(), "{span}", otelconv.SDKSpanStarted{}.Description(), true,
		func(s Stats) []reading { return one(s.Started) },
	},
	{
		otelconv.SDKSpanLive{}.Name(), "{span}", otelconv.SDKSpanLive{}.Description(), false,
		func(s Stats) []reading { return one(s.Started - s.Ended) },
	},
	{
		otelconv.SDKProcessorSpanQueueSize{}.Name(), "{span}", otelconv.SDKProcessorSpanQueueSize{}.Description(), false,
		func(s Stats) []reading { return one(int64(s.Queued)) },
	},
	{
		otelconv.SDKProcessorSpanProcessed{}.Name(), "{span}", otelconv.SDKProcessorSpanProcessed{}.Description(), true,
		func(s Stats) []reading {
			by := s.DroppedBy
			return []reading{
				{n: s.Exported + by.Refused + by.Unauthorized + by.TooLarge},
				{by.QueueFull, "queue_full"},
				{by.Faulty, "faulty"},
				{by.SpoolFull, "spool_full"},
				{by.Shutdown, "shutdown"},
			}
		},
	},
	{
		otelconv.SDKExporterSpanExported{}.Name(), "{span}", otelconv.SDKExporterSpanExported{}.Description(), true,
		func(s Stats) []reading {
			by := s.DroppedBy
			return []reading{
				{n: s.Exported},
				{by.Refused, "refused"},
				{by.Unauthorized, "unauthorized"},
				{by.TooLarge, "too_large"},
			}
		},
	},
	{
		attr.MetricQueueBytes, "By", "What spans that wait in memory hold, encoded.", false,
		func(s Stats) []reading { return one(s.QueuedBytes) },
	},
	{
		attr.MetricSpooled, "{span}", "Spans that wait on disk, those of earlier processes included.", false,
		func(s Stats) []reading { return one(s.Spooled + s.Recoverable) },
	},
	{
		attr.MetricRecovered, "{span}", "Spans that earlier processes left on disk and that are there no more.", true,
		func(s Stats) []reading { return []reading{{n: s.Recovered}, {s.Unrecovered, "lost"}} },
	},
	{
		attr.MetricRequests, "{request}", "Requests that delivered spans or tried to.", true,
		func(s Stats) []reading { return one(s.Requests) },
	},
	{
		attr.MetricRetries, "{request}", "Requests that sent spans again.", true,
		func(s Stats) []reading { return one(s.Retries) },
	},
	{
		attr.MetricBytes, "By", "What requests sent, after compression.", true,
		func(s Stats) []reading { return one(s.BytesSent) },
	},
	{
		attr.MetricMaskFails, "{value}", "Values that were replaced because a mask panicked.", true,
		func(s Stats) []reading { return one(s.MaskFails) },
	},
}

// register makes the figures, to be read from stats.
func register(meter metric.Meter, stats func() Stats) (metric.Registration, error) {
	instruments := make([]metric.Int64Observable, len(figures))
	observables := make([]metric.Observable, len(figures))
	for i, f := range figures {
		var err error
		if instruments[i], err = f.instrument(meter); err != nil {
			return nil, fmt.Errorf("make %s: %w", f.name, err)
		}
		observables[i] = instruments[i]
	}
	registration, err := meter.RegisterCallback(func(_ context.Context, observer metric.Observer) error {
		now := stats()
		for i, f := range figures {
			for _, r := range f.read(now) {
				observer.ObserveInt64(instruments[i], r.n, r.attributes()...)
			}
		}
		return nil
	}, observables...)
	if err != nil {
		return nil, fmt.Errorf("register: %w", err)
	}
	return registration, nil
}

func (f figure) instrument(meter metric.Meter) (metric.Int64Observable, error) {
	unit, description := metric.WithUnit(f.unit), metric.WithDescription(f.description)
	if f.rises {
		return meter.Int64ObservableCounter(f.name, unit, description)
	}
	return meter.Int64ObservableUpDownCounter(f.name, unit, description)
}

func (r reading) attributes() []metric.ObserveOption {
	component := otelconv.SDKProcessorSpanProcessed{}.AttrComponentType("traceroot_span_processor")
	if r.failure == "" {
		return []metric.ObserveOption{metric.WithAttributes(component)}
	}
	failure := otelconv.SDKProcessorSpanProcessed{}.AttrErrorType(otelconv.ErrorTypeAttr(r.failure))
	return []metric.ObserveOption{metric.WithAttributes([]attribute.KeyValue{component, failure}...)}
}
