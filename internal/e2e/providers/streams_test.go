package providers_test

import (
	"context"
	"errors"
	"iter"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/traceroot-ai/traceroot-go"
	"github.com/traceroot-ai/traceroot-go/traceroottest"
)

// rows are the hooks into single clients, of all clients that have something. The name is for a subtest.
func rows(has func(adapter) bool) iter.Seq2[string, row] {
	return func(yield func(string, row) bool) {
		for _, a := range adapters {
			if !has(a) {
				continue
			}
			for _, h := range a.hooks {
				if h.connect == nil || h.install != nil {
					continue
				}
				if name := strings.ReplaceAll(a.name, "/", " ") + ", " + h.name; !yield(name, row{a, h}) {
					return
				}
			}
		}
	}
}

// row is a client with a hook in it.
type row struct {
	adapter
	hook hook
}

func canStream(a adapter) bool { return !slices.Contains(a.unable, "stream") }

// A connection that breaks is an error, unlike a reader that leaves.
func TestStreamCut(t *testing.T) {
	t.Parallel()
	cut := column{
		script: func(w *wire, _ <-chan struct{}) []answer {
			beginning := w.begins(nil)
			beginning.headers = append([]string{"Content-Length", "10000"}, beginning.headers...)
			return []answer{beginning}
		},
		act: readAll,
	}
	readsOn := func(a adapter) bool { return canStream(a) && !a.wire.atOnce }
	for name, r := range rows(readsOn) {
		t.Run("integrations-08 cut by the server "+name, func(t *testing.T) {
			t.Parallel()
			s := onlySpan(t, callTraced(t, r.hook, r.expected(r.hook), cut))
			expect(t, s, want{
				"traceroot.llm.complete": false, "traceroot.llm.streaming": true,
				"traceroot.span.output": fromJSON(t, beginningShown),
			})
			if s.Err == "" {
				t.Error("the span shows no error")
			}
		})
	}
}

func TestErrorInStream(t *testing.T) {
	t.Parallel()
	failing := column{
		script: func(w *wire, _ <-chan struct{}) []answer {
			failing := w.begins(nil)
			failing.pieces = append(slices.Clone(failing.pieces), w.failure)
			return []answer{failing}
		},
		act: readAll,
	}
	for name, r := range rows(func(a adapter) bool { return canStream(a) && a.wire.failure != "" }) {
		t.Run("integrations-09 in a stream "+name, func(t *testing.T) {
			t.Parallel()
			seen := callTraced(t, r.hook, r.expected(r.hook), failing)
			if s := onlySpan(t, seen); s.Err != r.wire.failed {
				t.Errorf("the span failed with %q, want %q", s.Err, r.wire.failed)
			}
			if plain := callUntraced(t, r.adapter, failing); plain.err != seen.err || !reflect.DeepEqual(plain.answer, seen.answer) {
				t.Errorf("the caller gets %v, %s; without the SDK %v, %s", seen.answer, seen.err, plain.answer, plain.err)
			}
		})
	}
}

func TestNoConnection(t *testing.T) {
	t.Parallel()
	wires := map[*wire]bool{}
	firstOfItsWire := func(a adapter) bool { // many clients wait before they try again
		first := !wires[a.wire]
		wires[a.wire] = true
		return first
	}
	for name, r := range rows(firstOfItsWire) {
		t.Run("integrations-09 no connection "+name, func(t *testing.T) {
			t.Parallel()
			ctx, rec := traceroottest.New(t)
			gone := play(t)
			gone.Close()
			w := r.expected(r.hook)
			if _, err := r.hook.connect(t, gone.URL).ask(ctx, prompt{body: w.ask}); err == nil {
				t.Error("the caller sees no error")
			}
			attempts := 0
			for _, s := range rec.Spans() {
				if s.Type != traceroot.KindLLM {
					continue
				}
				attempts++
				if s.Err == "" || s.Name != w.operation+" "+w.model {
					t.Errorf("the span %q failed with %q", s.Name, s.Err)
				}
			}
			if attempts == 0 {
				t.Error("no span")
			}
		})
	}
}

// A client that does not ask for usage gets none, unless the user wants the SDK to ask: then the caller still gets what it
// would have got.
func TestStreamUsage(t *testing.T) {
	t.Parallel()
	asksNot := []string{"openai-go v3 chat", "openai-go v2 chat", "openai-go v1 chat", "sashabaranov/go-openai chat"}
	for name, r := range rows(func(a adapter) bool { return slices.Contains(asksNot, a.name) }) {
		t.Run("integrations-19 usage that the user asked for "+name, func(t *testing.T) {
			t.Parallel()
			ctx, rec := traceroottest.New(t, traceroot.WithStreamUsage(true))
			server := play(t, r.wire.stream)
			pieces, err := readAll(ctx, r.hook.connect(t, server.URL), r.wire)
			if err != nil || !reflect.DeepEqual(pieces, []string{firstWords, secondWords}) {
				t.Errorf("the caller gets %v, %v", pieces, err)
			}
			asked, err := decode[map[string]any](server.requests()[0].body)
			if err != nil {
				t.Fatal(err)
			}
			if options := asked["stream_options"]; !reflect.DeepEqual(options, map[string]any{"include_usage": true}) {
				t.Errorf("the server was asked with stream_options %v", options)
			}
			expect(t, only(t, rec), r.wire.usage)
		})
	}
}

// A caller whose context ends may neither read on nor close: the span must not wait for either.
func TestStreamForgotten(t *testing.T) {
	t.Parallel()
	t.Run("integrations-08 without Close", func(t *testing.T) {
		t.Parallel()
		open := &openSpans{}
		ctx, rec := traceroottest.New(t, traceroot.WithSpanProcessor(open))
		ctx, cancel := context.WithCancel(ctx)
		done := make(chan struct{})
		defer close(done)
		c := newOpenAIv3(play(t, openAIChat.begins(done)).URL, tracedOpenAIv3())
		params, err := decode[openAIv3Params](openAIChat.ask)
		if err != nil {
			t.Fatal(err)
		}
		chunks := c.Chat.Completions.NewStreaming(ctx, params)
		for range 2 {
			if !chunks.Next() {
				t.Fatal(chunks.Err())
			}
		}
		cancel()
		open.wait(t)
		s := only(t, rec)
		expect(t, s, want{"traceroot.llm.complete": false, "traceroot.span.output": fromJSON(t, beginningShown)})
		if s.Err != "" {
			t.Errorf("a stream that its context cancelled failed: %s", s.Err)
		}
		if err := chunks.Close(); err != nil && !errors.Is(err, context.Canceled) {
			t.Errorf("close: %v", err)
		}
	})
}
