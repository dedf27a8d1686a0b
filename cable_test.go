package traceroot_test

import (
	"context"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	tracepb "go.opentelemetry.io/proto/slim/otlp/trace/v1"

	"github.com/traceroot-ai/traceroot-go"
)

// cable is a TraceRoot server without a socket: a round tripper, for tests on a fake clock and for hosts that are not
// there.
type cable struct {
	receiver

	answer roundTripper          // no response and no error accepts; so does a nil answer
	at     []time.Time           // of each request; guarded by mu
	tried  []*tracepb.TracesData // of each request; guarded by mu
}

func (c *cable) RoundTrip(request *http.Request) (*http.Response, error) {
	data, err := decode(request)
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	c.requests = append(c.requests, request)
	c.at = append(c.at, time.Now())
	c.tried = append(c.tried, data)
	c.mu.Unlock()
	if c.answer != nil {
		if response, err := c.answer(request); response != nil || err != nil {
			return response, err
		}
	}
	c.mu.Lock()
	c.data = append(c.data, data)
	c.mu.Unlock()
	return reply(http.StatusOK, `{"status":"ok","file_key":"events/otel/p/x.json"}`), nil
}

// canned is an answer that is kept ready: a status, and headers by name and value.
type canned struct {
	status  int
	headers []string
}

// first gives these answers, one a request, and then accepts.
func first(answers ...canned) roundTripper {
	var mu sync.Mutex
	return func(*http.Request) (*http.Response, error) {
		mu.Lock()
		defer mu.Unlock()
		if len(answers) == 0 {
			return nil, nil //nolint:nilnil // accepts
		}
		next := answers[0]
		answers = answers[1:]
		response := reply(next.status, `{"detail":"no"}`)
		for pair := range slices.Chunk(next.headers, 2) {
			response.Header.Set(pair[0], pair[1])
		}
		return response, nil
	}
}

// since are the times of the requests, counted from start.
func (c *cable) since(start time.Time) []time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	var after []time.Duration
	for _, at := range c.at {
		after = append(after, at.Sub(start))
	}
	return after
}

func reply(status int, body string) *http.Response {
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body))}
}

// never answers when the request has been given up.
func never(request *http.Request) (*http.Response, error) {
	<-request.Context().Done()
	return nil, request.Context().Err()
}

// plugged is a client whose uploads go through the cable, until the test ends.
func (c *cable) plugged(t *testing.T, opts ...traceroot.Option) *traceroot.Client {
	t.Helper()
	client := traceroot.New(append([]traceroot.Option{
		traceroot.WithAPIKey("tr-key"), traceroot.WithHTTPClient(&http.Client{Transport: c}), traceroot.WithLogger(quiet),
		traceroot.WithGitRepo("acme/shop"), traceroot.WithGitRef("v1"),
	}, opts...)...)
	t.Cleanup(func() {
		stop, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), time.Second)
		defer cancel()
		_ = client.Shutdown(stop)
	})
	return client
}

// sentTo records what run does with a client that uploads to a server of the test's own, and returns the spans that
// arrived, by name.
func sentTo(t *testing.T, run func(ctx context.Context), opts ...traceroot.Option) map[string]sent {
	t.Helper()
	server := newReceiver(t)
	client := traceroot.New(append([]traceroot.Option{
		traceroot.WithAPIKey("tr-key"), traceroot.WithHostURL(server.URL), traceroot.WithLogger(quiet),
	}, opts...)...)
	run(client.Context(t.Context()))
	if err := client.Shutdown(t.Context()); err != nil {
		t.Errorf("shutdown: %v", err)
	}
	return server.byName()
}

func (r *receiver) byName() map[string]sent {
	spans := map[string]sent{}
	for _, s := range r.spans() {
		spans[s.name] = s
	}
	return spans
}

// span runs a span of that name with nothing in it.
func span(ctx context.Context, name string, opts ...traceroot.SpanOption) {
	_ = traceroot.Run(ctx, name, func(context.Context) error { return nil }, opts...)
}

func runWork(ctx context.Context) { span(ctx, "work") }
