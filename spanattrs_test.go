package traceroot_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"testing"

	"go.opentelemetry.io/otel/attribute"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	"github.com/traceroot-ai/traceroot-go"
	"github.com/traceroot-ai/traceroot-go/attr"
	"github.com/traceroot-ai/traceroot-go/traceroottest"
)

// agentOverTool makes a span of the SDK, one of other instrumentation below it, and one of the SDK below that.
func agentOverTool(ctx context.Context, rec *traceroottest.Recorder) {
	_ = traceroot.Run(ctx, "agent", func(ctx context.Context) error {
		ctx, foreign := rec.Client().TracerProvider().Tracer("third-party").Start(ctx, "foreign")
		defer foreign.End()
		return traceroot.Run(ctx, "tool", work)
	})
}

// outsideAnyRepository keeps detection from finding a repository.
func outsideAnyRepository(t *testing.T) {
	t.Helper()
	t.Chdir(t.TempDir())
	for _, variable := range []string{"GITHUB_REPOSITORY", "GITHUB_SHA", "TRACEROOT_GIT_REPO", "TRACEROOT_GIT_REF", "TRACEROOT_ENVIRONMENT"} {
		t.Setenv(variable, "")
	}
}

// TestCommonAttributes changes the working directory.
func TestCommonAttributes(t *testing.T) {
	outsideAnyRepository(t)
	for _, test := range []struct {
		name string
		opts []traceroot.Option
		want map[string]string
	}{
		{"spanattrs-01 name and version of the SDK", nil, map[string]string{
			"traceroot.sdk.name": "traceroot-go", "traceroot.sdk.version": traceroot.Version,
		}},
		{"spanattrs-02 repository", []traceroot.Option{traceroot.WithGitRepo("https://token@github.com/acme/agent.git")}, map[string]string{
			"traceroot.git.repo": "acme/agent", "traceroot.git.ref": "",
		}},
		{"spanattrs-02 no repository", nil, map[string]string{"traceroot.git.repo": ""}},
		{"spanattrs-03 ref without repository", []traceroot.Option{traceroot.WithGitRef("v1.2")}, map[string]string{
			"traceroot.git.repo": "", "traceroot.git.ref": "v1.2",
		}},
		{"spanattrs-03 no ref", nil, map[string]string{"traceroot.git.ref": ""}},
		{"spanattrs-04 environment", []traceroot.Option{traceroot.WithEnvironment("staging")}, map[string]string{"traceroot.environment": "staging"}},
		{"spanattrs-05 OpenTelemetry's environment", []traceroot.Option{traceroot.WithEnvironment("staging")}, map[string]string{
			"deployment.environment": "staging",
		}},
		{"spanattrs-06 no environment", nil, map[string]string{"traceroot.environment": "", "deployment.environment": ""}},
	} {
		t.Run(test.name, func(t *testing.T) {
			ctx, rec := traceroottest.New(t, test.opts...)
			agentOverTool(ctx, rec)
			for _, s := range rec.Spans() {
				wantAttributes(t, s, test.want)
			}
		})
	}
	t.Run("spanattrs-20 spans of other instrumentation", func(t *testing.T) {
		ctx, rec := traceroottest.New(t, traceroot.WithGitRepo("acme/agent"), traceroot.WithGitRef("v1.2"), traceroot.WithEnvironment("staging"))
		agentOverTool(ctx, rec)
		s := rec.Span("foreign")
		wantAttributes(t, s, map[string]string{
			"traceroot.sdk.name": "traceroot-go", "traceroot.sdk.version": traceroot.Version, "traceroot.environment": "staging",
			"deployment.environment": "staging", "traceroot.git.repo": "acme/agent", "traceroot.git.ref": "v1.2",
			"traceroot.span.path": `["agent","foreign"]`,
		})
		wantParent(t, rec, map[string]string{"foreign": "agent", "tool": "foreign"})
	})
}

