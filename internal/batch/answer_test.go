package batch_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/traceroot-ai/traceroot-go/internal/batch"
)

func TestRedirectsAreNotFollowed(t *testing.T) {
	t.Parallel()
	for _, status := range []int{301, 302, 303, 307, 308} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				server := &ingest{script: []answer{{
					status: status, header: map[string]string{"Location": "https://user:hush@other.test/elsewhere?token=hush"},
				}}}
				q, logged := newQueue(t, server, batch.Config{})
				add(q, "a")
				err := q.Flush(t.Context())
				if err == nil || !strings.Contains(err.Error(), "a redirect to https://other.test, which is not followed") {
					t.Errorf("Flush = %v, want it to say where the redirect leads", err)
				}
				if strings.Contains(err.Error()+logged.String(), "hush") {
					t.Errorf("the location's secrets are told: %v\n%v", err, logged)
				}
				if got := server.received(); len(got) != 1 || !strings.HasPrefix(got[0].url, "https://host.test/") {
					t.Errorf("requests to %v, want one to the host", got)
				}
			})
		})
	}
}

func TestKeyIsNeverTold(t *testing.T) {
	t.Parallel()
	headers := func(r *http.Request) string { return fmt.Sprintf("%v", r.Header) }
	for name, a := range map[string]answer{
		"the server quotes it at the end of what is kept": {status: 401, body: `{"detail":"` + strings.Repeat("x", 190) + key + `"}`},
		"the server quotes it":                            {status: 401, body: `{"detail":"unknown key ` + key + `"}`},
		"the round tripper's error dumps the headers": {do: func(r *http.Request) (*http.Response, error) {
			return nil, fmt.Errorf("proxy refused: %s", headers(r))
		}},
		"the round tripper panics with the headers": {do: func(r *http.Request) (*http.Response, error) {
			panic(headers(r))
		}},
		"a redirect quotes it": {status: 302, header: map[string]string{"Location": "https://" + key + ".test/"}},
		"the chain of errors holds it": {do: func(r *http.Request) (*http.Response, error) {
			return nil, &url.Error{Op: "Post", URL: "https://x/?k=" + key, Err: errors.New(headers(r))}
		}},
	} {
		t.Run("transport-20 "+name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				q, logged := newQueue(t, &ingest{script: times(100, a)}, batch.Config{})
				add(q, "a")
				err := q.Flush(t.Context())
				if err == nil || logged.String() == "" {
					t.Fatalf("Flush = %v, logged %v: want both to tell of the failure", err, logged)
				}
				told := []string{logged.String(), err.Error(), fmt.Sprintf("%+v %#v", err, err), q.Stats().LastError.Error()}
				for cause := err; cause != nil; cause = errors.Unwrap(cause) {
					told = append(told, fmt.Sprintf("%v %+v", cause, cause))
				}
				for _, text := range told {
					if strings.Contains(text, key[:8]) {
						t.Errorf("the key is told: %s", text)
					}
				}
			})
		})
	}
}

func TestNewHTTPRefuses(t *testing.T) {
	t.Parallel()
	for name, cfg := range map[string]batch.HTTPConfig{
		"a key with a line break":  {Endpoint: "http://h/", APIKey: key + "\n"},
		"a key with a space":       {Endpoint: "http://h/", APIKey: "tr- " + key},
		"a key beyond ASCII":       {Endpoint: "http://h/", APIKey: key + "ä"},
		"an endpoint that is none": {Endpoint: "http://\x00"},
	} {
		sender, err := batch.NewHTTP(cfg)
		if err == nil || sender != nil {
			t.Errorf("%s: NewHTTP = %v, %v, want an error", name, sender, err)
			continue
		}
		if strings.Contains(err.Error(), key) {
			t.Errorf("%s: the error tells the key: %v", name, err)
		}
	}
}

func TestDetailOfAReply(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		`{"detail":"Invalid gzip payload"}`:         "server answered 400 Bad Request: Invalid gzip payload",
		`{"detail":[{"loc":["body"],"msg":"bad"}]}`: "server answered 400 Bad Request",
		`<html>Bad Request</html>`:                  "server answered 400 Bad Request",
		``:                                          "server answered 400 Bad Request",
		`{"detail":"` + strings.Repeat("ä", 500) + `"}`: "server answered 400 Bad Request: " + strings.Repeat("ä", 100) + "…",
	} {
		synctest.Test(t, func(t *testing.T) {
			q, _ := newQueue(t, &ingest{script: []answer{{status: 400, body: body}}}, batch.Config{})
			add(q, "a")
			err := q.Flush(t.Context())
			if err == nil || errors.Unwrap(err).Error() != want {
				t.Errorf("%.40s: error is %v, want %q", body, err, want)
			}
		})
	}
}
