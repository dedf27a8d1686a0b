package tracelangchaingo

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/tmc/langchaingo/llms"

	"github.com/traceroot-ai/traceroot-go"
)

// Model wraps a model whose calls may reach no hook at the wire, because it is a fake, speaks gRPC or has a client of its
// own: such a call becomes a span of kind llm with the messages, the parameters and the tokens that langchaingo knows,
// inside the handler's open span. A call that a hook records as well is no second one: outside any span it has one of its
// own around it, which is of kind llm only when there is no other inside.
func Model(model llms.Model, opts ...traceroot.SpanOption) llms.Model {
	traced := &tracedModel{inner: model, opts: slices.Clone(opts)}
	if reasoning, ok := model.(llms.ReasoningModel); ok {
		return &tracedReasoningModel{tracedModel: traced, inner: reasoning}
	}
	return traced
}

type tracedModel struct {
	inner llms.Model
	opts  []traceroot.SpanOption
}

// tracedReasoningModel keeps what langchaingo looks for on a model.
type tracedReasoningModel struct {
	*tracedModel

	inner llms.ReasoningModel
}

// SupportsReasoning tells whether the model thinks.
func (m *tracedReasoningModel) SupportsReasoning() bool { return m.inner.SupportsReasoning() }

// Call asks the model one question.
func (m *tracedModel) Call(ctx context.Context, prompt string, options ...llms.CallOption) (string, error) {
	return llms.GenerateFromSinglePrompt(ctx, m, prompt, options...)
}

// GenerateContent asks the model.
func (m *tracedModel) GenerateContent(ctx context.Context, messages []llms.MessageContent, options ...llms.CallOption) (*llms.ContentResponse, error) {
	ctx = orBackground(ctx)
	s := running.here()
	s.settle(ctx, func(f *frame) (any, bool) { return f.observationFor(messages) })
	s.startAction(ctx)
	ctx = s.parent(ctx)
	if around := traceroot.SpanFromContext(ctx); around != nil {
		return m.askInside(ctx, around, messages, options)
	}
	return m.askAlone(ctx, messages, options)
}

// askInside makes a span of the call when it is over and nobody else has made one.
func (m *tracedModel) askInside(ctx context.Context, around *traceroot.Span, messages []llms.MessageContent, options []llms.CallOption) (*llms.ContentResponse, error) {
	asked := callOptionsOf(options)
	watch(around)
	call := &frame{
		kind: modelFrame, owned: true, in: ctx, under: around.SpanID(), begun: time.Now(),
		name: asked.spanName(), opts: m.opts, input: messagesOf(messages),
	}
	s := running.push(call)
	defer s.remove(call, nil)
	res, err := m.inner.GenerateContent(ctx, messages, options...)
	s.remove(call, err)
	if firstModelCall(call.seen) == nil {
		call.start(ctx, traceroot.KindLLM)
		call.span.Update(asked.update())
		call.span.Update(answered(res))
		call.finish(nil, err)
	}
	return res, err
}

// askAlone makes the span of a call that stands in no other beforehand, so that what is inside has something to stand in.
func (m *tracedModel) askAlone(ctx context.Context, messages []llms.MessageContent, options []llms.CallOption) (res *llms.ContentResponse, err error) {
	asked := callOptionsOf(options)
	ctx, span := traceroot.Start(ctx, asked.spanName(), slices.Concat([]traceroot.SpanOption{
		ours, traceroot.Type(traceroot.KindLLM), traceroot.Input(messagesOf(messages)),
	}, m.opts)...)
	defer span.End(&err)
	if span == nil {
		return m.inner.GenerateContent(ctx, messages, options...)
	}
	watch(span)
	call := &frame{kind: modelFrame, owned: true, in: ctx, under: span.SpanID()}
	s := running.push(call)
	defer func() {
		s.remove(call, err)
		if firstModelCall(call.seen) != nil {
			span.Update(traceroot.SpanUpdate{Type: traceroot.KindSpan, Output: answered(res).Output})
			return
		}
		span.Update(asked.update())
		span.Update(answered(res))
	}()
	return m.inner.GenerateContent(ctx, messages, options...)
}

// callOptions is what a call asks for.
type callOptions struct{ llms.CallOptions }

func callOptionsOf(options []llms.CallOption) *callOptions {
	asked := &callOptions{}
	for _, option := range options {
		option(&asked.CallOptions)
	}
	return asked
}

func (o *callOptions) spanName() string { return strings.TrimSpace(modelName + " " + o.Model) }

func (o *callOptions) update() traceroot.SpanUpdate {
	parameters := map[string]any{}
	set := func(name string, value any, given bool) {
		if given {
			parameters[name] = value
		}
	}
	set("temperature", o.Temperature, o.Temperature != 0)
	set("max_tokens", o.MaxTokens, o.MaxTokens != 0)
	set("top_p", o.TopP, o.TopP != 0)
	set("top_k", o.TopK, o.TopK != 0)
	set("seed", o.Seed, o.Seed != 0)
	set("stop", o.StopWords, len(o.StopWords) > 0)
	set("frequency_penalty", o.FrequencyPenalty, o.FrequencyPenalty != 0)
	set("presence_penalty", o.PresencePenalty, o.PresencePenalty != 0)
	return traceroot.SpanUpdate{Model: o.Model, ModelParameters: parameters}
}