// wantLineage compares the three paths of a span.
func wantLineage(t *testing.T, s traceroottest.Span, names []string, ancestors ...traceroottest.Span) {
	t.Helper()
	ids, starts := []string{}, []string{}
	for _, a := range ancestors {
		ids, starts = append(ids, a.SpanID), append(starts, strconv.FormatInt(a.Start.UnixNano(), 10))
	}
	wantPaths(t, s, names, ids, starts)
}

func wantPaths(t *testing.T, s traceroottest.Span, names, ids, starts []string) {
	t.Helper()
	for key, want := range map[string][]string{
		"traceroot.span.path": names, "traceroot.span.ids_path": ids, "traceroot.span.starts_path": starts,
	} {
		if got := s.Attributes[key]; got.Type() != attribute.STRINGSLICE || !slices.Equal(got.AsStringSlice(), want) {
			t.Errorf("%s of %s is %v, want %q", key, s.Name, got.String(), want)
		}
	}
}

func TestPaths(t *testing.T) {
	t.Parallel()
	ctx, rec := traceroottest.New(t)
	agentOverTool(ctx, rec)
	agent, foreign, tool := rec.Span("agent"), rec.Span("foreign"), rec.Span("tool")

	t.Run("spanattrs-07 a root has its name alone", func(t *testing.T) { wantLineage(t, agent, []string{"agent"}) })
	t.Run("spanattrs-08 a child adds its name", func(t *testing.T) {
		wantLineage(t, foreign, []string{"agent", "foreign"}, agent)
		wantLineage(t, tool, []string{"agent", "foreign", "tool"}, agent, foreign)
	})
	t.Run("spanattrs-09 ids lead from the root to the parent", func(t *testing.T) {
		if got, want := tool.Attributes[attr.SpanIDsPath].AsStringSlice(), []string{agent.SpanID, tool.ParentID}; !slices.Equal(got, want) || len(got[0]) != 16 {
			t.Errorf("got %q, want %q", got, want)
		}
	})
	t.Run("spanattrs-10 starts are those of the ids", func(t *testing.T) {
		want := []string{fmt.Sprint(agent.Start.UnixNano()), fmt.Sprint(foreign.Start.UnixNano())}
		if got := tool.Attributes[attr.SpanStartsPath].AsStringSlice(); !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
	})
	t.Run("spanattrs-17 paths are lists of texts", func(t *testing.T) {
		for _, s := range []traceroottest.Span{agent, foreign, tool} {
			for _, key := range []string{attr.SpanPath, attr.SpanIDsPath, attr.SpanStartsPath} {
				if got := s.Attributes[key].Type(); got != attribute.STRINGSLICE {
					t.Errorf("%s of %s is a %v", key, s.Name, got)
				}
			}
		}
	})
	t.Run("spanattrs-18 a new name changes no path", func(t *testing.T) {
		rec.Reset()
		_ = traceroot.Run(ctx, "first", func(ctx context.Context) error {
			traceroot.UpdateCurrentSpan(ctx, traceroot.SpanUpdate{Name: "renamed"})
			return traceroot.Run(ctx, "child", work)
		})
		wantLineage(t, rec.Span("renamed"), []string{"first"})
		wantLineage(t, rec.Span("child"), []string{"first", "child"}, rec.Span("renamed"))
	})
}

func TestPathsBelowARemoteParent(t *testing.T) {
	t.Parallel()
	ctx, rec := traceroottest.New(t)
	const parent = "00f067aa0ba902b7"
	ctx = traceroot.Extract(ctx, http.Header{"Traceparent": {"00-4bf92f3577b34da6a3ce929d0e0e4736-" + parent + "-01"}})
	agentOverTool(ctx, rec)
	agent, foreign := rec.Span("agent"), rec.Span("foreign")
	t.Run("spanattrs-12 its id is all there is", func(t *testing.T) {
		wantPaths(t, agent, []string{"agent"}, []string{parent}, nil)
		if agent.ParentID != parent || agent.TraceID != "4bf92f3577b34da6a3ce929d0e0e4736" {
			t.Errorf("parent %s in trace %s", agent.ParentID, agent.TraceID)
		}
	})
	t.Run("spanattrs-11 starts are never partial", func(t *testing.T) {
		wantPaths(t, foreign, []string{"agent", "foreign"}, []string{parent, agent.SpanID}, nil)
		wantPaths(t, rec.Span("tool"), []string{"agent", "foreign", "tool"}, []string{parent, agent.SpanID, foreign.SpanID}, nil)
	})
}

