package vocab

import (
	"cmp"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/traceroot-ai/traceroot-go/attr"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// span is the platform's columns first, by the platform's rules, and then what each dialect adds to them.
func span(raw *RawSpan, shared *shared, before *[]store.Message) store.Span {
	a := raw.Attributes
	f := facts{raw: raw, a: a, keys: shared.sortedKeys(a), shared: shared, before: before}
	s := store.Span{
		TraceID:          raw.TraceID,
		SpanID:           raw.SpanID,
		ParentSpanID:     raw.ParentSpanID,
		Name:             raw.Name,
		Start:            microseconds(raw.Start),
		End:              microseconds(raw.End),
		Status:           store.StatusOK,
		Metadata:         f.metadata(),
		Tags:             appendNew(nil, slices.Concat(a.list(attr.SpanTags), a.list(attr.TraceTags), a.list(attr.Tags))...),
		Model:            a.text(modelKeys...),
		Environment:      a.str(attr.Environment),
		TimeToFirstToken: timeToFirstToken(a),
		Source: store.Source{
			File:     a.text(attr.SourceFile),
			Line:     line(a[attr.SourceLine]),
			Function: a.text(attr.SourceFunction),
		},
	}
	f.span = &s
	s.Kind, f.decided = kind(a)
	s.Streaming, _ = a[attr.LLMStreaming].(bool)
	if s.Kind == store.KindTool {
		s.Name = cmp.Or(a.text(toolKeys...), s.Name)
	}
	if raw.Failed {
		s.Status = store.StatusError
		s.StatusMessage = raw.StatusMessage
		s.Errors = errorChain(raw.Events)
	}
	f.captured(&s.Input, inputKeys...)
	f.captured(&s.Output, outputKeys...)
	f.readDialects()
	f.finish()
	return s
}

// finish fills what depends on what the dialects found.
func (f *facts) finish() {
	s := f.span
	if s.Model != "" && countsTokens(f.raw, s.Kind) {
		s.Usage = usage(f.a, s.Kind)
	}
	if f.llm() || f.tool() {
		s.Call = f.stored()
	}
	if s.Input == nil && !f.a.has(attr.LLMPrompt) { // a prompt of our own words is metadata, as it is on the platform
		s.Input = joined(f.call.In)
	}
	if s.Output == nil {
		s.Output = joined(f.call.Out)
	}
	f.payload()
}

// stored is the call; nil where nothing is known of one.
func (f *facts) stored() *store.Call {
	if reflect.ValueOf(f.call).IsZero() {
		return nil
	}
	return &f.call
}

// joined is the list of messages as JSON; nil where there are none.
func joined(messages []store.Message) *string {
	if len(messages) == 0 {
		return nil
	}
	dst := []byte{'['}
	for _, m := range messages {
		dst = append(nextItem(dst), m.Body...)
	}
	return new(string(append(dst, ']')))
}

// kind is what the platform's rules say of a span, and whether they decide it.
func kind(a Attributes) (kind store.Kind, decided bool) {
	switch own := store.Kind(strings.ToUpper(a.str(attr.SpanType))); own {
	case store.KindSpan, store.KindAgent, store.KindTool, store.KindLLM,
		store.KindEvaluation, store.KindTask, store.KindScorer:
		return own, true
	}
	switch a.str(openInferenceKind) {
	case "LLM":
		return store.KindLLM, true
	case "AGENT":
		return store.KindAgent, true
	case "TOOL":
		return store.KindTool, true
	case "CHAIN":
		return store.KindSpan, true
	}
	switch a.str(attr.GenAIOperationName) {
	case "chat", "text_completion", "embeddings":
		return store.KindLLM, true
	case "execute_tool":
		return store.KindTool, true
	case "invoke_agent":
		return store.KindAgent, true
	}
	if a.text(genAISystem) != "" || a.text(modelKeys...) != "" {
		return store.KindLLM, true
	}
	if a.has(genAIToolArguments) || a.has(genAIToolResult) {
		return store.KindTool, true
	}
	return store.KindSpan, false
}

// microseconds is as fine as a stored time is. The zero time stays zero.
func microseconds(t time.Time) time.Time {
	return t.Round(time.Microsecond)
}

func timeToFirstToken(a Attributes) time.Duration {
	milliseconds, ok := a.number(attr.LLMTimeToFirstToken)
	if !ok {
		return 0
	}
	return wait(milliseconds)
}

// wait is zero for what no clock can have measured.
func wait(milliseconds float64) time.Duration {
	if milliseconds <= 0 || milliseconds > float64(math.MaxInt64/time.Millisecond) {
		return 0
	}
	return time.Duration(milliseconds * float64(time.Millisecond))
}

// line is a whole number of 32 bits, sent as a number or as text; anything else is no line.
func line(v any) int {
	var n int64
	switch v := v.(type) {
	case int64:
		n = v
	case string:
		n, _ = strconv.ParseInt(v, 10, 32)
	}
	if n != int64(int32(n)) {
		return 0
	}
	return int(n)
}
