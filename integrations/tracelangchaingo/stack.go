package tracelangchaingo

import (
	"context"
	"errors"
	"slices"

	"github.com/traceroot-ai/traceroot-go"
)

// errNoResult is the failure of a retriever: langchaingo's report nothing when they fail.
var errNoResult = errors.New("the retriever returned no documents, and its callbacks do not tell why")

// stack is what is open on one goroutine, the innermost last. Only that goroutine touches it. A nil stack is empty.
type stack struct {
	goroutine uint64
	frames    []*frame
}

func (s *stack) top() *frame {
	if s == nil || len(s.frames) == 0 {
		return nil
	}
	return s.frames[len(s.frames)-1]
}

// parent is ctx with the innermost open span that it belongs under.
func (s *stack) parent(ctx context.Context) context.Context {
	if s == nil {
		return ctx
	}
	return s.below(ctx, len(s.frames))
}

// below is parent, for what starts under the first n frames.
func (s *stack) below(ctx context.Context, n int) context.Context {
	for i := n - 1; i >= 0; i-- {
		f := s.frames[i]
		if !f.carries(ctx) {
			return ctx
		}
		if f.ctx != nil {
			return f.join(ctx)
		}
	}
	return ctx
}

// open starts a span that ends with a callback, and puts it on the stack of this goroutine.
func (s *stack) open(ctx context.Context, f *frame, name string, kind traceroot.SpanKind, opts []traceroot.SpanOption) {
	if !same(ctx, ctx) {
		return // its end could not be told
	}
	s.startAction(ctx)
	parent := s.parent(ctx)
	if same(parent, ctx) {
		opts = slices.Concat([]traceroot.SpanOption{ours, traceroot.Type(kind), traceroot.Input(f.input)}, opts)
	} else {
		opts = append([]traceroot.SpanOption{traceroot.Input(f.input)}, described(name, kind, opts)...)
	}
	f.in, f.under, f.input = ctx, traceroot.SpanID(ctx), nil
	f.ctx, f.span = traceroot.Start(parent, name, opts...)
	if f.span == nil && same(f.ctx, parent) {
		return // tracing is off
	}
	if f.kind == chainFrame {
		f.calls = activeCalls()
	}
	if f.span != nil {
		watch(f.span)
	}
	if running.push(f) == nil {
		f.span.End()
	}
}

// startAction gives the tool that an agent has asked for its span, because something happens below it.
func (s *stack) startAction(ctx context.Context) {
	f := s.top()
	if f == nil || f.kind != actionFrame || f.ctx != nil || !same(f.in, ctx) {
		return
	}
	f.start(s.below(ctx, len(s.frames)-1), traceroot.KindTool)
}

// settle ends what is over by what happens next under ctx, though nobody has said so.
func (s *stack) settle(ctx context.Context, over func(*frame) (output any, ok bool)) {
	for f := s.top(); f != nil && !f.owned && f.kind != chainFrame && f.carries(ctx); f = s.top() {
		var output any
		if f.kind != modelFrame && f.kind != retrieverFrame { // which have nothing of the framework below them
			var ok bool
			if output, ok = over(f); !ok {
				return
			}
		}
		s.pop(output, nil)
	}
}

// settleLeaves ends what has nothing of the framework below it, and is over when something else starts.
func (s *stack) settleLeaves(ctx context.Context) {
	s.settle(ctx, func(*frame) (any, bool) { return nil, false })
}

// end ends the innermost frame of a kind that was started with ctx, and what has been left open above it.
func (s *stack) end(ctx context.Context, is func(*frame) bool, output any, err error) {
	for i := len(s.frames) - 1; i >= 0 && !s.frames[i].owned; i-- {
		if f := s.frames[i]; is(f) && same(f.in, ctx) {
			s.cut(i+1, err)
			s.pop(output, err)
			return
		}
	}
}

// cut ends all but the first n frames. They ended with what surrounds them, with its failure if it has one.
func (s *stack) cut(n int, err error) {
	for len(s.frames) > n {
		s.pop(nil, err)
	}
}

// pop ends the innermost frame.
func (s *stack) pop(output any, err error) {
	f := s.top()
	s.frames = s.frames[:len(s.frames)-1]
	switch {
	case f.owned: // its wrapper ends the span
	case f.kind == modelFrame:
		s.finishModel(f, output, err)
	case f.kind == actionFrame:
		s.finishAction(f, output, err)
	case f.kind == retrieverFrame && output == nil && err == nil:
		f.finish(nil, errNoResult)
	default:
		f.finish(output, err)
	}
	if len(s.frames) == 0 {
		running.release(s)
	}
}

// remove takes out the frame of a wrapper that returns, with what is left above it.
func (s *stack) remove(f *frame, err error) {
	if s == nil {
		return
	}
	for i, open := range s.frames {
		if open == f {
			s.cut(i, err)
			return
		}
	}
}

// finishAction ends the span of a tool that reported nothing itself. When no more is known, it was over as soon as a
// model was called: agents do that next.
func (s *stack) finishAction(f *frame, output any, err error) {
	if f.ctx != nil {
		f.finish(output, err)
		return
	}
	f.start(s.parent(f.in), traceroot.KindTool)
	if model := firstModelCall(f.seen); model != nil && output == nil && err == nil {
		f.finishAt(model.StartTime())
		return
	}
	f.finish(output, err)
}
