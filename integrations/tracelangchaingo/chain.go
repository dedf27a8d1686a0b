package tracelangchaingo

import (
	"context"
	"reflect"
	"slices"

	"github.com/tmc/langchaingo/agents"
	"github.com/tmc/langchaingo/callbacks"
	"github.com/tmc/langchaingo/chains"

	"github.com/traceroot-ai/traceroot-go"
)

// Chain wraps a chain, such as an executor, so that each of its calls is a span whose context is handed on: everything
// below nests in it, on whatever goroutine, by whatever hook. An executor's span is of kind agent and named "executor", a
// chain's is a span with the name of its type; the options come last. A [Handler] of the chain itself no longer reports
// the chain, handlers of its parts go on. The chain is called by chains.Run, Call, Predict or Apply as before.
func Chain(chain chains.Chain, opts ...traceroot.SpanOption) chains.Chain {
	name, kind := typeName(chain), traceroot.KindSpan
	if _, ok := chain.(*agents.Executor); ok {
		name, kind = agentName, traceroot.KindAgent
	}
	return &tracedChain{Chain: chain, name: name, opts: withDefaults(kind, opts), agent: kind == traceroot.KindAgent}
}

type tracedChain struct {
	chains.Chain

	name  string
	opts  []traceroot.SpanOption
	agent bool
}

var _ callbacks.HandlerHaver = (*tracedChain)(nil)

// Call runs the chain in a span.
func (c *tracedChain) Call(ctx context.Context, inputs map[string]any, options ...chains.ChainCallOption) (map[string]any, error) {
	ctx = orBackground(ctx)
	running.here().chainStarts(ctx, inputs)
	f := &frame{kind: chainFrame, agent: c.agent}
	return inside(ctx, f, c.name, func(ctx context.Context) (map[string]any, error) {
		return c.Chain.Call(ctx, inputs, options...)
	}, traceroot.Input(inputs), c.opts)
}

// GetCallbackHandler returns the chain's handler without ours, which would report the chain a second time.
func (c *tracedChain) GetCallbackHandler() callbacks.Handler {
	if haver, ok := c.Chain.(callbacks.HandlerHaver); ok {
		return withoutOurs(haver.GetCallbackHandler())
	}
	return nil
}

func withoutOurs(handler callbacks.Handler) callbacks.Handler {
	var combined []callbacks.Handler
	switch h := handler.(type) {
	case *Handler:
		return nil
	case callbacks.CombiningHandler:
		combined = h.Callbacks
	case *callbacks.CombiningHandler:
		combined = h.Callbacks
	default:
		return handler
	}
	var others []callbacks.Handler
	for _, h := range combined {
		if other := withoutOurs(h); other != nil {
			others = append(others, other)
		}
	}
	if len(others) == 0 {
		return nil
	}
	return callbacks.CombiningHandler{Callbacks: others}
}

// typeName is the name of v's type, without its package.
func typeName(v any) string {
	t := reflect.TypeOf(v)
	for t != nil && t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t == nil || t.Name() == "" {
		return chainName
	}
	return t.Name()
}

func withDefaults(kind traceroot.SpanKind, opts []traceroot.SpanOption) []traceroot.SpanOption {
	return slices.Concat([]traceroot.SpanOption{traceroot.Type(kind)}, opts)
}
