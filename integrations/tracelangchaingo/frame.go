package tracelangchaingo

import (
	"context"
	"reflect"
	"slices"
	"time"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/traceroot-ai/traceroot-go"
)

type frameKind int

const (
	chainFrame  frameKind = iota
	actionFrame           // an agent's wish to run a tool, which may not say that it runs
	toolFrame
	retrieverFrame
	modelFrame
)

// frame is something that has started on a goroutine and not ended.
type frame struct {
	kind  frameKind
	owned bool            // by a wrapper, which ends it
	told  bool            // of an owned frame: the callbacks of what is wrapped have told of its start
	in    context.Context //nolint:containedctx // its identity says which callbacks are this frame's
	under string          // the id of the span that in carries

	ctx  context.Context //nolint:containedctx // in with the frame's span, for what starts below; nil without a span
	span *traceroot.Span // nil while there is no span, and when it is not sampled

	begun time.Time               // of a frame whose span comes later
	opts  []traceroot.SpanOption  // the same
	input any                     // the same; of an owned tool or retriever, what it was called with
	seen  []sdktrace.ReadOnlySpan // what started right below it, for frames without a span

	calls int    // of a chain: how many calls of chains.Call it is in, its own included; 0 when unknown
	agent bool   // of a chain: it is an agent's
	log   string // of an action and its tool: what the agent will quote before the observation
	id    string // the same: the model's id of the call
	name  string // the same
}

// carries tells whether ctx is that of the frame, or has been derived from it without a span in between.
func (f *frame) carries(ctx context.Context) bool {
	return same(f.in, ctx) || f.in.Err() == nil && traceroot.SpanID(ctx) == f.under
}

// join puts the frame's span into a context that the frame carries.
func (f *frame) join(ctx context.Context) context.Context {
	if same(f.in, ctx) {
		return f.ctx
	}
	return trace.ContextWithSpan(ctx, trace.SpanFromContext(f.ctx))
}

// start starts the span of a frame that has waited for it, at the time when the frame began.
func (f *frame) start(parent context.Context, kind traceroot.SpanKind) {
	opts := append(described(f.name, kind, f.opts), traceroot.OTel(trace.WithTimestamp(f.begun)))
	if f.input != nil {
		opts = append([]traceroot.SpanOption{traceroot.Input(f.input)}, opts...)
	}
	f.ctx, f.span = traceroot.Start(parent, f.name, opts...)
}

// finish ends the frame's span.
func (f *frame) finish(output any, err error) {
	f.span.Update(traceroot.SpanUpdate{Output: output})
	f.span.End(&err)
}

// finishAt ends the span of a frame that was over before anybody said so.
func (f *frame) finishAt(end time.Time) {
	if f.span != nil {
		f.span.OTel().End(trace.WithTimestamp(end))
	}
}

// ours gives a span the package's scope, and the line of the program that called langchaingo.
var ours = traceroot.FromIntegration(traceroot.LangChain)

// described are the options of a span inside a run: a Name and a Type among opts are for the outermost.
func described(name string, kind traceroot.SpanKind, opts []traceroot.SpanOption) []traceroot.SpanOption {
	return slices.Concat([]traceroot.SpanOption{ours}, opts, []traceroot.SpanOption{traceroot.Name(name), traceroot.Type(kind)})
}

// same tells whether two contexts are one. One of a type that cannot be compared is not even itself.
func same(a, b context.Context) bool {
	return a != nil && b != nil && reflect.ValueOf(a).Comparable() && reflect.ValueOf(b).Comparable() && a == b
}
