package traceroot

import (
	"context"

	"go.opentelemetry.io/otel/attribute"

	"github.com/traceroot-ai/traceroot-go/attr"
)

// Do runs fn in a span named name and returns what fn returns. The result is captured as the span's output, an error or
// a panic as its failure; what to see as input is given by [Input]. A result that is a sequence or a channel is followed
// as by [Observe]. An empty name becomes the calling function's. With tracing off it is a plain call.
func Do[T any](ctx context.Context, name string, fn func(context.Context) (T, error), opts ...SpanOption) (T, error) {
	if isOff() {
		return fn(orBackground(ctx))
	}
	if isStream[T]() {
		return doStream(ctx, name, fn, opts)
	}
	ctx, s, cfg := startCall(ctx, name, opts)
	if s == nil {
		return fn(ctx)
	}
	return run(ctx, s, cfg, fn)
}

// doStream is Do for a result that is a sequence or a channel, which is followed as by [Observe].
func doStream[T any](ctx context.Context, name string, fn func(context.Context) (T, error), opts []SpanOption) (T, error) {
	ctx = orBackground(ctx)
	c := clientFor(ctx)
	if c == nil {
		return fn(ctx)
	}
	return observeShape(fn, &wrapper{cfg: *c.configHere(name, opts)})(ctx)
}

// Run is [Do] for a function that returns only an error.
func Run(ctx context.Context, name string, fn func(context.Context) error, opts ...SpanOption) error {
	if isOff() {
		return fn(orBackground(ctx))
	}
	ctx, s, cfg := startCall(ctx, name, opts)
	if s == nil {
		return fn(ctx)
	}
	_, err := run(ctx, s, cfg, func(ctx context.Context) (none any, err error) { return nil, fn(ctx) })
	return err
}

// startCall starts the span of a call that reports the line it is made from.
func startCall(ctx context.Context, name string, opts []SpanOption) (context.Context, *Span, *spanConfig) {
	ctx = orBackground(ctx)
	c := clientFor(ctx)
	if c == nil {
		return ctx, nil, nil
	}
	return c.startFromCall(ctx, name, opts)
}

// run calls fn under the span s, and ends s with what came of it.
func run[T any](ctx context.Context, s *Span, cfg *spanConfig, fn func(context.Context) (T, error)) (out T, err error) {
	returned := false
	defer func() {
		if returned {
			s.finish(cfg, out, err)
			return
		}
		s.abandon(recover())
	}()
	out, err = fn(ctx)
	returned = true
	return out, err
}

// finish ends the span of a call that returned.
func (s *Span) finish(cfg *spanConfig, out any, err error) {
	if s == nil {
		return
	}
	defer s.end() // A method of the output may end the goroutine.
	s.SetError(err)
	s.captureOutput(cfg, out, err)
}

// captureOutput records the output, unless the program has set its own. A zero value beside an error is no output.
func (s *Span) captureOutput(cfg *spanConfig, out any, err error) {
	if cfg.hideOutput || err != nil && isZero(out) {
		return
	}
	s.mu.Lock()
	explicit := s.outputSet
	s.mu.Unlock()
	if !explicit {
		s.setFrom(func(to []attribute.KeyValue) []attribute.KeyValue {
			return s.appendContent(to, attr.SpanOutput, "output", mapped(cfg.mapOutput, out))
		})
	}
}

// abandon ends the span of a call that did not return: with the value of its panic, which goes on, or with none because
// the goroutine is exiting.
func (s *Span) abandon(panicked any) {
	if s != nil && panicked != nil {
		s.recordPanic(panicked)
	}
	if s != nil {
		s.end()
	}
	if panicked != nil {
		panic(panicked)
	}
}
