package traceroot_test

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/traceroot-ai/traceroot-go"
	"github.com/traceroot-ai/traceroot-go/attr"
	"github.com/traceroot-ai/traceroot-go/traceroottest"
)

type question struct {
	Text   string `json:"text"`
	Limit  int    `json:"limit,omitempty"`
	secret string
}

// unwritable panics when it is captured.
type unwritable struct{}

func (unwritable) MarshalJSON() ([]byte, error) { panic("not today") }

func TestObserveInput(t *testing.T) {
	t.Parallel()
	options := func(opts ...traceroot.SpanOption) []traceroot.SpanOption { return opts }
	names := options(traceroot.ArgNames("query", "limit"))
	find := func(context.Context, string, int) {}
	for _, test := range []struct {
		name string
		call func(ctx context.Context, opts ...traceroot.SpanOption)
		opts []traceroot.SpanOption
		want string // as it is sent; "" for none
	}{
		{"observe-11 no argument", func(ctx context.Context, opts ...traceroot.SpanOption) {
			traceroot.Observe(func(context.Context) {}, opts...)(ctx)
		}, nil, ""},
		{"observe-11 a text is itself", func(ctx context.Context, opts ...traceroot.SpanOption) {
			_, _ = traceroot.Observe(lookUp, opts...)(ctx, `green "tea"`)
		}, nil, `green "tea"`},
		{"observe-11 a struct is its JSON", func(ctx context.Context, opts ...traceroot.SpanOption) {
			traceroot.Observe(func(context.Context, question) {}, opts...)(ctx, question{Text: "why", secret: "s"})
		}, nil, `{"text":"why"}`},
		{"observe-11 several are a list", func(ctx context.Context, opts ...traceroot.SpanOption) {
			traceroot.Observe(find, opts...)(ctx, "tea", 3)
		}, nil, `["tea",3]`},
		{"observe-11 two texts are a list", func(ctx context.Context, opts ...traceroot.SpanOption) {
			_, _ = traceroot.Observe(func(context.Context, string, string) (string, error) { return "", nil }, opts...)(ctx, "a", "b")
		}, nil, `["a","b"]`},
		{"observe-11 three arguments of a twin are a list", func(ctx context.Context, opts ...traceroot.SpanOption) {
			_, _ = traceroot.Observe3(func(context.Context, int, any, []int) (string, error) { return "", nil }, opts...)(ctx, 1, nil, nil)
		}, nil, `[1,null,null]`},
		{"observe-11 nil is nothing", func(ctx context.Context, opts ...traceroot.SpanOption) {
			_, _ = traceroot.Observe(func(context.Context, any) (any, error) { return "", nil }, opts...)(ctx, nil)
		}, nil, ""},
		{"observe-11 a variadic is one list", func(ctx context.Context, opts ...traceroot.SpanOption) {
			traceroot.Observe(func(context.Context, ...string) {}, opts...)(ctx, "a", "b")
		}, nil, `["a","b"]`},
		{"observe-11 a variadic behind an argument", func(ctx context.Context, opts ...traceroot.SpanOption) {
			traceroot.Observe(func(context.Context, int, ...string) {}, opts...)(ctx, 1, "a", "b")
		}, nil, `[1,["a","b"]]`},
		{"observe-11 names make an object", func(ctx context.Context, opts ...traceroot.SpanOption) {
			traceroot.Observe(find, opts...)(ctx, "tea", 3)
		}, names, `{"limit":3,"query":"tea"}`},
		{"observe-11 names of a twin", func(ctx context.Context, opts ...traceroot.SpanOption) {
			_, _ = traceroot.Observe1(lookUp, opts...)(ctx, "tea")
		}, options(traceroot.ArgNames("item")), `{"item":"tea"}`},
		{"observe-11 a variadic has one name", func(ctx context.Context, opts ...traceroot.SpanOption) {
			traceroot.Observe(func(context.Context, string, ...int) {}, opts...)(ctx, "tea", 1, 2)
		}, names, `{"limit":[1,2],"query":"tea"}`},
		{"observe-12 capture off", func(ctx context.Context, opts ...traceroot.SpanOption) {
			_, _ = traceroot.Observe(lookUp, opts...)(ctx, "tea")
		}, options(traceroot.CaptureInput(false)), ""},
		{"observe-12 capture off, by reflection", func(ctx context.Context, opts ...traceroot.SpanOption) {
			traceroot.Observe(find, opts...)(ctx, "tea", 3)
		}, options(traceroot.CaptureInput(false), traceroot.MapInput(func(any) any { return "mapped" })), ""},
		{"observe-12 capture off and on again", func(ctx context.Context, opts ...traceroot.SpanOption) {
			_, _ = traceroot.Observe(lookUp, opts...)(ctx, "tea")
		}, options(traceroot.CaptureInput(false), traceroot.CaptureInput(true)), "tea"},
		{"observe-17 a context in the middle", func(ctx context.Context, opts ...traceroot.SpanOption) {
			traceroot.Observe(func(string, context.Context, int) {}, opts...)("tea", ctx, 3)
		}, nil, `["tea",3]`},
		{"observe-17 a context at the end, with names", func(ctx context.Context, opts ...traceroot.SpanOption) {
			traceroot.Observe(func(string, int, context.Context) {}, opts...)("tea", 3, ctx)
		}, names, `{"limit":3,"query":"tea"}`},
		{"observe-17 the receiver of a method value", func(ctx context.Context, opts ...traceroot.SpanOption) {
			_, _ = traceroot.Observe((&shop{Name: "corner"}).Find, opts...)(ctx, "tea")
		}, nil, "tea"},
		{"observe-17 the receiver of a method expression", func(ctx context.Context, opts ...traceroot.SpanOption) {
			_, _ = traceroot.Observe((*shop).Find, opts...)(&shop{Name: "corner"}, ctx, "tea")
		}, nil, "tea"},
		{"observe-17 a receiver by value, with names", func(ctx context.Context, opts ...traceroot.SpanOption) {
			traceroot.Observe(shop.Count, opts...)(shop{Name: "corner"}, ctx, "a", "b")
		}, options(traceroot.ArgNames("items")), `{"items":["a","b"]}`},
		{"observe-17 a receiver of an interface type", func(ctx context.Context, opts ...traceroot.SpanOption) {
			_, _ = traceroot.Observe(finder.Find, opts...)(&shop{Name: "corner"}, ctx, "tea")
		}, nil, "tea"},
		{"observe-17 a receiver with type arguments", func(ctx context.Context, opts ...traceroot.SpanOption) {
			_, _ = traceroot.Observe((*shelf[map[string]shop]).Put, opts...)(new(shelf[map[string]shop]), ctx, map[string]shop{"a": {Name: "b"}})
		}, nil, `{"a":{"Name":"b"}}`},
		{"observe-17 a first argument that is no receiver", func(ctx context.Context, opts ...traceroot.SpanOption) {
			traceroot.Observe(func(shop, context.Context) {}, opts...)(shop{Name: "corner"}, ctx)
		}, nil, `{"Name":"corner"}`},
		{"observe-17 a first argument whose type is named like the function around", func(ctx context.Context, opts ...traceroot.SpanOption) {
			traceroot.Observe(Time(), opts...)(time.UnixMilli(0).UTC(), ctx)
		}, nil, "1970-01-01T00:00:00Z"},
		{"Input replaces the arguments", func(ctx context.Context, opts ...traceroot.SpanOption) {
			_, _ = traceroot.Observe(lookUp, opts...)(ctx, "tea")
		}, options(traceroot.Input(map[string]int{"n": 1})), `{"n":1}`},
		{"Input replaces the arguments by nothing", func(ctx context.Context, opts ...traceroot.SpanOption) {
			_, _ = traceroot.Observe(lookUp, opts...)(ctx, "tea")
		}, options(traceroot.Input(nil)), ""},
		{"MapInput gets the one argument", func(ctx context.Context, opts ...traceroot.SpanOption) {
			traceroot.Observe(func(context.Context, question) {}, opts...)(ctx, question{Text: "why"})
		}, options(traceroot.MapInput(on(func(q question) any { return q.Text }))), "why"},
		{"MapInput gets the list of several", func(ctx context.Context, opts ...traceroot.SpanOption) {
			traceroot.Observe(find, opts...)(ctx, "tea", 3)
		}, options(traceroot.MapInput(on(func(args []any) any { return args[0] }))), "tea"},
		{"MapInput gets the object with names", func(ctx context.Context, opts ...traceroot.SpanOption) {
			traceroot.Observe(find, opts...)(ctx, "tea", 3)
		}, append(names, traceroot.MapInput(on(func(args map[string]any) any { return args["limit"] }))), "3"},
		{"MapInput gives nothing", func(ctx context.Context, opts ...traceroot.SpanOption) {
			_, _ = traceroot.Observe(lookUp, opts...)(ctx, "tea")
		}, options(traceroot.MapInput(func(any) any { return nil })), ""},
		{"MapInput is not asked about nothing", func(ctx context.Context, opts ...traceroot.SpanOption) {
			traceroot.Observe(func(context.Context) {}, opts...)(ctx)
		}, options(traceroot.MapInput(func(any) any { return "something" })), ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			ctx, rec := traceroottest.New(t)
			test.call(ctx, test.opts...)
			wantAttributes(t, onlySpan(t, rec), map[string]string{"traceroot.span.input": test.want})
		})
	}
}

