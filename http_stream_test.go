package traceroot_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/traceroot-ai/traceroot-go"
	"github.com/traceroot-ai/traceroot-go/traceroottest"
)

// scripted is a transport that answers with pieces of a body, one a read, each of them a while after the other.
type scripted struct {
	pieces []string
	every  time.Duration
	err    error // after the last piece; nil is io.EOF
}

func (s scripted) RoundTrip(req *http.Request) (*http.Response, error) {
	s.pieces = slices.Clone(s.pieces)
	return &http.Response{
		StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"text/event-stream"}},
		Body: &scriptedBody{scripted: s}, Request: req,
	}, nil
}

type scriptedBody struct {
	scripted
	closed int
}

func (b *scriptedBody) Read(p []byte) (int, error) {
	if len(b.pieces) == 0 {
		if b.err != nil {
			return 0, b.err
		}
		return 0, io.EOF
	}
	time.Sleep(b.every)
	n := copy(p, b.pieces[0])
	if b.pieces[0] = b.pieces[0][n:]; b.pieces[0] == "" {
		b.pieces = b.pieces[1:]
	}
	return n, nil
}

func (b *scriptedBody) Close() error {
	b.closed++
	return errors.New("closed " + strings.Repeat("again ", b.closed-1))
}

func TestModelStream(t *testing.T) {
	t.Parallel()
	t.Run("integrations-07 says what the whole answer says, with the time to the first token", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			ctx, rec := traceroottest.New(t)
			client := traceroot.HTTPClient(&http.Client{Transport: scripted{pieces: streamEvents, every: 100 * time.Millisecond}})
			ask(ctx, t, client, "http://model.test"+chatPath, streamRequest)
			s := onlySpan(t, rec)
			wantAttributes(t, s, map[string]string{
				"traceroot.llm.time_to_first_token_ms": "200", // the second event is the first with output
				"traceroot.llm.streaming":              "true", "traceroot.llm.complete": "",
				"gen_ai.response.model": "gpt-4o-2024-08-06", "gen_ai.response.id": "chatcmpl-1",
				"gen_ai.response.finish_reasons": `["stop"]`, "traceroot.span.output": `[{"role":"assistant","content":"Hello"}]`,
			})
			if got, want := s.End.Sub(s.Start), 600*time.Millisecond; got != want {
				t.Errorf("the span took %v, want %v", got, want)
			}
		})
	})
	t.Run("llm-12 usage and the whole output are there at the end", func(t *testing.T) {
		t.Parallel()
		ctx, rec := traceroottest.New(t)
		ask(ctx, t, traceroot.HTTPClient(nil), answers(t, 200, "text/event-stream", strings.Join(streamEvents, ""))+chatPath, streamRequest)
		s := onlySpan(t, rec)
		sameJSON(t, "usage", s.Attributes["traceroot.llm.usage"].AsString(), `{"input_tokens":3,"output_tokens":2}`)
		sameJSON(t, "output", s.Output, `[{"role":"assistant","content":"Hello"}]`)
	})
	t.Run("the span ends with [DONE], whoever forgets to close", func(t *testing.T) {
		t.Parallel()
		ctx, rec := traceroottest.New(t)
		client := traceroot.HTTPClient(&http.Client{Transport: scripted{pieces: append(streamEvents[:6:6], ": late\n\n", ": later\n\n")}})
		res, err := client.Do(newRequest(ctx, t, "http://model.test"+chatPath, streamRequest)) //nolint:bodyclose // that is the test
		if err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(res.Body)
		for lines.Scan() && lines.Text() != "data: [DONE]" {
			continue
		}
		onlySpan(t, rec)
		if rest, err := io.ReadAll(res.Body); !strings.HasSuffix(string(rest), ": later\n\n") || err != nil {
			t.Errorf("after the end the program reads %q, %v", rest, err)
		}
	})
}

