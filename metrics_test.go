package traceroot_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/metric/embedded"
	"go.opentelemetry.io/otel/metric/noop"

	"github.com/traceroot-ai/traceroot-go"
)

// meters is a MeterProvider, and its own meter, that keeps what the callbacks observe.
type meters struct {
	noop.MeterProvider

	units     map[string]string
	callbacks map[int]metric.Callback
	fails     error
	panics    bool
}

func newMeters() *meters {
	return &meters{units: map[string]string{}, callbacks: map[int]metric.Callback{}}
}

func (m *meters) Meter(string, ...metric.MeterOption) metric.Meter {
	if m.panics {
		panic("broken provider")
	}
	return &meter{to: m}
}

type meter struct {
	noop.Meter

	to *meters
}

type counter struct {
	noop.Int64ObservableCounter

	name string
}

type upDownCounter struct {
	noop.Int64ObservableUpDownCounter

	name string
}

func (m *meter) Int64ObservableCounter(name string, opts ...metric.Int64ObservableCounterOption) (metric.Int64ObservableCounter, error) {
	m.to.units[name] = metric.NewInt64ObservableCounterConfig(opts...).Unit()
	return &counter{name: name}, m.to.fails
}

func (m *meter) Int64ObservableUpDownCounter(name string, opts ...metric.Int64ObservableUpDownCounterOption) (metric.Int64ObservableUpDownCounter, error) {
	m.to.units[name] = metric.NewInt64ObservableUpDownCounterConfig(opts...).Unit()
	return &upDownCounter{name: name}, m.to.fails
}

func (m *meter) RegisterCallback(f metric.Callback, _ ...metric.Observable) (metric.Registration, error) {
	id := len(m.to.callbacks)
	m.to.callbacks[id] = f
	return &registration{unregister: func() { delete(m.to.callbacks, id) }}, nil
}

type registration struct {
	embedded.Registration

	unregister func()
}

func (r *registration) Unregister() error {
	r.unregister()
	return nil
}

type observer struct {
	embedded.Observer

	seen map[string]int64
}

func (o *observer) ObserveFloat64(metric.Float64Observable, float64, ...metric.ObserveOption) {}

func (o *observer) ObserveInt64(instrument metric.Int64Observable, value int64, opts ...metric.ObserveOption) {
	name := ""
	switch i := instrument.(type) {
	case *counter:
		name = i.name
	case *upDownCounter:
		name = i.name + "±"
	}
	attributes := metric.NewObserveConfig(opts).Attributes()
	if failure, ok := attributes.Value("error.type"); ok {
		name += " " + failure.AsString()
	}
	o.seen[name] += value
}

// collect reads the metrics: values by name, "±" for those that may fall, and the error.type.
func (m *meters) collect(t *testing.T) map[string]int64 {
	t.Helper()
	o := &observer{seen: map[string]int64{}}
	for _, callback := range m.callbacks {
		if err := callback(t.Context(), o); err != nil {
			t.Error(err)
		}
	}
	return o.seen
}

