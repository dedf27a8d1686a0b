package batch_test

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.opentelemetry.io/otel/attribute"

	"github.com/traceroot-ai/traceroot-go/internal/batch"
)

// post delivers two spans over a real connection, and returns what the server got.
func post(t *testing.T, cfg batch.HTTPConfig, handler http.HandlerFunc) (got request, stats batch.Stats) {
	t.Helper()
	requests := make(chan request, 10)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Errorf("read the body: %v", err)
		}
		requests <- request{method: r.Method, url: r.URL.String(), header: r.Header, body: body}
		handler(w, r)
	}))
	t.Cleanup(server.Close)
	endpoint, err := batch.Endpoint(server.URL + "/prefix/")
	if err != nil {
		t.Fatal(err)
	}
	cfg.Endpoint, cfg.SDKName, cfg.SDKVersion = endpoint, "traceroot-go", "v1.2.3"
	sender, err := batch.NewHTTP(cfg)
	if err != nil {
		t.Fatal(err)
	}
	q := batch.New(sender, batch.Config{})
	add(q, "a", "b")
	if err := q.Flush(t.Context()); err != nil {
		t.Errorf("Flush = %v", err)
	}
	if err := q.Shutdown(t.Context()); err != nil {
		t.Errorf("Shutdown = %v", err)
	}
	if len(requests) != 1 {
		t.Fatalf("%d requests, want 1", len(requests))
	}
	return <-requests, q.Stats()
}

// accept answers as the platform does.
func accept(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	fmt.Fprint(w, `{"status":"ok","file_key":"events/otel/p/2026/03/04/05/4bf92f35.json"}`)
}

func TestRequest(t *testing.T) {
	t.Parallel()
	got, stats := post(t, batch.HTTPConfig{APIKey: key}, accept)

	t.Run("transport-01 spans are sent by POST to the ingest path", func(t *testing.T) {
		if got.method != http.MethodPost || got.url != "/prefix/api/v1/public/traces" {
			t.Errorf("got %s %s", got.method, got.url)
		}
	})
	for _, c := range []struct{ name, header, want string }{
		{"transport-04 the content type is protobuf", "Content-Type", "application/x-protobuf"},
		{"transport-05 the content encoding is gzip", "Content-Encoding", "gzip"},
		{"transport-06 the key is sent as a bearer token", "Authorization", "Bearer " + key},
		{"transport-07 the SDK is named", "x-traceroot-sdk-name", "traceroot-go"},
		{"transport-08 the SDK's version has no leading v", "x-traceroot-sdk-version", "1.2.3"},
		{"the user agent names the SDK", "User-Agent", "traceroot-go/1.2.3"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if values := got.header.Values(c.header); !slices.Equal(values, []string{c.want}) {
				t.Errorf("%s: %q, want %q", c.header, values, c.want)
			}
		})
	}
	t.Run("transport-04 the body is an OTLP request", func(t *testing.T) {
		if names := got.names(t); !slices.Equal(names, []string{"a", "b"}) {
			t.Errorf("the body holds %q, want a and b", names)
		}
	})
	t.Run("transport-05 the body is gzip", func(t *testing.T) {
		if !bytes.HasPrefix(got.body, []byte{0x1f, 0x8b}) {
			t.Errorf("the body begins with %x", got.body[:2])
		}
	})
	t.Run("transport-09 a reply in JSON is a success", func(t *testing.T) {
		if stats.Exported != 2 || stats.Dropped != 0 || stats.LastError != nil {
			t.Errorf("stats are %+v, want two spans exported", stats)
		}
		if stats.BytesSent != int64(len(got.body)) {
			t.Errorf("BytesSent = %d, the body has %d", stats.BytesSent, len(got.body))
		}
	})
}

func TestRequestWithoutKey(t *testing.T) {
	t.Parallel()
	got, _ := post(t, batch.HTTPConfig{}, accept)
	if values := got.header.Values("Authorization"); len(values) != 0 {
		t.Errorf("Authorization: %q, want no such header", values)
	}
}

func TestAnyReplyOfSuccessIsOne(t *testing.T) {
	t.Parallel()
	for name, handler := range map[string]http.HandlerFunc{
		"no body":   func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) },
		"no JSON":   func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "\x0a\xff<html>") },
		"long body": func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(make([]byte, 1<<20)) },
		"torn body": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			fmt.Fprint(w, "{")
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, stats := post(t, batch.HTTPConfig{}, handler); stats.Exported != 2 {
				t.Errorf("stats are %+v, want two spans exported", stats)
			}
		})
	}
}

func TestForeignVariablesAreIgnored(t *testing.T) {
	for _, name := range []string{"", "_TRACES"} {
		t.Setenv("OTEL_EXPORTER_OTLP"+name+"_ENDPOINT", "http://127.0.0.1:1")
		t.Setenv("OTEL_EXPORTER_OTLP"+name+"_HEADERS", "authorization=Bearer other,x-other=1")
		t.Setenv("OTEL_EXPORTER_OTLP"+name+"_TIMEOUT", "1")
		t.Setenv("OTEL_EXPORTER_OTLP"+name+"_COMPRESSION", "none")
	}
	t.Run("transport-29 OTEL_EXPORTER_OTLP variables change neither endpoint nor headers", func(t *testing.T) {
		got, _ := post(t, batch.HTTPConfig{APIKey: key}, accept)
		if auth := got.header.Values("Authorization"); !slices.Equal(auth, []string{"Bearer " + key}) {
			t.Errorf("Authorization: %q", auth)
		}
		if got.header.Get("X-Other") != "" || got.header.Get("Content-Encoding") != "gzip" {
			t.Errorf("headers are %v", got.header)
		}
	})
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestClientOfTheUser(t *testing.T) {
	t.Parallel()
	t.Run("transport-31 a client with a round tripper of its own makes the requests", func(t *testing.T) {
		t.Parallel()
		client := &http.Client{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
			r = r.Clone(r.Context())
			r.Header.Set("X-Proxy", "yes")
			return http.DefaultTransport.RoundTrip(r)
		})}
		got, _ := post(t, batch.HTTPConfig{Client: client}, accept)
		if got.header.Get("X-Proxy") != "yes" {
			t.Errorf("headers are %v, want what the round tripper added", got.header)
		}
		if client.CheckRedirect != nil {
			t.Error("the user's client was changed")
		}
	})
}

