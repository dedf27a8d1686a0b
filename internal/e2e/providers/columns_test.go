package providers_test

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"reflect"
	"testing"

	"github.com/traceroot-ai/traceroot-go/traceroottest"
)

// column is a kind of call, which is one column of the matrix.
type column struct {
	name   string
	script func(w *wire, done <-chan struct{}) []answer
	act    func(ctx context.Context, c client, w *wire) (answer any, err error)
	judge  func(t *testing.T, w *wire, seen outcome)
	may    ending
}

// ending is how a call may end for its caller.
type ending int

const (
	succeed ending = iota
	fail
	either // some clients keep it to themselves that their context has ended
)

var columns = []column{
	{"plain", answersWith(func(w *wire) answer { return w.answer }), ask, judgePlain, succeed},
	{"stream", answersWith((*wire).streams), readAll, judgeStream, succeed},
	{"tools", answersWith(func(w *wire) answer { return w.toolCall }), askWithTools, judgeTools, succeed},
	{"error", answersWith(func(w *wire) answer { return w.refusal }), ask, judgeError, fail},
	{"retry", func(w *wire, _ <-chan struct{}) []answer { return []answer{w.overload, w.answer} }, ask, judgeRetry, succeed},
	{"cancel", func(w *wire, done <-chan struct{}) []answer { return []answer{w.begins(done), w.begins(done)} }, leave, judgeCancel, either},
}

// What clients have no means for.
var (
	noRetries     = []string{"retry"}
	noTools       = []string{"tools"}
	notForVectors = []string{"stream", "tools", "cancel"}
)

func answersWith(choose func(*wire) answer) func(*wire, <-chan struct{}) []answer {
	return func(w *wire, _ <-chan struct{}) []answer { return []answer{choose(w)} }
}

func ask(ctx context.Context, c client, w *wire) (any, error) { return c.ask(ctx, prompt{body: w.ask}) }

func askWithTools(ctx context.Context, c client, w *wire) (any, error) {
	return c.ask(ctx, prompt{body: w.askTools, tools: true})
}

func readAll(ctx context.Context, c client, w *wire) (any, error) {
	var pieces []string
	err := c.stream(ctx, prompt{body: w.ask}, func(piece string) error {
		pieces = append(pieces, piece)
		return nil
	})
	return pieces, err
}

// leave has two streams, and of each no more than its first words: one whose context it cancels, and one that it closes
// before it cancels.
func leave(ctx context.Context, c client, w *wire) (any, error) {
	var pieces []string
	cancelled, cancel := context.WithCancel(ctx)
	defer cancel()
	err := c.stream(cancelled, prompt{body: w.ask}, func(piece string) error {
		pieces = append(pieces, piece)
		cancel()
		return nil
	})
	closed, cancel := context.WithCancel(ctx)
	defer cancel()
	left := c.stream(closed, prompt{body: w.ask}, func(piece string) error {
		pieces = append(pieces, piece)
		return errEnough
	})
	return append(pieces, describe(left)), err
}

func judgePlain(t *testing.T, w *wire, seen outcome) {
	t.Helper()
	s := onlySpan(t, seen)
	t.Run("integrations-01 one span, of its kind and name", func(t *testing.T) {
		if s.Name != w.operation+" "+w.model || s.Type != "llm" || s.Err != "" {
			t.Errorf("the span is a %s named %q, which failed with %q", s.Type, s.Name, s.Err)
		}
	})
	t.Run("integrations-02 who answered", func(t *testing.T) { expect(t, s, identity(w)) })
	t.Run("integrations-03 what was asked", func(t *testing.T) {
		expect(t, s, want{"traceroot.span.input": fromJSON(t, cmp.Or(w.input, inputShown))})
	})
	t.Run("integrations-05 usage", func(t *testing.T) { expect(t, s, w.usage) })
	t.Run("integrations-06 parameters", func(t *testing.T) { expect(t, s, parametersOf(w)) })
	t.Run("integrations-14 no key", func(t *testing.T) { expectNowhere(t, s, key) })
	if w.isEmbedding() {
		t.Run("llm-08 embeddings", func(t *testing.T) {
			expect(t, s, want{"gen_ai.operation.name": "embeddings", "gen_ai.request.model": w.model, "traceroot.span.type": "llm"})
			expect(t, s, w.usage)
		})
		t.Run("integrations-20 no vectors", func(t *testing.T) {
			expect(t, s, want{"traceroot.span.output": fromJSON(t, w.output)})
			expectNowhere(t, s, "0.125")
		})
		return
	}
	t.Run("integrations-04 what was answered", func(t *testing.T) { expectAnswer(t, s, cmp.Or(w.output, outputShown), w.finish) })
	t.Run("llm-07 model with usage", func(t *testing.T) { expect(t, s, want{"traceroot.llm.model": w.model}) })
}

func judgeStream(t *testing.T, w *wire, seen outcome) {
	t.Helper()
	s := onlySpan(t, seen)
	t.Run("integrations-07 as the whole answer", func(t *testing.T) {
		if s.Name != w.operation+" "+w.model || s.Type != "llm" || s.Err != "" {
			t.Errorf("the span is a %s named %q, which failed with %q", s.Type, s.Name, s.Err)
		}
		if ms := s.Attributes["traceroot.llm.time_to_first_token_ms"].AsFloat64(); ms <= 0 {
			t.Errorf("the first token came after %v ms", ms)
		}
		expect(t, s, identity(w))
		expect(t, s, want{
			"traceroot.llm.streaming": true, "traceroot.llm.complete": nil,
			"traceroot.span.input": fromJSON(t, cmp.Or(w.input, inputShown)),
		})
		expect(t, s, parametersOf(w))
	})
	t.Run("llm-12 usage and output at its end", func(t *testing.T) {
		expect(t, s, w.usage)
		expectAnswer(t, s, cmp.Or(w.output, outputShown), w.finish)
	})
}

