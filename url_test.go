package traceroot_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/traceroot-ai/traceroot-go"
)

// hosted is a hosted platform, without a socket: it knows which project a key belongs to.
type hosted struct {
	cable

	whoami roundTripper

	asked    sync.Mutex
	requests []string // method, URL and key; guarded by asked
}

func (h *hosted) RoundTrip(r *http.Request) (*http.Response, error) {
	if !strings.HasSuffix(r.URL.Path, "/whoami") {
		return h.cable.RoundTrip(r)
	}
	h.asked.Lock()
	h.requests = append(h.requests, fmt.Sprintf("%s %s %s", r.Method, r.URL, r.Header.Get("Authorization")))
	h.asked.Unlock()
	return h.whoami(r)
}

func (h *hosted) client(opts ...traceroot.Option) *traceroot.Client {
	return traceroot.New(append([]traceroot.Option{
		traceroot.WithAPIKey("tr-key"), traceroot.WithHTTPClient(&http.Client{Transport: h}), traceroot.WithLogger(quiet),
	}, opts...)...)
}

// links are the trace's and the span's in a span of the client.
func links(ctx context.Context) (traceURL, spanURL, traceID, spanID string) {
	_ = traceroot.Run(ctx, "work", func(ctx context.Context) error {
		traceURL, spanURL = traceroot.TraceURL(ctx), traceroot.SpanFromContext(ctx).URL()
		traceID, spanID = traceroot.TraceID(ctx), traceroot.SpanID(ctx)
		return nil
	})
	return traceURL, spanURL, traceID, spanID
}

func project(id string) roundTripper {
	return func(*http.Request) (*http.Response, error) {
		return reply(200, fmt.Sprintf(`{"project_id":%q,"project_name":null,"workspace_id":"w"}`, id)), nil
	}
}

func TestTraceURL(t *testing.T) {
	t.Parallel()
	for _, host := range []string{"http://localhost:8317", "http://127.0.0.1:8317/", "http://[::1]/prefix//"} {
		t.Run("of a loopback host "+host, func(t *testing.T) {
			t.Parallel()
			platform := &hosted{}
			client := platform.client(traceroot.WithHostURL(host))
			trace, span, traceID, spanID := links(client.Context(t.Context()))
			want := strings.TrimRight(host, "/") + "/t/" + traceID
			if trace != want || span != want+"?span="+spanID || len(platform.requests) > 0 {
				t.Errorf("%s and %s, want %s; asked %q", trace, span, want, platform.requests)
			}
			_ = client.Shutdown(t.Context())
		})
	}
	t.Run("of the platform, which is asked for the project once", func(t *testing.T) {
		t.Parallel()
		platform := &hosted{whoami: project("p 1/x")}
		client := platform.client(traceroot.WithHostURL("https://traces.acme.test/eu/"))
		ctx := client.Context(t.Context())
		_ = inParallel(10, func(int) {
			trace, span, traceID, spanID := links(ctx)
			want := "https://traces.acme.test/eu/projects/p%201%2Fx/traces?traceId=" + traceID
			if trace != want || span != want+"&span="+spanID {
				t.Errorf("%s and %s, want %s", trace, span, want)
			}
		})
		if want := []string{"GET https://traces.acme.test/eu/api/v1/public/whoami Bearer tr-key"}; !slices.Equal(platform.requests, want) {
			t.Errorf("asked %q, want %q", platform.requests, want)
		}
		_ = client.Shutdown(ctx)
		if n := len(platform.spans()); n != 10 {
			t.Errorf("%d spans, want those of the program alone", n)
		}
	})
	for name, whoami := range map[string]roundTripper{
		"refuses": func(*http.Request) (*http.Response, error) { return reply(401, `{"detail":"no"}`), nil },
		"says nothing of a project": func(*http.Request) (*http.Response, error) {
			return reply(200, `{"workspace_id":"w"}`), nil
		},
		"answers in HTML": func(*http.Request) (*http.Response, error) { return reply(200, `<html>`), nil },
		"breaks down":     func(*http.Request) (*http.Response, error) { panic("round tripper") },
	} {
		t.Run("of a platform that "+name+" is empty", func(t *testing.T) {
			t.Parallel()
			platform := &hosted{whoami: whoami}
			client := platform.client()
			for range 2 {
				if trace, span, _, _ := links(client.Context(t.Context())); trace != "" || span != "" {
					t.Errorf("%q and %q, want none", trace, span)
				}
			}
			if len(platform.requests) != 1 {
				t.Errorf("asked %d times, want once", len(platform.requests))
			}
			_ = client.Shutdown(t.Context())
		})
	}
	t.Run("waits a second at most", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			client := (&hosted{whoami: never}).client()
			start := time.Now()
			if trace, _, _, _ := links(client.Context(t.Context())); trace != "" || time.Since(start) != time.Second {
				t.Errorf("%q after %v, want none after 1s", trace, time.Since(start))
			}
			_ = client.Shutdown(t.Context())
		})
	})
	t.Run("is empty without a span, a host or a client", func(t *testing.T) {
		t.Parallel()
		local := traceroot.New(traceroot.WithHostURL("http://127.0.0.1:1"), traceroot.WithLogger(quiet))
		elsewhere, _ := recordStubs(t)
		off := traceroot.New(traceroot.WithEnabled(false))
		var none *traceroot.Span
		trace, span, _, _ := links(elsewhere)
		for what, url := range map[string]string{
			"without a span": traceroot.TraceURL(local.Context(t.Context())), "with an exporter": trace + span, "of no span": none.URL(),
			"off":         traceroot.TraceURL(traceroot.Extract(off.Context(t.Context()), http.Header{"Traceparent": {parentHeader}})),
			"nil context": traceroot.TraceURL(nil), //nolint:staticcheck // it counts as Background
		} {
			if url != "" {
				t.Errorf("%s: %s", what, url)
			}
		}
		_ = local.Shutdown(t.Context())
	})
}
