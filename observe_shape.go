package traceroot

import (
	"context"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"time"

	"go.opentelemetry.io/otel/trace"

	"github.com/traceroot-ai/traceroot-go/internal/source"
)

var (
	contextType = reflect.TypeFor[context.Context]()
	errorType   = reflect.TypeFor[error]()
)

// shape calls a function of any type by reflection.
type shape struct {
	*wrapper

	fn       reflect.Value
	context  int // index of the context parameter, -1 without one
	receiver int // 1 when the first parameter is the receiver of a method expression, else 0
	fails    bool
	stream   int // index of the result that is a sequence or a channel, -1 without one
	follow   streamFollower
}

// streamFollower replaces a result that is a stream by one that st follows to its end.
type streamFollower func(result reflect.Value, begin func() (context.Context, *stream)) reflect.Value

// observeShape wraps a function of any shape.
func observeShape[F any](fn F, w *wrapper) F {
	v := reflect.ValueOf(fn)
	return funcOf[F](reflect.MakeFunc(v.Type(), newShape(v, w).call))
}

// funcOf is a function that is known to be an F.
func funcOf[F any](v reflect.Value) F {
	f, _ := reflect.TypeAssert[F](v)
	return f
}

func newShape(fn reflect.Value, w *wrapper) *shape {
	t := fn.Type()
	s := &shape{wrapper: w, fn: fn, context: contextIndex(t), receiver: receiverCount(fn), stream: -1}
	results := t.NumOut()
	s.fails = results > 0 && t.Out(results-1) == errorType
	for i := range results {
		if follow := followerOf(t.Out(i)); follow != nil {
			s.stream, s.follow = i, follow
			break
		}
	}
	return s
}

func contextIndex(t reflect.Type) int {
	for i := range t.NumIn() {
		if t.In(i) == contextType {
			return i
		}
	}
	return -1
}

// receiverCount is 1 when fn is a method expression such as (*Agent).Run, whose first parameter is the receiver.
func receiverCount(fn reflect.Value) int {
	t := fn.Type()
	if t.NumIn() == 0 {
		return 0
	}
	receiver := t.In(0)
	if receiver.Kind() == reflect.Pointer {
		receiver = receiver.Elem()
	}
	symbol := runtime.FuncForPC(fn.Pointer()).Name()
	if receiver.Name() == "" || receiver.PkgPath() != source.Package(symbol) || strings.HasSuffix(symbol, "-fm") {
		return 0
	}
	typeName, _, _ := strings.Cut(receiver.Name(), "[")
	method, ok := strings.CutPrefix(source.ShortName(symbol), typeName+".")
	if ok && !strings.Contains(method, ".") {
		return 1
	}
	return 0
}

// countArguments is how many arguments of fn are captured.
func countArguments(fn reflect.Value) int {
	t := fn.Type()
	n := 0
	for i := receiverCount(fn); i < t.NumIn(); i++ {
		if t.In(i) != contextType {
			n++
		}
	}
	return n
}

// call is one call of the wrapped function.
func (s *shape) call(in []reflect.Value) []reflect.Value {
	if isOff() {
		return s.invoke(in)
	}
	ctx := s.contextOf(in)
	c := clientFor(ctx)
	switch {
	case c == nil:
		return s.invoke(in)
	case s.stream < 0:
		return s.callPlain(ctx, c, in)
	case s.fn.Type().Out(s.stream).Kind() == reflect.Chan:
		return s.callChannel(ctx, c, in)
	default:
		return s.callSequence(ctx, c, in)
	}
}

func (s *shape) callPlain(ctx context.Context, c *Client, in []reflect.Value) (out []reflect.Value) {
	ctx, span, cfg := s.start(ctx, c, s.arguments(in))
	if span == nil {
		return s.invoke(s.under(ctx, in))
	}
	_, _ = run(ctx, span, cfg, func(ctx context.Context) (any, error) {
		out = s.invoke(s.under(ctx, in))
		return s.output(out), s.failure(out)
	})
	return out
}

// callSequence calls the function at once, as without tracing, and has each range loop over its result be a span. A call
// that yields no sequence is a span of its own, from the moment it was made.
func (s *shape) callSequence(ctx context.Context, c *Client, in []reflect.Value) (out []reflect.Value) {
	cfg := s.callConfig(s.arguments(in))
	cfg.encodeInput(c)
	late := &lateContext{Context: ctx}
	called := time.Now()
	failed := func() (*Span, *spanConfig) {
		cfg.otel = append(slices.Clip(cfg.otel), trace.WithTimestamp(called))
		_, span := c.startSpan(ctx, cfg)
		late.applyTo(span)
		return span, cfg
	}
	returned := false
	defer func() {
		if !returned {
			span, _ := failed()
			span.abandon(recover())
		}
	}()
	out = s.invoke(s.under(late, in))
	returned = true
	if err := s.failure(out); err != nil || out[s.stream].IsNil() {
		span, cfg := failed()
		span.finish(cfg, nil, err)
		return out
	}
	out[s.stream] = s.follow(out[s.stream], func() (context.Context, *stream) {
		ctx, span := c.startSpan(ctx, cfg)
		late.applyTo(span)
		late.enter(ctx)
		return ctx, newStream(span, cfg)
	})
	return out
}

func (s *shape) callChannel(ctx context.Context, c *Client, in []reflect.Value) (out []reflect.Value) {
	ctx, span, cfg := s.start(ctx, c, s.arguments(in))
	if span == nil {
		return s.invoke(s.under(ctx, in))
	}
	returned := false
	defer func() {
		if !returned {
			span.abandon(recover())
		}
	}()
	out = s.invoke(s.under(ctx, in))
	returned = true
	if err := s.failure(out); err != nil || out[s.stream].IsNil() {
		span.finish(cfg, nil, err)
		return out
	}
	out[s.stream] = s.follow(out[s.stream], func() (context.Context, *stream) { return ctx, newStream(span, cfg) })
	return out
}

func (s *shape) invoke(in []reflect.Value) []reflect.Value {
	if s.fn.Type().IsVariadic() {
		return s.fn.CallSlice(in)
	}
	return s.fn.Call(in)
}

func (s *shape) contextOf(in []reflect.Value) context.Context {
	if s.context < 0 {
		return context.Background()
	}
	ctx, _ := reflect.TypeAssert[context.Context](in[s.context])
	return orBackground(ctx)
}

// under is the arguments with ctx in the context's place.
func (s *shape) under(ctx context.Context, in []reflect.Value) []reflect.Value {
	if s.context >= 0 {
		in[s.context] = reflect.ValueOf(ctx)
	}
	return in
}

// arguments are what the span shows of in.
func (s *shape) arguments(in []reflect.Value) []any {
	args := make([]any, 0, len(in))
	for _, v := range in[s.receiver:] {
		if v.Type() != contextType {
			args = append(args, v.Interface())
		}
	}
	return args
}

func (s *shape) failure(out []reflect.Value) error {
	if !s.fails {
		return nil
	}
	err, _ := reflect.TypeAssert[error](out[len(out)-1])
	return err
}

// output is what the span shows of out: the one result, or the list of several; nil when an error came with nothing.
func (s *shape) output(out []reflect.Value) any {
	results := out
	if s.fails {
		results = out[:len(out)-1]
	}
	switch len(results) {
	case 0:
		return nil
	case 1:
		return results[0].Interface()
	}
	list, allZero := make([]any, len(results)), true
	for i, v := range results {
		list[i] = v.Interface()
		allZero = allZero && v.IsZero()
	}
	if allZero && s.failure(out) != nil {
		return nil
	}
	return list
}
