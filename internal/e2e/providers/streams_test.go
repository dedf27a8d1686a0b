package providers_test

import (
	"context"
	"errors"
	"io"
	"reflect"
	"testing"
	"time"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/traceroot-ai/traceroot-go"
	"github.com/traceroot-ai/traceroot-go/traceroottest"
)

func TestStream(t *testing.T) {
	t.Parallel()
	for _, h := range hookedClients {
		ctx, rec := traceroottest.New(t)
		model := h.connect(play(t, says(reply), streams(replyEvents...)).url())
		if _, err := model.ask(ctx, conversation); err != nil {
			t.Fatalf("%s: %v", h.name, err)
		}
		answer, err := model.stream(ctx, conversation)
		if err != nil {
			t.Fatalf("%s: %v", h.name, err)
		}
		if text, err := answer.readAll(); err != nil || text != "It has shipped." {
			t.Errorf("%s: the caller gets %q, %v", h.name, text, err)
		}
		spans := several(t, rec, 2)
		whole, streamed := spans[0], spans[1]

		t.Run("integrations-07 "+h.name, func(t *testing.T) {
			if ms := streamed.Attributes["traceroot.llm.time_to_first_token_ms"].AsFloat64(); ms <= 0 {
				t.Errorf("the first token came after %v ms", ms)
			}
			if streamed.Name != whole.Name || streamed.Err != "" {
				t.Errorf("the span is %q, %q; that of the whole answer %q", streamed.Name, streamed.Err, whole.Name)
			}
			expect(t, streamed, want{"traceroot.llm.streaming": true, "traceroot.llm.complete": nil})
			same := want{}
			for key, value := range whole.Attributes {
				same[key] = value.AsInterface()
			}
			for _, differs := range []string{"traceroot.llm.streaming", "traceroot.git.source_line", "traceroot.git.source_function"} {
				delete(same, differs)
			}
			expect(t, streamed, same)
		})
		t.Run("llm-12 "+h.name, func(t *testing.T) {
			expect(t, streamed, replyUsage)
			expect(t, streamed, want{"traceroot.span.output": fromJSON(t, `[{"role":"assistant","content":"It has shipped."}]`)})
		})
	}
}

// A client that does not ask for usage gets none, unless the user wants the SDK to ask: then the caller still gets what it
// would have got.
func TestStreamUsage(t *testing.T) {
	t.Parallel()
	for _, h := range hookedClients {
		t.Run("integrations-19 usage of a stream that the user asked for "+h.name, func(t *testing.T) {
			t.Parallel()
			ctx, rec := traceroottest.New(t, traceroot.WithStreamUsage(true))
			server := play(t, streams(replyEvents...))
			answer, err := h.connect(server.url()).stream(ctx, conversation)
			if err != nil {
				t.Fatal(err)
			}
			readPieces(t, answer, len(replyEvents)-2) // neither the usage nor the end mark
			if text, err := answer.next(); !errors.Is(err, io.EOF) {
				t.Errorf("the caller gets another piece: %q, %v", text, err)
			}
			if err := answer.close(); err != nil {
				t.Errorf("close: %v", err)
			}
			body, _ := server.questions()[0].body.(map[string]any)
			if options := body["stream_options"]; !reflect.DeepEqual(options, map[string]any{"include_usage": true}) {
				t.Errorf("the server was asked with stream_options %v", options)
			}
			expect(t, only(t, rec), replyUsage)
		})
	}
}

// aBeginning is what had arrived of the answer when its reader left.
func aBeginning(t *testing.T) want {
	t.Helper()
	return want{
		"traceroot.llm.complete": false, "traceroot.llm.streaming": true,
		"traceroot.span.output": fromJSON(t, `[{"role":"assistant","content":"It has "}]`),
	}
}

func TestStreamLeftEarly(t *testing.T) {
	t.Parallel()
	for _, h := range hookedClients {
		t.Run("integrations-08 "+h.name, func(t *testing.T) {
			t.Parallel()
			ctx, rec := traceroottest.New(t)
			beginning := streams(replyEvents[:2]...)
			hold := make(chan struct{})
			beginning.hold = hold
			defer close(hold)
			answer, err := h.connect(play(t, beginning).url()).stream(ctx, conversation)
			if err != nil {
				t.Fatal(err)
			}
			readPieces(t, answer, 2)
			if err := answer.close(); err != nil {
				t.Errorf("close: %v", err)
			}
			s := only(t, rec)
			expect(t, s, aBeginning(t))
			if s.Err != "" {
				t.Errorf("a stream that its reader closed failed: %s", s.Err)
			}
		})
	}
}

// A caller whose context ends may neither read on nor close: the span must not wait for either.
func TestStreamCancelled(t *testing.T) {
	t.Parallel()
	for _, h := range hookedClients {
		t.Run("integrations-08 without Close "+h.name, func(t *testing.T) {
			t.Parallel()
			ended := make(endings, 1)
			ctx, rec := traceroottest.New(t, traceroot.WithSpanProcessor(ended))
			ctx, cancel := context.WithCancel(ctx)
			beginning := streams(replyEvents[:2]...)
			hold := make(chan struct{})
			beginning.hold = hold
			defer close(hold)
			answer, err := h.connect(play(t, beginning).url()).stream(ctx, conversation)
			if err != nil {
				t.Fatal(err)
			}
			readPieces(t, answer, 2)
			cancel()
			select {
			case <-ended:
			case <-time.After(10 * time.Second):
				t.Fatal("the span is still open")
			}
			s := only(t, rec)
			expect(t, s, aBeginning(t))
			if s.Err != "" {
				t.Errorf("a stream that its context cancelled failed: %s", s.Err)
			}
		})
	}
}

// A connection that breaks is an error, unlike a reader that leaves.
func TestStreamCut(t *testing.T) {
	t.Parallel()
	for _, h := range hookedClients {
		t.Run("integrations-08 cut by the server "+h.name, func(t *testing.T) {
			t.Parallel()
			ctx, rec := traceroottest.New(t)
			cut := streams(replyEvents[:2]...)
			cut.headers = append(cut.headers, "Content-Length", "10000")
			answer, err := h.connect(play(t, cut).url()).stream(ctx, conversation)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := answer.readAll(); err == nil {
				t.Error("the caller sees no error")
			}
			s := only(t, rec)
			expect(t, s, aBeginning(t))
			if s.Err == "" {
				t.Error("the span shows no error")
			}
		})
	}
}

func readPieces(t *testing.T, answer *pieces, n int) {
	t.Helper()
	for range n {
		if _, err := answer.next(); err != nil {
			t.Fatalf("read a piece: %v", err)
		}
	}
}

// endings is a span processor that tells of each span that has ended.
type endings chan string

func (e endings) OnStart(context.Context, sdktrace.ReadWriteSpan) {}

func (e endings) OnEnd(s sdktrace.ReadOnlySpan) { e <- s.Name() }

func (e endings) Shutdown(context.Context) error { return nil }

func (e endings) ForceFlush(context.Context) error { return nil }