func TestPathsBelowASpanContext(t *testing.T) {
	t.Parallel()
	for what, bare := range map[string]func(context.Context, trace.SpanContext) context.Context{
		"a wrapped span":            trace.ContextWithSpanContext,
		"a remote one that is ours": trace.ContextWithRemoteSpanContext,
	} {
		t.Run("spanattrs-13 "+what, func(t *testing.T) {
			t.Parallel()
			ctx, rec := traceroottest.New(t)
			_ = traceroot.Run(ctx, "root", func(ctx context.Context) error {
				return traceroot.Run(ctx, "parent", func(ctx context.Context) error {
					return traceroot.Run(bare(ctx, trace.SpanContextFromContext(ctx)), "child", work)
				})
			})
			wantLineage(t, rec.Span("child"), []string{"root", "parent", "child"}, rec.Span("root"), rec.Span("parent"))
		})
	}
}

func TestTableOfOpenSpans(t *testing.T) {
	t.Parallel()
	t.Run("spanattrs-14 a span that ended is forgotten", func(t *testing.T) {
		t.Parallel()
		ctx, rec := traceroottest.New(t)
		ctx, parent := traceroot.Start(ctx, "parent")
		if got := rec.Client().LiveSpans(); got != 1 {
			t.Errorf("%d spans are known, want 1", got)
		}
		parent.End()
		if got := rec.Client().LiveSpans(); got != 0 {
			t.Errorf("%d spans are known after the end", got)
		}
		_ = traceroot.Run(trace.ContextWithSpanContext(ctx, parent.OTel().SpanContext()), "child", work)
		wantPaths(t, rec.Span("child"), []string{"child"}, []string{parent.SpanID()}, nil)
	})
	t.Run("spanattrs-15 the oldest span goes, as a whole", func(t *testing.T) {
		t.Parallel()
		ctx, rec := traceroottest.New(t)
		rec.Client().BoundLiveSpans(2)
		var spans []*traceroot.Span
		for i := range 3 {
			_, span := traceroot.Start(ctx, fmt.Sprint("parent", i))
			spans = append(spans, span)
		}
		if got := rec.Client().LiveSpans(); got != 2 {
			t.Errorf("%d spans are known, want 2", got)
		}
		below := func(i int) context.Context { return trace.ContextWithSpanContext(ctx, spans[i].OTel().SpanContext()) }
		_, first := traceroot.Start(below(2), "child2")
		_, second := traceroot.Start(below(0), "child0")
		for _, span := range append(spans, first, second) {
			span.End()
		}
		wantLineage(t, rec.Span("child2"), []string{"parent2", "child2"}, rec.Span("parent2"))
		wantPaths(t, rec.Span("child0"), []string{"child0"}, []string{spans[0].SpanID()}, nil)
		if got := rec.Client().LiveSpans(); got != 0 {
			t.Errorf("%d spans are known after the end", got)
		}
		if stats := rec.Client().Stats(); stats.Started != 5 || stats.Ended != 5 {
			t.Errorf("started %d, ended %d, want 5 and 5", stats.Started, stats.Ended)
		}
	})
	t.Run("spanattrs-15 a thousand open spans fit", func(t *testing.T) {
		t.Parallel()
		ctx, rec := traceroottest.New(t)
		_, first := traceroot.Start(ctx, "first")
		var others []*traceroot.Span
		for range 1023 {
			_, span := traceroot.Start(ctx, "other")
			others = append(others, span)
		}
		_ = traceroot.Run(trace.ContextWithSpanContext(ctx, first.OTel().SpanContext()), "child", work)
		for _, span := range append(others, first) {
			span.End()
		}
		wantLineage(t, rec.Span("child"), []string{"first", "child"}, rec.Span("first"))
	})
	t.Run("spanattrs-16 a span that is not sampled is not known", func(t *testing.T) {
		t.Parallel()
		ctx, rec := traceroottest.New(t, traceroot.WithSampler(sdktrace.NeverSample()))
		ctx, span := traceroot.Start(ctx, "parent")
		if got := rec.Client().LiveSpans(); got != 0 || span.OTel().IsRecording() {
			t.Errorf("%d spans are known", got)
		}
		_ = traceroot.Run(ctx, "child", work)
		if got := rec.Client().Stats(); got.Started != 0 || got.Ended != 0 {
			t.Errorf("stats %+v", got)
		}
	})
}

