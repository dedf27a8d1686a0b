package traceroot_test

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"slices"
	"strings"
	"testing"

	"github.com/traceroot-ai/traceroot-go"
	"github.com/traceroot-ai/traceroot-go/attr"
	"github.com/traceroot-ai/traceroot-go/traceroottest"
)

func TestSequenceInput(t *testing.T) {
	t.Parallel()
	ctx, rec := traceroottest.New(t)
	asked := map[string]int{"n": 1}
	seq := traceroot.Observe(func(_ context.Context, asked map[string]int, _ ...string) iter.Seq[int] {
		return slices.Values([]int{asked["n"]})
	},
		traceroot.ArgNames("asked", "more"), traceroot.SessionID("s1"))(ctx, asked, "a")
	asked["n"] = 2
	for range 2 {
		drain(seq)
	}
	for _, s := range rec.Spans() {
		wantContent(t, s, `{"asked":{"n":1},"more":["a"]}`, "[1]")
		if s.SessionID != "s1" {
			t.Errorf("session %q", s.SessionID)
		}
	}
}

func TestSequenceLimits(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name      string
		limits    traceroot.Limits
		items     []any
		output    string
		from      string
		wantItems string
	}{
		{"more items than are kept", traceroot.Limits{StreamItems: 2}, []any{1, 2, 3, 4}, "[1,2]", "", "4"},
		{"a list too long", traceroot.Limits{ValueBytes: 12}, []any{"aaaa", "bbbb", "c"}, `["aaaa","b"]`, `{"output":19}`, "3"},
		{"one item too long", traceroot.Limits{ValueBytes: 8}, []any{strings.Repeat("a", 20)}, `["aaaa"]`, `{"output":24}`, "1"},
		{"a list that just fits", traceroot.Limits{ValueBytes: 10}, []any{"a", "bb"}, `["a","bb"]`, "", "2"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			ctx, rec := traceroottest.New(t, traceroot.WithLimits(test.limits))
			drain(traceroot.Seq(ctx, "items", func(context.Context) iter.Seq[any] { return slices.Values(test.items) }))
			s := onlySpan(t, rec)
			wantAttributes(t, s, map[string]string{attr.SpanOutput: test.output, attr.StreamItems: test.wantItems, attr.TruncatedFrom: test.from})
			if !json.Valid([]byte(s.Attributes[attr.SpanOutput].AsString())) {
				t.Error("the output is not JSON")
			}
		})
	}
	t.Run("items are what they were when they came", func(t *testing.T) {
		t.Parallel()
		ctx, rec := traceroottest.New(t)
		for item := range traceroot.Seq(ctx, "items", func(context.Context) iter.Seq[map[string]int] {
			return func(yield func(map[string]int) bool) { yield(map[string]int{"n": 1}) }
		}) {
			item["n"] = 2
		}
		wantAttributes(t, onlySpan(t, rec), map[string]string{attr.SpanOutput: `[{"n":1}]`})
	})
	t.Run("without content only the count is sent", func(t *testing.T) {
		t.Parallel()
		ctx, rec := traceroottest.New(t, traceroot.WithContent(false))
		drain(traceroot.Seq(ctx, "items", upTo(2), traceroot.Input("in")))
		s := rec.Span("items")
		wantContent(t, s, "", "")
		wantAttributes(t, s, map[string]string{attr.StreamItems: "2"})
	})
}

// TestSequenceOffIsTheSame holds tracing to not changing when and how often the program's function runs. It is not
// parallel: tracing is off when no client at all records.
func TestSequenceOffIsTheSame(t *testing.T) {
	traceroot.SetDefault(nil)
	ctx, rec := traceroottest.New(t)
	var runs []string
	for range 2 {
		ran := 0
		seq := traceroot.Seq(ctx, "seq", func(context.Context) iter.Seq[int] { ran++; return slices.Values([]int{ran}) })
		made := ran
		first, second := slices.Collect(seq), slices.Collect(seq)
		runs = append(runs, fmt.Sprint(made, ran, first, second))
		_ = rec.Client().Shutdown(t.Context())
	}
	if runs[0] != runs[1] {
		t.Errorf("on: %s, off: %s", runs[0], runs[1])
	}
}
