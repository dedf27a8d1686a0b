package traceroottest

import (
	"cmp"
	"encoding/json"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/traceroot-ai/traceroot-go"
	"github.com/traceroot-ai/traceroot-go/attr"
)

// Span is an ended span as it would have been sent. A field is zero where the span has no such fact.
type Span struct {
	Name     string
	TraceID  string // 32 hex digits
	SpanID   string // 16 hex digits
	ParentID string // "" on a root
	Err      string // the status text of a failed span
	Model    string

	// UserID and SessionID are the trace's, or else the context's.
	UserID, SessionID string

	Type       traceroot.SpanKind
	File       string // relative to the repository's root, with slashes
	Line       int
	Start, End time.Time
	Usage      traceroot.Usage

	// Input, Output and Prompt are decoded JSON (map[string]any, []any, float64, bool, nil), or the text where it is none.
	Input, Output, Prompt any

	// Tags are the span's, or else the trace's, or else the context's. Metadata is chosen likewise.
	Tags            []string
	Metadata        map[string]any
	ModelParameters map[string]any

	Attributes map[string]attribute.Value // all there are
}

func newSpan(ro sdktrace.ReadOnlySpan) Span {
	a := make(attributes, len(ro.Attributes()))
	for _, kv := range ro.Attributes() {
		a[string(kv.Key)] = kv.Value
	}
	s := Span{
		Name:            ro.Name(),
		TraceID:         ro.SpanContext().TraceID().String(),
		SpanID:          ro.SpanContext().SpanID().String(),
		Model:           cmp.Or(a.text(attr.LLMModel), a.text(attr.GenAIRequestModel)),
		UserID:          cmp.Or(a.text(attr.TraceUserID), a.text(attr.UserID)),
		SessionID:       cmp.Or(a.text(attr.TraceSessionID), a.text(attr.SessionID)),
		Type:            traceroot.SpanKind(cmp.Or(a.text(attr.SpanType), attr.KindSpan)),
		File:            a.text(attr.SourceFile),
		Line:            int(a[attr.SourceLine].AsInt64()),
		Start:           ro.StartTime(),
		End:             ro.EndTime(),
		Usage:           a.usage(),
		Input:           a.decoded(attr.SpanInput),
		Output:          a.decoded(attr.SpanOutput),
		Prompt:          a.decoded(attr.LLMPrompt),
		ModelParameters: a.object(attr.LLMModelParameters),
		Attributes:      a,
	}
	if ro.Parent().IsValid() {
		s.ParentID = ro.Parent().SpanID().String()
	}
	if status := ro.Status(); status.Code == codes.Error {
		s.Err = cmp.Or(status.Description, "error")
	}
	for _, key := range []string{attr.SpanTags, attr.TraceTags, attr.Tags} {
		if v, ok := a[key]; ok && s.Tags == nil {
			s.Tags = v.AsStringSlice()
		}
	}
	for _, key := range []string{attr.SpanMetadata, attr.TraceMetadata, attr.Metadata} {
		if s.Metadata == nil {
			s.Metadata = a.object(key)
		}
	}
	return s
}

type attributes map[string]attribute.Value

func (a attributes) text(key string) string {
	if v, ok := a[key]; ok && v.Type() == attribute.STRING {
		return v.AsString()
	}
	return ""
}

// decoded is the JSON value of an attribute, or its text; nil without one.
func (a attributes) decoded(key string) any {
	v, ok := a[key]
	switch {
	case !ok:
		return nil
	case v.Type() != attribute.STRING:
		return v.AsInterface()
	}
	var decoded any
	if json.Unmarshal([]byte(v.AsString()), &decoded) != nil {
		return v.AsString()
	}
	return decoded
}

// usage is the usage as it was sent: the six counts of the wire, and others beside them.
func (a attributes) usage() traceroot.Usage {
	var u traceroot.Usage
	own := map[string]*int64{
		attr.UsageInput: &u.InputTokens, attr.UsageOutput: &u.OutputTokens, attr.UsageCacheRead: &u.CacheReadTokens,
		attr.UsageCacheWrite: &u.CacheWriteTokens, attr.UsageCacheWrite1h: &u.CacheWrite1hTokens,
		attr.UsageReasoning: &u.ReasoningTokens,
	}
	for name, value := range a.object(attr.LLMUsage) {
		count, isNumber := value.(float64)
		switch field := own[name]; {
		case !isNumber:
		case field != nil:
			*field = int64(count)
		default:
			if u.Details == nil {
				u.Details = map[string]int64{}
			}
			u.Details[name] = int64(count)
		}
	}
	return u
}

func (a attributes) object(key string) map[string]any {
	object, _ := a.decoded(key).(map[string]any)
	return object
}

func byStart(a, b Span) int {
	depth := func(s Span) int { return len(s.Attributes[attr.SpanPath].AsStringSlice()) }
	return cmp.Or(a.Start.Compare(b.Start), cmp.Compare(depth(a), depth(b)))
}
