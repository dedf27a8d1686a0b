package traceroot_test

import (
	"context"
	"errors"
	"iter"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/traceroot-ai/traceroot-go"
	"github.com/traceroot-ai/traceroot-go/attr"
	"github.com/traceroot-ai/traceroot-go/traceroottest"
)

func TestDo(t *testing.T) {
	t.Parallel()
	ctx, rec := traceroottest.New(t)
	hits := []string{"a", "b"}
	got, err := traceroot.Do(ctx, "rerank", func(ctx context.Context) (question, error) {
		_ = traceroot.Run(ctx, "inner", work)
		return question{Text: "why"}, nil
	}, traceroot.Type("tool"), traceroot.Input(hits), traceroot.Tags("v2"))
	hits[0] = "changed"
	if got.Text != "why" || err != nil {
		t.Errorf("got %v, %v", got, err)
	}
	s := rec.Span("rerank")
	wantContent(t, s, `["a","b"]`, `{"text":"why"}`)
	wantAttributes(t, s, map[string]string{attr.SpanType: "tool", attr.SpanTags: `["v2"]`})
	wantParent(t, rec, map[string]string{"rerank": "", "inner": "rerank"})
}

func TestDoOptions(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name          string
		opts          []traceroot.SpanOption
		input, output string
	}{
		{"no input is given", nil, "", "out"},
		{"observe-12 capture of input off", []traceroot.SpanOption{traceroot.Input("in"), traceroot.CaptureInput(false)}, "", "out"},
		{"observe-14 capture of output off", []traceroot.SpanOption{traceroot.Input("in"), traceroot.CaptureOutput(false)}, "in", ""},
		{"mapped", []traceroot.SpanOption{traceroot.Input("in"), traceroot.MapInput(upper), traceroot.MapOutput(upper)}, "IN", "OUT"},
		{"nothing to map", []traceroot.SpanOption{traceroot.MapInput(upper), traceroot.CaptureOutput(false)}, "", ""},
		{"argument names mean nothing", []traceroot.SpanOption{traceroot.Input("in"), traceroot.ArgNames("a", "b")}, "in", "out"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			ctx, rec := traceroottest.New(t)
			_, _ = traceroot.Do(ctx, "do", func(context.Context) (string, error) { return "out", nil }, test.opts...)
			wantContent(t, onlySpan(t, rec), test.input, test.output)
		})
	}
	t.Run("Run has no output", func(t *testing.T) {
		t.Parallel()
		ctx, rec := traceroottest.New(t)
		_ = traceroot.Run(ctx, "run", work, traceroot.Input("in"), traceroot.MapOutput(upper))
		wantContent(t, onlySpan(t, rec), "in", "")
	})
	t.Run("without content", func(t *testing.T) {
		t.Parallel()
		ctx, rec := traceroottest.New(t, traceroot.WithContent(false))
		_, _ = traceroot.Do(ctx, "do", func(context.Context) (string, error) { return "out", nil },
			traceroot.Input("in"), traceroot.Metadata(map[string]any{"kept": true}))
		s := onlySpan(t, rec)
		wantContent(t, s, "", "")
		wantAttributes(t, s, map[string]string{attr.SpanMetadata: `{"kept":true}`})
	})
}

var upper = on(func(s string) any { return strings.ToUpper(s) })

// TestEmptyNameIsTheCallers calls from a function of a plain name.
func TestEmptyNameIsTheCallers(t *testing.T) {
	t.Parallel()
	for way, call := range map[string]func(context.Context, ...traceroot.SpanOption){
		"Do":    callsDo,
		"Run":   callsRun,
		"Start": callsStart,
		"Seq":   callsSeq,
		"Seq2":  callsSeq2,
		"Chan":  callsChan,
	} {
		t.Run(way, func(t *testing.T) {
			t.Parallel()
			ctx, rec := traceroottest.New(t)
			call(ctx)
			if got, want := onlySpan(t, rec).Name, "calls"+way; got != want {
				t.Errorf("the span is named %q, want %q", got, want)
			}
			rec.Reset()
			call(ctx, traceroot.Name("given"))
			if got := onlySpan(t, rec).Name; got != "given" {
				t.Errorf("the span is named %q, want given", got)
			}
		})
	}
	t.Run("a call by nobody", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			ctx, rec := traceroottest.New(t)
			go traceroot.Run(ctx, "", work) //nolint:errcheck // nothing fails
			synctest.Wait()
			if got := onlySpan(t, rec).Name; got == "" {
				t.Error("the span has no name")
			}
		})
	})
}

