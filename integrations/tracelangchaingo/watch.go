package tracelangchaingo

import (
	"context"
	"runtime"
	"slices"
	"sync"
	"weak"

	"go.opentelemetry.io/otel/attribute"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/traceroot-ai/traceroot-go"
	"github.com/traceroot-ai/traceroot-go/attr"
)

// watched are the providers that tell of their spans. They are not kept alive by it.
var watched sync.Map // of weak.Pointer[sdktrace.TracerProvider]

// watch has the provider of a span tell, from now on, which spans start while a model is called. Nothing else says whether
// the wire has made a span of the call: the hook may be any, and its span may be of another trace.
func watch(span *traceroot.Span) {
	provider, ok := span.OTel().TracerProvider().(*sdktrace.TracerProvider)
	if !ok {
		return
	}
	key := weak.Make(provider)
	if _, already := watched.LoadOrStore(key, true); already {
		return
	}
	provider.RegisterSpanProcessor(watcher{})
	runtime.AddCleanup(provider, func(key weak.Pointer[sdktrace.TracerProvider]) { watched.Delete(key) }, key)
}

// watcher notes the spans that start on a goroutine, on those of its frames that have none yet.
type watcher struct{}

// OnStart notes the span. What it stands for is not known yet.
func (watcher) OnStart(_ context.Context, span sdktrace.ReadWriteSpan) {
	s := running.here()
	if s == nil {
		return
	}
	for _, f := range s.frames {
		if f.ctx == nil {
			f.seen = append(f.seen, span)
		}
	}
}

// OnEnd does nothing.
func (watcher) OnEnd(sdktrace.ReadOnlySpan) {}

// Shutdown does nothing: there is nothing to give back.
func (watcher) Shutdown(context.Context) error { return nil }

// ForceFlush does nothing.
func (watcher) ForceFlush(context.Context) error { return nil }

// firstModelCall is the first of spans that stands for a call of a model, nil if none does.
func firstModelCall(spans []sdktrace.ReadOnlySpan) sdktrace.ReadOnlySpan {
	for _, span := range spans {
		if slices.ContainsFunc(span.Attributes(), isModelCall) {
			return span
		}
	}
	return nil
}

// isModelCall recognises spans of ours, and of instrumentation that follows OpenTelemetry's conventions.
func isModelCall(kv attribute.KeyValue) bool {
	return kv.Key == attr.SpanType && kv.Value.AsString() == attr.KindLLM || kv.Key == attr.GenAIRequestModel
}
