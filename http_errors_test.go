package traceroot_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/traceroot-ai/traceroot-go"
	"github.com/traceroot-ai/traceroot-go/traceroottest"
)

func TestModelCallThatFails(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		status                         int
		contentType, answer            string
		wantErr, wantType, wantMessage string
	}{
		"integrations-09 status 429": {
			429, "application/json", `{"error":{"message":"Slow down","type":"rate_limit_error","code":"tpm"}}`,
			"rate_limit_error: Slow down", "rate_limit_error", "",
		},
		"integrations-09 a message alone": {401, "application/json", `{"message":"No key"}`, "No key", "401", ""},
		"integrations-09 HTML":            {502, "text/html", "<h1>Bad gateway</h1>", "<h1>Bad gateway</h1>", "502", ""},
		"integrations-09 no body":         {502, "text/plain", "", "HTTP 502", "502", ""},
		"integrations-09 in the stream": {
			200, "text/event-stream", streamEvents[1] + `data: {"error":{"message":"Overloaded","type":"server_error"}}` + "\n\n",
			"server_error: Overloaded", "server_error", `[{"role":"assistant","content":"Hel"}]`,
		},
		"integrations-09 in a whole answer": {
			200, "application/json", `{"error":{"message":"Filtered","code":"content_filter"}}`, "content_filter: Filtered", "content_filter", "",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, rec := traceroottest.New(t)
			url := answers(t, c.status, c.contentType, c.answer)
			if got := ask(ctx, t, traceroot.HTTPClient(nil), url+chatPath, streamRequest); got != c.answer {
				t.Errorf("the program reads %q, want %q", got, c.answer)
			}
			s := onlySpan(t, rec)
			if s.Err != c.wantErr {
				t.Errorf("status %q, want %q", s.Err, c.wantErr)
			}
			wantAttributes(t, s, map[string]string{"error.type": c.wantType, "traceroot.span.output": c.wantMessage})
		})
	}
	t.Run("integrations-09 a body that is not read", func(t *testing.T) {
		t.Parallel()
		ctx, rec := traceroottest.New(t)
		url := answers(t, 500, "application/json", `{"error":{"message":"Oh","type":"server_error"}}`)
		res, err := traceroot.HTTPClient(nil).Do(newRequest(ctx, t, url+chatPath, chatRequest))
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		if s := onlySpan(t, rec); s.Err != "server_error: Oh" {
			t.Errorf("status %q", s.Err)
		}
	})
	t.Run("integrations-09 no connection", func(t *testing.T) {
		t.Parallel()
		ctx, rec := traceroottest.New(t)
		refused := &net.OpError{Op: "dial", Net: "tcp", Err: errors.New("connection refused")}
		client := traceroot.HTTPClient(&http.Client{Transport: roundTripper(func(*http.Request) (*http.Response, error) { return nil, refused })})
		_, err := client.Do(newRequest(ctx, t, "http://model.test"+chatPath, chatRequest)) //nolint:bodyclose // there is none
		if !errors.Is(err, refused) {
			t.Errorf("the program gets %v", err)
		}
		s := onlySpan(t, rec)
		if s.Err != "dial tcp: connection refused" {
			t.Errorf("status %q", s.Err)
		}
		wantAttributes(t, s, map[string]string{"error.type": "net.OpError", "http.response.status_code": ""})
	})
	t.Run("integrations-09 cancelled before an answer", func(t *testing.T) {
		t.Parallel()
		ctx, rec := traceroottest.New(t)
		ctx, cancel := context.WithCancel(ctx)
		url := serve(t, func(_ http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body) // or the server would not notice that the client is gone
			cancel()
			<-r.Context().Done()
		})
		_, err := traceroot.HTTPClient(nil).Do(newRequest(ctx, t, url+chatPath, chatRequest)) //nolint:bodyclose // there is none
		if !errors.Is(err, context.Canceled) {
			t.Errorf("the program gets %v", err)
		}
		s := onlySpan(t, rec)
		if s.Err != "context canceled" {
			t.Errorf("status %q", s.Err)
		}
		wantAttributes(t, s, map[string]string{"error.type": "canceled"})
	})
	t.Run("integrations-14 an error that quotes the URL", func(t *testing.T) {
		t.Parallel()
		ctx, rec := traceroottest.New(t)
		base := &http.Client{Transport: roundTripper(func(*http.Request) (*http.Response, error) { return nil, errors.New("no route") })}
		req := newRequest(ctx, t, "http://model.test"+chatPath+"?key=secret", chatRequest)
		_, err := through(base).RoundTrip(req) //nolint:bodyclose // there is none
		if err == nil || !strings.Contains(err.Error(), "key=secret") {
			t.Errorf("the program gets %v, want what its client says", err)
		}
		s := onlySpan(t, rec)
		if s.Err != "no route" {
			t.Errorf("status %q", s.Err)
		}
	})
	t.Run("a panic below goes on and ends the span", func(t *testing.T) {
		t.Parallel()
		ctx, rec := traceroottest.New(t)
		transport := traceroot.Transport(roundTripper(func(*http.Request) (*http.Response, error) { panic("broken transport") }))
		func() {
			defer func() {
				if got := recover(); got != "broken transport" {
					t.Errorf("the program sees the panic %v", got)
				}
			}()
			_, _ = transport.RoundTrip(newRequest(ctx, t, "http://model.test"+chatPath, chatRequest)) //nolint:bodyclose // there is none
		}()
		if s := onlySpan(t, rec); s.Err != "broken transport" {
			t.Errorf("status %q", s.Err)
		}
	})
}

func TestModelCallIsRetried(t *testing.T) {
	t.Parallel()
	for header, values := range map[string][]string{
		"X-Stainless-Retry-Count": {"0", "1", "2"},
		"Amz-Sdk-Request":         {"attempt=1; max=3", "attempt=2; max=3", "ttl=x; attempt=3; max=3"},
	} {
		t.Run("integrations-11 counted by "+header, func(t *testing.T) {
			t.Parallel()
			ctx, rec := traceroottest.New(t)
			left := 2
			url := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				if left--; left >= 0 {
					w.WriteHeader(http.StatusServiceUnavailable)
					return
				}
				_, _ = io.WriteString(w, chatAnswer)
			})
			client := traceroot.HTTPClient(nil)
			for _, value := range values {
				req := newRequest(ctx, t, url+chatPath, chatRequest)
				req.Header.Set(header, value)
				readAnswer(t, client, req)
			}
			spans := rec.Spans()
			if len(spans) != 3 {
				t.Fatalf("%d spans, want one an attempt", len(spans))
			}
			for i, want := range []string{"", "1", "2"} {
				wantAttributes(t, spans[i], map[string]string{"http.request.resend_count": want})
				if failed := spans[i].Err != ""; failed != (i < 2) {
					t.Errorf("attempt %d has status %q", i, spans[i].Err)
				}
			}
		})
	}
}

func TestLargeFailureIsGivenBackWhole(t *testing.T) {
	t.Parallel()
	ctx, rec := traceroottest.New(t)
	body := bytes.Repeat([]byte("oh no "), 100_000)
	if got := ask(ctx, t, traceroot.HTTPClient(nil), answers(t, 500, "text/plain", string(body))+chatPath, chatRequest); got != string(body) {
		t.Errorf("%d bytes of %d came through", len(got), len(body))
	}
	if s := onlySpan(t, rec); len(s.Err) == 0 || len(s.Err) > 64<<10 {
		t.Errorf("the status has %d bytes", len(s.Err))
	}
}
