package traceroot_test

import (
	"context"
	"fmt"
	"io"
	"reflect"
	"strings"
	"testing"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/traceroot-ai/traceroot-go"
	"github.com/traceroot-ai/traceroot-go/traceroottest"
)

// shop has methods of all kinds to observe.
type shop struct{ Name string }

func (s *shop) Find(_ context.Context, item string) (string, error) {
	return s.Name + " has " + item, nil
}
func (s shop) Count(_ context.Context, items ...string) int { return len(items) }

type finder interface {
	Find(ctx context.Context, item string) (string, error)
}

type shelf[T any] struct{ last T }

func (s *shelf[T]) Put(_ context.Context, item T) (T, error) { s.last = item; return item, nil }

func lookUp(_ context.Context, item string) (string, error) { return "found " + item, nil }

func twice[T int | float64](_ context.Context, n T) T { return 2 * n }

type lookup func(ctx context.Context, item string) (string, error)

func TestObserveName(t *testing.T) {
	t.Parallel()
	corner := &shop{Name: "corner"}
	for what, test := range map[string]struct {
		call func(context.Context)
		want string
	}{
		"a function":                   {func(ctx context.Context) { _, _ = traceroot.Observe(lookUp)(ctx, "tea") }, "lookUp"},
		"a function of a named type":   {func(ctx context.Context) { _, _ = traceroot.Observe(lookup(lookUp))(ctx, "tea") }, "lookUp"},
		"a function, by a twin":        {func(ctx context.Context) { _, _ = traceroot.Observe1(lookUp)(ctx, "tea") }, "lookUp"},
		"a method value":               {func(ctx context.Context) { _, _ = traceroot.Observe(corner.Find)(ctx, "tea") }, "shop.Find"},
		"a method value, by value":     {func(ctx context.Context) { traceroot.Observe(corner.Count)(ctx, "tea") }, "shop.Count"},
		"a method value, by interface": {func(ctx context.Context) { _, _ = traceroot.Observe(finder(corner).Find)(ctx, "tea") }, "finder.Find"},
		"a method expression":          {func(ctx context.Context) { _, _ = traceroot.Observe((*shop).Find)(corner, ctx, "tea") }, "shop.Find"},
		"a method expression, by value": {
			func(ctx context.Context) { traceroot.Observe(shop.Count)(*corner, ctx, "tea") }, "shop.Count",
		},
		"a function with type arguments": {func(ctx context.Context) { traceroot.Observe(twice[int])(ctx, 2) }, "twice"},
		"a method of a type with type arguments": {
			func(ctx context.Context) { _, _ = traceroot.Observe(new(shelf[*shop]).Put)(ctx, corner) }, "shelf.Put",
		},
		"a method expression of a type with type arguments": {
			func(ctx context.Context) { _, _ = traceroot.Observe((*shelf[int]).Put)(new(shelf[int]), ctx, 3) }, "shelf.Put",
		},
		"what the SDK made": {func(ctx context.Context) {
			_, _ = traceroot.Observe(traceroot.Observe(lookUp, traceroot.Name("inner")))(ctx, "tea")
		}, "anonymous"},
		"what reflection made": {func(ctx context.Context) {
			made := reflect.MakeFunc(reflect.TypeFor[func(context.Context)](), func([]reflect.Value) []reflect.Value { return nil })
			observed, _ := traceroot.Observe(made.Interface()).(func(context.Context))
			observed(ctx)
		}, "anonymous"},
	} {
		t.Run("observe-02 "+what, func(t *testing.T) {
			t.Parallel()
			ctx, rec := traceroottest.New(t)
			test.call(ctx)
			if got := rec.Spans()[0].Name; got != test.want {
				t.Errorf("the span is named %q, want %q", got, test.want)
			}
		})
	}
	t.Run("observe-02 a literal", func(t *testing.T) {
		t.Parallel()
		ctx, rec := traceroottest.New(t)
		_ = traceroot.Observe(func(context.Context) error { return nil })(ctx)
		if got := onlySpan(t, rec).Name; !strings.HasPrefix(got, "TestObserveName.func") {
			t.Errorf("the span is named %q, want the name of its function and a number", got)
		}
	})
	t.Run("observe-01 a given name", func(t *testing.T) {
		t.Parallel()
		ctx, rec := traceroottest.New(t)
		_, _ = traceroot.Observe(lookUp, traceroot.Name("first"), traceroot.Name("search"), traceroot.Name(""))(ctx, "tea")
		if got := onlySpan(t, rec).Name; got != "search" {
			t.Errorf("the span is named %q, want the last name given, search", got)
		}
	})
}

