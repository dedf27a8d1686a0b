package traceroot_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/traceroot-ai/traceroot-go"
	"github.com/traceroot-ai/traceroot-go/traceroottest"
)

// A body that can be read only once is read as it is sent.
func TestRequestThatCannotBeReadTwice(t *testing.T) {
	t.Parallel()
	t.Run("integrations-10 it is neither held nor read ahead", func(t *testing.T) {
		t.Parallel()
		ctx, rec := traceroottest.New(t)
		body, write := io.Pipe()
		url := serve(t, func(w http.ResponseWriter, req *http.Request) {
			_ = http.NewResponseController(w).EnableFullDuplex()
			w.Header().Set("Content-Type", "application/json")
			_ = http.NewResponseController(w).Flush()
			_, _ = io.Copy(io.Discard, req.Body)
			_, _ = io.WriteString(w, chatAnswer)
		}) + chatPath
		req := newRequest(ctx, t, url, "")
		req.Body, req.GetBody, req.ContentLength = body, nil, -1
		wrote := make(chan error, 1)
		go func() {
			_, err := io.WriteString(write, chatRequest)
			wrote <- errors.Join(err, write.Close())
		}()
		res, err := traceroot.HTTPClient(nil).Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = res.Body.Close() }()
		if err := <-wrote; err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(res.Body); err != nil || string(got) != chatAnswer {
			t.Errorf("the program reads %q, %v", got, err)
		}
		onlySpan(t, rec)
	})
	t.Run("integrations-03 its messages are known with the answer", func(t *testing.T) {
		t.Parallel()
		ctx, rec := traceroottest.New(t)
		req := newRequest(ctx, t, answersJSON(t, chatAnswer)+chatPath, chatRequest)
		req.GetBody = nil
		readAnswer(t, traceroot.HTTPClient(nil), req)
		s := onlySpan(t, rec)
		messages, _ := s.Input.([]any)
		if s.Name != "chat gpt-4o" || s.Model != "gpt-4o" || len(messages) != 5 {
			t.Errorf("%q of model %q has the input %v", s.Name, s.Model, s.Input)
		}
	})
	t.Run("integrations-09 without an answer it tells what was sent", func(t *testing.T) {
		t.Parallel()
		ctx, rec := traceroottest.New(t)
		req := newRequest(ctx, t, "http://model.example"+chatPath, chatRequest)
		req.GetBody = nil
		broken := roundTripper(func(req *http.Request) (*http.Response, error) {
			_, _ = io.Copy(io.Discard, req.Body)
			return nil, errors.New("reset by peer")
		})
		if _, err := traceroot.Transport(broken).RoundTrip(req); err == nil { //nolint:bodyclose // there is none
			t.Error("the program sees no error")
		}
		if s := onlySpan(t, rec); s.Err != "reset by peer" || s.Model != "gpt-4o" {
			t.Errorf("the span of %q failed with %q", s.Model, s.Err)
		}
	})
}

// anthropic-sdk-go's request to Bedrock has one reader for its body and for every copy of it.
func TestRequestWhoseCopiesShareOneReader(t *testing.T) {
	t.Parallel()
	t.Run("integrations-10 the server gets all of it", func(t *testing.T) {
		t.Parallel()
		ctx, rec := traceroottest.New(t)
		got := make(chan string, 1)
		url := serve(t, func(w http.ResponseWriter, req *http.Request) {
			body, _ := io.ReadAll(req.Body)
			got <- string(body)
			_, _ = io.WriteString(w, chatAnswer)
		}) + chatPath
		req := newRequest(ctx, t, url, chatRequest)
		shared := strings.NewReader(chatRequest)
		req.Body = io.NopCloser(shared)
		req.GetBody = func() (io.ReadCloser, error) {
			_, err := shared.Seek(0, io.SeekStart)
			return io.NopCloser(shared), err
		}
		readAnswer(t, traceroot.HTTPClient(nil), req)
		if body := <-got; body != chatRequest {
			t.Errorf("the server gets %q", body)
		}
		if s := onlySpan(t, rec); s.Model != "gpt-4o" {
			t.Errorf("the span is of model %q", s.Model)
		}
	})
}