func callsDo(ctx context.Context, opts ...traceroot.SpanOption) {
	_, _ = traceroot.Do(ctx, "", func(context.Context) (int, error) { return 0, nil }, opts...)
}

func callsRun(ctx context.Context, opts ...traceroot.SpanOption) {
	_ = traceroot.Run(ctx, "", work, opts...)
}

func callsStart(ctx context.Context, opts ...traceroot.SpanOption) {
	_, span := traceroot.Start(ctx, "", opts...)
	span.End()
}

func callsSeq(ctx context.Context, opts ...traceroot.SpanOption) {
	drain(traceroot.Seq(ctx, "", func(context.Context) iter.Seq[int] { return slices.Values([]int{1}) }, opts...))
}

func callsSeq2(ctx context.Context, opts ...traceroot.SpanOption) {
	for range traceroot.Seq2(ctx, "", func(context.Context) iter.Seq2[int, int] { return slices.All([]int{1}) }, opts...) {
	}
}

func callsChan(ctx context.Context, opts ...traceroot.SpanOption) {
	receiveAll(traceroot.Chan(ctx, "", func(context.Context) <-chan int { return closed(1) }, opts...))
}

// TestNilContext is not parallel: a nil context has no client, so spans go to the default one.
func TestNilContext(t *testing.T) {
	var none context.Context
	calls := func(t *testing.T) {
		t.Helper()
		needs := func(ctx context.Context) {
			if ctx == nil {
				t.Error("the function got a nil context")
			}
		}
		_ = traceroot.Run(none, "run", func(ctx context.Context) error { needs(ctx); return nil })
		_, _ = traceroot.Do(none, "do", func(ctx context.Context) (int, error) { needs(ctx); return 0, nil })
		drain(traceroot.Seq(none, "seq", func(ctx context.Context) iter.Seq[int] { needs(ctx); return slices.Values([]int{1}) }))
		receiveAll(traceroot.Chan(none, "chan", func(ctx context.Context) <-chan int { needs(ctx); return closed(1) }))
		ctx, span := traceroot.Start(none, "start")
		needs(ctx)
		span.End()
		traceroot.UpdateCurrentSpan(none, traceroot.SpanUpdate{Name: "x"})
		if traceroot.SpanFromContext(none) != nil {
			t.Error("there is a span in no context")
		}
	}
	t.Run("off", func(t *testing.T) {
		traceroot.SetDefault(nil)
		calls(t)
	})
	t.Run("on", func(t *testing.T) {
		_, rec := traceroottest.New(t)
		rec.SetDefault()
		calls(t)
		if got, want := rec.Tree(), "span run\nspan do\nspan seq\nspan chan\nspan start\n"; got != want {
			t.Errorf("got\n%swant\n%s", got, want)
		}
	})
}

func TestDoPassesErrorsOn(t *testing.T) {
	t.Parallel()
	ctx, rec := traceroottest.New(t)
	err := traceroot.Run(ctx, "outer", func(ctx context.Context) error {
		_, err := traceroot.Do(ctx, "inner", func(context.Context) (int, error) { return 0, errBoom })
		return errors.Join(err)
	})
	if !errors.Is(err, errBoom) {
		t.Errorf("the caller got %v", err)
	}
	if got, want := rec.Tree(), "span outer ✗ boom\n  span inner ✗ boom\n"; got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}
