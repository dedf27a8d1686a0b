package traceroot_test

import (
	"context"
	"errors"
	"iter"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/traceroot-ai/traceroot-go"
	"github.com/traceroot-ai/traceroot-go/attr"
	"github.com/traceroot-ai/traceroot-go/traceroottest"
)

// numbers is a sequence type of a program's own.
type numbers func(yield func(int) bool)

// sequenceWays are the ways to follow a sequence that produce makes. The span is named "numbers".
var sequenceWays = map[string]func(ctx context.Context, produce func(context.Context) iter.Seq[int], opts ...traceroot.SpanOption) iter.Seq[int]{
	"Seq": func(ctx context.Context, produce func(context.Context) iter.Seq[int], opts ...traceroot.SpanOption) iter.Seq[int] {
		return traceroot.Seq(ctx, "numbers", produce, opts...)
	},
	"Observe": func(ctx context.Context, produce func(context.Context) iter.Seq[int], opts ...traceroot.SpanOption) iter.Seq[int] {
		return traceroot.Observe(produce, append(opts, traceroot.Name("numbers"))...)(ctx)
	},
	"Observe of a named type": func(ctx context.Context, produce func(context.Context) iter.Seq[int], opts ...traceroot.SpanOption) iter.Seq[int] {
		named := func(ctx context.Context) numbers { return numbers(produce(ctx)) }
		return iter.Seq[int](traceroot.Observe(named, append(opts, traceroot.Name("numbers"))...)(ctx))
	},
	"Observe beside an error": func(ctx context.Context, produce func(context.Context) iter.Seq[int], opts ...traceroot.SpanOption) iter.Seq[int] {
		fallible := func(ctx context.Context) (iter.Seq[int], error) { return produce(ctx), nil }
		seq, _ := traceroot.Observe(fallible, append(opts, traceroot.Name("numbers"))...)(ctx)
		return seq
	},
	"Observe0": func(ctx context.Context, produce func(context.Context) iter.Seq[int], opts ...traceroot.SpanOption) iter.Seq[int] {
		fallible := func(ctx context.Context) (iter.Seq[int], error) { return produce(ctx), nil }
		seq, _ := traceroot.Observe0(fallible, append(opts, traceroot.Name("numbers"))...)(ctx)
		return seq
	},
	"Do": func(ctx context.Context, produce func(context.Context) iter.Seq[int], opts ...traceroot.SpanOption) iter.Seq[int] {
		seq, _ := traceroot.Do(ctx, "numbers", func(ctx context.Context) (iter.Seq[int], error) { return produce(ctx), nil }, opts...)
		return seq
	},
	"keys of Seq2": func(ctx context.Context, produce func(context.Context) iter.Seq[int], opts ...traceroot.SpanOption) iter.Seq[int] {
		pairs := traceroot.Seq2(ctx, "numbers", func(ctx context.Context) iter.Seq2[int, error] {
			return func(yield func(int, error) bool) { produce(ctx)(func(n int) bool { return yield(n, nil) }) }
		}, opts...)
		return func(yield func(int) bool) { pairs(func(n int, _ error) bool { return yield(n) }) }
	},
}

// upTo yields 1, 2, … n, each from a span of its own.
func upTo(n int) func(context.Context) iter.Seq[int] {
	return func(ctx context.Context) iter.Seq[int] {
		return func(yield func(int) bool) {
			for i := 1; i <= n; i++ {
				_ = traceroot.Run(ctx, "produce", work)
				if !yield(i) {
					return
				}
			}
		}
	}
}