func judgeTools(t *testing.T, w *wire, seen outcome) {
	t.Helper()
	s := onlySpan(t, seen)
	t.Run("integrations-03 a tool call and its result", func(t *testing.T) {
		expect(t, s, want{"traceroot.span.input": fromJSON(t, cmp.Or(w.toolInput, toolInputShown))})
	})
	t.Run("integrations-04 a tool call", func(t *testing.T) {
		expectAnswer(t, s, cmp.Or(w.toolOutput, toolOutputShown), w.toolFinish)
	})
	t.Run("integrations-06 the tools", func(t *testing.T) {
		expect(t, s, want{"traceroot.llm.tools": fromJSON(t, cmp.Or(w.tools, toolsShown))})
	})
}

func judgeError(t *testing.T, w *wire, seen outcome) {
	t.Helper()
	s := onlySpan(t, seen)
	t.Run("integrations-09 the provider's reason", func(t *testing.T) {
		if s.Err != w.refused {
			t.Errorf("the span failed with %q, want %q", s.Err, w.refused)
		}
		expect(t, s, want{"http.response.status_code": int64(w.refusal.status), "gen_ai.request.model": w.model})
	})
}

func judgeRetry(t *testing.T, w *wire, seen outcome) {
	t.Helper()
	t.Run("integrations-11 a span for each attempt", func(t *testing.T) {
		spans := expectSpans(t, seen, 2)
		if spans[0].Err != w.overloaded || spans[1].Err != "" {
			t.Errorf("the attempts failed with %q and %q, want %q and none", spans[0].Err, spans[1].Err, w.overloaded)
		}
		expect(t, spans[0], want{"http.response.status_code": int64(w.overload.status), "http.request.resend_count": nil})
		expect(t, spans[1], want{"http.response.status_code": int64(http.StatusOK), "http.request.resend_count": int64(1)})
		expect(t, spans[1], w.usage)
	})
}

func judgeCancel(t *testing.T, _ *wire, seen outcome) {
	t.Helper()
	t.Run("integrations-08 what had arrived", func(t *testing.T) {
		for _, s := range expectSpans(t, seen, 2) {
			if s.Err != "" {
				t.Errorf("a stream that its reader left failed: %s", s.Err)
			}
			expect(t, s, want{
				"traceroot.llm.complete": false, "traceroot.llm.streaming": true,
				"traceroot.span.output": fromJSON(t, beginningShown),
			})
		}
	})
}

// judgeDifference compares what the caller and the server see with the SDK and without. With eitherError the client may
// return an error or none.
func judgeDifference(t *testing.T, with, without outcome, eitherError bool) {
	t.Helper()
	t.Run("integrations-10 for the caller", func(t *testing.T) {
		if !reflect.DeepEqual(with.answer, without.answer) {
			t.Errorf("the caller gets\n%.2000s\nwithout the SDK\n%.2000s", fmt.Sprintf("%#v", with.answer), fmt.Sprintf("%#v", without.answer))
		}
		if with.err != without.err && !eitherError {
			t.Errorf("the caller gets the error\n%s\nwithout the SDK\n%s", with.err, without.err)
		}
	})
	t.Run("integrations-19 for the server", func(t *testing.T) {
		if !reflect.DeepEqual(with.asked, without.asked) {
			t.Errorf("the server gets\n%v\nwithout the SDK\n%v", with.asked, without.asked)
		}
	})
}

func identity(w *wire) want {
	shown := want{
		"gen_ai.operation.name": w.operation, "gen_ai.provider.name": w.provider, "gen_ai.request.model": w.model,
		"gen_ai.response.model": nil, "gen_ai.response.id": nil, "traceroot.llm.request_id": "req_1",
	}
	if w.answeredBy != "" {
		shown["gen_ai.response.model"] = w.answeredBy
	}
	if w.answerID != "" {
		shown["gen_ai.response.id"] = w.answerID
	}
	return shown
}

func parametersOf(w *wire) want {
	if w.parameters == nil {
		return want{"traceroot.llm.model_parameters": nil}
	}
	return want{"traceroot.llm.model_parameters": w.parameters}
}

func expectAnswer(t *testing.T, s traceroottest.Span, output, finish string) {
	t.Helper()
	expect(t, s, want{"traceroot.span.output": fromJSON(t, output), "gen_ai.response.finish_reasons": []string{finish}})
}

// onlySpan is the one span there is.
func onlySpan(t *testing.T, seen outcome) traceroottest.Span {
	t.Helper()
	return expectSpans(t, seen, 1)[0]
}

func expectSpans(t *testing.T, seen outcome, n int) []traceroottest.Span {
	t.Helper()
	if len(seen.spans) != n {
		t.Fatalf("%d spans, want %d; the caller's error: %s\n%s", len(seen.spans), n, seen.err, seen.trace)
	}
	return seen.spans
}
