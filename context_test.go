package traceroot_test

import (
	"context"
	"fmt"
	"maps"
	"reflect"
	"testing"

	"go.opentelemetry.io/otel/trace"

	"github.com/traceroot-ai/traceroot-go"
	"github.com/traceroot-ai/traceroot-go/attr"
)

// contextKeys are what UsingAttributes stamps.
var contextKeys = []string{attr.UserID, attr.SessionID, attr.Tags, attr.Metadata}

// wantStamped compares what UsingAttributes stamped on a span with what is wanted; a key that is not in want must be absent.
func wantStamped(t *testing.T, s sent, want map[string]any) {
	t.Helper()
	if s.name == "" {
		t.Error("the span did not arrive")
		return
	}
	for _, key := range contextKeys {
		if got := s.attributes[key]; !reflect.DeepEqual(got, want[key]) {
			t.Errorf("%s: %s = %v, want %v", s.name, key, got, want[key])
		}
	}
}

func list(elements ...any) []any { return elements }

func TestUsingAttributes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		given traceroot.Attributes
		want  map[string]any
	}{
		{"context-01 the user", traceroot.Attributes{UserID: "ann"}, map[string]any{attr.UserID: "ann"}},
		{"context-02 the session", traceroot.Attributes{SessionID: "s1"}, map[string]any{attr.SessionID: "s1"}},
		{
			"context-03 tags as a list",
			traceroot.Attributes{Tags: []string{"b", "a", "", "b"}},
			map[string]any{attr.Tags: list("b", "a")},
		},
		{
			"context-04 metadata as one JSON object",
			traceroot.Attributes{Metadata: map[string]any{"z": 1, "a": "Ærø", "f": func() {}}},
			map[string]any{attr.Metadata: `{"a":"Ærø","f":"<func()>","z":1}`},
		},
		{"nothing", traceroot.Attributes{Tags: []string{}, Metadata: map[string]any{}}, map[string]any{}},
	} {
		t.Run(c.name+" on every span under it", func(t *testing.T) {
			t.Parallel()
			got := sentTo(t, func(ctx context.Context) {
				ctx = traceroot.UsingAttributes(ctx, c.given)
				_ = traceroot.Run(ctx, "root", func(ctx context.Context) error { span(ctx, "child"); return nil })
			})
			wantStamped(t, got["root"], c.want)
			wantStamped(t, got["child"], c.want)
		})
	}
	t.Run("context-05 not on a span that was open", func(t *testing.T) {
		t.Parallel()
		got := sentTo(t, func(ctx context.Context) {
			_ = traceroot.Run(ctx, "open", func(ctx context.Context) error {
				span(traceroot.UsingAttributes(ctx, traceroot.Attributes{UserID: "ann"}), "under it")
				return nil
			})
		})
		wantStamped(t, got["open"], map[string]any{})
		wantStamped(t, got["under it"], map[string]any{attr.UserID: "ann"})
	})
	t.Run("context-12 on spans of other instrumentation", func(t *testing.T) {
		t.Parallel()
		server := newReceiver(t)
		client := traceroot.New(traceroot.WithHostURL(server.URL), traceroot.WithLogger(quiet))
		ctx := traceroot.UsingAttributes(client.Context(t.Context()), traceroot.Attributes{
			UserID: "ann", SessionID: "s1", Tags: []string{"x"}, Metadata: map[string]any{"k": true},
		})
		foreignSpan(ctx, client.TracerProvider(), "foreign")
		if err := client.Shutdown(t.Context()); err != nil {
			t.Error(err)
		}
		wantStamped(t, server.byName()["foreign"], map[string]any{
			attr.UserID: "ann", attr.SessionID: "s1", attr.Tags: list("x"), attr.Metadata: `{"k":true}`,
		})
	})
	t.Run("its argument is copied", func(t *testing.T) {
		t.Parallel()
		numbers := []int{1}
		given := traceroot.Attributes{Tags: []string{"x"}, Metadata: map[string]any{"list": numbers}}
		got := sentTo(t, func(ctx context.Context) {
			ctx = traceroot.UsingAttributes(ctx, given)
			given.Tags[0] = "changed"
			numbers[0] = 2
			given.Metadata["more"] = 1
			span(ctx, "work")
		})
		wantStamped(t, got["work"], map[string]any{attr.Tags: list("x"), attr.Metadata: `{"list":[1]}`})
	})
	t.Run("metadata above the limit is cut and marked", func(t *testing.T) {
		t.Parallel()
		got := sentTo(t, func(ctx context.Context) {
			ctx = traceroot.UsingAttributes(ctx, traceroot.Attributes{Metadata: map[string]any{"k": "0123456789"}})
			span(ctx, "work")
		}, traceroot.WithLimits(traceroot.Limits{ValueBytes: 12}))["work"]
		wantStamped(t, got, map[string]any{attr.Metadata: `{"k":"0123"}`})
		if got.attributes[attr.Truncated] != true || got.attributes[attr.TruncatedFrom] != `{"context_metadata":18}` {
			t.Errorf("marks %v and %v", got.attributes[attr.Truncated], got.attributes[attr.TruncatedFrom])
		}
	})
	t.Run("with tracing off it returns the context itself", func(t *testing.T) {
		t.Parallel()
		ctx := traceroot.New(traceroot.WithEnabled(false)).Context(t.Context())
		if got := traceroot.UsingAttributes(ctx, traceroot.Attributes{UserID: "ann"}); got != ctx {
			t.Error("it made another")
		}
	})
	t.Run("a nil context will do", func(t *testing.T) {
		t.Parallel()
		if traceroot.UsingAttributes(nil, traceroot.Attributes{UserID: "ann"}) == nil { //nolint:staticcheck // it counts as Background
			t.Error("it returned nil")
		}
	})
}

