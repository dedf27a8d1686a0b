package traceroot_test

import (
	"context"
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"go.opentelemetry.io/otel/trace"

	"github.com/traceroot-ai/traceroot-go"
	"github.com/traceroot-ai/traceroot-go/attr"
)

// updated is the span "work" after these updates.
func updated(t *testing.T, updates ...traceroot.SpanUpdate) sent {
	t.Helper()
	spans := sentTo(t, func(ctx context.Context) {
		_ = traceroot.Run(ctx, "work", func(ctx context.Context) error {
			for _, u := range updates {
				traceroot.UpdateCurrentSpan(ctx, u)
			}
			return nil
		}, traceroot.Input("captured"), traceroot.Metadata(map[string]any{"from": "option"}), traceroot.Tags("option"))
	})
	for _, s := range spans {
		return s
	}
	t.Fatal("the span did not arrive")
	return sent{}
}

func wantValues(t *testing.T, s sent, want map[string]any) {
	t.Helper()
	for key, value := range want {
		got := s.attributes[key]
		if tags, isList := got.([]any); isList {
			got = strings.Join(texts(tags), ",")
		}
		if got != value {
			t.Errorf("%s: %s = %v, want %v", s.name, key, got, value)
		}
	}
}

func texts(values []any) []string {
	var all []string
	for _, v := range values {
		text, _ := v.(string)
		all = append(all, text)
	}
	return all
}

