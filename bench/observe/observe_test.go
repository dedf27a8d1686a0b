package main

import (
	"maps"
	"slices"
	"testing"

	"go.opentelemetry.io/otel/attribute"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/traceroot-ai/traceroot-go/attr"
)

// slack is how much worse than its limit a time may be here: machines that run tests are small and busy.
const slack = 1.25

// chances is how often a figure may be measured when it is too bad: whatever else ran has had its time.
const chances = 5

func forget(t *testing.T) {
	t.Helper()
	for _, variable := range []string{"TRACEROOT_API_KEY", "TRACEROOT_HOST_URL", "TRACEROOT_ENVIRONMENT", "OTEL_TRACES_SAMPLER"} {
		t.Setenv(variable, "")
	}
}

// It is not parallel, since it measures times.
func TestCostBesideOpenTelemetry(t *testing.T) {
	if testing.Short() || underRace {
		t.Skip("it measures times")
	}
	forget(t)
	m := newMachine(discarding)
	defer m.stop(t.Context())
	for _, c := range m.calls(t.Context()) {
		t.Run(c.what, func(t *testing.T) {
			f := c.measure()
			for chance := 1; chance < chances && f.limit > 0 && f.ratio > f.limit*slack; chance++ {
				f = c.measure()
			}
			t.Log("\n" + table([]figure{f}))
			if f.limit > 0 && f.ratio > f.limit*slack {
				t.Errorf("%.2f of the time of OpenTelemetry alone, the limit is %.2f", f.ratio, f.limit)
			}
		})
	}
}

func TestCostWithTracingOff(t *testing.T) {
	if testing.Short() || underRace {
		t.Skip("it measures times")
	}
	forget(t)
	f := measureOff(t.Context())
	for chance := 1; chance < chances && f.added() > offLimit; chance++ {
		f = measureOff(t.Context())
	}
	t.Logf("a call costs %v more than the bare function's %v", f.added(), f.stock/1000)
	if f.added() > offLimit*5/4 || f.allocations[0] > 0 {
		t.Errorf("a call costs %v and %v allocations more than the bare function, the limits are %v and none", f.added(), f.allocations[0]/1000, offLimit)
	}
}

// What is compared must be the same: what one side does not record costs it nothing.
func TestBothSidesRecordTheSame(t *testing.T) {
	forget(t)
	m := newMachine(discarding)
	defer m.stop(t.Context())
	for _, c := range m.calls(t.Context()) {
		c.ours()
		c.stock()
		ours, stock := recorded(m.ours.last), recorded(m.stock.last)
		for _, key := range []attribute.Key{attr.SourceLine, attr.SourceFunction} { // They are where each side's code is.
			if ours[key].Type() != stock[key].Type() {
				t.Errorf("%s: %s is of another type", c.what, key)
			}
			delete(ours, key)
			delete(stock, key)
		}
		// The SDK writes no escapes for HTML, which encoding/json writes.
		if !maps.Equal(ours, stock) {
			t.Errorf("%s\nours  %v\nother %v", c.what, slices.Sorted(maps.Keys(ours)), slices.Sorted(maps.Keys(stock)))
			for key, value := range ours {
				if value != stock[key] {
					t.Errorf("%s is %.300v, other %.300v", key, value.String(), stock[key].String())
				}
			}
		}
	}
}

func recorded(s sdktrace.ReadOnlySpan) map[attribute.Key]attribute.Value {
	values := make(map[attribute.Key]attribute.Value)
	for _, kv := range s.Attributes() {
		values[kv.Key] = kv.Value
	}
	return values
}

func TestWalkerFigure(t *testing.T) {
	t.Parallel()
	got, ok := walkerFigure("BenchmarkBesideEncodingJSON/4KB_request_of_types-2 \t 3\t  0.35 limit\t 0.42 ×json")
	if want := (figure{what: "capture walker, 4KB request of types, beside encoding/json", ratio: 0.42, limit: 0.35}); !ok || got != want {
		t.Errorf("got %+v, %t", got, ok)
	}
	for _, line := range []string{"PASS", "goos: linux", "BenchmarkOther-2 3 1 ×json", ""} {
		if f, ok := walkerFigure(line); ok {
			t.Errorf("%q is read as %+v", line, f)
		}
	}
}
