package tracelangchaingo

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/tmc/langchaingo/callbacks"
	"github.com/tmc/langchaingo/llms"
	"github.com/tmc/langchaingo/schema"

	"github.com/traceroot-ai/traceroot-go"
)

// The names of spans of parts that callbacks do not name.
const (
	chainName     = "chain"
	agentName     = "executor"
	toolName      = "tool"
	retrieverName = "retriever"
	modelName     = "chat"
)

// Handler makes spans of what langchaingo reports. One handler serves any number of runs at the same time. Make it with
// [NewHandler]; to have others beside it, put them in a callbacks.CombiningHandler.
type Handler struct {
	opts []traceroot.SpanOption
}

var _ callbacks.Handler = (*Handler)(nil)

// NewHandler returns a handler. The options apply to each span that it makes, but a [traceroot.Name] or
// [traceroot.Type] among them to the outermost span of a run alone. Outputs are known only after a span has started, when
// [traceroot.CaptureOutput] and [traceroot.MapOutput] no longer count: mask them by [traceroot.WithMask], or wrap the
// part by [Chain], [Tool] or [Retriever], where they do.
func NewHandler(opts ...traceroot.SpanOption) *Handler {
	return &Handler{opts: slices.Clone(opts)}
}

// HandleChainStart starts a span; HandleChainEnd or HandleChainError ends it.
func (h *Handler) HandleChainStart(ctx context.Context, inputs map[string]any) {
	ctx = orBackground(ctx)
	s := running.here()
	s.chainStarts(ctx, inputs)
	s.open(ctx, &frame{kind: chainFrame, input: inputs}, chainName, traceroot.KindSpan, h.opts)
}

// HandleChainEnd ends a chain's span.
func (h *Handler) HandleChainEnd(ctx context.Context, outputs map[string]any) {
	end(ctx, (*frame).isChain, outputs, nil)
}

// HandleChainError ends a chain's span as failed, and with it those inside that have not ended.
func (h *Handler) HandleChainError(ctx context.Context, err error) {
	end(ctx, (*frame).isChain, nil, err)
}

// HandleAgentAction makes the chain's span one of kind agent, and begins the span of the tool that the agent wants.
func (h *Handler) HandleAgentAction(ctx context.Context, action schema.AgentAction) {
	ctx = orBackground(ctx)
	s := running.here()
	if !s.stepOver(ctx) {
		return
	}
	running.push(&frame{
		kind: actionFrame, in: ctx, under: traceroot.SpanID(ctx), begun: time.Now(), opts: h.opts,
		name: strings.TrimSpace(action.Tool), input: strings.TrimSuffix(action.ToolInput, "\nObservation:"),
		log: action.Log, id: action.ToolID,
	})
}

// HandleAgentFinish makes the chain's span one of kind agent. The span ends with the chain.
func (h *Handler) HandleAgentFinish(ctx context.Context, _ schema.AgentFinish) {
	ctx = orBackground(ctx)
	running.here().stepOver(ctx)
}

// HandleToolStart starts a span of kind tool; HandleToolEnd or HandleToolError ends it. It has the name of the agent's
// action when an agent runs the tool.
func (h *Handler) HandleToolStart(ctx context.Context, input string) {
	ctx = orBackground(ctx)
	s := running.here()
	if f := s.top(); f != nil && same(f.in, ctx) && !f.told && f.input == any(input) &&
		(f.kind == actionFrame || f.kind == toolFrame && f.owned) {
		s.startAction(ctx)
		f.told = true
		return
	}
	s.settle(ctx, func(f *frame) (any, bool) { return nil, f.kind == toolFrame })
	s.open(ctx, &frame{kind: toolFrame, input: input}, toolName, traceroot.KindTool, h.opts)
}

// HandleToolEnd ends a tool's span.
func (h *Handler) HandleToolEnd(ctx context.Context, output string) {
	end(ctx, (*frame).isTool, output, nil)
}

// HandleToolError ends a tool's span as failed.
func (h *Handler) HandleToolError(ctx context.Context, err error) {
	end(ctx, (*frame).isTool, nil, err)
}

// HandleRetrieverStart starts a span; HandleRetrieverEnd ends it. A retriever that fails does not tell: its span ends with
// the chain that it fails, or as failed by the next thing that happens.
func (h *Handler) HandleRetrieverStart(ctx context.Context, query string) {
	ctx = orBackground(ctx)
	s := running.here()
	if f := s.top(); f != nil && f.kind == retrieverFrame && f.owned && same(f.in, ctx) && !f.told && f.input == any(query) {
		f.told = true
		return
	}
	s.settleLeaves(ctx)
	s.open(ctx, &frame{kind: retrieverFrame, input: query}, retrieverName, traceroot.KindSpan, h.opts)
}

// HandleRetrieverEnd ends a retriever's span; the documents are its output.
func (h *Handler) HandleRetrieverEnd(ctx context.Context, _ string, documents []schema.Document) {
	end(ctx, func(f *frame) bool { return f.kind == retrieverFrame }, documents, nil)
}

// HandleLLMGenerateContentStart begins a model call. It becomes a span of kind llm when it has ended and nothing that
// knows more, such as a hook at the wire, has made a span of it. That can be told only of calls inside a run: a model
// that is called by itself needs [Model].
func (h *Handler) HandleLLMGenerateContentStart(ctx context.Context, messages []llms.MessageContent) {
	ctx = orBackground(ctx)
	s := running.here()
	if f := s.top(); f != nil && f.kind == modelFrame && f.owned && same(f.in, ctx) {
		return
	}
	s.settle(ctx, func(f *frame) (any, bool) { return f.observationFor(messages) })
	s.openModel(ctx, &frame{name: modelName, opts: h.opts, input: messagesOf(messages)})
}

// HandleLLMStart does as HandleLLMGenerateContentStart. langchaingo does not call it.
func (h *Handler) HandleLLMStart(ctx context.Context, prompts []string) {
	h.HandleLLMGenerateContentStart(ctx, []llms.MessageContent{llms.TextParts(llms.ChatMessageTypeHuman, prompts...)})
}

// HandleLLMGenerateContentEnd ends a model call.
func (h *Handler) HandleLLMGenerateContentEnd(ctx context.Context, res *llms.ContentResponse) {
	end(ctx, (*frame).isModel, res, nil)
}

// HandleLLMError ends a model call that failed.
func (h *Handler) HandleLLMError(ctx context.Context, err error) {
	end(ctx, (*frame).isModel, nil, err)
}

// HandleText does nothing.
func (h *Handler) HandleText(context.Context, string) {}

// HandleStreamingFunc does nothing: the wire sees the first token.
func (h *Handler) HandleStreamingFunc(context.Context, []byte) {}

func end(ctx context.Context, is func(*frame) bool, output any, err error) {
	if s := running.here(); s != nil {
		s.end(orBackground(ctx), is, output, err)
	}
}

func (f *frame) isChain() bool { return f.kind == chainFrame }
func (f *frame) isTool() bool  { return f.kind == toolFrame || f.kind == actionFrame && f.told }
func (f *frame) isModel() bool { return f.kind == modelFrame }

func orBackground(ctx context.Context) context.Context {
	if ctx == nil {
		return context.Background()
	}
	return ctx
}