func TestTimeout(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		cfg  batch.Config
		want time.Duration
	}{
		{"transport-24 the default timeout of a request is 30 seconds", batch.Config{}, 30 * time.Second},
		{"transport-30 fractions of a second are kept", batch.Config{Timeout: 250 * time.Millisecond}, 250 * time.Millisecond},
		{"transport-30 more than a second with a fraction", batch.Config{Timeout: 1750 * time.Millisecond}, 1750 * time.Millisecond},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var gaveUp time.Duration
				server := &ingest{script: []answer{{do: func(r *http.Request) (*http.Response, error) {
					start := time.Now()
					<-r.Context().Done()
					gaveUp = time.Since(start)
					return nil, r.Context().Err()
				}}}}
				q, logged := newQueue(t, server, c.cfg)
				add(q, "a")
				time.Sleep(10 * time.Minute)
				synctest.Wait()
				if gaveUp != c.want {
					t.Errorf("the request was given up after %v, want %v", gaveUp, c.want)
				}
				want := fmt.Sprintf("post to host.test: no answer within %v", c.want)
				if got := logged.about("will be retried"); len(got) != 1 || !strings.HasPrefix(got[0].attrs["error"], want) {
					t.Errorf("logged\n%v, want %q", logged, want)
				}
			})
		})
	}
}

func TestUploadsAreMarked(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var marked bool
		server := &ingest{script: []answer{{do: func(r *http.Request) (*http.Response, error) {
			marked = batch.IsUpload(r.Context())
			return &http.Response{StatusCode: http.StatusOK, Body: http.NoBody, Request: r}, nil
		}}}}
		q, _ := newQueue(t, server, batch.Config{})
		add(q, "a")
		if err := q.Flush(t.Context()); err != nil || !marked {
			t.Errorf("Flush = %v; IsUpload is %v inside an upload", err, marked)
		}
	})
}

func TestUnreachableHost(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.NotFoundHandler())
	endpoint := server.URL
	server.Close() // nobody listens there now
	sender, err := batch.NewHTTP(batch.HTTPConfig{Endpoint: endpoint})
	if err != nil {
		t.Fatal(err)
	}
	var logged log
	q := batch.New(sender, batch.Config{Warn: logged.warn})
	add(q, "a")
	err = q.Shutdown(within(t, 500*time.Millisecond))
	if err == nil || !strings.Contains(err.Error(), "connection refused") && !strings.Contains(err.Error(), "refused it") {
		t.Errorf("Shutdown = %v, want it to say that the connection was refused", err)
	}
	if got := logged.about("will be retried"); len(got) == 0 || !strings.HasPrefix(got[0].attrs["error"], "post to 127.0.0.1:") {
		t.Errorf("logged\n%v, want a line that names the host", &logged)
	}
}

// A body may go out in chunks, through a proxy, over a reused connection: what arrives is the same.
func TestManyBatchesOverFewConnections(t *testing.T) {
	t.Parallel()
	received := make(chan request, 100)
	var addresses sync.Map
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		addresses.Store(r.RemoteAddr, true)
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		received <- request{body: body}
		accept(w, r)
	}))
	defer server.Close()
	sender, err := batch.NewHTTP(batch.HTTPConfig{Endpoint: server.URL})
	if err != nil {
		t.Fatal(err)
	}
	q := batch.New(sender, batch.Config{FlushAt: 10})
	for i := range 100 {
		q.Add(span(fmt.Sprint(i), attribute.String("filler", strings.Repeat("text ", i*100))))
	}
	if err := q.Shutdown(t.Context()); err != nil {
		t.Error(err)
	}
	close(received)
	var names []string
	for r := range received {
		names = append(names, r.names(t)...)
	}
	slices.Sort(names)
	connections := 0
	addresses.Range(func(any, any) bool { connections++; return true })
	if len(slices.Compact(names)) != 100 || connections > 4 {
		t.Errorf("%d spans over %d connections, want 100 over 4 at most", len(names), connections)
	}
}

func TestConnectionsAreClosedWithTheirOwner(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		client *http.Client
		closed bool
	}{
		{"Shutdown closes those of the sender's own client", nil, true},
		{"Shutdown leaves those of the user's client open", &http.Client{Transport: &http.Transport{}}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			closed := make(chan struct{})
			server := httptest.NewUnstartedServer(http.HandlerFunc(accept))
			server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
				if state == http.StateClosed {
					close(closed)
				}
			}
			server.Start()
			defer server.Close()
			sender, err := batch.NewHTTP(batch.HTTPConfig{Endpoint: server.URL, Client: c.client})
			if err != nil {
				t.Fatal(err)
			}
			q := batch.New(sender, batch.Config{})
			add(q, "a")
			if err := q.Shutdown(t.Context()); err != nil {
				t.Error(err)
			}
			wait := 5 * time.Second
			if !c.closed {
				wait = 50 * time.Millisecond
			}
			select {
			case <-closed:
				if !c.closed {
					t.Error("the connection was closed")
				}
			case <-time.After(wait):
				if c.closed {
					t.Error("the connection is still open")
				}
			}
		})
	}
}
