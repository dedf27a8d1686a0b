package demo_test

import (
	"cmp"
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/demo"
	"github.com/traceroot-ai/traceroot-go/traceroottest"
)

func TestAgentLeavesTheTraceOfItsSteps(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		model, httpClient := startModel(t)
		ctx, recorder := traceroottest.New(t)
		ticket := demo.Example()
		answer, err := demo.NewOver(httpClient, model.URL, demo.Model).Answer(ctx, ticket, io.Discard)
		if err != nil {
			t.Fatal(err)
		}

		names := make(map[string]string)
		for _, span := range recorder.Spans() {
			names[span.SpanID] = span.Name
		}
		var steps []string
		for _, span := range recorder.Spans() {
			step := string(span.Type) + " " + span.Name + " < " + names[span.ParentID]
			if span.Err != "" {
				step += " ✕ " + span.Err
			}
			steps = append(steps, step)
			if span.UserID != ticket.Customer || span.SessionID != ticket.Conversation {
				t.Errorf("%s has the user %q and the session %q", step, span.UserID, span.SessionID)
			}
		}
		want := []string{
			"agent support-agent < ",
			"llm chat gpt-4.1-mini < support-agent",
			"llm chat gpt-4.1-mini < support-agent",
			"span ask stock service < check_stock",
			"span ask stock service < check_stock ✕ stock service: 503 Service Unavailable",
			"tool check_stock < support-agent",
			"tool get_order < support-agent",
		}
		slices.Sort(steps)
		if !slices.Equal(steps, want) {
			t.Errorf("got the steps\n%s\nwant\n%s", strings.Join(steps, "\n"), strings.Join(want, "\n"))
		}

		root := recorder.Span("support-agent")
		if root.Input != ticket.Question || root.Output != answer {
			t.Errorf("the agent's span has the input %v and the output %v", root.Input, root.Output)
		}
		if got, want := root.End.Sub(root.Start), 3570*time.Millisecond; got != want {
			t.Errorf("the agent took %v, want %v", got, want)
		}
		order, stock := recorder.Span("get_order"), recorder.Span("check_stock")
		if !order.Start.Equal(stock.Start) {
			t.Errorf("the tools started %v apart, want them side by side", order.Start.Sub(stock.Start).Abs())
		}
	})
}

func TestAgentStreamsBothModelCalls(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		model, httpClient := startModel(t)
		ctx, recorder := traceroottest.New(t)
		if _, err := demo.NewOver(httpClient, model.URL, demo.Model).Answer(ctx, demo.Example(), io.Discard); err != nil {
			t.Fatal(err)
		}

		var calls []traceroottest.Span
		for _, span := range recorder.Spans() {
			if span.Type == "llm" {
				calls = append(calls, span)
			}
		}
		want := []struct {
			total                 time.Duration
			firstToken            float64
			input, cached, output int64
		}{
			{total: 1020 * time.Millisecond, firstToken: 310, input: 612, output: 48},
			{total: 2030 * time.Millisecond, firstToken: 220, input: 1702, cached: 1024, output: 139},
		}
		if len(calls) != len(want) {
			t.Fatalf("got %d model calls, want %d:\n%s", len(calls), len(want), recorder.Tree())
		}
		for i, call := range calls {
			if got := call.End.Sub(call.Start); got != want[i].total {
				t.Errorf("call %d took %v, want %v", i, got, want[i].total)
			}
			if got := call.Attributes["traceroot.llm.time_to_first_token_ms"].AsFloat64(); got != want[i].firstToken {
				t.Errorf("call %d had its first token after %v ms, want %v", i, got, want[i].firstToken)
			}
			u := call.Usage
			if u.InputTokens != want[i].input || u.CacheReadTokens != want[i].cached || u.OutputTokens != want[i].output {
				t.Errorf("call %d has the usage %+v, want %+v", i, u, want[i])
			}
		}
	})
}

func TestSpansPointToTheCodeThatTheyTrace(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		model, httpClient := startModel(t)
		ctx, recorder := traceroottest.New(t)
		if _, err := demo.NewOver(httpClient, model.URL, demo.Model).Answer(ctx, demo.Example(), io.Discard); err != nil {
			t.Fatal(err)
		}
		for name, code := range map[string]string{
			"support-agent":     "return traceroot.Do(",
			"chat gpt-4.1-mini": "CreateChatCompletionStream(ctx, ",
			"get_order":         "func getOrder(",
			"check_stock":       "func checkStock(",
			"ask stock service": "func findStock(",
		} {
			span := recorder.Span(name)
			if got := line(t, span.File, span.Line); !strings.Contains(got, code) {
				t.Errorf("span %s points to %s:%d, which is %q, want %q", name, span.File, span.Line, got, code)
			}
		}
	})
}

func TestAnswerIsWrittenWhileItIsSpoken(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		model, httpClient := startModel(t)
		var out timedWriter
		answer, err := demo.NewOver(httpClient, model.URL, demo.Model).Answer(t.Context(), demo.Example(), &out)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(answer, "It was delivered on Tuesday, 10 March") || out.text.String() != answer {
			t.Errorf("got the answer %q, and wrote %q", answer, out.text.String())
		}
		if got := out.last.Sub(out.first); got < time.Second {
			t.Errorf("the answer was written within %v, want it spread over the stream", got)
		}
	})
}

