package tracelangchaingo

import (
	"context"
	"slices"

	"github.com/traceroot-ai/traceroot-go"
)

// inside runs fn in a span of its own, which stands where a callback's would. Callbacks that fn makes with the context that
// it gets find the frame.
func inside[T any](ctx context.Context, f *frame, name string, fn func(context.Context) (T, error), input traceroot.SpanOption, opts []traceroot.SpanOption) (T, error) {
	ctx = orBackground(ctx)
	s := running.here()
	s.settleLeaves(ctx)
	s.startAction(ctx)
	return traceroot.Do(s.parent(ctx), name, func(ctx context.Context) (out T, err error) {
		span := traceroot.SpanFromContext(ctx)
		if span == nil {
			return fn(ctx)
		}
		watch(span)
		f.owned, f.in, f.ctx, f.span, f.under = true, ctx, ctx, span, span.SpanID()
		s := running.push(f)
		defer func() { s.remove(f, err) }()
		return fn(ctx)
	}, slices.Concat([]traceroot.SpanOption{ours, input}, opts)...)
}
