package traceroot

import (
	"cmp"
	"context"
	"log/slog"
	"reflect"
	"sync/atomic"

	"go.opentelemetry.io/otel/attribute"
)

// Observe returns a function of fn's exact type that runs fn in a span: same arguments, same results, same errors and
// panics. fn may take and return anything.
//
// The first context.Context among the parameters carries the span to fn and is never captured; without one, each call is
// a trace of its own. The span has fn's name and kind "span" unless options say otherwise, and reports the line of fn's
// definition. Its input is the one argument, or the list of several, or with [ArgNames] an object; its output is the
// result without a trailing error, which is the span's failure when it is not nil. A result that is a sequence
// (iter.Seq, iter.Seq2) is followed by one span per range loop, a channel until it is closed or the context is done:
// their output is the list of their items. Loops over one sequence that run at the same time share the context that the
// function was called with: to tell their children apart, call the function once for each.
//
// The client is looked up at each call, so wrappers can be package-level variables made before [Initialize]. With
// tracing off, functions of a plain shape (a context, then nothing, one or two strings, or one []byte, json.RawMessage,
// any or map[string]any, returning one of those types and an error) cost nothing more than the call, and others a call by
// reflection.
//
// A value that is not a function is returned unchanged, with one warning.
func Observe[F any](fn F, opts ...SpanOption) F {
	v := reflect.ValueOf(fn)
	if v.Kind() != reflect.Func || v.IsNil() {
		defaults.client.Load().warn("Observe needs a function, value returned unchanged",
			slog.String("kind", reflect.TypeFor[F]().String()))
		return fn
	}
	w := newWrapper(v, opts)
	if twin, ok := plainTwin(v, w); ok {
		return funcOf[F](twin.Convert(v.Type()))
	}
	return observeShape(fn, w)
}

// Observe0 is [Observe] for a function that takes a context alone, without reflection.
func Observe0[O any](fn func(context.Context) (O, error), opts ...SpanOption) func(context.Context) (O, error) {
	if isNilFunc(fn == nil, "Observe0") {
		return fn
	}
	w := newWrapper(reflect.ValueOf(fn), opts)
	if isStream[O]() {
		return observeShape(fn, w)
	}
	return observe0(fn, w)
}

// Observe1 is [Observe] for a function of a context and one argument, without reflection.
func Observe1[A, O any](fn func(context.Context, A) (O, error), opts ...SpanOption) func(context.Context, A) (O, error) {
	if isNilFunc(fn == nil, "Observe1") {
		return fn
	}
	w := newWrapper(reflect.ValueOf(fn), opts)
	if isStream[O]() {
		return observeShape(fn, w)
	}
	return observe1(fn, w)
}

// Observe2 is [Observe] for a function of a context and two arguments, without reflection.
func Observe2[A, B, O any](fn func(context.Context, A, B) (O, error), opts ...SpanOption) func(context.Context, A, B) (O, error) {
	if isNilFunc(fn == nil, "Observe2") {
		return fn
	}
	w := newWrapper(reflect.ValueOf(fn), opts)
	if isStream[O]() {
		return observeShape(fn, w)
	}
	return observe2(fn, w)
}

// Observe3 is [Observe] for a function of a context and three arguments, without reflection.
func Observe3[A, B, C, O any](fn func(context.Context, A, B, C) (O, error), opts ...SpanOption) func(context.Context, A, B, C) (O, error) {
	if isNilFunc(fn == nil, "Observe3") {
		return fn
	}
	w := newWrapper(reflect.ValueOf(fn), opts)
	if isStream[O]() {
		return observeShape(fn, w)
	}
	return func(ctx context.Context, a A, b B, c C) (O, error) {
		if isOff() {
			return fn(ctx, a, b, c)
		}
		return observed(ctx, w, func(ctx context.Context) (O, error) { return fn(ctx, a, b, c) }, a, b, c)
	}
}

func observe0[O any](fn func(context.Context) (O, error), w *wrapper) func(context.Context) (O, error) {
	return func(ctx context.Context) (O, error) {
		if isOff() {
			return fn(ctx)
		}
		return observed(ctx, w, fn)
	}
}