// TestModelStreamIsNotHeldBack has a server that goes on only when the program has got what it sent before.
func TestModelStreamIsNotHeldBack(t *testing.T) {
	t.Parallel()
	got := make(chan bool)
	url := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		for _, event := range streamEvents {
			for _, half := range []string{event[:9], event[9:]} {
				_, _ = io.WriteString(w, half)
				_ = http.NewResponseController(w).Flush()
				<-got
			}
		}
	})
	ctx, rec := traceroottest.New(t)
	res, err := traceroot.HTTPClient(nil).Do(newRequest(ctx, t, url+chatPath, streamRequest))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	for _, event := range streamEvents {
		for _, half := range []string{event[:9], event[9:]} {
			buf := make([]byte, len(half))
			if _, err := io.ReadFull(res.Body, buf); err != nil || string(buf) != half {
				t.Fatalf("got %q, %v, want %q", buf, err, half)
			}
			got <- true
		}
	}
	onlySpan(t, rec)
}

func TestModelStreamThatIsCut(t *testing.T) {
	t.Parallel()
	const arrived = `[{"role":"assistant","content":"Hel"}]`
	begun := streamEvents[:2:2]

	t.Run("integrations-08 by the network, which is an error", func(t *testing.T) {
		t.Parallel()
		ctx, rec := traceroottest.New(t)
		client := traceroot.HTTPClient(&http.Client{Transport: scripted{pieces: begun, err: io.ErrUnexpectedEOF}})
		res, err := client.Do(newRequest(ctx, t, "http://model.test"+chatPath, streamRequest))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadAll(res.Body); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("the program reads %v", err)
		}
		_ = res.Body.Close()
		s := onlySpan(t, rec)
		sameJSON(t, "output", s.Output, arrived)
		wantAttributes(t, s, map[string]string{"traceroot.llm.complete": "false", "error.type": "errors.errorString"})
		if s.Err != "unexpected EOF" {
			t.Errorf("status %q", s.Err)
		}
	})
	t.Run("integrations-08 by its reader, who closes it", func(t *testing.T) {
		t.Parallel()
		ctx, rec := traceroottest.New(t)
		client := traceroot.HTTPClient(&http.Client{Transport: scripted{pieces: streamEvents}})
		res, err := client.Do(newRequest(ctx, t, "http://model.test"+chatPath, streamRequest))
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.ReadFull(res.Body, make([]byte, len(begun[0]+begun[1])))
		_ = res.Body.Close()
		s := onlySpan(t, rec)
		sameJSON(t, "output", s.Output, arrived)
		wantAttributes(t, s, map[string]string{"traceroot.llm.complete": "false", "error.type": ""})
		if s.Err != "" {
			t.Errorf("status %q of a stream that its reader closed", s.Err)
		}
	})
	t.Run("integrations-08 by its context, without another read", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			for cause, wantErr := range map[error]string{context.Canceled: "", context.DeadlineExceeded: "context deadline exceeded"} {
				ctx, rec := traceroottest.New(t)
				ctx, cancel := context.WithTimeout(ctx, time.Minute)
				client := &http.Client{Transport: traceroot.Transport(scripted{pieces: streamEvents})}
				res, err := client.Do(newRequest(ctx, t, "http://model.test"+chatPath, streamRequest)) //nolint:bodyclose // that is the test
				if err != nil {
					t.Fatal(err)
				}
				_, _ = io.ReadFull(res.Body, make([]byte, len(begun[0]+begun[1])))
				if errors.Is(cause, context.Canceled) {
					cancel()
				} else {
					time.Sleep(time.Minute)
				}
				synctest.Wait()
				cancel()
				s := onlySpan(t, rec)
				sameJSON(t, "output", s.Output, arrived)
				wantAttributes(t, s, map[string]string{"traceroot.llm.complete": "false"})
				if s.Err != wantErr {
					t.Errorf("%v: status %q, want %q", cause, s.Err, wantErr)
				}
			}
		})
	})
}