// Time returns a literal, whose symbol looks like that of a method of a type Time.
//
//go:noinline
func Time() func(time.Time, context.Context) { return func(time.Time, context.Context) {} }

func TestObserveOutput(t *testing.T) {
	t.Parallel()
	second := traceroot.MapOutput(on(func(results []any) any { return results[1] }))
	for _, test := range []struct {
		name string
		call func(ctx context.Context) error
		want string // as it is sent; "" for none
	}{
		{"observe-13 a text", observing(func(context.Context) string { return "out" }), "out"},
		{"observe-13 a text beside a nil error", observing(func(context.Context) (string, error) { return "out", nil }), "out"},
		{"observe-13 a false zero", observing(func(context.Context) (int, bool, error) { return 0, false, nil }), "[0,false]"},
		{"observe-13 an empty text", observing(func(context.Context) (int, error) { return 0, nil }), "0"},
		{"observe-13 several are a list", observing(func(context.Context) (int, string) { return 1, "b" }), `[1,"b"]`},
		{"observe-13 an error that is not the last result", observing(func(context.Context) (error, int) { //nolint:staticcheck // an error in the wrong place is what is tested
			return errBoom, 1
		}), `["errors.errorString: boom",1]`},
		{"observe-14 capture off", observing(func(context.Context) (string, error) { return "out", nil }, traceroot.CaptureOutput(false)), ""},
		{"observe-14 capture off, by reflection", observing(func(context.Context) (int, string) { return 1, "b" }, traceroot.CaptureOutput(false)), ""},
		{"observe-14 capture off for items", observing(func(context.Context) <-chan int { return closed(1) }, traceroot.CaptureOutput(false)), ""},
		{"observe-15 a nil interface", observing(func(context.Context) (any, error) { return nil, nil }), ""},
		{"observe-15 a nil pointer", observing(func(context.Context) (*shop, error) { return nil, nil }), ""},
		{"observe-15 a nil map", observing(func(context.Context) map[string]any { return nil }), ""},
		{"observe-15 no result", observing(func(context.Context) {}), ""},
		{"observe-15 an error alone", observing(func(context.Context) error { return nil }), ""},
		{"observe-15 JSON's null is something", observing(func(context.Context) (json.RawMessage, error) { return json.RawMessage("null"), nil }), "null"},
		{"observe-16 a struct is not wrapped", observing(func(context.Context) (question, error) { return question{Text: "why"}, nil }), `{"text":"why"}`},
		{"observe-16 a list is not wrapped", observing(func(context.Context) ([]int, error) { return []int{1, 2}, nil }), `[1,2]`},
		{"observe-16 JSON is itself", observing(func(context.Context) (json.RawMessage, error) { return json.RawMessage(`{"a":1}`), nil }), `{"a":1}`},
		{"MapOutput gets the one result", observing(func(context.Context) (question, error) { return question{Text: "why"}, nil },
			traceroot.MapOutput(on(func(q question) any { return q.Text }))), "why"},
		{"MapOutput gets the list of several", observing(func(context.Context) (int, string, error) { return 1, "b", nil }, second), "b"},
		{"MapOutput gives nothing", observing(func(context.Context) string { return "out" },
			traceroot.MapOutput(func(any) any { return nil })), ""},
		{"MapOutput is not asked about nothing", observing(func(context.Context) {},
			traceroot.MapOutput(func(any) any { return "something" })), ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			ctx, rec := traceroottest.New(t)
			_ = test.call(ctx)
			wantAttributes(t, onlySpan(t, rec), map[string]string{"traceroot.span.output": test.want})
		})
	}
}

