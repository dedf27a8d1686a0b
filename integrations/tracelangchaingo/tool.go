package tracelangchaingo

import (
	"context"

	"github.com/tmc/langchaingo/tools"

	"github.com/traceroot-ai/traceroot-go"
)

// Tool wraps a tool, so that each of its calls is a span of kind tool with the tool's name, its input and what it returns,
// and what it calls nests inside. The agent's handler, and one of the tool itself, make no second span of the call.
func Tool(tool tools.Tool, opts ...traceroot.SpanOption) tools.Tool {
	return &tracedTool{Tool: tool, opts: withDefaults(traceroot.KindTool, opts)}
}

type tracedTool struct {
	tools.Tool

	opts []traceroot.SpanOption
}

// Call runs the tool in a span.
func (t *tracedTool) Call(ctx context.Context, input string) (string, error) {
	ctx = orBackground(ctx)
	running.here().giveWay(ctx, input)
	return inside(ctx, &frame{kind: toolFrame, input: input}, t.Name(), func(ctx context.Context) (string, error) {
		return t.Tool.Call(ctx, input)
	}, traceroot.Input(input), t.opts)
}

// giveWay forgets the agent's wish for a tool that is about to make its span itself.
func (s *stack) giveWay(ctx context.Context, input string) {
	if f := s.top(); f != nil && f.kind == actionFrame && f.ctx == nil && same(f.in, ctx) && f.input == any(input) {
		s.frames = s.frames[:len(s.frames)-1]
	}
}
