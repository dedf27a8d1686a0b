package traceroot

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"go.opentelemetry.io/otel/attribute"

	"github.com/traceroot-ai/traceroot-go/attr"
	"github.com/traceroot-ai/traceroot-go/internal/capture"
	"github.com/traceroot-ai/traceroot-go/llmhttp"
)

// modelSpanName is "<operation> <model>", or the operation alone.
func modelSpanName(asked *llmhttp.Request) string {
	return strings.TrimSpace(asked.Operation + " " + asked.Model)
}

// describeModelAddress writes what is known before the body of the request is.
func (s *Span) describeModelAddress(req *http.Request, resends int) {
	known := addressAttributes(req)
	if resends > 0 {
		known = append(known, attribute.Int(attr.HTTPResendCount, resends))
	}
	s.set(known...)
}

// describeRequest writes what the request says, as far as it is known.
func (m *modelCall) describeRequest() {
	asked, s, cfg := m.asked, m.span, m.cfg
	if !m.named {
		s.otel.SetName(modelSpanName(asked))
	}
	known := []attribute.KeyValue{
		attribute.String(attr.GenAIProviderName, asked.System),
		attribute.String(attr.GenAIOperationName, asked.Operation),
		attribute.Bool(attr.LLMStreaming, asked.Streaming),
	}
	if asked.Model != "" {
		known = append(known, attribute.String(attr.GenAIRequestModel, asked.Model), attribute.String(attr.LLMModel, asked.Model))
	}
	known = s.appendValue(known, attr.LLMModelParameters, "model_parameters", capture.Object(anyValues(asked.Parameters), s.valueBytes()))
	if !s.client.noContent && !cfg.hideInput {
		known = s.appendModelInput(known, cfg, asked)
	}
	s.set(known...)
}

// appendModelInput appends messages and tools, unless the program gives an input of its own.
func (s *Span) appendModelInput(to []attribute.KeyValue, cfg *spanConfig, asked *llmhttp.Request) []attribute.KeyValue {
	if len(asked.Tools) > 0 {
		to = s.appendJSON(to, attr.LLMTools, "tools", llmhttp.AppendTools(nil, asked.Tools), 0)
	}
	if cfg.hasInput || len(asked.Messages) == 0 {
		return to
	}
	if cfg.mapInput != nil {
		return s.appendContent(to, attr.SpanInput, "input", mapped(cfg.mapInput, asked.Messages))
	}
	messages := llmhttp.AppendMessages(nil, asked.Messages)
	return s.appendJSON(to, attr.SpanInput, "input", messages, llmhttp.Dropped(asked.Messages))
}

// appendJSON appends JSON text, cut to the limit. Dropped is how much of it was left out before.
func (s *Span) appendJSON(to []attribute.KeyValue, key, field string, text []byte, dropped int) []attribute.KeyValue {
	value := capture.Value{OK: true}
	var cut bool
	if value.Text, cut = capture.CutJSON(string(text), s.valueBytes()); cut || dropped > 0 {
		value.From = len(text) + dropped
	}
	return s.appendValue(to, key, field, value)
}

// addressAttributes say where a request goes. The query is left out: keys travel there.
func addressAttributes(req *http.Request) []attribute.KeyValue {
	known := []attribute.KeyValue{
		attribute.String(attr.ServerAddress, req.URL.Hostname()),
		attribute.String(attr.URLPath, req.URL.EscapedPath()),
	}
	port := req.URL.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[req.URL.Scheme]
	}
	if n, err := strconv.Atoi(port); err == nil {
		known = append(known, attribute.Int(attr.ServerPort, n))
	}
	return known
}

// requestIDHeaders are where providers put the id of a request.
var requestIDHeaders = []string{"X-Request-Id", "Request-Id", "X-Amzn-Requestid", "Apim-Request-Id", "X-Ms-Request-Id"}

// describeModelResponse writes what the head of the answer tells.
func (s *Span) describeModelResponse(res *http.Response) {
	known := []attribute.KeyValue{attribute.Int(attr.HTTPStatusCode, res.StatusCode)}
	for _, name := range requestIDHeaders {
		if id := res.Header.Get(name); id != "" {
			known = append(known, attribute.String(attr.LLMRequestID, id))
			break
		}
	}
	s.set(known...)
}

// describeModelAnswer writes what the answer says.
func (s *Span) describeModelAnswer(cfg *spanConfig, asked *llmhttp.Request, answer *llmhttp.Response) {
	var known []attribute.KeyValue
	add := func(key, text string) {
		if text != "" {
			known = append(known, attribute.String(key, text))
		}
	}
	if asked.Model == "" {
		add(attr.LLMModel, answer.Model)
	}
	add(attr.GenAIResponseModel, answer.Model)
	add(attr.GenAIResponseID, answer.ID)
	if len(answer.FinishReasons) > 0 {
		known = append(known, attribute.StringSlice(attr.GenAIFinishReasons, answer.FinishReasons))
	}
	if !answer.Complete {
		known = append(known, attribute.Bool(attr.LLMComplete, false))
	}
	if asked.Operation == countTokens {
		s.set(known...)
		if answer.Usage.Input.Known {
			s.captureOutput(cfg, map[string]int64{attr.UsageInput: answer.Usage.Input.N}, nil)
		}
		return
	}
	s.set(s.appendModelUsage(known, answer.Usage)...)
	s.setModelOutput(cfg, answer)
}

