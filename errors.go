package traceroot

import (
	"reflect"
	"runtime/debug"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"github.com/traceroot-ai/traceroot-go/attr"
	"github.com/traceroot-ai/traceroot-go/internal/capture"
)

// SetError marks the span as failed with err's text, and records the chain of errors and the stack as an event. A nil
// error does nothing; of several, the last one gives the status.
func (s *Span) SetError(err error) {
	if s == nil || err == nil || !s.otel.IsRecording() {
		return
	}
	s.fail(capture.ErrorText(err), []attribute.KeyValue{
		attribute.String(attr.ExceptionType, capture.TypeName(err)),
		s.errorChain(err),
	})
}

// recordPanic marks the span as failed with the printed value of a panic. Called while the panic unwinds, it finds the
// stack of the function that panicked.
func (s *Span) recordPanic(value any) {
	kind := capture.TypeName(value)
	details := []attribute.KeyValue{
		attribute.String(attr.ExceptionType, kind),
		attribute.Bool(attr.ExceptionEscaped, true),
	}
	if err, ok := value.(error); ok {
		details = append(details, s.errorChain(err))
	}
	s.fail(capture.PanicText(value), details)
}

func (s *Span) errorChain(err error) attribute.KeyValue {
	chain, _ := capture.CutJSON(s.discreet(capture.ErrorChain(err)), s.valueBytes())
	return attribute.String(attr.ErrorChain, chain)
}

// fail sets the status, since the backend reads no events, and the event, for whoever does.
func (s *Span) fail(text string, details []attribute.KeyValue) {
	limit := s.valueBytes()
	text = s.discreet(text)
	message, cut := capture.CutText(text, limit)
	if cut {
		s.noteCut("error", len(text))
	}
	stack, _ := capture.CutText(s.discreet(string(debug.Stack())), limit)
	if s.foreign.Load() {
		s.mu.Lock()
		s.failure = message
		s.mu.Unlock()
	}
	s.otel.SetStatus(codes.Error, message)
	s.otel.AddEvent(attr.ExceptionEvent, trace.WithAttributes(append(details,
		attribute.String(attr.ExceptionMessage, message),
		attribute.String(attr.ExceptionStacktrace, stack))...))
}

// discreet is text without the secrets of the model request that the span is about.
func (s *Span) discreet(text string) string {
	if s.secrets == nil {
		return text
	}
	return s.secrets.Replace(text)
}

// isZero tells that v is the zero value of its type: what a function returns beside an error when it has nothing.
func isZero(v any) bool {
	return v == nil || reflect.ValueOf(v).IsZero()
}
