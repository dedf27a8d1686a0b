package traceroot

import (
	"context"
	"log/slog"
	"slices"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// processor stamps every span of the provider when it starts, the SDK's own and those of other instrumentation, and
// hands it to the queue when it ends. It implements [sdktrace.SpanProcessor].
type processor struct {
	client *Client
}

// OnStart gives the span its common attributes, its lineage, and those of the context it starts in.
func (p *processor) OnStart(ctx context.Context, rw sdktrace.ReadWriteSpan) {
	c := p.client
	defer c.survive("span start")
	if c.closed.Load() || c.isRetired.Load() {
		return
	}
	c.started.Add(1)
	ctx = orBackground(ctx)
	s := &Span{
		client:     c,
		otel:       rw,
		key:        keyOf(rw.SpanContext()),
		started:    rw.StartTime(),
		suppressed: c.leavesOut(ctx),
	}
	s.place(ctx, rw.Parent(), rw.Name())
	if !s.suppressed {
		s.setFrom(func(to []attribute.KeyValue) []attribute.KeyValue {
			to = s.appendPath(append(to, c.common...))
			to = append(to, s.traceValues()...)
			return append(to, s.contextAttributes(ctx)...)
		})
	}
	c.live.add(s)
	c.feed.start(s)
}

// findLive finds an open span of the client, or of the one that it replaced.
func (c *Client) findLive(sc trace.SpanContext) *Span {
	if s := c.live.get(sc); s != nil || c.retired == nil {
		return s
	}
	return c.retired.live.get(sc)
}

// OnEnd hands the finished span to the queue.
func (p *processor) OnEnd(ro sdktrace.ReadOnlySpan) {
	c := p.client
	defer c.survive("span end")
	if c.closed.Load() {
		return
	}
	s := c.live.remove(ro.SpanContext())
	if s == nil && (c.isRetired.Load() || c.retired != nil && ro.StartTime().Before(c.born)) {
		return // a span of the other client, before or after the change
	}
	if s == nil && ro.StartTime().Before(c.born) {
		c.started.Add(1) // it was open before the client joined the provider
	}
	c.feed.end(s, ro)
	switch {
	case !ro.SpanContext().IsSampled():
		c.unsampled.Add(1)
	case s != nil && s.suppressed:
		c.suppressed.Add(1)
	case c.queue == nil:
		c.handedOver.Add(1)
	default:
		c.queue.Add(c.finished(s, ro))
	}
}

// Shutdown is called when the provider stops: by Client.Shutdown, or by the host program that owns the provider.
func (p *processor) Shutdown(ctx context.Context) error { return p.client.leave(ctx) }

// ForceFlush is called when the provider flushes.
func (p *processor) ForceFlush(ctx context.Context) error {
	c := p.client
	if c.closed.Load() {
		return nil
	}
	ctx, cancel := c.bounded(ctx)
	defer cancel()
	return c.deliver(ctx)
}

// survive keeps a fault of ours, or of another processor's span, from reaching the traced program.
func (c *Client) survive(where string) {
	if fault := recover(); fault != nil {
		c.warn("recovered from a fault", slog.String("function", where), slog.Any("fault", fault))
	}
}

// finished is the span as it will be sent: with what was kept beside it, and with the client's resource.
func (c *Client) finished(s *Span, ro sdktrace.ReadOnlySpan) sdktrace.ReadOnlySpan {
	f := &finishedSpan{ReadOnlySpan: ro, attributes: ro.Attributes(), resource: c.resource, status: ro.Status()}
	if f.resource == nil {
		f.resource = ro.Resource()
	}
	if s == nil {
		f.add(c.common)
		return f
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ended = true
	switch {
	case s.foreign.Load():
		f.claimForeign(s)
	case ro.DroppedAttributes() > 0:
		f.add(s.kept)
	}
	f.add(s.cutMarks())
	if s.usageSet {
		f.dropOtherCounts()
	}
	return f
}

// finishedSpan is a span with some of its parts replaced.
type finishedSpan struct {
	sdktrace.ReadOnlySpan

	attributes []attribute.KeyValue
	resource   *resource.Resource
	status     sdktrace.Status
}

// Status returns the span's status, with the reason that its owner may have left out.
func (f *finishedSpan) Status() sdktrace.Status { return f.status }

// Attributes returns the span's attributes and those added at its end.
func (f *finishedSpan) Attributes() []attribute.KeyValue { return f.attributes }

// Resource returns the resource of the client.
func (f *finishedSpan) Resource() *resource.Resource { return f.resource }

// add puts in the attributes that the span lacks.
func (f *finishedSpan) add(attributes []attribute.KeyValue) {
	if len(attributes) == 0 {
		return
	}
	present := make(map[attribute.Key]bool, len(f.attributes))
	for _, kv := range f.attributes {
		present[kv.Key] = true
	}
	f.attributes = slices.Clip(f.attributes)
	for _, kv := range slices.Backward(attributes) { // the last value given to a key is the one that counts
		if !present[kv.Key] {
			present[kv.Key] = true
			f.attributes = append(f.attributes, kv)
		}
	}
}
