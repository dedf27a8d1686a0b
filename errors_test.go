package traceroot_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"runtime"
	"strings"
	"testing"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/traceroot-ai/traceroot-go"
	"github.com/traceroot-ai/traceroot-go/attr"
	"github.com/traceroot-ai/traceroot-go/traceroottest"
)

type (
	wordless struct{}
	rude     struct{}
	details  struct{ Code int }
)

func (wordless) Error() string { return "" }
func (*rude) Error() string    { panic("no words") }
func (details) Error() string  { return "with details" }

func TestErrorIsTheSpansStatus(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		err  error
		want string
	}{
		{"observe-24 an error", errBoom, "boom"},
		{"observe-24 a wrapped error", fmt.Errorf("ask: %w", errBoom), "ask: boom"},
		{"observe-24 a cancelled context", context.Canceled, "context canceled"},
		{"observe-31 an error without text", wordless{}, "traceroot_test.wordless"},
		{"observe-30 an error that panics", &rude{}, "<unencodable traceroot_test.rude>"},
		{"observe-30 a nil pointer as an error", (*fs.PathError)(nil), "<unencodable fs.PathError>"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			ctx, rec := traceroottest.New(t)
			calls := map[string]func() error{
				"plain": func() error {
					_, err := traceroot.Observe(func(context.Context) (string, error) { return "", test.err })(ctx)
					return err
				},
				"reflection": func() error { return traceroot.Observe(func(context.Context) error { return test.err })(ctx) },
				"twin": func() error {
					_, err := traceroot.Observe0(func(context.Context) (int, error) { return 0, test.err })(ctx)
					return err
				},
				"Do": func() error {
					_, err := traceroot.Do(ctx, "do", func(context.Context) (int, error) { return 0, test.err })
					return err
				},
				"Run": func() error { return traceroot.Run(ctx, "run", func(context.Context) error { return test.err }) },
				"End": func() (err error) {
					_, span := traceroot.Start(ctx, "start")
					defer span.End(&err)
					return test.err
				},
			}
			for way, call := range calls {
				rec.Reset()
				if err := call(); err != test.err { //nolint:errorlint // the same error, not one like it
					t.Errorf("%s: observe-25: the caller got %v", way, err)
				}
				if got := onlySpan(t, rec).Err; got != test.want {
					t.Errorf("%s: the status is %q, want %q", way, got, test.want)
				}
			}
		})
	}
	t.Run("observe-25 the caller gets the same error", func(t *testing.T) {
		t.Parallel()
		ctx, _ := traceroottest.New(t)
		err := &fs.PathError{Op: "open", Path: "x", Err: errBoom}
		if got := traceroot.Observe(func(context.Context) error { return err })(ctx); got != error(err) { //nolint:errorlint // the same error
			t.Errorf("got %v", got)
		}
	})
	t.Run("observe-29 a success leaves the status unset", func(t *testing.T) {
		t.Parallel()
		ctx, ended := recordStubs(t)
		_, _ = traceroot.Observe(lookUp)(ctx, "tea")
		if got := onlyStub(t, ended); got.Status != (sdktrace.Status{Code: codes.Unset}) || len(got.Events) != 0 {
			t.Errorf("status %+v, events %v", got.Status, got.Events)
		}
	})
}