// spanOfAnotherProvider starts a span that the client does not see, with attributes.
func spanOfAnotherProvider(ctx context.Context, attributes ...attribute.KeyValue) (context.Context, trace.Span) {
	provider := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(tracetest.NewSpanRecorder()))
	return provider.Tracer("elsewhere").Start(ctx, "stranger", trace.WithAttributes(attributes...))
}

func TestPathsCarriedByTheParent(t *testing.T) {
	t.Parallel()
	const root = "00f067aa0ba902b7"
	names := attribute.StringSlice(attr.SpanPath, []string{"root", "stranger"})
	ids := attribute.StringSlice(attr.SpanIDsPath, []string{root})
	starts := func(values ...string) attribute.KeyValue { return attribute.StringSlice(attr.SpanStartsPath, values) }
	for _, test := range []struct {
		name      string
		parent    []attribute.KeyValue
		names     []string
		ids       []string // before the parent's
		hasStarts bool
	}{
		{"spanattrs-13 whole", []attribute.KeyValue{names, ids, starts("17")}, []string{"root", "stranger", "child"}, []string{root}, true},
		{"spanattrs-11 without starts", []attribute.KeyValue{names, ids}, []string{"root", "stranger", "child"}, []string{root}, false},
		{"spanattrs-11 too many starts", []attribute.KeyValue{names, ids, starts("17", "18")}, []string{"root", "stranger", "child"}, []string{root}, false},
		{"spanattrs-19 a start that is no number", []attribute.KeyValue{names, ids, starts("1x")}, []string{"root", "stranger", "child"}, []string{root}, false},
		{"spanattrs-19 a start with a sign", []attribute.KeyValue{names, ids, starts("+17")}, []string{"root", "stranger", "child"}, []string{root}, false},
		{"spanattrs-19 an empty start", []attribute.KeyValue{names, ids, starts("")}, []string{"root", "stranger", "child"}, []string{root}, false},
		{"spanattrs-19 digits of another script", []attribute.KeyValue{names, ids, starts("١٧")}, []string{"root", "stranger", "child"}, []string{root}, false},
		{
			"spanattrs-19 texts instead of lists",
			[]attribute.KeyValue{attribute.String(attr.SpanPath, "root"), attribute.Int(attr.SpanIDsPath, 7), attribute.Bool(attr.SpanStartsPath, true)},
			[]string{"child"},
			nil, false,
		},
		{"spanattrs-19 nothing", nil, []string{"child"}, nil, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			ctx, rec := traceroottest.New(t)
			ctx, parent := spanOfAnotherProvider(ctx, test.parent...)
			if err := traceroot.Run(ctx, "child", work); err != nil {
				t.Error(err)
			}
			parentID := parent.SpanContext().SpanID().String()
			var starts []string
			if test.hasStarts {
				recorded, _ := parent.(sdktrace.ReadOnlySpan)
				starts = []string{"17", strconv.FormatInt(recorded.StartTime().UnixNano(), 10)}
			}
			wantPaths(t, rec.Span("child"), test.names, append(slices.Clip(test.ids), parentID), starts)
		})
	}
}

