package tracelangchaingo

import (
	"context"
	"strings"

	"github.com/tmc/langchaingo/llms"

	"github.com/traceroot-ai/traceroot-go"
)

// scratchpad is the input in which agents show their chain the steps so far.
const scratchpad = "agent_scratchpad"

// chainStarts ends what a new chain shows to be over.
func (s *stack) chainStarts(ctx context.Context, inputs map[string]any) {
	s.endAbandoned()
	steps, isPlan := inputs[scratchpad].(string)
	s.settle(ctx, func(f *frame) (any, bool) { return f.observation(steps) })
	if isPlan {
		s.markAgent(ctx)
	}
}

// stepOver ends what an agent's earlier step has left open, and tells whether there is an agent's chain.
func (s *stack) stepOver(ctx context.Context) bool {
	s.settle(ctx, func(*frame) (any, bool) { return nil, true })
	return s.markAgent(ctx)
}

// markAgent makes the innermost span an agent's, if it is that of a chain that ctx belongs to.
func (s *stack) markAgent(ctx context.Context) bool {
	f := s.top()
	if f == nil || f.kind != chainFrame || !same(f.in, ctx) {
		return false
	}
	if !f.agent {
		update := traceroot.SpanUpdate{Type: traceroot.KindAgent}
		if named, ok := f.span.OTel().(interface{ Name() string }); ok && named.Name() == chainName {
			update.Name = agentName
		}
		f.span.Update(update)
	}
	f.agent = true
	return true
}

// observation is what an agent says that the frame's tool has returned, in the text of its steps. Without it the tool
// still runs.
func (f *frame) observation(steps string) (any, bool) {
	if f.log == "" {
		return nil, f.kind == toolFrame && steps != "" // of an agent that reports no actions
	}
	mark := f.log + "\nObservation: "
	i := strings.LastIndex(steps, mark)
	if i < 0 {
		return nil, false
	}
	observed := strings.TrimSuffix(steps[i+len(mark):], "\nThought:")
	return strings.TrimSuffix(observed, "\n"), true
}

// observationFor finds the observation in what the model is asked next.
func (f *frame) observationFor(messages []llms.MessageContent) (any, bool) {
	if f.log == "" {
		return nil, false
	}
	for _, message := range messages {
		for _, part := range message.Parts {
			switch part := part.(type) {
			case llms.TextContent:
				if observed, ok := f.observation(part.Text); ok {
					return observed, true
				}
			case llms.ToolCallResponse:
				if part.ToolCallID == f.id && (f.id != "" || part.Name == f.name) {
					return part.Content, true
				}
			}
		}
	}
	return nil, false
}