func TestErrorEvent(t *testing.T) {
	t.Parallel()
	missing := &fs.PathError{Op: "open", Path: "x", Err: fs.ErrNotExist}
	for _, test := range []struct {
		name, kind, message, chain string
		err                        error
	}{
		{
			"observe-27 one error", "errors.errorString", "boom",
			`[{"type":"errors.errorString","message":"boom"}]`, errBoom,
		},
		{
			"observe-27 wrapped", "fmt.wrapError", "load: open x: file does not exist",
			`[{"type":"fmt.wrapError","message":"load: open x: file does not exist"},{"type":"fs.PathError","message":"open x: file does not exist"},
				{"type":"errors.errorString","message":"file does not exist"}]`,
			fmt.Errorf("load: %w", missing),
		},
		{
			"observe-27 joined", "fmt.wrapErrors", "boom and with details",
			`[{"type":"fmt.wrapErrors","message":"boom and with details","causes":[
				[{"type":"errors.errorString","message":"boom"}],[{"type":"traceroot_test.details","message":"with details"}]]}]`,
			fmt.Errorf("%w and %w", errBoom, details{7}),
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			ctx, ended := recordStubs(t)
			_ = traceroot.Observe(func(context.Context) error { return test.err })(ctx)
			event := onlyEvent(t, onlyStub(t, ended).Events)
			if kind := event["exception.type"].AsString(); kind != test.kind {
				t.Errorf("type %q, want %q", kind, test.kind)
			}
			if message := event["exception.message"].AsString(); message != test.message {
				t.Errorf("message %q, want %q", message, test.message)
			}
			if stack := event["exception.stacktrace"].AsString(); !strings.Contains(stack, "errors_test.go") {
				t.Errorf("the stack does not show the caller:\n%s", stack)
			}
			sameJSON(t, "chain", event["traceroot.error.chain"].AsString(), test.chain)
		})
	}
	t.Run("long texts are cut", func(t *testing.T) {
		t.Parallel()
		ctx, ended := recordStubs(t, traceroot.WithLimits(traceroot.Limits{ValueBytes: 100}))
		_ = traceroot.Run(ctx, "run", func(context.Context) error { return errors.New(strings.Repeat("é", 100)) })
		span := onlyStub(t, ended)
		if got, want := span.Status.Description, strings.Repeat("é", 50); got != want {
			t.Errorf("the status is %q, want %q", got, want)
		}
		for key, v := range onlyEvent(t, span.Events) {
			if v.Type() == attribute.STRING && len(v.AsString()) > 100 {
				t.Errorf("%s has %d bytes, want at most 100", key, len(v.AsString()))
			}
		}
		if got, want := values(span.Attributes)[attr.TruncatedFrom].AsString(), `{"error":200}`; got != want {
			t.Errorf("truncated from %s, want %s", got, want)
		}
	})
}

// onlyEvent is the one exception event among events.
func onlyEvent(t *testing.T, events []sdktrace.Event) map[string]attribute.Value {
	t.Helper()
	if len(events) != 1 || events[0].Name != "exception" {
		t.Fatalf("got %d events, want one exception: %v", len(events), events)
	}
	return values(events[0].Attributes)
}

func TestPanic(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name  string
		value any
		want  string
	}{
		{"observe-26 a text", "bad", "bad"},
		{"observe-26 an error", errBoom, "boom"},
		{"observe-26 a struct", details{7}, "with details"},
		{"observe-26 a number", 42, "42"},
		{"observe-26 an error without text", wordless{}, "traceroot_test.wordless"},
		{"observe-26 an error that panics", &rude{}, "<unencodable traceroot_test.rude>"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			ctx, ended := recordStubs(t)
			ways := panickingWays(ctx, test.value)
			for way, call := range ways {
				if got := panicOf(call); got != test.value {
					t.Errorf("%s: the caller got %v", way, got)
				}
			}
			spans := ended()
			if len(spans) != len(ways) {
				t.Errorf("%d spans ended, want %d", len(spans), len(ways))
			}
			for _, s := range spans {
				if s.Status.Code != codes.Error || s.Status.Description != test.want {
					t.Errorf("%s: status %+v, want %q", s.Name, s.Status, test.want)
				}
				event := onlyEvent(t, s.Events)
				if stack := event["exception.stacktrace"].AsString(); !strings.Contains(stack, "panickingHere") {
					t.Errorf("%s: the stack does not show who panicked:\n%s", s.Name, stack)
				}
				if !event["exception.escaped"].AsBool() || event["exception.message"].AsString() != test.want {
					t.Errorf("%s: event %v", s.Name, event)
				}
			}
		})
	}
	t.Run("observe-26 a fault of the runtime goes through two spans", func(t *testing.T) {
		t.Parallel()
		ctx, rec := traceroottest.New(t)
		var none []int
		got := panicOf(func() {
			_ = traceroot.Run(ctx, "outer", func(ctx context.Context) error {
				traceroot.Observe(func(context.Context) int { return none[1] }, traceroot.Name("inner"))(ctx)
				return nil
			})
		})
		if _, ok := got.(runtime.Error); !ok {
			t.Errorf("the caller got %T", got)
		}
		const want = "runtime error: index out of range [1] with length 0"
		if inner, outer := rec.Span("inner").Err, rec.Span("outer").Err; inner != want || outer != want {
			t.Errorf("inner %q, outer %q", inner, outer)
		}
	})
}

//go:noinline
func panickingHere(value any) { panic(value) }

