package tracelangchaingo

import (
	"context"
	"net/http"
	"sync"

	"github.com/tmc/langchaingo/httputil"

	"github.com/traceroot-ai/traceroot-go"
)

func init() {
	traceroot.RegisterIntegration(traceroot.LangChain, install)
	traceroot.RegisterParent(func(ctx context.Context) context.Context { return running.here().parent(ctx) })
}

// installed is our transport in langchaingo's default client.
var installed struct {
	sync.Mutex
	transport *defaultTransport // the last one put in; guarded by the mutex
}

// defaultTransport stands in langchaingo's default client, which looks its transport up at each request. Once nobody wants
// it any more it lets everything pass, since another transport may have been put on top.
type defaultTransport struct {
	base   http.RoundTripper // nil: http.DefaultTransport
	traced http.RoundTripper

	mu    sync.Mutex
	users int // how many clients have installed it; guarded by mu
}

// install puts our transport into langchaingo's default client. Models that were made before are reached, too.
func install(*traceroot.Client) (restore func(), err error) {
	installed.Lock()
	defer installed.Unlock()
	t := installed.transport
	if t == nil || httputil.DefaultClient.Transport != http.RoundTripper(t) {
		base := httputil.DefaultClient.Transport
		t = &defaultTransport{base: base, traced: Transport(base)}
		installed.transport = t
		httputil.DefaultClient.Transport = t
	}
	t.use(1)
	return sync.OnceFunc(t.leave), nil
}

// leave takes the transport out when its last user has gone and nobody has put another on top.
func (t *defaultTransport) leave() {
	installed.Lock()
	defer installed.Unlock()
	if t.use(-1) == 0 && httputil.DefaultClient.Transport == http.RoundTripper(t) {
		httputil.DefaultClient.Transport = t.base
	}
}

// use adds to the users and returns how many there are.
func (t *defaultTransport) use(more int) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.users += more
	return t.users
}

// RoundTrip sends a request, and records it when it is a model call and somebody wants that.
func (t *defaultTransport) RoundTrip(req *http.Request) (*http.Response, error) {
	if t.use(0) > 0 {
		return t.traced.RoundTrip(req)
	}
	if t.base == nil {
		return http.DefaultTransport.RoundTrip(req)
	}
	return t.base.RoundTrip(req)
}

// CloseIdleConnections lets [http.Client.CloseIdleConnections] through.
func (t *defaultTransport) CloseIdleConnections() {
	if closer, ok := t.traced.(interface{ CloseIdleConnections() }); ok {
		closer.CloseIdleConnections()
	}
}