func observe1[A, O any](fn func(context.Context, A) (O, error), w *wrapper) func(context.Context, A) (O, error) {
	return func(ctx context.Context, a A) (O, error) {
		if isOff() {
			return fn(ctx, a)
		}
		return observed(ctx, w, func(ctx context.Context) (O, error) { return fn(ctx, a) }, a)
	}
}

func observe2[A, B, O any](fn func(context.Context, A, B) (O, error), w *wrapper) func(context.Context, A, B) (O, error) {
	return func(ctx context.Context, a A, b B) (O, error) {
		if isOff() {
			return fn(ctx, a, b)
		}
		return observed(ctx, w, func(ctx context.Context) (O, error) { return fn(ctx, a, b) }, a, b)
	}
}

// observed is one call of a wrapped function.
func observed[O any](ctx context.Context, w *wrapper, fn func(context.Context) (O, error), args ...any) (O, error) {
	c := clientFor(ctx)
	if c == nil {
		return fn(ctx)
	}
	ctx, s, cfg := w.start(orBackground(ctx), c, args)
	if s == nil {
		return fn(ctx)
	}
	return run(ctx, s, cfg, fn)
}

func isNilFunc(isNil bool, what string) bool {
	if isNil {
		defaults.client.Load().warn("nil function returned unchanged", slog.String("function", what))
	}
	return isNil
}

// wrapper is what a wrapped function knows from the start: found once, when it is wrapped, so that calls pay nothing.
type wrapper struct {
	cfg    spanConfig
	source atomic.Pointer[knownSource] // of the client that was called last
}

// knownSource is where a client says that the function stands.
type knownSource struct {
	client     *Client
	attributes []attribute.KeyValue
}

func newWrapper(fn reflect.Value, opts []SpanOption) *wrapper {
	w := &wrapper{}
	w.cfg.source = definitionOf(fn)
	if w.cfg.source.File == "" {
		// A method value, or a function that reflection made: the line that wraps it is the nearest there is.
		at := callerOutsideSDK()
		w.cfg.source.File, w.cfg.source.Line = at.File, at.Line
	}
	w.cfg.name = cmp.Or(w.cfg.source.Function, anonymous)
	w.cfg.apply(opts)
	w.cfg.checkKind(defaults.client.Load())
	if names := len(w.cfg.argNames); names > 0 && names != countArguments(fn) {
		defaults.client.Load().warn("ArgNames do not match the arguments, list used",
			slog.String("function", w.cfg.name), slog.Int("names", names), slog.Int("arguments", countArguments(fn)))
		w.cfg.argNames = nil
	}
	return w
}

// start starts the span of one call with args.
func (w *wrapper) start(ctx context.Context, c *Client, args []any) (context.Context, *Span, *spanConfig) {
	ctx, s := c.startCallSpan(ctx, &w.cfg, call{args: args, source: w.sourceFor(c)})
	return ctx, s, &w.cfg
}

func (w *wrapper) sourceFor(c *Client) []attribute.KeyValue {
	known := w.source.Load()
	if known == nil || known.client != c {
		known = &knownSource{client: c, attributes: c.sourceAttributes(w.cfg.source)}
		w.source.Store(known)
	}
	return known.attributes
}

// callConfig is the configuration of one call: the wrapper's, with the arguments as input.
func (w *wrapper) callConfig(args []any) *spanConfig {
	cfg := w.cfg
	if !cfg.hasInput && len(args) > 0 {
		cfg.input, cfg.hasInput = cfg.arguments(args), true
	}
	return &cfg
}

// arguments are the call's arguments as one value: an object with ArgNames, else the one argument, or the list of them.
func (c *spanConfig) arguments(args []any) any {
	if len(c.argNames) == len(args) {
		named := make(map[string]any, len(args))
		for i, name := range c.argNames {
			named[name] = args[i]
		}
		return named
	}
	if len(args) == 1 {
		return args[0]
	}
	return args
}