func TestObserveKind(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		row  string
		opts []traceroot.SpanOption
		want traceroot.SpanKind
	}{
		{"observe-03 none", nil, "span"},
		{"observe-03 an empty one", []traceroot.SpanOption{traceroot.Type("")}, "span"},
		{"observe-04 span", []traceroot.SpanOption{traceroot.Type(traceroot.KindSpan)}, "span"},
		{"observe-04 agent", []traceroot.SpanOption{traceroot.Type(traceroot.KindAgent)}, "agent"},
		{"observe-04 tool as text", []traceroot.SpanOption{traceroot.Type("tool")}, "tool"},
		{"observe-04 llm in capitals", []traceroot.SpanOption{traceroot.Type("LLM")}, "llm"},
		{"observe-04 the last one", []traceroot.SpanOption{traceroot.Type("tool"), traceroot.Type("Agent")}, "agent"},
		{"observe-05 evaluation", []traceroot.SpanOption{traceroot.Type("evaluation")}, "evaluation"},
		{"observe-05 task", []traceroot.SpanOption{traceroot.Type("task")}, "task"},
		{"observe-05 scorer", []traceroot.SpanOption{traceroot.Type("Scorer")}, "scorer"},
	} {
		t.Run(test.row, func(t *testing.T) {
			t.Parallel()
			ctx, rec := traceroottest.New(t)
			_, _ = traceroot.Observe(lookUp, test.opts...)(ctx, "tea")
			wantAttributes(t, onlySpan(t, rec), map[string]string{"traceroot.span.type": string(test.want)})
		})
	}
}

// TestObserveWarns is not parallel: a wrapper is made without a context, so its warnings go to the default client's log.
func TestObserveWarns(t *testing.T) {
	logger, book := newLogBook()
	ctx, rec := traceroottest.New(t, traceroot.WithLogger(logger))
	rec.SetDefault()

	t.Run("observe-06 an unknown kind", func(t *testing.T) {
		tool := traceroot.Observe(lookUp, traceroot.Type("gadget"))
		if got := book.about("gadget"); len(got) != 1 {
			t.Errorf("%d warnings name the kind when it is wrapped, want 1: %q", len(got), got)
		}
		for range 3 {
			_, _ = tool(ctx, "tea")
		}
		if got := book.about("gadget"); len(got) != 1 {
			t.Errorf("%d warnings after 3 calls, want 1", len(got))
		}
		if got := rec.Span("lookUp").Type; got != traceroot.KindSpan {
			t.Errorf("the kind is %q, want span", got)
		}
	})
	t.Run("names for other arguments", func(t *testing.T) {
		traceroot.Observe(twice[int], traceroot.ArgNames("n", "m"))(ctx, 2)
		if got := book.about("ArgNames"); len(got) != 1 || !strings.Contains(got[0], "twice") {
			t.Errorf("warnings %q, want one about twice", got)
		}
		traceroot.Observe(strings.Repeat, traceroot.ArgNames("text"))("tea", 2)
		wantContent(t, rec.Span("Repeat"), `["tea",2]`, "teatea")
	})
	t.Run("no function", func(t *testing.T) {
		if got := traceroot.Observe(42); got != 42 {
			t.Errorf("Observe(42) = %v", got)
		}
		var none func(context.Context) error
		if traceroot.Observe(none) != nil {
			t.Error("a nil function was not returned as it is")
		}
		if traceroot.Observe1[int, int](nil) != nil {
			t.Error("a nil function was not returned as it is by Observe1")
		}
		for _, word := range []string{"kind=int", `kind="func(context.Context) error"`, "Observe1"} {
			if got := book.about(word); len(got) != 1 {
				t.Errorf("%d warnings about %s, want 1", len(got), word)
			}
		}
	})
}