func TestSequence(t *testing.T) {
	t.Parallel()
	for way, follow := range sequenceWays {
		t.Run("observe-32 "+way+" keeps the span open to the end", func(t *testing.T) {
			t.Parallel()
			ctx, rec := traceroottest.New(t)
			for range follow(ctx, upTo(3)) {
				if s := rec.Tree(); strings.Contains(s, "numbers") {
					t.Errorf("the span has ended:\n%s", s)
				}
			}
			if got := len(rec.Spans()); got != 4 {
				t.Errorf("%d spans, want 4:\n%s", got, rec.Tree())
			}
		})
		t.Run("observe-33 "+way+" lists the items", func(t *testing.T) {
			t.Parallel()
			ctx, rec := traceroottest.New(t)
			if got := slices.Collect(follow(ctx, upTo(3), traceroot.Input("question"))); !slices.Equal(got, []int{1, 2, 3}) {
				t.Errorf("the consumer got %v", got)
			}
			s := rec.Span("numbers")
			wantContent(t, s, "question", "[1,2,3]")
			wantAttributes(t, s, map[string]string{attr.StreamItems: "3", attr.StreamComplete: ""})
			if first, ok := s.Attributes[attr.StreamFirstItemMS]; !ok || first.AsFloat64() <= 0 || s.Err != "" {
				t.Errorf("first item after %v ms, error %q", first, s.Err)
			}
		})
		t.Run("observe-34 "+way+" without items has no output", func(t *testing.T) {
			t.Parallel()
			ctx, rec := traceroottest.New(t)
			drain(follow(ctx, upTo(0)))
			wantAttributes(t, onlySpan(t, rec), map[string]string{
				attr.SpanOutput: "", attr.StreamItems: "0", attr.StreamFirstItemMS: "", attr.StreamComplete: "",
			})
		})
		t.Run("observe-35 "+way+" ends when its consumer leaves", func(t *testing.T) {
			t.Parallel()
			ctx, rec := traceroottest.New(t)
			for n := range follow(ctx, upTo(5)) {
				if n == 2 {
					break
				}
			}
			s := rec.Span("numbers")
			wantAttributes(t, s, map[string]string{attr.SpanOutput: "[1,2]", attr.StreamItems: "2", attr.StreamComplete: "false"})
			if s.Err != "" {
				t.Errorf("the span failed: %s", s.Err)
			}
		})
		t.Run("observe-36 "+way+" fails after what it delivered", func(t *testing.T) {
			t.Parallel()
			ctx, rec := traceroottest.New(t)
			var got []int
			thrown := panicOf(func() {
				for n := range follow(ctx, func(context.Context) iter.Seq[int] {
					return func(yield func(int) bool) { yield(1); yield(2); panic(errBoom) }
				}) {
					got = append(got, n)
				}
			})
			s := onlySpan(t, rec)
			if thrown != any(errBoom) || s.Err != "boom" || !slices.Equal(got, []int{1, 2}) {
				t.Errorf("threw %v, error %q, delivered %v", thrown, s.Err, got)
			}
			wantAttributes(t, s, map[string]string{attr.SpanOutput: "[1,2]", attr.StreamComplete: ""})
		})
		t.Run("observe-37 "+way+" is the parent of its body alone", func(t *testing.T) {
			t.Parallel()
			ctx, rec := traceroottest.New(t)
			_ = traceroot.Run(ctx, "agent", func(ctx context.Context) error {
				for range follow(ctx, upTo(2)) {
					_ = traceroot.Run(ctx, "consume", work)
				}
				return nil
			})
			wantParent(t, rec, map[string]string{"numbers": "agent", "produce": "numbers", "consume": "agent"})
		})
		t.Run(way+" is a span for each loop", func(t *testing.T) {
			t.Parallel()
			ctx, rec := traceroottest.New(t)
			seq := follow(ctx, upTo(2))
			drain(seq)
			for range seq {
				break
			}
			const want = "span numbers\n  span produce\n  span produce\nspan numbers\n  span produce\n"
			if got := rec.Tree(); got != want {
				t.Errorf("got\n%swant\n%s", got, want)
			}
		})
		t.Run(way+" does not fail for its consumer's panic", func(t *testing.T) {
			t.Parallel()
			ctx, rec := traceroottest.New(t)
			thrown := panicOf(func() {
				for range follow(ctx, upTo(2)) {
					panic(errBoom)
				}
			})
			s := rec.Span("numbers")
			if thrown != any(errBoom) || s.Err != "" {
				t.Errorf("threw %v, error %q", thrown, s.Err)
			}
			wantAttributes(t, s, map[string]string{attr.SpanOutput: "[1]", attr.StreamComplete: "false"})
		})
		t.Run(way+" ends when its consumer's goroutine does", func(t *testing.T) {
			t.Parallel()
			ctx, rec := traceroottest.New(t)
			_ = inParallel(1, func(int) {
				for range follow(ctx, upTo(2)) {
					runtime.Goexit()
				}
			})
			wantAttributes(t, rec.Span("numbers"), map[string]string{attr.SpanOutput: "[1]", attr.StreamComplete: "false"})
		})
		t.Run(way+" can be pulled", func(t *testing.T) {
			t.Parallel()
			ctx, rec := traceroottest.New(t)
			next, stop := iter.Pull(follow(ctx, upTo(5)))
			next()
			_ = traceroot.Run(ctx, "consume", work)
			next()
			stop()
			wantAttributes(t, rec.Span("numbers"), map[string]string{attr.SpanOutput: "[1,2]", attr.StreamComplete: "false"})
			wantParent(t, rec, map[string]string{"numbers": "", "produce": "numbers", "consume": ""})
		})
		t.Run(way+" maps the list of its items", func(t *testing.T) {
			t.Parallel()
			ctx, rec := traceroottest.New(t)
			drain(follow(ctx, upTo(3), traceroot.MapOutput(on(func(items []any) any { return len(items) }))))
			wantAttributes(t, rec.Span("numbers"), map[string]string{attr.SpanOutput: "3", attr.StreamItems: "3"})
		})
		t.Run(way+" keeps the output that the program sets", func(t *testing.T) {
			t.Parallel()
			ctx, rec := traceroottest.New(t)
			drain(follow(ctx, func(ctx context.Context) iter.Seq[int] {
				return func(yield func(int) bool) {
					yield(1)
					traceroot.UpdateCurrentSpan(ctx, traceroot.SpanUpdate{Output: "said"})
				}
			}))
			wantAttributes(t, onlySpan(t, rec), map[string]string{attr.SpanOutput: "said", attr.StreamItems: "1"})
		})
	}
}