func TestToolErrorsAreForTheModelToTell(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		model, httpClient := startModel(t)
		ctx, recorder := traceroottest.New(t)
		unknown := demo.Ticket{Question: "Where is order 11111, and is there a ZZ-9999?"}
		answer, err := demo.NewOver(httpClient, model.URL, demo.Model).Answer(ctx, unknown, io.Discard)
		if err != nil {
			t.Fatal(err)
		}
		for _, reason := range []string{"there is no order 11111", "stock service: 404 Not Found"} {
			if !strings.Contains(answer, reason) {
				t.Errorf("the answer keeps %q from the customer: %s", reason, answer)
			}
		}
		if recorder.Span("get_order").Err == "" || recorder.Span("check_stock").Err == "" || recorder.Span("support-agent").Err != "" {
			t.Errorf("want errors on the tools and none on the agent, got\n%s", recorder.Tree())
		}
	})
}

func TestAnswerEndsWithAnError(t *testing.T) {
	t.Parallel()
	endlessly := roundTripper(func(*http.Request) (*http.Response, error) {
		const call = `{"index":0,"id":"call_1","type":"function","function":{"name":"sing","arguments":"{}"}}`
		return eventStream(`data: {"choices":[{"index":0,"delta":{"tool_calls":[`+call+`]}}]}`+"\n\ndata: [DONE]\n\n", io.EOF), nil
	})
	broken := roundTripper(func(*http.Request) (*http.Response, error) {
		return eventStream(`data: {"choices":[{"index":0,"delta":{"content":"It was"}}]}`+"\n\n", io.ErrUnexpectedEOF), nil
	})
	hangUp := errors.New("hung up")
	tests := map[string]struct {
		transport http.RoundTripper // nil: the scripted model
		question  string
		out       io.Writer
		patience  time.Duration
		want      string
	}{
		"of the provider":        {question: "Who are you?", want: "ask gpt-4.1-mini: error, status code: 400"},
		"of a reader who left":   {out: writerFunc(func([]byte) (int, error) { return 0, hangUp }), want: "hung up"},
		"of the context":         {patience: 1200 * time.Millisecond, want: context.DeadlineExceeded.Error()},
		"of a stream cut short":  {transport: broken, want: "ask gpt-4.1-mini: unexpected EOF"},
		"when the model goes on": {transport: endlessly, want: "no answer in 8 turns"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				model, httpClient := startModel(t)
				if test.transport != nil {
					httpClient = &http.Client{Transport: test.transport}
				}
				ctx, recorder := traceroottest.New(t)
				if test.patience > 0 {
					var cancel context.CancelFunc
					ctx, cancel = context.WithTimeout(ctx, test.patience)
					defer cancel()
				}
				ticket := demo.Example()
				ticket.Question = cmp.Or(test.question, ticket.Question)
				_, err := demo.NewOver(httpClient, model.URL, demo.Model).Answer(ctx, ticket, cmp.Or(test.out, io.Discard))
				if err == nil || !strings.Contains(err.Error(), test.want) {
					t.Fatalf("got the error %v, want %q in it", err, test.want)
				}
				if got := recorder.Span("support-agent").Err; got != err.Error() {
					t.Errorf("the agent's span has the error %q, want %q", got, err)
				}
			})
		})
	}
}

// TestDemoOnLoopback runs what "traceroot demo" runs, in real time: StartModel, New and the default transport.
func TestDemoOnLoopback(t *testing.T) {
	t.Parallel()
	model, err := demo.StartModel(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ctx, recorder := traceroottest.New(t)
	start := time.Now()
	if _, err := demo.New(model.URL, "key", demo.Model).Answer(ctx, demo.Example(), io.Discard); err != nil {
		t.Error(err)
	}
	if took := time.Since(start); took > 9*time.Second {
		t.Errorf("the demo took %v, want it to end well within 10 s", took)
	}
	if got, want := len(recorder.Spans()), 7; got != want {
		t.Errorf("got %d spans, want %d:\n%s", got, want, recorder.Tree())
	}
	for range 2 {
		if err := model.Shutdown(t.Context()); err != nil {
			t.Errorf("Shutdown: %v", err)
		}
	}
}

// line returns a line, counted from 1, of a file of the repository.
func line(t *testing.T, file string, number int) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("../../../..", filepath.FromSlash(file)))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(data), "\n")
	if number < 1 || number > len(lines) {
		t.Fatalf("%s has no line %d", file, number)
	}
	return lines[number-1]
}

// timedWriter keeps what was written, and when the first and the last of it was.
type timedWriter struct {
	text        strings.Builder
	first, last time.Time
}

func (w *timedWriter) Write(p []byte) (int, error) {
	if len(p) > 0 {
		w.last = time.Now()
		if w.first.IsZero() {
			w.first = w.last
		}
	}
	return w.text.Write(p)
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func eventStream(body string, end error) *http.Response {
	return &http.Response{
		StatusCode: http.StatusOK,
		Header:     http.Header{"Content-Type": {"text/event-stream"}},
		Body:       io.NopCloser(io.MultiReader(strings.NewReader(body), iotest.ErrReader(end))),
	}
}