func TestUpdateCurrentSpan(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		update traceroot.SpanUpdate
		want   map[string]any
	}{
		{"update-02 input", traceroot.SpanUpdate{Input: "question"}, map[string]any{attr.SpanInput: "question"}},
		{
			"update-02 input of a structure",
			traceroot.SpanUpdate{Input: struct{ Q string }{"<a> & b"}},
			map[string]any{attr.SpanInput: `{"Q":"<a> & b"}`},
		},
		{"update-03 output", traceroot.SpanUpdate{Output: []int{1, 2}}, map[string]any{attr.SpanOutput: "[1,2]"}},
		{
			"update-03 an explicit null",
			traceroot.SpanUpdate{Output: json.RawMessage("null")},
			map[string]any{attr.SpanOutput: "null"},
		},
		{
			"update-04 metadata, which is replaced",
			traceroot.SpanUpdate{Metadata: map[string]any{"k": []string{"v"}}},
			map[string]any{attr.SpanMetadata: `{"k":["v"]}`},
		},
		{"tags", traceroot.SpanUpdate{Tags: []string{"b", "", "a", "b"}}, map[string]any{attr.SpanTags: "b,a"}},
		{"the kind, in any case", traceroot.SpanUpdate{Type: "LLM"}, map[string]any{attr.SpanType: "llm"}},
		{"update-05 model", traceroot.SpanUpdate{Model: "gpt-4o"}, map[string]any{attr.LLMModel: "gpt-4o"}},
		{
			"update-06 model parameters",
			traceroot.SpanUpdate{ModelParameters: map[string]any{"temperature": 0.7, "max_tokens": 1024}},
			map[string]any{attr.LLMModelParameters: `{"max_tokens":1024,"temperature":0.7}`},
		},
		{
			"update-07 usage",
			traceroot.SpanUpdate{Usage: traceroot.Usage{InputTokens: 100, OutputTokens: 50}},
			map[string]any{attr.LLMUsage: `{"input_tokens":100,"output_tokens":50}`},
		},
		{"update-08 prompt as text", traceroot.SpanUpdate{Prompt: "be kind"}, map[string]any{attr.LLMPrompt: "be kind"}},
		{
			"update-08 prompt as a list",
			traceroot.SpanUpdate{Prompt: []string{"be", "kind"}},
			map[string]any{attr.LLMPrompt: `["be","kind"]`},
		},
		{
			"update-09 nothing",
			traceroot.SpanUpdate{},
			map[string]any{
				attr.SpanInput: "captured", attr.SpanMetadata: `{"from":"option"}`, attr.SpanTags: "option", attr.SpanType: "span",
				attr.SpanOutput: nil, attr.LLMModel: nil, attr.LLMModelParameters: nil, attr.LLMUsage: nil, attr.LLMPrompt: nil,
			},
		},
		{
			"update-09 empty values",
			traceroot.SpanUpdate{Metadata: map[string]any{}, Tags: []string{""}, Input: (*int)(nil)},
			map[string]any{attr.SpanInput: "captured", attr.SpanMetadata: `{"from":"option"}`, attr.SpanTags: "option"},
		},
		{
			"update-09 the other fields",
			traceroot.SpanUpdate{Model: "m"},
			map[string]any{attr.SpanInput: "captured", attr.SpanMetadata: `{"from":"option"}`, attr.SpanTags: "option"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			wantValues(t, updated(t, c.update), c.want)
		})
	}
	t.Run("update-01 name", func(t *testing.T) {
		t.Parallel()
		s := updated(t, traceroot.SpanUpdate{Name: "renamed"})
		if path, _ := s.attributes[attr.SpanPath].([]any); s.name != "renamed" || path[0] != "work" {
			t.Errorf("name %q with path %v, want the new name and the old path", s.name, path)
		}
	})
	t.Run("update-20 a second call replaces the field", func(t *testing.T) {
		t.Parallel()
		s := updated(t,
			traceroot.SpanUpdate{Input: 1, Output: "first", Model: "a", Metadata: map[string]any{"a": 1}, Usage: traceroot.Usage{InputTokens: 1, CacheReadTokens: 1}},
			traceroot.SpanUpdate{Output: "second", Metadata: map[string]any{"b": 2}, Usage: traceroot.Usage{OutputTokens: 2}})
		wantValues(t, s, map[string]any{
			attr.SpanInput: "1", attr.SpanOutput: "second", attr.LLMModel: "a", attr.SpanMetadata: `{"b":2}`,
			attr.LLMUsage: `{"output_tokens":2}`,
		})
	})
	t.Run("update-18 input replaces the captured one", func(t *testing.T) {
		t.Parallel()
		got := sentTo(t, func(ctx context.Context) {
			_, _ = traceroot.Observe(func(ctx context.Context, _ string) (string, error) {
				traceroot.UpdateCurrentSpan(ctx, traceroot.SpanUpdate{Input: "explicit"})
				return "out", nil
			}, traceroot.Name("work"))(ctx, "captured")
		})
		wantValues(t, got["work"], map[string]any{attr.SpanInput: "explicit", attr.SpanOutput: "out"})
	})
	t.Run("update-19 output wins over the one captured later", func(t *testing.T) {
		t.Parallel()
		got := sentTo(t, func(ctx context.Context) {
			_, _ = traceroot.Do(ctx, "work", func(ctx context.Context) (string, error) {
				traceroot.UpdateCurrentSpan(ctx, traceroot.SpanUpdate{Output: "explicit"})
				return "captured", nil
			})
		})
		wantValues(t, got["work"], map[string]any{attr.SpanOutput: "explicit"})
	})
	t.Run("what is given is recorded as given, whatever capture is told", func(t *testing.T) {
		t.Parallel()
		got := sentTo(t, func(ctx context.Context) {
			shout := func(any) any { return "mapped" }
			for name, opts := range map[string][]traceroot.SpanOption{
				"hidden": {traceroot.CaptureInput(false), traceroot.CaptureOutput(false)},
				"mapped": {traceroot.MapInput(shout), traceroot.MapOutput(shout)},
			} {
				_, s := traceroot.Start(ctx, name, append(opts, traceroot.Input("captured"))...)
				s.Update(traceroot.SpanUpdate{Input: "in", Output: "out"})
				s.End()
			}
		})
		for _, name := range []string{"hidden", "mapped"} {
			wantValues(t, got[name], map[string]any{attr.SpanInput: "in", attr.SpanOutput: "out"})
		}
	})
	t.Run("what changes after the call does not show", func(t *testing.T) {
		t.Parallel()
		got := sentTo(t, func(ctx context.Context) {
			_ = traceroot.Run(ctx, "work", func(ctx context.Context) error {
				in := []int{1}
				traceroot.UpdateCurrentSpan(ctx, traceroot.SpanUpdate{Input: in})
				in[0] = 2
				return nil
			})
		})
		wantValues(t, got["work"], map[string]any{attr.SpanInput: "[1]"})
	})
	t.Run("update-10 without a current span it does nothing", func(t *testing.T) {
		t.Parallel()
		got := sentTo(t, func(ctx context.Context) {
			unsampled := trace.ContextWithSpanContext(ctx, trace.NewSpanContext(trace.SpanContextConfig{
				TraceID: trace.TraceID{1}, SpanID: trace.SpanID{1},
			}))
			for _, ctx := range []context.Context{ctx, unsampled, nil} {
				traceroot.UpdateCurrentSpan(ctx, traceroot.SpanUpdate{Name: "x", Input: 1, Usage: traceroot.Usage{InputTokens: 1}})
			}
		})
		if len(got) > 0 {
			t.Errorf("arrived: %v", got)
		}
	})
	t.Run("it works on spans of other instrumentation", func(t *testing.T) {
		t.Parallel()
		server := newReceiver(t)
		client := traceroot.New(traceroot.WithHostURL(server.URL), traceroot.WithLogger(quiet))
		ctx, s := client.TracerProvider().Tracer("other").Start(client.Context(t.Context()), "foreign")
		traceroot.UpdateCurrentSpan(ctx, traceroot.SpanUpdate{Output: "out", Model: "m", Type: traceroot.KindTool})
		s.End()
		traceroot.UpdateCurrentSpan(ctx, traceroot.SpanUpdate{Output: "too late"})
		if err := client.Shutdown(t.Context()); err != nil {
			t.Error(err)
		}
		wantValues(t, server.byName()["foreign"], map[string]any{attr.SpanOutput: "out", attr.LLMModel: "m", attr.SpanType: "tool"})
	})
}