func TestObserveRunsOnce(t *testing.T) {
	t.Parallel()
	type pair struct{ a, b any }
	for what, call := range map[string]func(ctx context.Context, ran func()) (got, want any){
		"a plain shape": func(ctx context.Context, ran func()) (got, want any) {
			out, err := traceroot.Observe(func(_ context.Context, in string) (string, error) { ran(); return in + "!", errBoom })(ctx, "a")
			return pair{out, err}, pair{"a!", errBoom}
		},
		"no result": func(ctx context.Context, ran func()) (got, want any) {
			traceroot.Observe(func(context.Context) { ran() })(ctx)
			return nil, nil
		},
		"several results": func(ctx context.Context, ran func()) (got, want any) {
			a, b, err := traceroot.Observe(func(context.Context) (*shop, io.Reader, error) { ran(); return nil, nil, errBoom })(ctx)
			return [...]any{a, b, err}, [...]any{(*shop)(nil), nil, errBoom}
		},
		"a variadic": func(ctx context.Context, ran func()) (got, want any) {
			sum := traceroot.Observe(func(_ context.Context, ns ...int) (sum int) {
				ran()
				for _, n := range ns {
					sum += n
				}
				return sum
			})
			return pair{sum(ctx, 1, 2, 3), sum(ctx, []int{4, 5}...)}, pair{6, 9}
		},
		"a twin": func(ctx context.Context, ran func()) (got, want any) {
			out, err := traceroot.Observe3(func(_ context.Context, a int, b string, c bool) (string, error) {
				ran()
				return fmt.Sprint(a, b, c), nil
			})(ctx, 1, "b", true)
			return pair{out, err}, pair{"1btrue", nil}
		},
		"a named type": func(ctx context.Context, ran func()) (got, want any) {
			observed := traceroot.Observe(lookup(func(context.Context, string) (string, error) { ran(); return "out", nil }))
			out, err := observed(ctx, "in")
			return [...]any{out, err, reflect.TypeFor[lookup]()}, [...]any{"out", nil, reflect.TypeFor[lookup]()}
		},
		"a function in an interface": func(ctx context.Context, ran func()) (got, want any) {
			observed, _ := traceroot.Observe(any(func(context.Context) int { ran(); return 7 })).(func(context.Context) int)
			return observed(ctx), 7
		},
		"a nil context": func(_ context.Context, ran func()) (got, want any) {
			var none context.Context
			return traceroot.Observe(func(_ context.Context, n int) int { ran(); return n })(none, 5), 5
		},
	} {
		t.Run("observe-07 "+what, func(t *testing.T) {
			t.Parallel()
			ctx, rec := traceroottest.New(t)
			ran := 0
			got, want := call(ctx, func() { ran++ })
			if !reflect.DeepEqual(got, want) {
				t.Errorf("got %#v, want %#v", got, want)
			}
			if spans := len(rec.Spans()); what != "a nil context" && ran != spans || ran == 0 {
				t.Errorf("ran %d times in %d spans", ran, spans)
			}
		})
	}
}

