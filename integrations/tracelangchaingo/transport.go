package tracelangchaingo

import (
	"net/http"
	"slices"

	"github.com/traceroot-ai/traceroot-go"
)

// Transport is [traceroot.Transport] that gives all requests the context of the handler's open span, and not the model
// calls alone: what other instrumentation records in base stands inside the chain, too. A nil base is
// [http.DefaultTransport] at the time of the call.
//
// Most of langchaingo's models take it in WithHTTPClient. That of googleai drops the API key then, and needs it put back
// below: &httputil.ApiKeyTransport{APIKey: key, Transport: tracelangchaingo.Transport(nil)}.
func Transport(base http.RoundTripper, opts ...traceroot.SpanOption) http.RoundTripper {
	return &transport{traced: traceroot.Transport(base, slices.Concat([]traceroot.SpanOption{ours}, opts)...)}
}

type transport struct{ traced http.RoundTripper }

// RoundTrip sends a request, with the span that it belongs under in its context.
func (t *transport) RoundTrip(req *http.Request) (*http.Response, error) {
	if parent := running.here().parent(req.Context()); !same(parent, req.Context()) {
		req = req.WithContext(parent)
	}
	return t.traced.RoundTrip(req)
}

// CloseIdleConnections lets [http.Client.CloseIdleConnections] through.
func (t *transport) CloseIdleConnections() {
	if closer, ok := t.traced.(interface{ CloseIdleConnections() }); ok {
		closer.CloseIdleConnections()
	}
}
