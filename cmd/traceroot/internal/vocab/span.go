package vocab

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/traceroot-ai/traceroot-go/attr"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

func span(raw *RawSpan) store.Span {
	a := raw.Attributes
	s := store.Span{
		TraceID:          raw.TraceID,
		SpanID:           raw.SpanID,
		ParentSpanID:     raw.ParentSpanID,
		Name:             raw.Name,
		Kind:             kind(a),
		Start:            microseconds(raw.Start),
		End:              microseconds(raw.End),
		Status:           store.StatusOK,
		Input:            a.value(inputKeys...),
		Output:           a.value(outputKeys...),
		Metadata:         metadata(a),
		Tags:             appendNew(nil, slices.Concat(a.list(attr.SpanTags), a.list(attr.TraceTags), a.list(attr.Tags))...),
		Model:            a.text(modelKeys...),
		TimeToFirstToken: timeToFirstToken(a),
		Environment:      a.str(attr.Environment),
		Source: store.Source{
			File:     a.text(attr.SourceFile),
			Line:     line(a[attr.SourceLine]),
			Function: a.text(attr.SourceFunction),
		},
	}
	s.Streaming, _ = a[attr.LLMStreaming].(bool)
	if s.Kind == store.KindTool {
		s.Name = cmp.Or(a.text(toolKeys...), s.Name)
	}
	if s.Model != "" && countsTokens(raw, s.Kind) {
		s.Usage = usage(a, s.Kind)
	}
	if raw.Failed {
		s.Status = store.StatusError
		s.StatusMessage = raw.StatusMessage
		s.Errors = errorChain(raw.Events)
	}
	return s
}

func kind(a Attributes) store.Kind {
	switch own := store.Kind(strings.ToUpper(a.str(attr.SpanType))); own {
	case store.KindSpan, store.KindAgent, store.KindTool, store.KindLLM,
		store.KindEvaluation, store.KindTask, store.KindScorer:
		return own
	}
	switch a.str(openInferenceKind) {
	case "LLM":
		return store.KindLLM
	case "AGENT":
		return store.KindAgent
	case "TOOL":
		return store.KindTool
	case "CHAIN":
		return store.KindSpan
	}
	switch a.str(attr.GenAIOperationName) {
	case "chat", "text_completion", "embeddings":
		return store.KindLLM
	case "execute_tool":
		return store.KindTool
	case "invoke_agent":
		return store.KindAgent
	}
	if a.text(genAISystem) != "" || a.text(modelKeys...) != "" {
		return store.KindLLM
	}
	if a.has(genAIToolArguments) || a.has(genAIToolResult) {
		return store.KindTool
	}
	return store.KindSpan
}

// microseconds is as fine as a stored time is. The zero time stays zero.
func microseconds(t time.Time) time.Time {
	return t.Round(time.Microsecond)
}

func timeToFirstToken(a Attributes) time.Duration {
	milliseconds, ok := a.number(attr.LLMTimeToFirstToken)
	if !ok || milliseconds <= 0 || milliseconds > float64(math.MaxInt64/time.Millisecond) {
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
