package traceroot_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/traceroot-ai/traceroot-go"
	"github.com/traceroot-ai/traceroot-go/traceroottest"
)

// usageServer answers with a stream, and with the usage in it only when it is asked for that. It keeps the body of the
// last request.
func usageServer(t *testing.T) (url string, body *string) {
	t.Helper()
	body = new(string)
	url = serve(t, func(w http.ResponseWriter, r *http.Request) {
		sent, _ := io.ReadAll(r.Body)
		*body = string(sent)
		if r.ContentLength != int64(len(sent)) {
			t.Errorf("%d bytes announced, %d sent", r.ContentLength, len(sent))
		}
		w.Header().Set("Content-Type", "text/event-stream")
		for i, event := range streamEvents {
			if i != 4 || strings.Contains(*body, `"include_usage":true`) {
				_, _ = io.WriteString(w, event)
			}
		}
	})
	return url + chatPath, body
}

func TestWithStreamUsage(t *testing.T) {
	t.Parallel()
	without := strings.Join(append(streamEvents[:4:4], streamEvents[5]), "")
	for name, c := range map[string]struct {
		on             bool
		request, sends string
		sees           string
		counted        int64
		replayable     bool
	}{
		"integrations-19 off, nothing is added": {false, streamRequest, streamRequest, without, 0, true},
		"on, usage is asked for and kept from the program": {
			true, streamRequest, `{"stream_options":{"include_usage":true},` + streamRequest[1:], without, 3, true,
		},
		"on, for a body that can be read once": {
			true, streamRequest, `{"stream_options":{"include_usage":true},` + streamRequest[1:], without, 3, false,
		},
		"on, but the program asks by itself": {
			true, `{"stream":true,"stream_options":{"include_usage":true}}`, `{"stream":true,"stream_options":{"include_usage":true}}`,
			strings.Join(streamEvents, ""), 3, true,
		},
		"on, for no stream": {true, `{"model":"m"}`, `{"model":"m"}`, without, 0, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url, sent := usageServer(t)
			ctx, rec := traceroottest.New(t, traceroot.WithStreamUsage(c.on))
			req := newRequest(ctx, t, url, c.request)
			if !c.replayable {
				req.GetBody = nil
			}
			if got := readAnswer(t, traceroot.HTTPClient(nil), req); got != c.sees {
				t.Errorf("the program sees\n%s\nwant\n%s", got, c.sees)
			}
			if *sent != c.sends {
				t.Errorf("sent %s, want %s", *sent, c.sends)
			}
			if got := onlySpan(t, rec).Usage.InputTokens; got != c.counted {
				t.Errorf("%d input tokens, want %d", got, c.counted)
			}
		})
	}
	t.Run("on, but the request is signed", func(t *testing.T) {
		t.Parallel()
		url, sent := usageServer(t)
		ctx, _ := traceroottest.New(t, traceroot.WithStreamUsage(true))
		req := newRequest(ctx, t, url, streamRequest)
		req.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=x")
		if got := readAnswer(t, traceroot.HTTPClient(nil), req); got != without || *sent != streamRequest {
			t.Errorf("sent %s, seen %s", *sent, got)
		}
	})
}
