package traceroot

import (
	"context"
	"iter"
	"reflect"
	"strings"
	"time"

	"go.opentelemetry.io/otel/attribute"

	"github.com/traceroot-ai/traceroot-go/attr"
	"github.com/traceroot-ai/traceroot-go/internal/capture"
)

// Seq returns a sequence that runs fn in a span for each range loop over it, from the loop's first step to its last. The
// span's output is the list of the items; a break ends it with what was seen and traceroot.stream.complete = false.
func Seq[T any](ctx context.Context, name string, fn func(context.Context) iter.Seq[T], opts ...SpanOption) iter.Seq[T] {
	if isOff() {
		return func(yield func(T) bool) { fn(orBackground(ctx))(yield) }
	}
	begin := lateStart(ctx, name, opts)
	return func(yield func(T) bool) {
		ctx, st := begin()
		if st == nil {
			fn(ctx)(yield)
			return
		}
		st.follow(func() {
			fn(ctx)(func(v T) bool {
				return st.deliver(v, nil, func() bool { return yield(v) })
			})
		})
	}
}

// Seq2 is [Seq] for pairs. When V is error, the items are the keys and an error that is not nil is the span's failure;
// else they are [key, value] pairs.
func Seq2[K, V any](ctx context.Context, name string, fn func(context.Context) iter.Seq2[K, V], opts ...SpanOption) iter.Seq2[K, V] {
	if isOff() {
		return func(yield func(K, V) bool) { fn(orBackground(ctx))(yield) }
	}
	begin := lateStart(ctx, name, opts)
	return func(yield func(K, V) bool) {
		ctx, st := begin()
		if st == nil {
			fn(ctx)(yield)
			return
		}
		st.follow(func() {
			fn(ctx)(func(k K, v V) bool {
				item, err := pairItem(k, v)
				return st.deliver(item, err, func() bool { return yield(k, v) })
			})
		})
	}
}

// Chan runs fn in a span that lasts until the channel it returns is closed, or ctx is done. The items are relayed by one
// goroutine, which ends with the span, through a channel of the same capacity; their list is the span's output.
func Chan[T any](ctx context.Context, name string, fn func(context.Context) <-chan T, opts ...SpanOption) <-chan T {
	if isOff() {
		return fn(orBackground(ctx))
	}
	ctx, s, cfg := startCall(ctx, name, opts)
	if s == nil {
		return fn(ctx)
	}
	returned := false
	defer func() {
		if !returned {
			s.abandon(recover())
		}
	}()
	in := fn(ctx)
	returned = true
	if in == nil {
		s.finish(cfg, nil, nil)
		return nil
	}
	out, _ := reflect.TypeAssert[<-chan T](relay(ctx, newStream(s, cfg), reflect.ValueOf(in)))
	return out
}

// lateStart prepares a span that starts with a range loop and reports the line that made the sequence.
func lateStart(ctx context.Context, name string, opts []SpanOption) func() (context.Context, *stream) {
	ctx = orBackground(ctx)
	c := clientFor(ctx)
	if c == nil {
		return func() (context.Context, *stream) { return ctx, nil }
	}
	cfg := c.configHere(name, opts)
	cfg.encodeInput(c)
	return func() (context.Context, *stream) {
		ctx, s := c.startSpan(ctx, cfg)
		return ctx, newStream(s, cfg)
	}
}

// pairItem is what the span shows of one step of an iter.Seq2: the key, beside the error of the step, or the pair.
func pairItem[V any](key any, value V) (item any, err error) {
	if _, isError := any((*V)(nil)).(*error); !isError {
		return []any{key, value}, nil
	}
	err, _ = any(value).(error)
	return keyBeside(key, err), err
}

// keyBeside is the key of a step, unless it is the nothing that comes with an error.
func keyBeside(key any, err error) any {
	if err != nil && isZero(key) {
		return nothingYielded{}
	}
	return key
}

