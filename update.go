package traceroot

import (
	"context"
	"slices"

	"go.opentelemetry.io/otel/attribute"

	"github.com/traceroot-ai/traceroot-go/attr"
	"github.com/traceroot-ai/traceroot-go/internal/capture"
)

// SpanUpdate says what to change on a span. A zero field leaves it as it is; a field given replaces the whole of its
// earlier value, and what the program sets here beats what was captured, whichever comes last. It is recorded as given:
// [CaptureInput], [CaptureOutput], [MapInput] and [MapOutput] are for what is captured.
type SpanUpdate struct {
	Name            string // renames the span; the paths of its children keep the old name
	Type            SpanKind
	Input           any // json.RawMessage("null") records an explicit null
	Output          any
	Metadata        map[string]any
	Tags            []string
	Model           string         // "gpt-4o"; without a model the backend drops the usage
	ModelParameters map[string]any // temperature, max_tokens, …
	Usage           Usage
	Prompt          any // a string, messages, anything JSON
}

// UpdateCurrentSpan changes the current span of ctx, whoever started it; without one it does nothing.
func UpdateCurrentSpan(ctx context.Context, u SpanUpdate) {
	if ctx == nil || isOff() {
		return
	}
	if late := spanToCome(ctx); late != nil {
		late.keep(u)
		return
	}
	currentSpan(ctx).Update(u)
}

// Update changes the span as u says.
func (s *Span) Update(u SpanUpdate) {
	if s == nil || !s.otel.IsRecording() {
		return
	}
	if u.Name != "" {
		s.otel.SetName(u.Name)
	}
	var given []attribute.KeyValue
	if u.Type != "" {
		cfg := spanConfig{kind: u.Type}
		cfg.checkKind(s.client)
		given = append(given, attribute.String(attr.SpanType, string(cfg.kind)))
	}
	given = s.appendExplicit(given, attr.SpanInput, "input", u.Input, &s.inputSet)
	given = s.appendExplicit(given, attr.SpanOutput, "output", u.Output, &s.outputSet)
	given = s.appendValue(given, attr.SpanMetadata, "metadata", capture.Object(u.Metadata, s.valueBytes()))
	if tags := distinctTags(u.Tags); len(tags) > 0 {
		given = append(given, attribute.StringSlice(attr.SpanTags, tags))
	}
	if u.Model != "" {
		given = append(given, attribute.String(attr.LLMModel, u.Model))
	}
	parameters := capture.Object(u.ModelParameters, s.valueBytes())
	given = s.appendValue(given, attr.LLMModelParameters, "model_parameters", parameters)
	if usage := u.Usage.object(s.client); len(usage) > 0 {
		s.mu.Lock()
		s.usageSet = true
		s.mu.Unlock()
		given = s.appendValue(given, attr.LLMUsage, "usage", capture.Object(usage, s.valueBytes()))
	}
	given = s.appendContent(given, attr.LLMPrompt, "prompt", u.Prompt)
	s.set(given...)
}

// appendExplicit appends content that the program gives by itself, and notes that capture must not replace it.
func (s *Span) appendExplicit(to []attribute.KeyValue, key, field string, v any, set *bool) []attribute.KeyValue {
	before := len(to)
	to = s.appendContent(to, key, field, v)
	if len(to) > before {
		s.mu.Lock()
		*set = true
		s.mu.Unlock()
	}
	return to
}

// UpdateCurrentTrace sets what the trace is about: on the current span, on the trace's local root while that is open, and
// on every span that starts under that root from then on, third-party ones included. A field given replaces its earlier
// value; without a current span nothing happens.
func UpdateCurrentTrace(ctx context.Context, a Attributes) {
	if ctx == nil || isOff() {
		return
	}
	s := currentSpan(ctx)
	if s == nil {
		return
	}
	metadata := capture.Object(a.Metadata, s.valueBytes())
	values := traceAttributes(a, metadata)
	if len(values) == 0 {
		return
	}
	s.root.rememberTrace(a, values, metadata)
	s.stampTrace(values, metadata)
	if s.root != s {
		s.root.stampTrace(values, metadata)
	}
}

// stampTrace writes values of the trace, and notes when their metadata was cut.
func (s *Span) stampTrace(values []attribute.KeyValue, metadata capture.Value) {
	if metadata.OK {
		s.noteCut("trace_metadata", metadata.From)
	}
	s.set(values...)
}

// rememberTrace keeps the values for the spans that start under this root.
func (s *Span) rememberTrace(a Attributes, values []attribute.KeyValue, metadata capture.Value) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sessionSet = s.sessionSet || a.SessionID != ""
	s.userSet = s.userSet || a.UserID != ""
	state := &traceState{}
	if before := s.trace.Load(); before != nil {
		*state = *before
	}
	state.values = lastOfEach(slices.Concat(state.values, values))
	if metadata.OK {
		state.metadataFrom = metadata.From
	}
	s.trace.Store(state)
}

func traceAttributes(a Attributes, metadata capture.Value) []attribute.KeyValue {
	var values []attribute.KeyValue
	if a.UserID != "" {
		values = append(values, attribute.String(attr.TraceUserID, a.UserID))
	}
	if a.SessionID != "" {
		values = append(values, attribute.String(attr.TraceSessionID, a.SessionID))
	}
	if tags := distinctTags(a.Tags); len(tags) > 0 {
		values = append(values, attribute.StringSlice(attr.TraceTags, tags))
	}
	if metadata.OK {
		values = append(values, attribute.String(attr.TraceMetadata, metadata.Text))
	}
	return values
}

// lastOfEach keeps the last value of each key.
func lastOfEach(attributes []attribute.KeyValue) []attribute.KeyValue {
	var last []attribute.KeyValue
	for _, kv := range attributes {
		same := func(other attribute.KeyValue) bool { return other.Key == kv.Key }
		if i := slices.IndexFunc(last, same); i >= 0 {
			last[i] = kv
		} else {
			last = append(last, kv)
		}
	}
	return last
}
