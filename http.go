package traceroot

import (
	"context"
	"net/http"

	"go.opentelemetry.io/otel/trace"

	"github.com/traceroot-ai/traceroot-go/llmhttp"
)

// Middleware records the model calls of one client of openai-go (v1, v2, v3) or anthropic-sdk-go:
//
//	client := openai.NewClient(option.WithMiddleware(traceroot.Middleware()))
//
// Each attempt of a call is a span of kind llm, with the model, the messages, the tools, the token usage and, for a
// stream, the time to the first token. [MapInput] gets the messages of the request and [MapOutput] those of the answer
// as []llmhttp.Message; for embeddings the answer is an *llmhttp.Embeddings.
//
// A request that goes to no model provider passes untouched. So does everything while tracing is off. The program sees
// the same bytes, errors and Close behaviour as without the SDK: the answer is read along as the program reads it, never
// ahead of it, and nothing is added to a request. The span ends with the first of: the answer's own end, the end of its
// body, a read error, Close, the end of the request's context. Where a call passes several of Middleware, [Transport]
// and [WithIntegrations], the outermost makes the span.
func Middleware(opts ...SpanOption) func(*http.Request, func(*http.Request) (*http.Response, error)) (*http.Response, error) {
	return newModelTraffic(opts).send
}

// Transport records the model calls that pass base, as [Middleware] does; a nil base is [http.DefaultTransport] at the
// time of the call. It is for clients that take an http.RoundTripper or an *http.Client.
func Transport(base http.RoundTripper, opts ...SpanOption) http.RoundTripper {
	return &modelTransport{base: base, traffic: newModelTraffic(opts)}
}

// HTTPClient returns a copy of c, or a new client for nil, that records the model calls it makes, as [Middleware] does.
func HTTPClient(c *http.Client, opts ...SpanOption) *http.Client {
	traced := new(http.Client)
	if c != nil {
		*traced = *c
	}
	traced.Transport = Transport(traced.Transport, opts...)
	return traced
}

// Doer records the model calls that d makes, as [Middleware] does, for clients that take something with a Do method, as
// those of AWS and Azure. A nil d is HTTPClient(nil).
func Doer(d interface {
	Do(*http.Request) (*http.Response, error)
}, opts ...SpanOption,
) interface {
	Do(*http.Request) (*http.Response, error)
} {
	if d == nil {
		return HTTPClient(nil, opts...)
	}
	return &modelDoer{base: d, traffic: newModelTraffic(opts)}
}

// modelTransport is an http.RoundTripper. It must not have a Clone method: libraries clone transports that have one, and
// would clone past it.
type modelTransport struct {
	base    http.RoundTripper // nil: http.DefaultTransport
	traffic *modelTraffic
}

// RoundTrip sends a request and records it when it is a model call.
func (t *modelTransport) RoundTrip(req *http.Request) (*http.Response, error) {
	route, ok := t.traffic.match(req)
	if !ok {
		return t.next().RoundTrip(req) // without the method value below, which is allocated
	}
	return t.traffic.record(req, route, t.next().RoundTrip)
}

// CloseIdleConnections lets [http.Client.CloseIdleConnections] through.
func (t *modelTransport) CloseIdleConnections() {
	if closer, ok := t.next().(interface{ CloseIdleConnections() }); ok {
		closer.CloseIdleConnections()
	}
}

func (t *modelTransport) next() http.RoundTripper {
	if t.base == nil {
		return http.DefaultTransport
	}
	return t.base
}

type modelDoer struct {
	base interface {
		Do(*http.Request) (*http.Response, error)
	}
	traffic *modelTraffic
}

// Do sends a request and records it when it is a model call.
func (d *modelDoer) Do(req *http.Request) (*http.Response, error) {
	return d.traffic.send(req, d.base.Do)
}

// modelTraffic is what passes one hook: which of it is recorded, and as what.
type modelTraffic struct {
	cfg   spanConfig
	takes func(llmhttp.Route) bool // nil: every model call
}

func newModelTraffic(opts []SpanOption) *modelTraffic {
	t := &modelTraffic{cfg: spanConfig{kind: KindLLM}}
	t.cfg.apply(opts)
	t.cfg.checkKind(defaults.client.Load())
	return t
}

// send passes a request on to next, in a span when it is a model call that nobody above records.
func (t *modelTraffic) send(req *http.Request, next func(*http.Request) (*http.Response, error)) (*http.Response, error) {
	route, ok := t.match(req)
	if !ok {
		return next(req)
	}
	return t.record(req, route, next)
}

// record passes a model call on to next, in a span unless tracing is off here.
func (t *modelTraffic) record(req *http.Request, route llmhttp.Route, next func(*http.Request) (*http.Response, error)) (*http.Response, error) {
	c := clientFor(req.Context())
	if c == nil {
		return next(req)
	}
	call, sent := t.begin(c, req, route)
	if call == nil {
		return next(sent)
	}
	return call.run(sent, next)
}

// modelCallKey marks the context of a request that is recorded, so that hooks further in let it pass.
type modelCallKey struct{}

// match costs a request that goes to no model provider nanoseconds and no allocation.
func (t *modelTraffic) match(req *http.Request) (llmhttp.Route, bool) {
	if isOff() || req == nil {
		return llmhttp.Route{}, false
	}
	route, ok := llmhttp.Match(req)
	if !ok || t.takes != nil && !t.takes(route) || req.Context().Value(modelCallKey{}) != nil {
		return llmhttp.Route{}, false
	}
	return route, true
}

// begin reads the request and starts its span. The request it returns is the one to send, also when there is no call
// because nothing records it.
func (t *modelTraffic) begin(c *Client, req *http.Request, route llmhttp.Route) (call *modelCall, sent *http.Request) {
	sent = req
	defer c.survive("model request")
	q := c.readModelRequest(req, route)
	sent = q.sent
	if !q.asked.IsModelCall() {
		return nil, sent
	}
	cfg := t.cfg
	if cfg.name == "" {
		cfg.name = modelSpanName(q.asked)
	}
	cfg.source = c.modelCallerFor(&cfg)
	within := modelParent(req.Context())
	attempt := attemptOf(trace.SpanContextFromContext(within), req, q)
	ctx, span := c.startModelSpan(context.WithValue(within, modelCallKey{}, true), &cfg)
	sent = sent.WithContext(ctx)
	if span == nil {
		return nil, sent
	}
	span.secrets = secretsOf(req)
	call = &modelCall{client: c, span: span, cfg: &cfg, modelQuestion: q, original: req, attempt: attempt, named: t.cfg.name != ""}
	span.describeModelAddress(req, c.attempts.resends(attempt, req.Header))
	call.describeRequest()
	if c.streamUsage {
		sent, call.addedUsage = askForStreamUsage(q.asked, sent)
	}
	return call, sent
}
