package traceroot

import (
	"cmp"
	"context"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/otel/attribute"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"

	"github.com/traceroot-ai/traceroot-go/attr"
	"github.com/traceroot-ai/traceroot-go/internal/capture"
)

// Span is an open span: one of the SDK's, or one that other instrumentation started. Its methods are safe for concurrent
// use; on a nil Span and after the end they do nothing.
type Span struct {
	client *Client
	otel   trace.Span
	key    spanKey
	root   *Span // the first span of the trace in this process; the span itself when that is it
	lineage
	started    time.Time
	suppressed bool
	toldLive   atomic.Bool       // the live feed has told that the span began
	foreign    atomic.Bool       // made by a provider's client, which ends it; the SDK adds to it
	secrets    *strings.Replacer // of a model request: takes its query and its keys out of error texts; nil for other spans

	older, newer *Span // in liveSpans, guarded by its mutex

	// trace is what spans that start under this root are stamped with; used on a root alone.
	trace atomic.Pointer[traceState]

	mu                            sync.Mutex
	ended                         bool                 // guarded by mu
	inputSet, outputSet, usageSet bool                 // set explicitly, which beats capture; guarded by mu
	userSet, sessionSet           bool                 // on the trace, used on a root alone; guarded by mu
	firstToken                    bool                 // guarded by mu
	failure                       string               // of a foreign span, whose owner may say less; guarded by mu
	cut                           map[string]int       // field → bytes before it was cut; guarded by mu
	kept                          []attribute.KeyValue // where the provider may drop attributes; guarded by mu
}

// traceState is what [UpdateCurrentTrace] has said of a trace.
type traceState struct {
	values       []attribute.KeyValue
	metadataFrom int // bytes before the metadata was cut; 0 when it is whole
}

// Start opens a span under ctx; the caller ends it, best by defer span.End(&err). An empty name becomes the calling
// function's. The returned context carries the span: what starts under it becomes its child. With tracing off, or when
// the span is not sampled, the Span is nil, on which every method does nothing.
func Start(ctx context.Context, name string, opts ...SpanOption) (context.Context, *Span) {
	if isOff() {
		return orBackground(ctx), nil
	}
	ctx, s, _ := startCall(ctx, name, opts)
	return ctx, s
}

// startFromCall starts a span that reports the line it is called from.
func (c *Client) startFromCall(ctx context.Context, name string, opts []SpanOption) (context.Context, *Span, *spanConfig) {
	cfg := c.configHere(name, opts)
	ctx, s := c.startSpan(ctx, cfg)
	return ctx, s, cfg
}

// configHere is the configuration of a span that reports the line it is called from.
func (c *Client) configHere(name string, opts []SpanOption) *spanConfig {
	cfg := &spanConfig{name: name}
	cfg.apply(opts)
	cfg.source = c.callerFor(cfg)
	cfg.name = cmp.Or(cfg.name, cfg.source.Function, anonymous)
	cfg.checkKind(c)
	return cfg
}

// startSpan starts a span as cfg says. The Span is nil when nothing records it.
func (c *Client) startSpan(ctx context.Context, cfg *spanConfig) (context.Context, *Span) {
	return c.startCallSpan(ctx, cfg, call{})
}

// call is what one call of a wrapped function adds to the wrapper's configuration.
type call struct {
	args   []any
	source []attribute.KeyValue // as sourceAttributes gives them; nil where it is to be asked
}

// startCallSpan is startSpan for a call of a wrapped function.
func (c *Client) startCallSpan(ctx context.Context, cfg *spanConfig, of call) (context.Context, *Span) {
	if c.closed.Load() {
		return ctx, nil // a range loop over a sequence that was made before
	}
	ctx, otelSpan := c.tracerFor(cfg).Start(ctx, cfg.name, cfg.otel...)
	if !otelSpan.IsRecording() {
		return ctx, nil
	}
	s := c.live.get(otelSpan.SpanContext())
	if s == nil {
		s = c.adopt(otelSpan) // the client was shut down in between, or replaced
	}
	described := false
	defer func() {
		if !described {
			s.end() // a method of the input has ended the goroutine
		}
	}()
	s.describeCall(cfg, of)
	described = true
	return s.inheritTrace(ctx, cfg), s
}

