package traceroot_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"maps"
	"net/http"
	"reflect"
	"strings"
	"testing"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/traceroot-ai/traceroot-go"
	"github.com/traceroot-ai/traceroot-go/traceroottest"
)

func TestModelCallIsTransparent(t *testing.T) {
	t.Parallel()
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	_, _ = io.WriteString(z, chatAnswer)
	_ = z.Close()

	for name, c := range map[string]struct {
		status           int
		header           http.Header
		answer           string
		wantModel, wants string
	}{
		"a whole answer":   {200, http.Header{"Content-Type": {"application/json"}}, chatAnswer, "gpt-4o-2024-08-06", ""},
		"a stream":         {200, http.Header{"Content-Type": {"text/event-stream"}}, strings.Join(streamEvents, ""), "gpt-4o-2024-08-06", ""},
		"an error":         {404, http.Header{"Content-Type": {"application/json"}}, `{"error":{"message":"No"}}`, "", "No"},
		"gzip":             {200, http.Header{"Content-Encoding": {"gzip"}}, packed.String(), "gpt-4o-2024-08-06", ""},
		"an error in gzip": {500, http.Header{"Content-Encoding": {"gzip"}}, packed.String(), "", "HTTP 500"},
		"half of a gzip":   {200, http.Header{"Content-Encoding": {"gzip"}}, packed.String()[:packed.Len()/2], "", ""},
		"no gzip":          {200, http.Header{"Content-Encoding": {"gzip"}}, "hello", "", ""},
		"another encoding": {200, http.Header{"Content-Encoding": {"br"}}, "\x01\x02", "", ""},
		"nothing":          {200, http.Header{}, "", "", ""},
	} {
		t.Run("integrations-10 "+name, func(t *testing.T) {
			t.Parallel()
			ctx, rec := traceroottest.New(t)
			url := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				maps.Copy(w.Header(), c.header)
				w.WriteHeader(c.status)
				_, _ = io.WriteString(w, c.answer)
			}) + chatPath
			req := newRequest(ctx, t, url, chatRequest)
			req.Header.Set("Accept-Encoding", "gzip, br") // so that net/http leaves the encoding alone
			if got := readAnswer(t, traceroot.HTTPClient(nil), req); got != c.answer {
				t.Errorf("the program reads %d bytes, want %d", len(got), len(c.answer))
			}
			s := onlySpan(t, rec)
			wantAttributes(t, s, map[string]string{"gen_ai.response.model": c.wantModel})
			if !strings.Contains(s.Err, c.wants) {
				t.Errorf("status %q", s.Err)
			}
		})
	}
	t.Run("integrations-10 read errors and Close", func(t *testing.T) {
		t.Parallel()
		ctx, _ := traceroottest.New(t)
		broken := errors.New("broken pipe")
		var body *scriptedBody
		transport := traceroot.Transport(roundTripper(func(req *http.Request) (*http.Response, error) {
			res, err := scripted{pieces: streamEvents[:1:1], err: broken}.RoundTrip(req)
			body, _ = res.Body.(*scriptedBody)
			return res, err
		}))
		req := newRequest(ctx, t, "http://model.test"+chatPath, streamRequest)
		res, err := transport.RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		if res.Request != req {
			t.Error("the answer is to another request than the program's")
		}
		if _, ok := res.Body.(io.WriterTo); ok {
			t.Error("a body that writes itself lets bytes pass unseen")
		}
		if got, err := io.ReadAll(res.Body); string(got) != streamEvents[0] || !errors.Is(err, broken) {
			t.Errorf("the program reads %q, %v", got, err)
		}
		for i, want := range []string{"closed ", "closed again "} {
			if err := res.Body.Close(); err == nil || err.Error() != want || body.closed != i+1 {
				t.Errorf("Close %d gives %v after %d calls of the body's own", i, err, body.closed)
			}
		}
	})
	for name, getBody := range map[string]bool{"that can be had twice": true, "that can be read once": false} {
		t.Run("integrations-10 a request's body "+name, func(t *testing.T) {
			t.Parallel()
			ctx, rec := traceroottest.New(t)
			var got []byte
			var length int64
			url := serve(t, func(_ http.ResponseWriter, r *http.Request) {
				got, _ = io.ReadAll(r.Body)
				length = r.ContentLength
			})
			req := newRequest(ctx, t, url+chatPath, chatRequest)
			own := &closeCounter{Reader: strings.NewReader(chatRequest)}
			req.Body = own
			if !getBody {
				req.GetBody = nil
			}
			before := *req
			readAnswer(t, traceroot.HTTPClient(nil), req)
			if string(got) != chatRequest || length != int64(len(chatRequest)) {
				t.Errorf("the server got %d bytes of %d announced, want %d", len(got), length, len(chatRequest))
			}
			if req.Body != before.Body || req.Context() != before.Context() || !reflect.DeepEqual(req.Header, before.Header) || own.closed == 0 {
				t.Error("the program's request was changed, or its body left open")
			}
			if s := onlySpan(t, rec); s.Model != "gpt-4o" {
				t.Errorf("model %q", s.Model)
			}
		})
	}
	t.Run("integrations-10 a request's body that fails", func(t *testing.T) {
		t.Parallel()
		ctx, _ := traceroottest.New(t)
		broken := errors.New("broken file")
		req := newRequest(ctx, t, answersJSON(t, chatAnswer)+chatPath, chatRequest)
		req.GetBody = nil
		req.Body = io.NopCloser(io.MultiReader(strings.NewReader(chatRequest[:10]), readerFunc(func([]byte) (int, error) { return 0, broken })))
		_, err := traceroot.HTTPClient(nil).Do(req) //nolint:bodyclose // there is none
		if !errors.Is(err, broken) {
			t.Errorf("the program gets %v", err)
		}
	})
	t.Run("faults of ours stay ours", func(t *testing.T) {
		t.Parallel()
		for _, p := range []sdktrace.SpanProcessor{panics{onStart: true}, panics{onEnd: true}} {
			ctx, _ := traceroottest.New(t, traceroot.WithSpanProcessor(p))
			for range 2 {
				if got := ask(ctx, t, traceroot.HTTPClient(nil), answersJSON(t, chatAnswer)+chatPath, chatRequest); got != chatAnswer {
					t.Errorf("the program reads %q", got)
				}
			}
		}
	})
}

