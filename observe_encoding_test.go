package traceroot_test

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/traceroot-ai/traceroot-go"
	"github.com/traceroot-ai/traceroot-go/traceroottest"
)

// counted counts how often it is encoded.
type counted struct{ times *atomic.Int64 }

func (c counted) MarshalJSON() ([]byte, error) {
	c.times.Add(1)
	return []byte("1"), nil
}

// callsWith are the ways to have v captured.
func callsWith(v counted) map[string]func(context.Context) {
	options := []traceroot.SpanOption{traceroot.Input(v), traceroot.Metadata(map[string]any{"v": v})}
	observed := traceroot.Observe(func(_ context.Context, in counted, _ int) counted { return in })
	named := traceroot.Observe2(func(_ context.Context, in, _ counted) (counted, error) { return in, nil }, traceroot.ArgNames("in", "other"))
	plain := traceroot.Observe1(func(_ context.Context, in counted) (any, error) { return in, nil })
	return map[string]func(context.Context){
		"Observe":             func(ctx context.Context) { observed(ctx, v, 1) },
		"Observe1":            func(ctx context.Context) { _, _ = plain(ctx, v) },
		"Observe2 with names": func(ctx context.Context) { _, _ = named(ctx, v, v) },
		"Do": func(ctx context.Context) {
			_, _ = traceroot.Do(ctx, "do", func(context.Context) (counted, error) { return v, nil }, options...)
		},
		"Run": func(ctx context.Context) {
			_ = traceroot.Run(ctx, "run", func(context.Context) error { return nil }, options...)
		},
		"Start and an update": func(ctx context.Context) {
			ctx, span := traceroot.Start(ctx, "start", options...)
			span.Update(traceroot.SpanUpdate{Output: v})
			traceroot.UpdateCurrentSpan(ctx, traceroot.SpanUpdate{Prompt: v})
			span.End()
		},
	}
}

func TestUnsampledCallEncodesNothing(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name    string
		sampler sdktrace.Sampler
		encodes bool
	}{
		{"never sampled", sdktrace.NeverSample(), false},
		{"always sampled", sdktrace.AlwaysSample(), true},
	} {
		var times atomic.Int64
		for name, traced := range callsWith(counted{&times}) {
			t.Run(name+" "+test.name, func(t *testing.T) {
				ctx, _ := traceroottest.New(t, traceroot.WithSampler(test.sampler))
				before := times.Load()
				traced(ctx)
				if got := times.Load() - before; (got > 0) != test.encodes {
					t.Errorf("it was encoded %d times", got)
				}
			})
		}
	}
}

// leaving ends the goroutine that encodes it.
type leaving struct{}

func (leaving) MarshalJSON() ([]byte, error) {
	runtime.Goexit()
	return nil, nil
}

// A method of a value that ends its goroutine does so, as anywhere. The span that it was to be part of ends all the same.
func TestGoexitInAMarshalerEndsTheSpan(t *testing.T) {
	t.Parallel()
	failed := errors.New("boom")
	for name, traced := range map[string]func(context.Context){
		"of the input": func(ctx context.Context) {
			_, _ = traceroot.Observe1(func(context.Context, leaving) (int, error) { return 1, nil })(ctx, leaving{})
		},
		"of the output": func(ctx context.Context) {
			_, _ = traceroot.Do(ctx, "do", func(context.Context) (leaving, error) { return leaving{}, nil })
		},
		"of an output beside an error": func(ctx context.Context) {
			_, _ = traceroot.Do(ctx, "do", func(context.Context) ([]leaving, error) { return []leaving{{}}, failed })
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, rec := traceroottest.New(t)
			var wg sync.WaitGroup
			returned := false
			wg.Go(func() {
				traced(ctx)
				returned = true
			})
			wg.Wait()
			if returned {
				t.Error("the goroutine went on")
			}
			if stats := rec.Client().Stats(); stats.Started != 1 || stats.Ended != 1 {
				t.Errorf("%d spans started, %d ended", stats.Started, stats.Ended)
			}
			if spans := rec.Spans(); len(spans) != 1 {
				t.Errorf("%d spans were sent, want 1", len(spans))
			}
		})
	}
}
