package batch

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/traceroot-ai/traceroot-go/internal/otlp"
)

// HTTPConfig says where and as whom an [HTTP] sender posts.
type HTTPConfig struct {
	Endpoint   string // from [Endpoint]
	APIKey     string // sent as a bearer token; empty sends no Authorization header
	SDKName    string
	SDKVersion string // a leading v is removed

	// Client makes the requests; nil is one of the sender's own, with Go's usual transport. Its redirect policy is not used:
	// a redirect is never followed, because it would carry the key to where nobody meant it to go.
	Client *http.Client

	// Redactor decides what of each span leaves; nil lets everything pass.
	Redactor *otlp.Redactor
}

// HTTP is a [Sender] and [Restorer] that posts OTLP protobuf, compressed, to a TraceRoot server. OTEL_EXPORTER_OTLP_* variables do not
// reach it: they are another vendor's settings.
//
// The key is in no error that it returns, not even when a round tripper or the server quotes it.
type HTTP struct {
	endpoint string
	host     string // for error texts
	key      string
	header   http.Header
	client   *http.Client
	own      *http.Transport // nil when the user brought a client
	redactor *otlp.Redactor
}

// NewHTTP returns a sender for cfg. It makes no connection yet. A key that cannot be a header's value is an error, as is an
// endpoint that is no URL.
func NewHTTP(cfg HTTPConfig) (*HTTP, error) {
	endpoint, err := url.Parse(cfg.Endpoint)
	if err != nil {
		return nil, errors.New("endpoint is not a URL")
	}
	if strings.ContainsFunc(cfg.APIKey, func(r rune) bool { return r <= ' ' || r >= 0x7f }) {
		return nil, errors.New("API key holds a space, a control character or a character beyond ASCII")
	}
	h := &HTTP{
		endpoint: cfg.Endpoint,
		host:     endpoint.Host,
		key:      cfg.APIKey,
		header:   header(cfg),
		redactor: cfg.Redactor,
	}
	var client http.Client
	if cfg.Client != nil {
		client = *cfg.Client
	} else {
		h.own = NewTransport()
		client.Transport = h.own
	}
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	h.client = &client
	return h, nil
}

// Pack implements [Sender].
func (h *HTTP) Pack(spans []sdktrace.ReadOnlySpan) (Payload, error) {
	for i, s := range spans {
		spans[i] = h.redactor.Span(s)
	}
	return &upload{to: h, spans: len(spans), body: otlp.Pack(spans)}, nil
}

// Restore implements [Restorer].
func (h *HTTP) Restore(spans int, body []byte) Payload {
	return &upload{to: h, spans: spans, body: body}
}

// Shutdown implements [Sender]: it closes the connections of the sender's own client. A client from outside keeps its own.
func (h *HTTP) Shutdown(context.Context) error {
	if h.own != nil {
		h.own.CloseIdleConnections()
	}
	return nil
}

func header(cfg HTTPConfig) http.Header {
	version := strings.TrimPrefix(cfg.SDKVersion, "v")
	h := http.Header{}
	h.Set("Content-Type", "application/x-protobuf")
	h.Set("Content-Encoding", "gzip")
	h.Set("User-Agent", cfg.SDKName+"/"+version)
	h.Set("X-Traceroot-Sdk-Name", cfg.SDKName)
	h.Set("X-Traceroot-Sdk-Version", version)
	if cfg.APIKey != "" {
		h.Set("Authorization", "Bearer "+cfg.APIKey)
	}
	return h
}

// NewTransport returns a transport of its caller's own, whose connections can be closed without harm to others, and whose
// requests no wrapper around the default transport, such as this SDK's, ever sees. What the program set on the default
// transport is kept where possible.
func NewTransport() *http.Transport {
	transport := &http.Transport{Proxy: http.ProxyFromEnvironment, ForceAttemptHTTP2: true}
	if standard, ok := http.DefaultTransport.(*http.Transport); ok {
		transport = standard.Clone()
	}
	// All requests go to one host. By default two of their connections are kept, and the others made anew each time.
	transport.MaxIdleConnsPerHost = max(transport.MaxIdleConnsPerHost, DefaultRequests)
	return transport
}
