package providers_test

import (
	"net/http"
	"regexp"
	"testing"

	"github.com/traceroot-ai/traceroot-go/traceroottest"
)

const (
	refusal  = `{"error":{"message":"The model does not exist.","type":"invalid_request_error","code":"model_not_found"}}`
	overload = `{"error":{"message":"Slow down.","type":"rate_limit_error"}}`
	failure  = `{"error":{"message":"Try again.","type":"server_error"}}`
)

func TestRefusedRequest(t *testing.T) {
	t.Parallel()
	for _, h := range hookedClients {
		ctx, rec := traceroottest.New(t)
		refused := refuses(http.StatusNotFound, refusal)
		_, wanted := plainClients[clientOf(h)](play(t, refused).url()).ask(ctx, conversation)
		_, got := h.connect(play(t, refused).url()).ask(ctx, conversation)

		t.Run("integrations-09 "+h.name, func(t *testing.T) {
			s := only(t, rec)
			if want := "invalid_request_error: The model does not exist."; s.Err != want {
				t.Errorf("the span failed with %q, want %q", s.Err, want)
			}
			expect(t, s, want{"http.response.status_code": int64(http.StatusNotFound)})
		})
		t.Run("integrations-10 an error of "+h.name, func(t *testing.T) {
			if wanted == nil || got == nil || withoutPort(got) != withoutPort(wanted) {
				t.Errorf("the caller gets %v, without the SDK %v", got, wanted)
			}
		})
	}
}

func TestErrorInStream(t *testing.T) {
	t.Parallel()
	for _, h := range hookedClients {
		t.Run("integrations-09 in a stream "+h.name, func(t *testing.T) {
			t.Parallel()
			ctx, rec := traceroottest.New(t)
			answer, err := h.connect(play(t, streams(replyEvents[0], replyEvents[1], failure)).url()).stream(ctx, conversation)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := answer.readAll(); err == nil {
				t.Error("the caller sees no error")
			}
			if s := only(t, rec); s.Err != "server_error: Try again." {
				t.Errorf("the span failed with %q", s.Err)
			}
		})
	}
}

func TestNoConnection(t *testing.T) {
	t.Parallel()
	for _, h := range hookedClients {
		t.Run("integrations-09 no connection "+h.name, func(t *testing.T) {
			t.Parallel()
			ctx, rec := traceroottest.New(t)
			gone := play(t)
			gone.Close()
			if _, err := h.connect(gone.url()).ask(ctx, conversation); err == nil {
				t.Error("the caller sees no error")
			}
			for _, s := range rec.Spans() {
				if s.Err == "" || s.Name != "chat gpt-4o" {
					t.Errorf("the span %q failed with %q", s.Name, s.Err)
				}
			}
		})
	}
}

// The clients that try again do so below their hooks: each attempt is a span, and tells its number.
func TestRetries(t *testing.T) {
	t.Parallel()
	for _, h := range hookedClients {
		if !h.retries {
			continue
		}
		t.Run("integrations-11 "+h.name, func(t *testing.T) {
			t.Parallel()
			ctx, rec := traceroottest.New(t)
			atOnce := []string{"Retry-After-Ms", "1"}
			model := play(t, refuses(http.StatusTooManyRequests, overload, atOnce...),
				refuses(http.StatusInternalServerError, failure, atOnce...), says(reply))
			if _, err := h.connect(model.url()).ask(ctx, conversation); err != nil {
				t.Fatal(err)
			}
			spans := several(t, rec, 3)
			for i, attempt := range []struct {
				err    string
				status int64
			}{
				{"rate_limit_error: Slow down.", http.StatusTooManyRequests},
				{"server_error: Try again.", http.StatusInternalServerError},
				{"", http.StatusOK},
			} {
				if spans[i].Err != attempt.err {
					t.Errorf("attempt %d failed with %q, want %q", i, spans[i].Err, attempt.err)
				}
				number := want{"http.response.status_code": attempt.status, "http.request.resend_count": nil}
				if i > 0 {
					number["http.request.resend_count"] = int64(i)
				}
				expect(t, spans[i], number)
			}
			expect(t, spans[2], replyUsage)
		})
	}
}

var port = regexp.MustCompile(`127\.0\.0\.1:\d+`)

// withoutPort is the text of an error, which quotes the address of its server.
func withoutPort(err error) string { return port.ReplaceAllString(err.Error(), "server") }
