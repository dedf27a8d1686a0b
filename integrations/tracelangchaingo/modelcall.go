package tracelangchaingo

import (
	"context"
	"time"

	"github.com/tmc/langchaingo/llms"

	"github.com/traceroot-ai/traceroot-go"
)

// openModel begins a model call that gets a span only if nobody else has made one by its end.
func (s *stack) openModel(ctx context.Context, f *frame) {
	s.startAction(ctx)
	around := traceroot.SpanFromContext(s.parent(ctx))
	if around == nil {
		return // off, not sampled, or on its own: nothing would tell whether the wire has made a span
	}
	watch(around)
	f.kind, f.in, f.under, f.begun = modelFrame, ctx, traceroot.SpanID(ctx), time.Now()
	running.push(f)
}

// finishModel makes the span of a model call that nobody else has made one of. Its frame is off the stack.
func (s *stack) finishModel(f *frame, output any, err error) {
	if firstModelCall(f.seen) != nil {
		return
	}
	f.start(s.parent(f.in), traceroot.KindLLM)
	f.span.Update(answered(output))
	f.finish(nil, err)
}

// answered is what a model's answer says; output is an *llms.ContentResponse or nil.
func answered(output any) traceroot.SpanUpdate {
	res, ok := output.(*llms.ContentResponse)
	if !ok || res == nil {
		return traceroot.SpanUpdate{}
	}
	update := traceroot.SpanUpdate{Output: answersOf(res)}
	if len(res.Choices) > 0 && res.Choices[0] != nil { // each choice repeats the counts of the call
		update.Usage = traceroot.UsageOf(res.Choices[0].GenerationInfo)
	}
	return update
}