func TestNestedAttributes(t *testing.T) {
	t.Parallel()
	outer := traceroot.Attributes{
		UserID: "ann", SessionID: "s1", Tags: []string{"a"}, Metadata: map[string]any{"k": 1},
	}
	stamped := map[string]any{attr.UserID: "ann", attr.SessionID: "s1", attr.Tags: list("a"), attr.Metadata: `{"k":1}`}
	for _, c := range []struct {
		name  string
		inner traceroot.Attributes
		want  map[string]any // what differs from the outer ones
	}{
		{"context-06 the innermost wins", traceroot.Attributes{UserID: "bob"}, map[string]any{attr.UserID: "bob"}},
		{"context-07 a field that is not given is inherited", traceroot.Attributes{SessionID: "s2"}, map[string]any{attr.SessionID: "s2"}},
		{"context-08 metadata is replaced", traceroot.Attributes{Metadata: map[string]any{"j": 2}}, map[string]any{attr.Metadata: `{"j":2}`}},
		{"context-09 tags are replaced", traceroot.Attributes{Tags: []string{"b"}}, map[string]any{attr.Tags: list("b")}},
		{"context-10 empty values clear nothing", traceroot.Attributes{Tags: []string{}, Metadata: map[string]any{}}, nil},
		{"context-10 tags that are all empty, too", traceroot.Attributes{Tags: []string{""}}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := sentTo(t, func(ctx context.Context) {
				span(traceroot.UsingAttributes(traceroot.UsingAttributes(ctx, outer), c.inner), "inner")
			})
			want := maps.Clone(stamped)
			maps.Copy(want, c.want)
			wantStamped(t, got["inner"], want)
		})
	}
	t.Run("context-11 after the block the outer values apply", func(t *testing.T) {
		t.Parallel()
		got := sentTo(t, func(ctx context.Context) {
			ctx = traceroot.UsingAttributes(ctx, outer)
			inner := traceroot.UsingAttributes(ctx, traceroot.Attributes{UserID: "bob", Tags: []string{"b"}})
			_ = traceroot.Run(inner, "failing block", func(context.Context) error { return errBoom })
			span(ctx, "after")
		})
		wantStamped(t, got["after"], stamped)
	})
	t.Run("context-13 goroutines do not see each other's", func(t *testing.T) {
		t.Parallel()
		got := sentTo(t, func(ctx context.Context) {
			_ = inParallel(50, func(i int) {
				ctx := traceroot.UsingAttributes(ctx, traceroot.Attributes{UserID: fmt.Sprint("user", i)})
				_ = traceroot.Run(ctx, fmt.Sprint("outer", i), func(ctx context.Context) error {
					span(ctx, fmt.Sprint("inner", i))
					return nil
				})
			})
		})
		for i := range 50 {
			for _, name := range []string{"outer", "inner"} {
				wantStamped(t, got[fmt.Sprint(name, i)], map[string]any{attr.UserID: fmt.Sprint("user", i)})
			}
		}
	})
	t.Run("context-14 an option is sent beside the context's value", func(t *testing.T) {
		t.Parallel()
		got := sentTo(t, func(ctx context.Context) {
			ctx = traceroot.UsingAttributes(ctx, traceroot.Attributes{UserID: "context user", SessionID: "context session"})
			span(ctx, "work", traceroot.UserID("option user"), traceroot.SessionID("option session"))
		})["work"].attributes
		for key, want := range map[string]string{
			attr.UserID: "context user", attr.SessionID: "context session",
			attr.TraceUserID: "option user", attr.TraceSessionID: "option session",
		} {
			if got[key] != want {
				t.Errorf("%s = %v, want %s", key, got[key], want)
			}
		}
	})
}

func TestSuppress(t *testing.T) {
	t.Parallel()
	server := newReceiver(t)
	client := traceroot.New(traceroot.WithHostURL(server.URL), traceroot.WithLogger(quiet))
	ctx := client.Context(t.Context())
	_ = traceroot.Run(ctx, "around", func(ctx context.Context) error {
		hidden := traceroot.Suppress(ctx)
		for way, ran := range runEveryWay(hidden) {
			if ran != 1 {
				t.Errorf("%s ran %d times, want 1", way, ran)
			}
		}
		tracer := client.TracerProvider().Tracer("other")
		inner, foreign := tracer.Start(hidden, "foreign")
		_, below := tracer.Start(inner, "below foreign")
		below.End()
		foreign.End()
		traceroot.UpdateCurrentSpan(hidden, traceroot.SpanUpdate{Output: "hidden"})
		span(ctx, "beside it")
		return nil
	})
	if err := client.Shutdown(t.Context()); err != nil {
		t.Error(err)
	}
	got := server.byName()
	if len(got) != 2 || got["around"].name == "" || got["beside it"].parent != got["around"].id {
		t.Errorf("arrived: %v, want the two spans that are not suppressed", got)
	}
	if s := client.Stats(); s.Suppressed != 2 || s.Ended != 4 || s.Exported != 2 {
		t.Errorf("stats %+v, want two foreign spans suppressed", s)
	}
	if traceroot.Suppress(nil) == nil { //nolint:staticcheck // a nil context counts as Background
		t.Error("Suppress(nil) is nil")
	}
	if trace.SpanFromContext(traceroot.Suppress(t.Context())).IsRecording() {
		t.Error("a suppressed context records")
	}
}
