package traceroot

import (
	"slices"
	"strings"

	"go.opentelemetry.io/otel/attribute"

	"github.com/traceroot-ai/traceroot-go/attr"
	"github.com/traceroot-ai/traceroot-go/internal/capture"
)

// appendContent appends an input, output or prompt, unless the client sends no content.
func (s *Span) appendContent(to []attribute.KeyValue, key, field string, v any) []attribute.KeyValue {
	if s.client.noContent {
		return to
	}
	return s.appendValue(to, key, field, capture.Text(v, s.valueBytes()))
}

// appendValue appends a captured value, and notes under the field's name when it was cut.
func (s *Span) appendValue(to []attribute.KeyValue, key, field string, value capture.Value) []attribute.KeyValue {
	if !value.OK {
		return to
	}
	s.noteCut(field, value.From)
	return append(to, attribute.String(key, value.Text))
}

// noteCut notes how long the field was before it was cut; 0 says that it is whole.
func (s *Span) noteCut(field string, from int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if from == 0 {
		delete(s.cut, field)
		return
	}
	if s.cut == nil {
		s.cut = map[string]int{}
	}
	s.cut[field] = from
}

// cutMarks tell which values were cut. They are not cut themselves: there are few fields. The caller holds s.mu.
func (s *Span) cutMarks() []attribute.KeyValue {
	if len(s.cut) == 0 {
		return nil
	}
	from := make(map[string]any, len(s.cut))
	for field, bytes := range s.cut {
		from[field] = bytes
	}
	return []attribute.KeyValue{
		attribute.Bool(attr.Truncated, true),
		attribute.String(attr.TruncatedFrom, capture.Object(from, mib).Text),
	}
}

// mapped is v as the user's function wants it seen. It is not asked about nothing.
func mapped(f func(any) any, v any) (out any) {
	if f == nil || v == nil {
		return v
	}
	defer func() {
		if fault := recover(); fault != nil {
			out = "<map failed>"
		}
	}()
	return f(v)
}

// otherCounts begin the keys under which instrumentation reports token counts. The backend ignores usage set by hand where
// a span has one of them, so they go when the program has set its own.
var otherCounts = []string{attr.GenAIUsagePrefix, attr.LLMTokenCountPrefix, attr.AIUsagePrefix}

func (f *finishedSpan) dropOtherCounts() {
	f.attributes = slices.DeleteFunc(slices.Clone(f.attributes), func(kv attribute.KeyValue) bool {
		return slices.ContainsFunc(otherCounts, func(begin string) bool { return strings.HasPrefix(string(kv.Key), begin) })
	})
}