// ofNestedCalls runs inner in a span "inner" below "middle" below "root", then a span "later" under each of them.
func ofNestedCalls(t *testing.T, inner func(ctx context.Context)) map[string]sent {
	t.Helper()
	return sentTo(t, func(ctx context.Context) {
		_ = traceroot.Run(ctx, "root", func(ctx context.Context) error {
			_ = traceroot.Run(ctx, "middle", func(ctx context.Context) error {
				_ = traceroot.Run(ctx, "inner", func(ctx context.Context) error { inner(ctx); return nil })
				span(ctx, "later under middle")
				return nil
			})
			span(ctx, "later under root")
			return nil
		})
		span(ctx, "another trace")
	})
}

func TestUpdateCurrentTrace(t *testing.T) {
	t.Parallel()
	given := traceroot.Attributes{
		UserID: "ann", SessionID: "s1", Tags: []string{"t", "", "t", "u"}, Metadata: map[string]any{"plan": "pro"},
	}
	want := map[string]any{
		attr.TraceUserID: "ann", attr.TraceSessionID: "s1", attr.TraceTags: "t,u", attr.TraceMetadata: `{"plan":"pro"}`,
	}
	none := map[string]any{attr.TraceUserID: nil, attr.TraceSessionID: nil, attr.TraceTags: nil, attr.TraceMetadata: nil}
	for _, c := range []struct {
		name  string
		given traceroot.Attributes
		key   string
	}{
		{"update-11 user", traceroot.Attributes{UserID: "ann"}, attr.TraceUserID},
		{"update-12 session", traceroot.Attributes{SessionID: "s1"}, attr.TraceSessionID},
		{"update-13 metadata as JSON", traceroot.Attributes{Metadata: given.Metadata}, attr.TraceMetadata},
		{"update-14 tags as a list", traceroot.Attributes{Tags: given.Tags}, attr.TraceTags},
	} {
		t.Run(c.name+", and no other field", func(t *testing.T) {
			t.Parallel()
			got := sentTo(t, func(ctx context.Context) {
				_ = traceroot.Run(ctx, "work", func(ctx context.Context) error {
					traceroot.UpdateCurrentTrace(ctx, c.given)
					return nil
				})
			})["work"]
			for key := range want {
				if (got.attributes[key] != nil) != (key == c.key) {
					t.Errorf("%s = %v", key, got.attributes[key])
				}
			}
			wantValues(t, got, map[string]any{c.key: want[c.key]})
		})
	}
	t.Run("update-15 from a nested call, also on the local root", func(t *testing.T) {
		t.Parallel()
		got := ofNestedCalls(t, func(ctx context.Context) { traceroot.UpdateCurrentTrace(ctx, given) })
		wantValues(t, got["inner"], want)
		wantValues(t, got["root"], want)
		wantValues(t, got["middle"], none)
		wantValues(t, got["another trace"], none)
	})
	t.Run("on every span that starts under the root from then on", func(t *testing.T) {
		t.Parallel()
		got := ofNestedCalls(t, func(ctx context.Context) { traceroot.UpdateCurrentTrace(ctx, given) })
		wantValues(t, got["later under middle"], want)
		wantValues(t, got["later under root"], want)
	})
	t.Run("on those of other instrumentation", func(t *testing.T) {
		t.Parallel()
		server := newReceiver(t)
		client := traceroot.New(traceroot.WithHostURL(server.URL), traceroot.WithLogger(quiet))
		ctx, root := client.TracerProvider().Tracer("other").Start(client.Context(t.Context()), "foreign root")
		_ = traceroot.Run(ctx, "own", func(ctx context.Context) error { traceroot.UpdateCurrentTrace(ctx, given); return nil })
		foreignSpan(ctx, client.TracerProvider(), "foreign child")
		root.End()
		if err := client.Shutdown(t.Context()); err != nil {
			t.Error(err)
		}
		for _, name := range []string{"foreign root", "own", "foreign child"} {
			wantValues(t, server.byName()[name], want)
		}
	})
	t.Run("update-20 a field given again replaces its value, and no other", func(t *testing.T) {
		t.Parallel()
		got := ofNestedCalls(t, func(ctx context.Context) {
			traceroot.UpdateCurrentTrace(ctx, given)
			traceroot.UpdateCurrentTrace(ctx, traceroot.Attributes{UserID: "bob", Metadata: map[string]any{"k": 1}})
		})
		again := map[string]any{
			attr.TraceUserID: "bob", attr.TraceSessionID: "s1", attr.TraceTags: "t,u", attr.TraceMetadata: `{"k":1}`,
		}
		for _, name := range []string{"inner", "root", "later under middle", "later under root"} {
			wantValues(t, got[name], again)
		}
	})
	t.Run("it beats the option of a span below", func(t *testing.T) {
		t.Parallel()
		got := sentTo(t, func(ctx context.Context) {
			_ = traceroot.Run(ctx, "root", func(ctx context.Context) error {
				traceroot.UpdateCurrentTrace(ctx, traceroot.Attributes{UserID: "trace"})
				span(ctx, "below", traceroot.UserID("option"))
				return nil
			})
		})
		wantValues(t, got["root"], map[string]any{attr.TraceUserID: "trace"})
		wantValues(t, got["below"], map[string]any{attr.TraceUserID: "option"})
	})
	t.Run("update-16 without a current span it does nothing", func(t *testing.T) {
		t.Parallel()
		got := sentTo(t, func(ctx context.Context) {
			traceroot.UpdateCurrentTrace(ctx, given)
			traceroot.UpdateCurrentTrace(nil, given) //nolint:staticcheck // a nil context holds no span
			span(ctx, "work")
		})
		wantValues(t, got["work"], none)
	})
	t.Run("update-17 after the root has ended it still serves what goes on", func(t *testing.T) {
		t.Parallel()
		got := sentTo(t, func(ctx context.Context) {
			ctx, root := traceroot.Start(ctx, "root")
			ctx, child := traceroot.Start(ctx, "child")
			root.End()
			traceroot.UpdateCurrentTrace(ctx, given)
			span(ctx, "grandchild")
			child.End()
		})
		wantValues(t, got["root"], none)
		wantValues(t, got["child"], want)
		wantValues(t, got["grandchild"], want)
	})
	t.Run("from many goroutines at once", func(t *testing.T) {
		t.Parallel()
		got := ofNestedCalls(t, func(ctx context.Context) {
			_ = inParallel(50, func(int) {
				traceroot.UpdateCurrentTrace(ctx, given)
				span(ctx, "beside")
			})
		})
		wantValues(t, got["root"], want)
		wantValues(t, got["later under root"], want)
	})
}