// tracerFor is the tracer of the scope that a span belongs to.
func (c *Client) tracerFor(cfg *spanConfig) trace.Tracer {
	if cfg.integration == "" {
		return c.tracer
	}
	return c.provider.Tracer(namespace+"."+string(cfg.integration), trace.WithInstrumentationVersion(Version))
}

// adopt wraps a recording span that the client's processor has not seen start.
func (c *Client) adopt(otelSpan trace.Span) *Span {
	s := &Span{client: c, otel: otelSpan, key: keyOf(otelSpan.SpanContext())}
	s.root = s
	if ro, ok := otelSpan.(sdktrace.ReadOnlySpan); ok {
		s.started = ro.StartTime()
	}
	return s
}

// describe writes what is known at the start.
func (s *Span) describe(cfg *spanConfig) { s.describeCall(cfg, call{}) }

func (s *Span) describeCall(cfg *spanConfig, of call) {
	s.setFrom(func(known []attribute.KeyValue) []attribute.KeyValue {
		known = append(known, attribute.String(attr.SpanType, string(cfg.kind)))
		if of.source == nil {
			of.source = s.client.sourceAttributes(cfg.source)
		}
		known = append(known, of.source...)
		if cfg.sessionID != "" {
			known = append(known, attribute.String(attr.TraceSessionID, cfg.sessionID))
		}
		if cfg.userID != "" {
			known = append(known, attribute.String(attr.TraceUserID, cfg.userID))
		}
		known = s.appendInput(known, cfg, of.args)
		if len(cfg.metadata) > 0 {
			known = s.appendValue(known, attr.SpanMetadata, "metadata", capture.Object(cfg.metadata, s.valueBytes()))
		}
		if len(cfg.tags) > 0 {
			known = append(known, attribute.StringSlice(attr.SpanTags, cfg.tags))
		}
		return known
	})
}

// appendInput appends the input that the options give, or else the call's arguments.
func (s *Span) appendInput(to []attribute.KeyValue, cfg *spanConfig, args []any) []attribute.KeyValue {
	switch {
	case cfg.encoded != nil:
		return s.appendValue(to, attr.SpanInput, "input", *cfg.encoded)
	case cfg.hideInput:
		return to
	case cfg.hasInput:
		return s.appendContent(to, attr.SpanInput, "input", mapped(cfg.mapInput, cfg.input))
	case len(args) > 0:
		return s.appendContent(to, attr.SpanInput, "input", mapped(cfg.mapInput, cfg.arguments(args)))
	default:
		return to
	}
}

// inheritTrace carries the session and the user of cfg up to the local root and down to what starts under ctx.
func (s *Span) inheritTrace(ctx context.Context, cfg *spanConfig) context.Context {
	if cfg.sessionID == "" && cfg.userID == "" {
		return ctx
	}
	s.root.claim(cfg.sessionID, cfg.userID, s != s.root)
	return withAttributes(ctx, Attributes{SessionID: cfg.sessionID, UserID: cfg.userID}, s.valueBytes())
}

// claim gives a root the session and user of a span below it, unless it has its own.
func (s *Span) claim(sessionID, userID string, write bool) {
	s.mu.Lock()
	takeSession := sessionID != "" && !s.sessionSet
	takeUser := userID != "" && !s.userSet
	s.sessionSet = s.sessionSet || takeSession
	s.userSet = s.userSet || takeUser
	s.mu.Unlock()
	if !write {
		return
	}
	if takeSession {
		s.set(attribute.String(attr.TraceSessionID, sessionID))
	}
	if takeUser {
		s.set(attribute.String(attr.TraceUserID, userID))
	}
}

// SpanFromContext returns the current span, whoever started it; nil when there is none that records.
func SpanFromContext(ctx context.Context) *Span {
	if ctx == nil || isOff() || spanToCome(ctx) != nil {
		return nil
	}
	return currentSpan(ctx)
}