// Clients without a header for it are known by what they repeat.
func TestRetriesOfAnyClient(t *testing.T) {
	t.Parallel()
	send := func(ctx context.Context, t *testing.T, url, body string) {
		t.Helper()
		ask(ctx, t, traceroot.HTTPClient(nil), url, body)
	}
	t.Run("integrations-11 a repeated request is a retry", func(t *testing.T) {
		t.Parallel()
		ctx, rec := traceroottest.New(t)
		url := answersInTurn(t, http.StatusInternalServerError, http.StatusTooManyRequests, http.StatusOK) + chatPath
		ctx, agent := traceroot.Start(ctx, "agent")
		for range 3 {
			send(ctx, t, url, chatRequest)
		}
		send(ctx, t, url, chatRequest) // asks the same again, after an answer
		agent.End()
		for i, want := range []string{"", "1", "2", ""} {
			wantAttributes(t, rec.Spans()[i+1], map[string]string{"http.request.resend_count": want})
		}
	})
	t.Run("integrations-11 another request is none", func(t *testing.T) {
		t.Parallel()
		ctx, rec := traceroottest.New(t)
		url := answersInTurn(t, http.StatusInternalServerError) + chatPath
		ctx, agent := traceroot.Start(ctx, "agent")
		send(ctx, t, url, chatRequest)
		send(ctx, t, url, strings.Replace(chatRequest, "1+2", "1+3", 1))
		agent.End()
		for _, s := range rec.Spans()[1:] {
			wantAttributes(t, s, map[string]string{"http.request.resend_count": ""})
		}
	})
	t.Run("integrations-11 calls of their own are none", func(t *testing.T) {
		t.Parallel()
		ctx, rec := traceroottest.New(t)
		url := answersInTurn(t, http.StatusInternalServerError) + chatPath
		send(ctx, t, url, chatRequest)
		send(ctx, t, url, chatRequest)
		for _, s := range rec.Spans() {
			wantAttributes(t, s, map[string]string{"http.request.resend_count": ""})
		}
	})
}

func TestAnswerThatNobodyReads(t *testing.T) {
	t.Parallel()
	t.Run("integrations-08 its span ends when it is collected", func(t *testing.T) {
		t.Parallel()
		ended := make(spanEnds, 1)
		ctx, rec := traceroottest.New(t, traceroot.WithSpanProcessor(ended))
		forget(ctx, t)
		for deadline := time.Now().Add(10 * time.Second); ; {
			runtime.GC()
			select {
			case <-ended:
				wantAttributes(t, onlySpan(t, rec), map[string]string{"traceroot.llm.complete": "false"})
				return
			default:
				if time.Now().After(deadline) {
					t.Fatal("the span is still open")
				}
				runtime.Gosched()
			}
		}
	})
}

// spanEnds is a span processor that tells of each span that has ended.
type spanEnds chan string

func (e spanEnds) OnStart(context.Context, sdktrace.ReadWriteSpan) {}

func (e spanEnds) OnEnd(s sdktrace.ReadOnlySpan) { e <- s.Name() }

func (e spanEnds) Shutdown(context.Context) error { return nil }

func (e spanEnds) ForceFlush(context.Context) error { return nil }

// forget sends a request and loses its answer.
func forget(ctx context.Context, t *testing.T) {
	t.Helper()
	held := roundTripper(func(*http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(chatAnswer))}, nil
	})
	if _, err := traceroot.Transport(held).RoundTrip(newRequest(ctx, t, "http://model.example"+chatPath, streamRequest)); err != nil { //nolint:bodyclose // on purpose
		t.Fatal(err)
	}
}
