package traceeino

import (
	"context"
	"slices"

	"github.com/cloudwego/eino/callbacks"
	"github.com/cloudwego/eino/compose"
	"github.com/cloudwego/eino/flow/agent/react"
	"github.com/cloudwego/eino/schema"

	"github.com/traceroot-ai/traceroot-go"
)

// Handler is a [callbacks.Handler] that records what eino runs. Make it with [NewHandler]. Its methods are safe for
// concurrent use. eino calls all of them but [Handler.Wait].
type Handler struct {
	models  bool
	agents  []string
	streams group
}

var (
	_ callbacks.Handler       = (*Handler)(nil)
	_ callbacks.TimingChecker = (*Handler)(nil)
)

// NewHandler returns a handler for callbacks.AppendGlobalHandlers, or for one run with compose.WithCallbacks.
//
// Tools are spans of kind tool, agents of kind agent (see [WithAgents]), all else is of kind span: graphs, chains,
// workflows, lambdas, models, prompts, retrievers, and so on. Passthrough nodes have none. A span is named as the node
// or the graph; without a name, by eino's custom after the implementation and the component: OpenAIChatModel.
//
// Input and output are what the component takes and gives. Messages have the form that they have on spans of model calls
// (role, content, tool_calls, …), media and vectors are shown by their size. A stream is shown put together: one message
// of all its parts, one text, or the list of its items, 10 000 at most. For that the handler reads a copy of the stream
// along, in a goroutine that ends with the stream, and so does the span. eino's copies have one source: who closes a
// stream early should end its context, too, or the handler reads the rest.
//
// An error fails the span of each component that it passes through; an interrupt of eino does not. What is still open
// when a graph fails, such as a node that panicked, fails with it.
//
// While tracing is off, the handler does nothing. Registered twice it makes one span.
func NewHandler(opts ...Option) *Handler {
	h := &Handler{agents: []string{react.GraphName}}
	for _, opt := range opts {
		opt(h)
	}
	return h
}

// Option configures a [Handler].
type Option func(*Handler)

// WithModelSpans has the handler make the spans of kind llm, for chat models and embedders whose traffic no hook sees,
// with the model's name, its parameters, token usage and the time to the first token, as far as the component tells them
// to eino. Nothing that starts below such a span is exported: a hook that records the traffic after all makes no second
// span of the same call.
func WithModelSpans() Option {
	return func(h *Handler) { h.models = true }
}

// WithAgents makes graphs and nodes of these names spans of kind agent, beside those named ReActAgent, eino's default
// for the agents of flow/agent/react. Names add up over several options.
func WithAgents(names ...string) Option {
	return func(h *Handler) { h.agents = append(h.agents, names...) }
}

// Wait returns once the spans of the streams that the handler reads along have ended. A program that is about to end
// calls it before traceroot.Shutdown: it may have read a stream's last item sooner than the handler. When ctx ends first,
// Wait returns an error that wraps its cause, and the handler goes on reading.
func (h *Handler) Wait(ctx context.Context) error { return h.streams.wait(ctx) }

// Needed tells eino what the handler wants to be called for, so that streams are copied only while they are recorded.
func (h *Handler) Needed(ctx context.Context, info *callbacks.RunInfo, timing callbacks.CallbackTiming) bool {
	switch timing {
	case callbacks.TimingOnStart, callbacks.TimingOnStartWithStreamInput:
		return info != nil && info.Component != compose.ComponentOfPassthrough && h.runOf(ctx, info) == nil
	default:
		return h.runOf(ctx, info) != nil
	}
}

// OnStart opens the span of a run. The context that it returns carries the span to the component.
func (h *Handler) OnStart(ctx context.Context, info *callbacks.RunInfo, input callbacks.CallbackInput) context.Context {
	ctx, r := h.start(ctx, info, traceroot.Input(shown(input)))
	if r != nil && r.model {
		r.span.Update(modelRequest(input))
	}
	return ctx
}

// OnStartWithStreamInput is OnStart for a run whose input is a stream. Its span ends when the stream has ended, too.
func (h *Handler) OnStartWithStreamInput(ctx context.Context, info *callbacks.RunInfo, input *schema.StreamReader[callbacks.CallbackInput]) context.Context {
	ctx, r := h.start(ctx, info)
	if r == nil {
		input.Close()
		return ctx
	}
	r.hold()
	h.streams.start(func() {
		defer r.release()
		if items, _ := gather(input, nil); len(items) > 0 { // the component fails by the stream's error, if it minds
			r.span.Update(traceroot.SpanUpdate{Input: shown(merged(items))})
		}
	})
	return ctx
}

// OnEnd records the output of a run and ends its span.
func (h *Handler) OnEnd(ctx context.Context, info *callbacks.RunInfo, output callbacks.CallbackOutput) context.Context {
	if r := h.runOf(ctx, info); r.claim() {
		r.succeed(output)
		r.release()
	}
	return ctx
}

// OnEndWithStreamOutput is OnEnd for a run whose output is a stream. Its span ends with the stream.
func (h *Handler) OnEndWithStreamOutput(ctx context.Context, info *callbacks.RunInfo, output *schema.StreamReader[callbacks.CallbackOutput]) context.Context {
	r := h.runOf(ctx, info)
	if !r.claim() {
		output.Close()
		return ctx
	}
	h.streams.start(func() {
		defer r.release()
		items, err := gather(output, r.firstItem)
		if len(items) > 0 {
			r.succeed(merged(items))
		}
		r.span.SetError(err)
	})
	return ctx
}

// OnError ends the span of a run that failed.
func (h *Handler) OnError(ctx context.Context, info *callbacks.RunInfo, err error) context.Context {
	h.runOf(ctx, info).fail(err)
	return ctx
}

// runKey finds the run of a handler in a context.
type runKey struct{ handler *Handler }

// start opens the span of a run; the run is nil when nothing records it.
func (h *Handler) start(ctx context.Context, info *callbacks.RunInfo, input ...traceroot.SpanOption) (context.Context, *run) {
	if info == nil || h.runOf(ctx, info) != nil {
		return ctx, nil // nothing is known of what runs, or the handler is registered twice
	}
	kind := h.kindOf(info)
	own := []traceroot.SpanOption{traceroot.FromIntegration("eino"), traceroot.Type(kind)}
	ctx, span := traceroot.Start(ctx, nameOf(info), slices.Concat(own, input)...)
	if span == nil {
		return ctx, nil
	}
	parent, _ := ctx.Value(runKey{h}).(*run)
	r := newRun(span, info, parent)
	r.model = kind == traceroot.KindLLM
	ctx = context.WithValue(ctx, runKey{h}, r)
	if r.model {
		ctx = traceroot.Suppress(ctx)
	}
	return ctx, r
}

// runOf is the open run of ctx, if that is the one that info speaks of: a component that reports an end without a start
// must not end the span around it.
func (h *Handler) runOf(ctx context.Context, info *callbacks.RunInfo) *run {
	r, _ := ctx.Value(runKey{h}).(*run)
	if r == nil || r.info != info || r.isReturned() {
		return nil
	}
	return r
}