// answerWith makes a sequence of words, each with the error beside it.
func answerWith(steps ...any) func(context.Context) iter.Seq2[string, error] {
	return func(context.Context) iter.Seq2[string, error] {
		return func(yield func(string, error) bool) {
			for pair := range slices.Chunk(steps, 2) {
				word, _ := pair[0].(string)
				err, _ := pair[1].(error)
				if !yield(word, err) {
					return
				}
			}
		}
	}
}

func TestSequenceOfPairs(t *testing.T) {
	t.Parallel()
	ways := map[string]func(ctx context.Context, produce func(context.Context) iter.Seq2[string, error]) iter.Seq2[string, error]{
		"Seq2": func(ctx context.Context, produce func(context.Context) iter.Seq2[string, error]) iter.Seq2[string, error] {
			return traceroot.Seq2(ctx, "words", produce)
		},
		"Observe": func(ctx context.Context, produce func(context.Context) iter.Seq2[string, error]) iter.Seq2[string, error] {
			return traceroot.Observe(produce)(ctx)
		},
	}
	for way, follow := range ways {
		for _, test := range []struct {
			name          string
			steps         []any
			output, items string
			failure       string
		}{
			{"observe-33 values beside nil errors", []any{"a", nil, "", nil}, `["a",""]`, "2", ""},
			{"observe-36 an error alone at the end", []any{"a", nil, "", errBoom}, `["a"]`, "1", "boom"},
			{"observe-36 an error beside a value", []any{"a", nil, "b", errBoom}, `["a","b"]`, "2", "boom"},
			{"observe-36 an error that is not the end", []any{"", errBoom, "b", nil}, `["b"]`, "1", "boom"},
			{"observe-36 the last of two errors", []any{"", errBoom, "", errLater}, "", "0", "later"},
		} {
			t.Run(way+"/"+test.name, func(t *testing.T) {
				t.Parallel()
				ctx, rec := traceroottest.New(t)
				var got []any
				for word, err := range follow(ctx, answerWith(test.steps...)) {
					var failure any
					if err != nil {
						failure = err
					}
					got = append(got, word, failure)
				}
				if !slices.Equal(got, test.steps) {
					t.Errorf("the consumer got %v, want %v", got, test.steps)
				}
				s := onlySpan(t, rec)
				wantAttributes(t, s, map[string]string{attr.SpanOutput: test.output, attr.StreamItems: test.items, attr.StreamComplete: ""})
				if s.Err != test.failure {
					t.Errorf("error %q, want %q", s.Err, test.failure)
				}
			})
		}
		t.Run(way+"/observe-35 a consumer that leaves at an error", func(t *testing.T) {
			t.Parallel()
			ctx, rec := traceroottest.New(t)
			for _, err := range follow(ctx, answerWith("a", nil, "", errBoom, "c", nil)) {
				if err != nil {
					break
				}
			}
			s := onlySpan(t, rec)
			wantAttributes(t, s, map[string]string{attr.SpanOutput: `["a"]`, attr.StreamComplete: "false"})
			if s.Err != "boom" {
				t.Errorf("error %q, want boom", s.Err)
			}
		})
	}
	for way, seq := range map[string]func(context.Context) iter.Seq2[string, int]{
		"Seq2": func(ctx context.Context) iter.Seq2[string, int] {
			return traceroot.Seq2(ctx, "pairs", func(context.Context) iter.Seq2[string, int] { return ages })
		},
		"Observe": func(ctx context.Context) iter.Seq2[string, int] {
			return traceroot.Observe(func(context.Context) iter.Seq2[string, int] { return ages })(ctx)
		},
	} {
		t.Run(way+"/observe-33 pairs without an error", func(t *testing.T) {
			t.Parallel()
			ctx, rec := traceroottest.New(t)
			for range seq(ctx) {
			}
			wantAttributes(t, onlySpan(t, rec), map[string]string{attr.SpanOutput: `[["ann",41],["bob",0]]`, attr.StreamItems: "2"})
		})
	}
}