// TestSpansAfterTheirParent has work that outlives the span it was started in.
func TestSpansAfterTheirParent(t *testing.T) {
	t.Parallel()
	for what, endsRoot := range map[string]bool{"the root is open": false, "the root has ended, too": true} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			ctx, rec := traceroottest.New(t)
			ctx, root := traceroot.Start(ctx, "root")
			traceroot.UpdateCurrentTrace(ctx, traceroot.Attributes{UserID: "u1", Tags: []string{"a"}})
			below, parent := traceroot.Start(ctx, "parent")
			parent.End()
			if endsRoot {
				root.End()
			}
			_ = traceroot.Run(below, "late", func(ctx context.Context) error {
				traceroot.UpdateCurrentTrace(ctx, traceroot.Attributes{SessionID: "s1"})
				return traceroot.Run(ctx, "later", work)
			}, traceroot.UserID("u2"))
			root.End()

			wantLineage(t, rec.Span("later"), []string{"root", "parent", "late", "later"}, rec.Span("root"), rec.Span("parent"), rec.Span("late"))
			wantAttributes(t, rec.Span("later"), map[string]string{attr.TraceUserID: "u1", attr.TraceTags: `["a"]`, attr.TraceSessionID: "s1"})
			session := map[bool]string{false: "s1", true: ""}[endsRoot]
			wantAttributes(t, rec.Span("root"), map[string]string{attr.TraceUserID: "u1", attr.TraceSessionID: session})
		})
	}
}

func TestPathsConcurrently(t *testing.T) {
	t.Parallel()
	ctx, rec := traceroottest.New(t)
	_ = traceroot.Run(ctx, "root", func(ctx context.Context) error {
		return inParallel(20, func(i int) {
			for range 20 {
				_ = traceroot.Run(ctx, fmt.Sprint("parent", i), func(ctx context.Context) error { return traceroot.Run(ctx, fmt.Sprint("child", i), work) })
			}
		})
	})
	t.Run("spanattrs-21 every path is its own", func(t *testing.T) {
		byID := map[string]traceroottest.Span{}
		spans := rec.Spans()
		for _, s := range spans {
			byID[s.SpanID] = s
		}
		if len(spans) != 1+2*20*20 || rec.Client().LiveSpans() != 0 {
			t.Errorf("%d spans ended, %d are open", len(spans), rec.Client().LiveSpans())
		}
		for _, s := range spans {
			var names []string
			var ancestors []traceroottest.Span
			for at := s; at.ParentID != ""; at = byID[at.ParentID] {
				names, ancestors = append(names, at.Name), append(ancestors, byID[at.ParentID])
			}
			slices.Reverse(names)
			slices.Reverse(ancestors)
			wantLineage(t, s, append([]string{"root"}, names...), ancestors...)
		}
	})
}

// TestJoinedProviderDropsNothingOfOurs has a provider with OpenTelemetry's limit of 128 attributes.
func TestJoinedProviderDropsNothingOfOurs(t *testing.T) {
	t.Parallel()
	ctx, rec := traceroottest.New(t, traceroot.WithTracerProvider(sdktrace.NewTracerProvider()))
	_, _ = traceroot.Observe(func(ctx context.Context, _ string) (string, error) {
		for i := range 200 {
			trace.SpanFromContext(ctx).SetAttributes(attribute.Int(fmt.Sprint("n", i), i))
		}
		traceroot.UpdateCurrentSpan(ctx, traceroot.SpanUpdate{Model: "gpt-4o", Usage: traceroot.Usage{InputTokens: 5}})
		traceroot.UpdateCurrentSpan(ctx, traceroot.SpanUpdate{Model: "gpt-5"})
		return "out", nil
	}, traceroot.Type("llm"))(ctx, "in")
	s := onlySpan(t, rec)
	wantContent(t, s, "in", "out")
	if s.Model != "gpt-5" || s.Usage.InputTokens != 5 {
		t.Errorf("model %q, usage %+v", s.Model, s.Usage)
	}
}

func TestForeignSpanWithoutContext(t *testing.T) {
	t.Parallel()
	_, rec := traceroottest.New(t)
	var none context.Context
	_, span := rec.Client().TracerProvider().Tracer("third-party").Start(none, "foreign")
	span.End()
	wantLineage(t, onlySpan(t, rec), []string{"foreign"})
}