// nothingYielded stands for a step that brought an error alone.
type nothingYielded struct{}

// stream follows one stream of items: what came, how many, and how it ended. It belongs to one goroutine.
type stream struct {
	span *Span
	cfg  *spanConfig

	list       []byte // the items as JSON, an open list; at most one of them beyond the limit
	size       int    // of the list, were it whole
	values     []any  // instead of list, for MapOutput
	count      int
	first      time.Duration
	err        error
	stopped    bool // left before its end
	inConsumer bool
	text       *liveText // where items that are texts go as they come; nil where they do not
}

// newStream is nil for a span that is not recorded.
func newStream(s *Span, cfg *spanConfig) *stream {
	if s == nil {
		return nil
	}
	return &stream{span: s, cfg: cfg, text: s.client.feed.follow(s, cfg)}
}

// follow runs a range loop and ends the span with it. A panic in the loop's body passes by: it is the consumer's.
func (st *stream) follow(loop func()) {
	returned := false
	defer func() {
		switch {
		case st.inConsumer:
			st.stopped = true
			st.end()
		case returned:
			st.end()
		default:
			st.record()
			st.span.abandon(recover())
		}
	}()
	loop()
	returned = true
}

// deliver notes an item and its error, and passes it on to the loop's body.
func (st *stream) deliver(item any, err error, yield func() bool) bool {
	if err != nil {
		st.err = err
	}
	st.add(item)
	st.inConsumer = true
	more := yield()
	st.inConsumer = false
	if !more {
		st.stopped = true
	}
	return more
}

// add notes an item, in its form at this moment.
func (st *stream) add(item any) {
	if _, none := item.(nothingYielded); none {
		return
	}
	if st.count == 0 {
		st.first = time.Since(st.span.started)
	}
	st.count++
	if st.cfg.hideOutput || st.span.client.noContent || st.count > st.span.client.limits.StreamItems {
		return
	}
	if st.cfg.mapOutput != nil {
		st.values = append(st.values, item)
		return
	}
	if text, ok := item.(string); ok {
		st.text.add(text)
	}
	text, size := elementJSON(item, st.span.valueBytes())
	st.size += len(",") + size
	if len(st.list) <= st.span.valueBytes() {
		st.list = append(append(st.list, separator(st.list)), text...)
	}
}

// elementJSON is item as an element of a JSON list, cut to the limit, and its size before the cut.
func elementJSON(item any, limit int) (text string, size int) {
	list := capture.Text([]any{item}, limit+len("[]"))
	text = strings.TrimSuffix(strings.TrimPrefix(list.Text, "["), "]")
	return text, max(len(list.Text), list.From) - len("[]")
}

func separator(list []byte) byte {
	if len(list) == 0 {
		return '['
	}
	return ','
}

// end ends the span with what came.
func (st *stream) end() {
	st.record()
	st.span.SetError(st.err)
	st.span.end()
}

// record writes the items, unless the program has set an output of its own.
func (st *stream) record() {
	s := st.span
	facts := []attribute.KeyValue{attribute.Int(attr.StreamItems, st.count)}
	if st.count > 0 {
		facts = append(facts, attribute.Float64(attr.StreamFirstItemMS, milliseconds(st.first)))
	}
	if st.stopped {
		facts = append(facts, attribute.Bool(attr.StreamComplete, false))
	}
	s.set(facts...)
	if st.values != nil {
		s.captureOutput(st.cfg, st.values, nil)
		return
	}
	s.mu.Lock()
	explicit := s.outputSet
	s.mu.Unlock()
	if explicit || len(st.list) == 0 {
		return
	}
	whole := capture.Value{OK: true}
	whole.Text, _ = capture.CutJSON(string(st.list)+"]", s.valueBytes())
	if size := st.size + len("]"); size > len(whole.Text) {
		whole.From = size
	}
	s.set(s.appendValue(nil, attr.SpanOutput, "output", whole)...)
}