func currentSpan(ctx context.Context) *Span {
	otelSpan := trace.SpanFromContext(ctx)
	if !otelSpan.IsRecording() {
		return nil
	}
	c := clientFor(ctx)
	if c == nil {
		return nil
	}
	if s := c.findLive(otelSpan.SpanContext()); s != nil {
		return s
	}
	return c.adopt(otelSpan)
}

// End ends the span; the first End counts. `defer span.End(&err)` also records the function's named error result, and a
// panic, which goes on: panics are seen only when End itself is deferred. Nil pointers are fine.
func (s *Span) End(err ...*error) {
	if s == nil {
		return
	}
	if panicked := recover(); panicked != nil {
		s.recordPanic(panicked)
		s.end()
		panic(panicked)
	}
	for _, e := range err {
		if e != nil {
			s.SetError(*e)
		}
	}
	s.end()
}

func (s *Span) end() { s.otel.End() }

// FirstToken stamps the time to the first token of a stream that is read by hand. The first call counts.
func (s *Span) FirstToken() {
	if s == nil {
		return
	}
	s.mu.Lock()
	again := s.firstToken
	s.firstToken = true
	s.mu.Unlock()
	if !again {
		s.set(attribute.Float64(attr.LLMTimeToFirstToken, milliseconds(time.Since(s.started))))
	}
}

// TraceID returns the trace's id, 32 lower-case hex digits; "" for a nil Span.
func (s *Span) TraceID() string {
	if s == nil {
		return ""
	}
	return s.key.trace.String()
}

// SpanID returns the span's id, 16 lower-case hex digits; "" for a nil Span.
func (s *Span) SpanID() string {
	if s == nil {
		return ""
	}
	return s.key.span.String()
}

// OTel returns the OpenTelemetry span, for links, events and raw attributes; one that does nothing for a nil Span.
func (s *Span) OTel() trace.Span {
	if s == nil {
		return noop.Span{}
	}
	return s.otel
}

// attributeRoom lends memory for attributes until they are set.
var attributeRoom = sync.Pool{New: func() any { return new(make([]attribute.KeyValue, 0, 16)) }}

// setFrom sets the attributes that fill appends.
func (s *Span) setFrom(fill func(to []attribute.KeyValue) []attribute.KeyValue) {
	room, isOurs := attributeRoom.Get().(*[]attribute.KeyValue)
	if _, copies := s.otel.(sdktrace.ReadOnlySpan); !copies || !isOurs {
		s.set(fill(nil)...) // Another implementation may keep what it is given.
		return
	}
	filled := fill((*room)[:0])
	s.set(filled...)
	clear(filled)
	*room = filled[:0]
	attributeRoom.Put(room)
}

// set writes attributes, a later value of a key replacing an earlier one.
func (s *Span) set(attributes ...attribute.KeyValue) {
	if len(attributes) == 0 {
		return
	}
	if s.client.keepsOwn || s.foreign.Load() {
		s.mu.Lock()
		s.kept = append(s.kept, attributes...)
		s.mu.Unlock()
	}
	s.otel.SetAttributes(attributes...)
}

// traceValues are what [UpdateCurrentTrace] has given the trace so far. What was cut of them is noted on the span.
func (s *Span) traceValues() []attribute.KeyValue {
	state := s.root.trace.Load()
	if state == nil {
		return nil
	}
	s.noteCut("trace_metadata", state.metadataFrom)
	return state.values
}

// takeTraceValues makes s the root of what goes on of a trace after its root has ended.
func (s *Span) takeTraceValues(values []attribute.KeyValue) {
	if len(values) == 0 {
		return
	}
	s.trace.Store(&traceState{values: values})
	for _, kv := range values {
		s.userSet = s.userSet || kv.Key == attr.TraceUserID
		s.sessionSet = s.sessionSet || kv.Key == attr.TraceSessionID
	}
}

func (s *Span) valueBytes() int { return s.client.limits.ValueBytes }

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