func TestWithMeterProvider(t *testing.T) {
	t.Parallel()
	t.Run("shows what Stats counts", func(t *testing.T) {
		t.Parallel()
		provider := newMeters()
		wire := &cable{answer: first(canned{status: 422})}
		client := wire.plugged(t, traceroot.WithMeterProvider(provider), traceroot.WithLimits(traceroot.Limits{QueueBytes: 5000}))
		ctx := client.Context(t.Context())
		for range 2 {
			span(ctx, "refused")
		}
		_ = client.Flush(ctx)
		for range 3 {
			span(ctx, "accepted")
		}
		_ = client.Flush(ctx)
		span(ctx, "too large for the queue", traceroot.Input(strings.Repeat("x", 10_000)))
		span(ctx, "waits")
		_, open := traceroot.Start(ctx, "open")
		defer open.End()

		s := client.Stats()
		want := map[string]int64{
			"otel.sdk.span.started":                        8,
			"otel.sdk.span.live±":                          1,
			"otel.sdk.processor.span.queue.size±":          1,
			"otel.sdk.processor.span.processed":            5,
			"otel.sdk.processor.span.processed queue_full": 1,
			"otel.sdk.exporter.span.exported":              3,
			"otel.sdk.exporter.span.exported refused":      2,
			"traceroot.delivery.requests":                  2,
			"traceroot.delivery.bytes":                     s.BytesSent,
			"traceroot.delivery.queue.bytes±":              s.QueuedBytes,
			"otel.sdk.exporter.span.exported unauthorized": 0,
			"otel.sdk.exporter.span.exported too_large":    0,
			"otel.sdk.processor.span.processed faulty":     0,
			"otel.sdk.processor.span.processed shutdown":   0,
			"otel.sdk.processor.span.processed spool_full": 0,
			"traceroot.delivery.spooled±":                  0,
			"traceroot.delivery.recovered":                 0,
			"traceroot.delivery.recovered lost":            0,
			"traceroot.delivery.retries":                   0,
			"traceroot.delivery.mask.fails":                0,
		}
		got := provider.collect(t)
		for _, name := range slices.Sorted(maps.Keys(want)) {
			if value, ok := got[name]; !ok || value != want[name] {
				t.Errorf("%s is %d, %v, want %d", name, value, ok, want[name])
			}
			delete(got, name)
		}
		if len(got) > 0 || s.BytesSent == 0 || s.QueuedBytes == 0 {
			t.Errorf("more than expected is measured: %v, or too little: %+v", got, s)
		}
		if provider.units["otel.sdk.span.started"] != "{span}" || provider.units["traceroot.delivery.bytes"] != "By" {
			t.Errorf("units are %v", provider.units)
		}
	})
	t.Run("until Shutdown", func(t *testing.T) {
		t.Parallel()
		provider := newMeters()
		var wire cable
		client := wire.plugged(t, traceroot.WithMeterProvider(provider))
		if len(provider.callbacks) != 1 {
			t.Errorf("%d callbacks, want one", len(provider.callbacks))
		}
		if err := client.Shutdown(t.Context()); err != nil || len(provider.callbacks) != 0 {
			t.Errorf("Shutdown = %v, %d callbacks are left", err, len(provider.callbacks))
		}
	})
	t.Run("not for a client that is off", func(t *testing.T) {
		t.Parallel()
		provider := newMeters()
		traceroot.New(traceroot.WithEnabled(false), traceroot.WithMeterProvider(provider))
		if len(provider.callbacks) != 0 {
			t.Errorf("%d callbacks, want none", len(provider.callbacks))
		}
	})
	for name, broken := range map[string]*meters{
		"a provider that fails":  {units: map[string]string{}, fails: errors.New("no such instrument")},
		"a provider that panics": {panics: true},
	} {
		t.Run(name+" costs a warning", func(t *testing.T) {
			t.Parallel()
			logger, book := newLogBook()
			var wire cable
			client := wire.plugged(t, traceroot.WithMeterProvider(broken), traceroot.WithLogger(logger))
			span(client.Context(t.Context()), "work")
			if err := client.Shutdown(t.Context()); err != nil || len(wire.spans()) != 1 {
				t.Errorf("Shutdown = %v, %d spans arrived", err, len(wire.spans()))
			}
			if lines := book.about("metrics"); len(lines) != 1 {
				t.Errorf("logged %q, want one line", lines)
			}
		})
	}
}

// Whatever a server does, the equation holds at every moment at which it can be read.
func TestSumsHoldUnderFaults(t *testing.T) {
	t.Parallel()
	faults := 0
	server := newReceiver(t)
	for range 60 {
		server.answers = append(server.answers, func(w http.ResponseWriter) {
			switch faults++; faults % 6 {
			case 0:
				w.WriteHeader(http.StatusInternalServerError)
			case 1:
				w.WriteHeader(http.StatusRequestEntityTooLarge)
			case 2:
				w.WriteHeader(http.StatusBadRequest)
			case 3:
				panic(http.ErrAbortHandler) // the connection is reset
			case 4:
				w.Header().Set("Retry-After", "0.01")
				w.WriteHeader(http.StatusTooManyRequests)
			case 5:
				w.Header().Set("Content-Length", "100") // a reply that is cut
				_, _ = fmt.Fprint(w, "{")
			}
		})
	}
	client := traceroot.New(traceroot.WithHostURL(server.URL), traceroot.WithLogger(quiet), traceroot.WithFlushAt(5),
		traceroot.WithSpool(t.TempDir()), traceroot.WithLimits(traceroot.Limits{QueueBytes: 30_000, SpoolBytes: 20_000}))
	ctx, stop := context.WithCancel(client.Context(t.Context()))
	watched := make(chan int)
	go func() {
		readings := 0
		for ; ctx.Err() == nil; readings++ {
			wantBalance(t, client.Stats())
		}
		watched <- readings
	}()
	_ = inParallel(8, func(i int) {
		for range 50 {
			span(ctx, fmt.Sprint("work ", i), traceroot.Input(strings.Repeat("x", 100*i)))
			_ = client.Flush(timeout(t, 10*time.Millisecond))
		}
	})
	err := client.Shutdown(timeout(t, time.Second))
	stop()
	if readings := <-watched; readings < 100 {
		t.Errorf("the stats were read %d times only", readings)
	}
	s := client.Stats()
	wantBalance(t, s)
	if s.Ended != 400 || s.Queued != 0 || s.Exported == 0 || s.Dropped == 0 {
		t.Errorf("Shutdown = %v, stats are %+v, want 400 spans, some of them lost", err, s)
	}
}