// observing calls fn, a function of a context, observed; the error is fn's, which is its last result.
func observing(fn any, opts ...traceroot.SpanOption) func(context.Context) error {
	return func(ctx context.Context) error {
		results := reflect.ValueOf(traceroot.Observe(fn, opts...)).Call([]reflect.Value{reflect.ValueOf(ctx)})
		for _, result := range results {
			if items := result; items.Kind() == reflect.Chan {
				for _, open := items.Recv(); open; _, open = items.Recv() {
				}
			}
		}
		if len(results) == 0 {
			return nil
		}
		err, _ := reflect.TypeAssert[error](results[len(results)-1])
		return err
	}
}

func TestObserveExplicitBeatsCaptured(t *testing.T) {
	t.Parallel()
	ctx, rec := traceroottest.New(t)
	_, _ = traceroot.Observe(func(ctx context.Context, _ string) (string, error) {
		traceroot.UpdateCurrentSpan(ctx, traceroot.SpanUpdate{Input: "said in", Output: "said out"})
		return "captured", nil
	})(ctx, "captured")
	wantContent(t, onlySpan(t, rec), "said in", "said out")
}

func TestObserveCapturesTheMoment(t *testing.T) {
	t.Parallel()
	ctx, rec := traceroottest.New(t)
	in, out := map[string]int{"n": 1}, map[string]int{"n": 1}
	_ = traceroot.Observe(func(_ context.Context, m map[string]int) map[string]int { m["n"] = 2; return out })(ctx, in)
	in["n"], out["n"] = 3, 3
	wantContent(t, onlySpan(t, rec), `{"n":1}`, `{"n":1}`)
}