func TestObserveNesting(t *testing.T) {
	t.Parallel()
	ctx, rec := traceroottest.New(t)
	leaf := traceroot.Observe(func(_ context.Context, n int) int { return n }, traceroot.Name("leaf"))
	tool := func(name string) func(context.Context) error {
		return traceroot.Observe(func(ctx context.Context) error { leaf(ctx, 1); return nil }, traceroot.Name(name))
	}
	agent := traceroot.Observe(func(ctx context.Context) error {
		_ = tool("first")(ctx)
		return tool("second")(ctx)
	}, traceroot.Name("agent"))
	_ = agent(ctx)

	t.Run("observe-08 a nested call is a child", func(t *testing.T) {
		wantParent(t, rec, map[string]string{"first": "agent", "leaf": "first"})
	})
	t.Run("observe-09 siblings share their parent", func(t *testing.T) {
		wantParent(t, rec, map[string]string{"first": "agent", "second": "agent"})
	})
	t.Run("observe-10 without a span above, a trace begins", func(t *testing.T) {
		first := rec.Span("agent")
		rec.Reset()
		_ = agent(ctx)
		second := rec.Span("agent")
		if first.ParentID != "" || second.ParentID != "" || first.TraceID == second.TraceID {
			t.Errorf("traces %s and %s, parents %q and %q", first.TraceID, second.TraceID, first.ParentID, second.ParentID)
		}
		if rec.Span("leaf").TraceID != second.TraceID {
			t.Error("a span below is of another trace")
		}
	})
	t.Run("an observed function that is observed makes two spans", func(t *testing.T) {
		rec.Reset()
		_, _ = traceroot.Observe(traceroot.Observe(lookUp, traceroot.Name("inner")), traceroot.Name("outer"))(ctx, "tea")
		wantParent(t, rec, map[string]string{"outer": "", "inner": "outer"})
		wantContent(t, rec.Span("outer"), "tea", "found tea")
	})
}

// TestObserveWithoutContext is not parallel: without a context, spans go to the default client.
func TestObserveWithoutContext(t *testing.T) {
	ctx, rec := traceroottest.New(t)
	rec.SetDefault()
	length := traceroot.Observe(func(s string) int { return len(s) }, traceroot.Name("length"))
	_ = traceroot.Run(ctx, "outer", func(context.Context) error { length("tea"); return nil })
	length("coffee")
	if got, want := rec.Tree(), "span outer\nspan length\nspan length\n"; got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	wantContent(t, rec.Span("length"), "tea", "3")
}

func TestObserveStartsByItself(t *testing.T) {
	t.Run("observe-38 the key in the environment is enough", func(t *testing.T) {
		if !alone(t) {
			return
		}
		server := newReceiver(t)
		t.Setenv("TRACEROOT_API_KEY", "tr-key")
		t.Setenv("TRACEROOT_HOST_URL", server.URL)
		_, _ = traceroot.Observe(lookUp)(t.Context(), "tea")
		if err := traceroot.Shutdown(t.Context()); err != nil {
			t.Error(err)
		}
		if spans := server.spans(); len(spans) != 1 || spans[0].name != "lookUp" || spans[0].attributes["traceroot.span.output"] != "found tea" {
			t.Fatalf("the server got %+v", spans)
		}
		if key := server.uploads()[0].Header.Get("Authorization"); key != "Bearer tr-key" {
			t.Errorf("Authorization: %s", key)
		}
	})
}

func TestObserveOff(t *testing.T) {
	t.Parallel()
	for what, opts := range map[string][]traceroot.Option{
		"observe-39 disabled":    {traceroot.WithEnabled(false)},
		"observe-39 not sampled": {traceroot.WithSampler(sdktrace.NeverSample())},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			ctx, rec := traceroottest.New(t, opts...)
			for name, ran := range runEveryWay(ctx) {
				if ran != 1 {
					t.Errorf("%s: ran %d times, want 1", name, ran)
				}
			}
			if got := rec.Spans(); len(got) != 0 {
				t.Errorf("spans were sent:\n%s", rec.Tree())
			}
		})
	}
	t.Run("observe-39 after Shutdown", func(t *testing.T) {
		t.Parallel()
		ctx, rec := traceroottest.New(t)
		if err := rec.Client().Shutdown(t.Context()); err != nil {
			t.Fatal(err)
		}
		for name, ran := range runEveryWay(ctx) {
			if ran != 1 {
				t.Errorf("%s: ran %d times, want 1", name, ran)
			}
		}
	})
}
