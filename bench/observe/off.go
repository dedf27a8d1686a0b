package main

import (
	"context"
	"testing"
	"time"

	"github.com/traceroot-ai/traceroot-go"
)

// offLimit is what a wrapped function may cost when tracing is off, beside the function.
const offLimit = 5 * time.Nanosecond

//go:noinline
func bare(_ context.Context, in string) (string, error) { return in, nil }

// measureOff compares a wrapped function with the function, with tracing off.
func measureOff(ctx context.Context) figure {
	traceroot.SetDefault(nil)
	wrapped := traceroot.Observe1(bare, traceroot.Type(spanKind))
	// A call takes less time than it takes to look at the clock, or to call what calls it.
	const calls = 1000
	ours := func() {
		for range calls {
			_, _ = wrapped(ctx, "in")
		}
	}
	plain := func() {
		for range calls {
			_, _ = bare(ctx, "in")
		}
	}
	f := figure{what: "tracing off: 1,000 calls, beside the bare function"}
	f.ours, f.stock, f.ratio = inPairs(ours, plain)
	f.allocations = [2]float64{testing.AllocsPerRun(10, ours), testing.AllocsPerRun(10, plain)}
	return f
}

// added is what one of those calls costs more than the bare function.
func (f figure) added() time.Duration { return (f.ours - f.stock) / 1000 }