func ages(yield func(string, int) bool) { _ = yield("ann", 41) && yield("bob", 0) }

var errLater = errors.New("later")

func TestSequenceThatIsNotMade(t *testing.T) {
	t.Parallel()
	for what, call := range map[string]func(ctx context.Context) (iter.Seq[int], error){
		"Observe": traceroot.Observe(func(context.Context) (iter.Seq[int], error) { return nil, errBoom }, traceroot.Name("numbers")),
		"Observe0": traceroot.Observe0(func(context.Context) (iter.Seq[int], error) { return upTo(2)(t.Context()), errBoom },
			traceroot.Name("numbers")),
		"Do": func(ctx context.Context) (iter.Seq[int], error) {
			return traceroot.Do(ctx, "numbers", func(context.Context) (iter.Seq[int], error) { return nil, errBoom })
		},
	} {
		t.Run("observe-36 "+what+", error at the call", func(t *testing.T) {
			t.Parallel()
			ctx, rec := traceroottest.New(t)
			if _, err := call(ctx); !errors.Is(err, errBoom) {
				t.Errorf("the caller got %v", err)
			}
			s := onlySpan(t, rec)
			if s.Name != "numbers" || s.Err != "boom" || s.Output != nil {
				t.Errorf("span %q, error %q, output %v", s.Name, s.Err, s.Output)
			}
		})
	}
	t.Run("a nil sequence", func(t *testing.T) {
		t.Parallel()
		ctx, rec := traceroottest.New(t)
		if seq := traceroot.Observe(func(context.Context) iter.Seq[int] { return nil })(ctx); seq != nil {
			t.Error("the sequence is not nil")
		}
		if s := onlySpan(t, rec); s.Err != "" {
			t.Errorf("error %q", s.Err)
		}
	})
}
