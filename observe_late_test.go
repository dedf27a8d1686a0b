package traceroot_test

import (
	"context"
	"errors"
	"iter"
	"slices"
	"testing"

	"github.com/traceroot-ai/traceroot-go"
	"github.com/traceroot-ai/traceroot-go/attr"
	"github.com/traceroot-ai/traceroot-go/traceroottest"
)

// A function that returns a sequence runs before the loop that is its span. What it says of its span then is not its
// caller's.
func TestUpdatesBeforeTheLoop(t *testing.T) {
	t.Parallel()
	ctx, rec := traceroottest.New(t)
	count := traceroot.Observe(func(ctx context.Context, fail bool) (iter.Seq[int], error) {
		traceroot.UpdateCurrentSpan(ctx, traceroot.SpanUpdate{Model: "gpt-x"})
		traceroot.SpanFromContext(ctx).Update(traceroot.SpanUpdate{Metadata: map[string]any{"to": "nobody"}})
		_ = traceroot.Run(ctx, "prepare", func(ctx context.Context) error {
			traceroot.UpdateCurrentSpan(ctx, traceroot.SpanUpdate{Output: "ready"})
			return nil
		})
		traceroot.UpdateCurrentTrace(ctx, traceroot.Attributes{UserID: "ann"})
		if fail {
			return nil, errors.New("no numbers")
		}
		return slices.Values([]int{1, 2}), nil
	}, traceroot.Name("count"))

	_ = traceroot.Run(ctx, "caller", func(ctx context.Context) error {
		numbers, _ := count(ctx, false)
		for range numbers {
		}
		return nil
	})
	if caller := rec.Span("caller"); caller.Model != "" || caller.Metadata != nil || caller.UserID != "ann" {
		t.Errorf("the caller has model %q, metadata %v and user %q, want the user alone", caller.Model, caller.Metadata, caller.UserID)
	}
	if got := rec.Span("count"); got.Model != "gpt-x" || got.UserID != "ann" {
		t.Errorf("the loop's span has model %q and user %q", got.Model, got.UserID)
	}
	if got := rec.Span("prepare"); got.Output != "ready" {
		t.Errorf("a span before the loop has output %v, want its own", got.Output)
	}

	rec.Reset()
	_, _ = count(ctx, true)
	if got := rec.Span("count"); got.Model != "gpt-x" || got.Err != "no numbers" {
		t.Errorf("the failed call has model %q and error %q", got.Model, got.Err)
	}
}

type privateKey struct{}

func TestNoContextIsCaptured(t *testing.T) {
	t.Parallel()
	ctx, rec := traceroottest.New(t)
	merge := traceroot.Observe(func(_, _ context.Context, n int) int { return n },
		traceroot.Name("merge"), traceroot.ArgNames("n"))
	merge(ctx, context.WithValue(ctx, privateKey{}, "secret"), 5)
	sameJSON(t, "input", rec.Span("merge").Attributes[attr.SpanInput].AsString(), `{"n":5}`)
}

func TestCutTraceMetadataIsMarkedWhereverItIs(t *testing.T) {
	t.Parallel()
	ctx, rec := traceroottest.New(t, traceroot.WithLimits(traceroot.Limits{ValueBytes: 16}))
	_ = traceroot.Run(ctx, "root", func(ctx context.Context) error {
		_ = traceroot.Run(ctx, "inner", func(ctx context.Context) error {
			traceroot.UpdateCurrentTrace(ctx, traceroot.Attributes{Metadata: map[string]any{"plan": "0123456789"}})
			return nil
		})
		return traceroot.Run(ctx, "later", work)
	})
	for _, name := range []string{"root", "inner", "later"} {
		if got := rec.Span(name).Attributes[attr.TruncatedFrom].AsString(); got != `{"trace_metadata":21}` {
			t.Errorf("%s: truncated_from %q, want 21 bytes of trace_metadata", name, got)
		}
	}
}

func TestAttributesBeforeTheClient(t *testing.T) {
	t.Parallel()
	_, rec := traceroottest.New(t)
	before := traceroot.UsingAttributes(t.Context(), traceroot.Attributes{UserID: "ann"})
	_ = traceroot.Run(rec.Client().Context(before), "work", work)
	if got := rec.Span("work").UserID; got != "ann" {
		t.Errorf("user %q, want ann: the client may come into the context after her", got)
	}
}
