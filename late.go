package traceroot

import (
	"context"
	"sync"
	"sync/atomic"
)

// lateContext is the context of a function that returns a sequence. The function is called before the range loop begins,
// and the loop is the span, so the span comes into the context late: what the sequence's body starts is its child.
type lateContext struct {
	context.Context //nolint:containedctx // it is a context, seen from a call that has yet to begin

	entered atomic.Pointer[enteredContext]

	mu      sync.Mutex
	updates []SpanUpdate // of the span that is still to come; guarded by mu
}

type enteredContext struct {
	context.Context //nolint:containedctx // the boxed value of an atomic pointer
}

// enter puts the values of ctx, which descends from the embedded context, in place of its own.
func (l *lateContext) enter(ctx context.Context) { l.entered.Store(&enteredContext{ctx}) }

// Value looks in the context that was entered, once there is one.
func (l *lateContext) Value(key any) any {
	if inner := l.entered.Load(); inner != nil {
		return inner.Value(key)
	}
	if key == (lateKey{}) {
		return l
	}
	return l.Context.Value(key)
}

type lateKey struct{}

// spanToCome is the late context that ctx stems from, where its span has not begun and no other has begun in between; nil
// elsewhere.
func spanToCome(ctx context.Context) *lateContext {
	late, ok := ctx.Value(lateKey{}).(*lateContext)
	if !ok || !spanContext(ctx).Equal(spanContext(late.Context)) {
		return nil
	}
	return late
}

// keep holds an update back for the span that is still to come.
func (l *lateContext) keep(u SpanUpdate) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.updates = append(l.updates, u)
}

// applyTo gives s the updates that came before it began.
func (l *lateContext) applyTo(s *Span) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, u := range l.updates {
		s.Update(u)
	}
}