func TestObserveCaptureFaults(t *testing.T) {
	t.Parallel()
	failing := func(any) any { panic("no map") }
	for what, test := range map[string]struct {
		opts []traceroot.SpanOption
		want string
	}{
		"a marshaler panics": {nil, "<unencodable traceroot_test.unwritable>"},
		"a map panics":       {[]traceroot.SpanOption{traceroot.MapInput(failing), traceroot.MapOutput(failing)}, "<map failed>"},
	} {
		t.Run("observe-30 "+what, func(t *testing.T) {
			t.Parallel()
			ctx, rec := traceroottest.New(t)
			out, err := traceroot.Observe1(func(_ context.Context, in unwritable) (unwritable, error) { return in, nil }, test.opts...)(ctx, unwritable{})
			if out != (unwritable{}) || err != nil {
				t.Errorf("got %v, %v", out, err)
			}
			s := onlySpan(t, rec)
			wantContent(t, s, test.want, test.want)
			if s.Err != "" {
				t.Errorf("the span failed: %s", s.Err)
			}
		})
	}
}

func TestObserveLabels(t *testing.T) {
	t.Parallel()
	facts := map[string]any{"version": 2, "team": "a"}
	for _, test := range []struct {
		name string
		opts []traceroot.SpanOption
		want map[string]string
	}{
		{"observe-18 metadata", []traceroot.SpanOption{traceroot.Metadata(facts)}, map[string]string{attr.SpanMetadata: `{"team":"a","version":2}`}},
		{
			"observe-18 metadata given twice is merged",
			[]traceroot.SpanOption{traceroot.Metadata(facts), traceroot.Metadata(map[string]any{"team": "b"}), traceroot.Metadata(nil)},
			map[string]string{attr.SpanMetadata: `{"team":"b","version":2}`},
		},
		{"observe-19 tags", []traceroot.SpanOption{traceroot.Tags("v2", "beta", "v2", "", "alpha")}, map[string]string{attr.SpanTags: `["v2","beta","alpha"]`}},
		{"observe-19 the last tags", []traceroot.SpanOption{traceroot.Tags("a"), traceroot.Tags("b")}, map[string]string{attr.SpanTags: `["b"]`}},
		{
			"observe-20 nothing given",
			[]traceroot.SpanOption{traceroot.Metadata(nil), traceroot.Metadata(map[string]any{}), traceroot.Tags(), traceroot.Tags(""), nil},
			map[string]string{attr.SpanMetadata: "", attr.SpanTags: ""},
		},
		{"observe-21 session", []traceroot.SpanOption{traceroot.SessionID("s1")}, map[string]string{"traceroot.trace.session_id": "s1", "traceroot.trace.user_id": ""}},
		{"observe-22 user", []traceroot.SpanOption{traceroot.UserID("u1")}, map[string]string{"traceroot.trace.user_id": "u1", "traceroot.trace.session_id": ""}},
		{"observe-23 neither", nil, map[string]string{"traceroot.trace.user_id": "", "traceroot.trace.session_id": "", "user.id": "", "session.id": ""}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			ctx, rec := traceroottest.New(t)
			tool := traceroot.Observe(lookUp, test.opts...)
			for range 2 {
				_, _ = tool(ctx, "tea")
			}
			for _, s := range rec.Spans() {
				wantAttributes(t, s, test.want)
			}
		})
	}
	t.Run("metadata is copied when it is wrapped", func(t *testing.T) {
		t.Parallel()
		ctx, rec := traceroottest.New(t)
		facts := map[string]any{"n": 1}
		tool := traceroot.Observe(lookUp, traceroot.Metadata(facts))
		facts["n"] = 2
		_, _ = tool(ctx, "tea")
		wantAttributes(t, onlySpan(t, rec), map[string]string{attr.SpanMetadata: `{"n":1}`})
	})
}

// TestObserveConcurrently is for the race detector.
func TestObserveConcurrently(t *testing.T) {
	t.Parallel()
	ctx, rec := traceroottest.New(t)
	const calls = 50
	tool := traceroot.Observe(func(_ context.Context, n int, _ ...string) string { return fmt.Sprint(n) },
		traceroot.Tags("a"), traceroot.Metadata(map[string]any{"k": 1}), traceroot.SessionID("s"))
	_ = traceroot.Run(ctx, "agent", func(ctx context.Context) error {
		return inParallel(calls, func(i int) { tool(ctx, i) })
	})
	if got := len(rec.Spans()); got != calls+1 {
		t.Errorf("%d spans, want %d", got, calls+1)
	}
}