// panickingWays are the ways to be in a span when a panic passes.
func panickingWays(ctx context.Context, value any) map[string]func() {
	return map[string]func(){
		"plain": func() {
			_, _ = traceroot.Observe(func(context.Context) (string, error) { panickingHere(value); return "", nil })(ctx)
		},
		"reflection": func() { traceroot.Observe(func(context.Context) { panickingHere(value) })(ctx) },
		"twin": func() {
			_, _ = traceroot.Observe1(func(context.Context, int) (int, error) { panickingHere(value); return 0, nil })(ctx, 1)
		},
		"Do": func() {
			_, _ = traceroot.Do(ctx, "do", func(context.Context) (int, error) { panickingHere(value); return 0, nil })
		},
		"Run": func() {
			_ = traceroot.Run(ctx, "run", func(context.Context) error { panickingHere(value); return nil })
		},
		"Start": func() {
			var err error
			_, span := traceroot.Start(ctx, "start")
			defer span.End(&err)
			panickingHere(value)
		},
		"channel": func() { traceroot.Observe(func(context.Context) chan int { panickingHere(value); return nil })(ctx) },
		"Chan": func() {
			traceroot.Chan(ctx, "chan", func(context.Context) <-chan int { panickingHere(value); return nil })
		},
		"sequence at the call": func() {
			traceroot.Observe(func(context.Context) func(func(int) bool) { panickingHere(value); return nil })(ctx)
		},
		"sequence": func() {
			for range traceroot.Observe(func(context.Context) func(func(int) bool) {
				return func(func(int) bool) { panickingHere(value) }
			})(ctx) {
			}
		},
	}
}

func TestGoexitEndsTheSpan(t *testing.T) {
	t.Parallel()
	ctx, rec := traceroottest.New(t)
	for _, call := range []func(){
		func() {
			_, _ = traceroot.Observe(func(context.Context) (string, error) { runtime.Goexit(); return "", nil })(ctx)
		},
		func() { traceroot.Observe(func(context.Context) int { runtime.Goexit(); return 0 })(ctx) },
		func() { _ = traceroot.Run(ctx, "run", func(context.Context) error { runtime.Goexit(); return nil }) },
		func() { traceroot.Observe(func(context.Context) chan int { runtime.Goexit(); return nil })(ctx) },
		func() { _, span := traceroot.Start(ctx, "start"); defer span.End(); runtime.Goexit() },
		func() {
			traceroot.Seq(ctx, "seq", func(context.Context) iter.Seq[int] { runtime.Goexit(); return nil })(nil)
		},
	} {
		rec.Reset()
		_ = inParallel(1, func(int) { call() })
		if s := onlySpan(t, rec); s.Err != "" || s.Output != nil {
			t.Errorf("%s: error %q, output %v", s.Name, s.Err, s.Output)
		}
	}
}

func TestResultBesideError(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		call func(ctx context.Context) error
		want string
	}{
		{"observe-28 an empty text", observing(func(context.Context) (string, error) { return "", errBoom }), ""},
		{"observe-28 a zero number", observing(func(context.Context) (int, error) { return 0, errBoom }), ""},
		{"observe-28 a zero struct", observing(func(context.Context) (question, error) { return question{}, errBoom }), ""},
		{"observe-28 a nil list", observing(func(context.Context) ([]string, error) { return nil, errBoom }), ""},
		{"observe-28 several zeros", observing(func(context.Context) (int, string, error) { return 0, "", errBoom }), ""},
		{"observe-28 part of a text", observing(func(context.Context) (string, error) { return "half", errBoom }), "half"},
		{"observe-28 part of a struct", observing(func(context.Context) (question, error) { return question{Limit: 3}, errBoom }), `{"text":"","limit":3}`},
		{"observe-28 one of several", observing(func(context.Context) (int, string, error) { return 0, "half", errBoom }), `[0,"half"]`},
		{"observe-28 of Do", func(ctx context.Context) error {
			_, err := traceroot.Do(ctx, "do", func(context.Context) (any, error) { return "half", errBoom })
			return err
		}, "half"},
		{"observe-28 nothing of Do", func(ctx context.Context) error {
			_, err := traceroot.Do(ctx, "do", func(context.Context) (any, error) { return nil, errBoom })
			return err
		}, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			ctx, rec := traceroottest.New(t)
			if err := test.call(ctx); !errors.Is(err, errBoom) {
				t.Errorf("the caller got %v", err)
			}
			s := onlySpan(t, rec)
			wantAttributes(t, s, map[string]string{"traceroot.span.output": test.want})
			if s.Err != "boom" {
				t.Errorf("the status is %q", s.Err)
			}
		})
	}
}