// countTokens is the operation that nobody is billed for: its count is what was asked for, and no usage.
const countTokens = "count_tokens"

// setModelOutput writes what the model made, unless the program has set an output of its own.
func (s *Span) setModelOutput(cfg *spanConfig, answer *llmhttp.Response) {
	var out any
	switch {
	case answer.Embeddings != nil:
		out = answer.Embeddings
	case answer.Moderation != nil:
		out = answer.Moderation
	case answer.Rerank != nil:
		out = answer.Rerank
	case len(answer.Messages) == 0:
		return
	case cfg.mapOutput != nil:
		out = answer.Messages
	default:
		s.setModelMessages(cfg, answer.Messages)
		return
	}
	s.captureOutput(cfg, out, nil)
}

func (s *Span) setModelMessages(cfg *spanConfig, messages []llmhttp.Message) {
	s.mu.Lock()
	explicit := s.outputSet
	s.mu.Unlock()
	if !explicit && !cfg.hideOutput && !s.client.noContent {
		s.set(s.appendJSON(nil, attr.SpanOutput, "output", llmhttp.AppendMessages(nil, messages), llmhttp.Dropped(messages))...)
	}
}

// appendModelUsage appends the counts twice, in our words and in OpenTelemetry's: always the same numbers, since the
// backend takes one form or the other.
func (s *Span) appendModelUsage(to []attribute.KeyValue, u llmhttp.Usage) []attribute.KeyValue {
	s.mu.Lock()
	explicit := s.usageSet
	s.mu.Unlock()
	if explicit {
		return to
	}
	object := map[string]any{}
	for _, c := range []struct {
		ours, theirs string
		count        llmhttp.Count
	}{
		{attr.UsageInput, attr.GenAIInputTokens, u.Input},
		{attr.UsageOutput, attr.GenAIOutputTokens, u.Output},
		{attr.UsageCacheRead, attr.GenAICacheRead, u.CacheRead},
		{attr.UsageCacheWrite, attr.GenAICacheWrite, u.CacheWrite},
		{attr.UsageCacheWrite1h, attr.GenAICacheWrite1h, unlessZero(u.CacheWrite1h)},
		{attr.UsageReasoning, attr.GenAIReasoningTokens, u.Reasoning},
	} {
		switch {
		case !c.count.Known:
		case c.count.N < 0 || c.count.N > maxTokens:
			s.client.warn("token count out of range, left out", slog.String("kind", c.ours), slog.Int64("count", c.count.N))
		default:
			object[c.ours] = c.count.N
			to = append(to, attribute.Int64(c.theirs, c.count.N))
		}
	}
	return s.appendValue(to, attr.LLMUsage, "usage", capture.Object(object, s.valueBytes()))
}

// unlessZero leaves a count of 0 out: Anthropic reports one for a lifetime that hardly anybody asks for.
func unlessZero(c llmhttp.Count) llmhttp.Count {
	if c.N == 0 {
		return llmhttp.Count{}
	}
	return c
}

// failModel marks the span as failed by what the provider says.
func (s *Span) failModel(e *llmhttp.Error) {
	kind := cmp.Or(e.Type, e.Code)
	switch {
	case kind != "":
	case e.Status >= http.StatusBadRequest:
		kind = strconv.Itoa(e.Status)
	default:
		kind = "_OTHER" // OpenTelemetry's word for a failure without a name; the HTTP status was a success
	}
	s.setErrorType(kind)
	s.fail(e.Error(), []attribute.KeyValue{attribute.String(attr.ExceptionType, kind)})
}

// failTransport marks the span as failed by the network or the request's context.
func (s *Span) failTransport(err error) {
	if err == nil {
		return
	}
	// A client's error quotes the URL, where some providers' keys are; what it wraps says the rest.
	for outer, ok := errors.AsType[*url.Error](err); ok && outer.Err != nil; outer, ok = errors.AsType[*url.Error](err) {
		err = outer.Err
	}
	s.setErrorType(transportErrorType(err))
	s.SetError(err)
}

func transportErrorType(err error) string {
	timeout, ok := errors.AsType[net.Error](err)
	switch {
	case ok && timeout.Timeout():
		return "timeout"
	case errors.Is(err, context.Canceled):
		return "canceled"
	default:
		return capture.TypeName(err)
	}
}

func anyValues[V any](m map[string]V) map[string]any {
	values := make(map[string]any, len(m))
	for key, v := range m {
		values[key] = v
	}
	return values
}
