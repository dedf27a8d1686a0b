package traceroot_test

import (
	"context"
	"testing"

	"github.com/traceroot-ai/traceroot-go"
)

// The bare functions that the wrappers of this file are measured against.
//
//go:noinline
func bare0(context.Context) (string, error) { return "out", nil }

//go:noinline
func bare1(_ context.Context, in string) (string, error) { return in, nil }

//go:noinline
func bare2(_ context.Context, a, b string) (string, error) { return a, nil }

//go:noinline
func bare3(_ context.Context, a string, _ int, _ bool) (string, error) { return a, nil }

// offCalls are the ways into a traced call, each with the bare call that it is measured against.
func offCalls() map[string]struct{ bare, traced func(context.Context) } {
	type pair = struct{ bare, traced func(context.Context) }
	plain := traceroot.Observe(bare1, traceroot.Type("tool"))
	twin0, twin1 := traceroot.Observe0(bare0), traceroot.Observe1(bare1)
	twin2, twin3 := traceroot.Observe2(bare2), traceroot.Observe3(bare3)
	return map[string]pair{
		"Observe":  {func(ctx context.Context) { _, _ = bare1(ctx, "in") }, func(ctx context.Context) { _, _ = plain(ctx, "in") }},
		"Observe0": {func(ctx context.Context) { _, _ = bare0(ctx) }, func(ctx context.Context) { _, _ = twin0(ctx) }},
		"Observe1": {func(ctx context.Context) { _, _ = bare1(ctx, "in") }, func(ctx context.Context) { _, _ = twin1(ctx, "in") }},
		"Observe2": {func(ctx context.Context) { _, _ = bare2(ctx, "a", "b") }, func(ctx context.Context) { _, _ = twin2(ctx, "a", "b") }},
		"Observe3": {func(ctx context.Context) { _, _ = bare3(ctx, "a", 1, true) }, func(ctx context.Context) { _, _ = twin3(ctx, "a", 1, true) }},
		"Do": {func(ctx context.Context) { _, _ = bare0(ctx) }, func(ctx context.Context) {
			_, _ = traceroot.Do(ctx, "do", bare0, traceroot.Type("tool"), traceroot.Name("x"))
		}},
		"Start": {func(ctx context.Context) { _, _ = bare0(ctx) }, func(ctx context.Context) { startAndEnd(ctx) }},
		"UpdateCurrentSpan": {func(context.Context) {}, func(ctx context.Context) {
			traceroot.UpdateCurrentSpan(ctx, traceroot.SpanUpdate{Model: "gpt-4o"})
		}},
	}
}

func startAndEnd(ctx context.Context) {
	var err error
	ctx, span := traceroot.Start(ctx, "start", traceroot.Type("tool"), traceroot.Tags("v2"))
	defer span.End(&err)
	_, err = bare0(ctx)
}

func TestOffPathAllocatesNothing(t *testing.T) {
	traceroot.SetDefault(nil)
	ctx := t.Context()
	for name, call := range offCalls() {
		t.Run(name, func(t *testing.T) {
			if allocs := testing.AllocsPerRun(1000, func() { call.traced(ctx) }); allocs != 0 {
				t.Errorf("%v allocations with tracing off, want 0", allocs)
			}
		})
	}
}

// BenchmarkOff has each way into a traced call beside the bare call, with tracing off.
func BenchmarkOff(b *testing.B) {
	traceroot.SetDefault(nil)
	ctx := b.Context()
	for name, call := range offCalls() {
		b.Run(name+"/bare", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				call.bare(ctx)
			}
		})
		b.Run(name+"/off", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				call.traced(ctx)
			}
		})
	}
}