type closeCounter struct {
	io.Reader
	closed int
}

func (c *closeCounter) Close() error {
	c.closed++
	return nil
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// panics is a span processor with a bug.
type panics struct{ onStart, onEnd bool }

func (p panics) OnStart(context.Context, sdktrace.ReadWriteSpan) {
	if p.onStart {
		panic("on start")
	}
}

func (p panics) OnEnd(sdktrace.ReadOnlySpan) {
	if p.onEnd {
		panic("on end")
	}
}

func (panics) Shutdown(context.Context) error   { return nil }
func (panics) ForceFlush(context.Context) error { return nil }

func TestNothingIsAddedToARequest(t *testing.T) {
	t.Parallel()
	t.Run("integrations-19 same headers and body as without the SDK", func(t *testing.T) {
		t.Parallel()
		type seen struct {
			header http.Header
			body   string
		}
		var got []seen
		url := serve(t, func(_ http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			got = append(got, seen{r.Header.Clone(), string(body)})
		})
		ctx, rec := traceroottest.New(t)
		_ = traceroot.Run(ctx, "agent", func(ctx context.Context) error {
			for _, client := range []*http.Client{{}, traceroot.HTTPClient(nil)} {
				ask(ctx, t, client, url+chatPath, streamRequest)
			}
			return nil
		})
		if len(rec.Spans()) != 2 || len(got) != 2 || !reflect.DeepEqual(got[0], got[1]) {
			t.Errorf("without the SDK the server gets %v, with it %v", got[0], got[1])
		}
	})
}

func TestOtherRequestsPassUntouched(t *testing.T) {
	t.Parallel()
	off := traceroot.New(traceroot.WithEnabled(false))
	for name, c := range map[string]struct {
		method, path string
		context      func(context.Context) context.Context
	}{
		"integrations-13 another path":   {http.MethodPost, "/v1/files", nil},
		"integrations-13 another method": {http.MethodGet, chatPath, nil},
		"a client that is off":           {http.MethodPost, chatPath, off.Context},
		"under Suppress":                 {http.MethodPost, chatPath, traceroot.Suppress},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, rec := traceroottest.New(t)
			if c.context != nil {
				ctx = c.context(ctx)
			}
			req := newRequest(ctx, t, "http://model.test"+c.path, chatRequest)
			req.Method = c.method
			body := &closeCounter{Reader: readerFunc(func([]byte) (int, error) { panic("the body was read") })}
			req.Body, req.GetBody = body, func() (io.ReadCloser, error) { panic("the body was copied") }
			answer := &http.Response{Body: body}
			failed := errors.New("as it was")
			sent := func(got *http.Request) (*http.Response, error) {
				if got != req {
					t.Error("another request was sent than the program's")
				}
				return answer, failed
			}
			for hook, send := range map[string]func(*http.Request) (*http.Response, error){
				"Transport":  traceroot.Transport(roundTripper(sent)).RoundTrip,
				"Doer":       through(doer(sent)).RoundTrip,
				"Middleware": func(req *http.Request) (*http.Response, error) { return traceroot.Middleware()(req, sent) },
			} {
				if res, err := send(req); res != answer || res.Body != io.ReadCloser(body) || !errors.Is(err, failed) { //nolint:bodyclose // it is to stay as it is
					t.Errorf("%s: got %v, %v", hook, res, err)
				}
			}
			if n := len(rec.Spans()); n != 0 {
				t.Errorf("%d spans", n)
			}
		})
	}
}