func TestCurrentIDs(t *testing.T) {
	t.Parallel()
	var traceID, spanID, childTrace, childSpan string
	got := sentTo(t, func(ctx context.Context) {
		_ = traceroot.Run(ctx, "work", func(ctx context.Context) error {
			traceID, spanID = traceroot.TraceID(ctx), traceroot.SpanID(ctx)
			return traceroot.Run(ctx, "child", func(ctx context.Context) error {
				childTrace, childSpan = traceroot.TraceID(ctx), traceroot.SpanID(ctx)
				return nil
			})
		})
		t.Run("update-23 nothing outside a span", func(t *testing.T) {
			for _, ctx := range []context.Context{ctx, t.Context(), nil} {
				if id := traceroot.TraceID(ctx) + traceroot.SpanID(ctx); id != "" {
					t.Errorf("got %q", id)
				}
			}
		})
	})
	t.Run("update-21 the trace's in 32 lower-case hex digits", func(t *testing.T) {
		if !regexp.MustCompile(`^[0-9a-f]{32}$`).MatchString(traceID) || traceID != got["work"].trace || childTrace != traceID {
			t.Errorf("%q and %q, want %q", traceID, childTrace, got["work"].trace)
		}
	})
	t.Run("update-22 the span's in 16 lower-case hex digits", func(t *testing.T) {
		if !regexp.MustCompile(`^[0-9a-f]{16}$`).MatchString(spanID) || spanID != got["work"].id || childSpan != got["child"].id {
			t.Errorf("%q and %q, want %q and %q", spanID, childSpan, got["work"].id, got["child"].id)
		}
	})
}
