package traceroot_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/traceroot-ai/traceroot-go"
	"github.com/traceroot-ai/traceroot-go/attr"
	"github.com/traceroot-ai/traceroot-go/traceroottest"
)

// Errors of transports like to quote the request. What of it is secret stays out of the span.
func TestErrorsThatQuoteTheRequest(t *testing.T) {
	t.Parallel()
	for name, fail := range map[string]roundTripper{
		"integrations-14 a client's error around another": func(r *http.Request) (*http.Response, error) {
			inner := &url.Error{Op: "Post", URL: r.URL.String(), Err: errors.New("reset")}
			return nil, &url.Error{Op: "Post", URL: "x", Err: inner}
		},
		"integrations-14 an error of its own words": func(r *http.Request) (*http.Response, error) {
			return nil, fmt.Errorf("%s %s giving up, headers %v", r.Method, r.URL, r.Header)
		},
		"integrations-14 a panic": func(r *http.Request) (*http.Response, error) {
			panic(fmt.Errorf("%s: %v", r.URL, r.Header))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, ended := recordStubs(t)
			request, err := http.NewRequestWithContext(ctx, http.MethodPost,
				"https://ann:passw0rd@api.openai.com/v1/chat/completions?api_key=s3cret-query", strings.NewReader(`{"model":"gpt-4o"}`))
			if err != nil {
				t.Fatal(err)
			}
			request.Header.Set("Authorization", "Bearer s3cret-bearer")
			request.Header.Set("X-Api-Key", "s3cret-header")
			panicOf(func() {
				res, _ := traceroot.Transport(fail).RoundTrip(request)
				if res != nil {
					_ = res.Body.Close()
				}
			})
			stub := onlyStub(t, ended)
			if stub.Status.Description == "" {
				t.Error("the span has not failed")
			}
			everything := fmt.Sprint(stub.Status, stub.Attributes, stub.Events)
			for _, secret := range []string{"s3cret", "passw0rd"} {
				if strings.Contains(everything, secret) {
					t.Errorf("the span holds %q: %s", secret, everything)
				}
			}
		})
	}
}

func TestFailuresWithoutWords(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name          string
		status        int
		body          string
		kind, message string
	}{
		{"a blank body", http.StatusBadGateway, " \n", "502", "HTTP 502"},
		{"an error in a success", http.StatusOK, `{"error":{"message":"boom"}}`, "_OTHER", "boom"},
	} {
		t.Run("integrations-09 "+test.name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				w.WriteHeader(test.status)
				_, _ = w.Write([]byte(test.body))
			}))
			defer server.Close()
			ctx, rec := traceroottest.New(t)
			request, err := http.NewRequestWithContext(ctx, http.MethodPost, server.URL+"/v1/chat/completions",
				strings.NewReader(`{"model":"gpt-4o"}`))
			if err != nil {
				t.Fatal(err)
			}
			res, err := traceroot.HTTPClient(nil).Do(request)
			if err != nil {
				t.Fatal(err)
			}
			_, _ = io.Copy(io.Discard, res.Body)
			_ = res.Body.Close()
			s := rec.Span("chat gpt-4o")
			if got := s.Attributes[attr.ErrorType].AsString(); got != test.kind || s.Err != test.message {
				t.Errorf("error.type %q and status %q, want %q and %q", got, s.Err, test.kind, test.message)
			}
		})
	}
}