func TestHooksCanBeStacked(t *testing.T) {
	t.Parallel()
	t.Run("integrations-12 the outermost makes the span", func(t *testing.T) {
		t.Parallel()
		ctx, rec := traceroottest.New(t)
		inner := traceroot.HTTPClient(nil, traceroot.Name("inner"))
		middleware := traceroot.Middleware(traceroot.Name("outer"))
		outer := &http.Client{Transport: roundTripper(func(req *http.Request) (*http.Response, error) {
			return middleware(req, through(inner).RoundTrip)
		})}
		req := newRequest(ctx, t, answersJSON(t, chatAnswer)+chatPath, chatRequest)
		middle := doer(func(req *http.Request) (*http.Response, error) {
			req.RequestURI = ""
			return outer.Transport.RoundTrip(req)
		})
		res, err := through(middle, traceroot.Name("outermost")).RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, res.Body)
		_ = res.Body.Close()
		if s := onlySpan(t, rec); s.Name != "outermost" {
			t.Errorf("the span is %q", s.Name)
		}
		ask(ctx, t, inner, answersJSON(t, chatAnswer)+chatPath, chatRequest)
		if n := len(rec.Spans()); n != 2 {
			t.Errorf("%d spans after another call, want 2", n)
		}
	})
	t.Run("a client's own settings are kept and the client is not changed", func(t *testing.T) {
		t.Parallel()
		own := &http.Client{Timeout: 7, CheckRedirect: func(*http.Request, []*http.Request) error { return nil }}
		traced := traceroot.HTTPClient(own)
		if traced.Timeout != 7 || traced.CheckRedirect == nil || traced.Transport == nil || own.Transport != nil {
			t.Errorf("got %+v of %+v", traced, own)
		}
	})
	t.Run("a nil Doer is a client", func(t *testing.T) {
		t.Parallel()
		ctx, rec := traceroottest.New(t)
		res, err := through(nil).RoundTrip(newRequest(ctx, t, answersJSON(t, chatAnswer)+chatPath, chatRequest))
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		onlySpan(t, rec)
	})
	t.Run("idle connections can be closed", func(t *testing.T) {
		t.Parallel()
		closed := false
		client := traceroot.HTTPClient(&http.Client{Transport: &idle{closed: &closed}})
		client.CloseIdleConnections()
		if !closed {
			t.Error("CloseIdleConnections did not reach the transport")
		}
	})
}

type idle struct {
	http.RoundTripper
	closed *bool
}

func (i *idle) CloseIdleConnections() { *i.closed = true }

func TestModelHooksAllocateNothingWhenOff(t *testing.T) {
	traceroot.SetDefault(nil)
	answer := &http.Response{Body: http.NoBody}
	base := roundTripper(func(*http.Request) (*http.Response, error) { return answer, nil })
	req := newRequest(context.Background(), t, "http://model.test"+chatPath, chatRequest) //nolint:usetesting // without a client of the test's
	for name, hook := range map[string]http.RoundTripper{
		"Transport": traceroot.Transport(base), "Doer": through(doer(base)),
	} {
		if allocs := testing.AllocsPerRun(100, func() { _, _ = hook.RoundTrip(req) }); allocs != 0 { //nolint:bodyclose // it is empty
			t.Errorf("%s: %v allocations with tracing off, want 0", name, allocs)
		}
	}
}

func TestAnswerIsClosedWhileItIsRead(t *testing.T) {
	t.Parallel()
	ctx, rec := traceroottest.New(t)
	body, server := io.Pipe()
	transport := traceroot.Transport(roundTripper(func(req *http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: http.StatusOK, Body: body, Request: req}, nil
	}))
	res, err := transport.RoundTrip(newRequest(ctx, t, "http://model.test"+chatPath, streamRequest)) //nolint:bodyclose // closed below, in the midst of a read
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error)
	go func() {
		_, err := io.Copy(io.Discard, res.Body)
		done <- err
	}()
	_, _ = io.WriteString(server, streamEvents[1])
	_ = res.Body.Close()
	if err := <-done; !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("the program reads %v", err)
	}
	onlySpan(t, rec)
}
