package traceroot_test

import (
	"context"
	"errors"
	"regexp"
	"testing"
	"testing/synctest"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/traceroot-ai/traceroot-go"
	"github.com/traceroot-ai/traceroot-go/attr"
	"github.com/traceroot-ai/traceroot-go/traceroottest"
)

func TestStart(t *testing.T) {
	t.Parallel()
	t.Run("observe-40 a span by hand is the same as an observed call", func(t *testing.T) {
		t.Parallel()
		ctx, rec := traceroottest.New(t)
		options := []traceroot.SpanOption{
			traceroot.Name("lookUp"), traceroot.Type("tool"), traceroot.Tags("a", "b"), traceroot.Metadata(map[string]any{"k": 1}),
			traceroot.SessionID("s1"), traceroot.UserID("u1"),
		}
		_, _ = traceroot.Observe(lookUp, options...)(ctx, "tea")
		_, span := traceroot.Start(ctx, "start", append(options, traceroot.Input("tea"))...)
		span.Update(traceroot.SpanUpdate{Output: "found tea"})
		span.End()

		spans := rec.Spans()
		observed, started := spans[0].Attributes, spans[1].Attributes
		for key, v := range observed {
			switch key {
			case attr.SourceLine, attr.SourceFunction, attr.SourceFile: // one defined, the other called
				if _, ok := started[key]; !ok {
					t.Errorf("started: no %s", key)
				}
			default:
				if started[key] != v {
					t.Errorf("%s: started %v, observed %v", key, started[key].String(), v.String())
				}
			}
		}
		if len(started) != len(observed) {
			t.Errorf("started has %d attributes, observed %d", len(started), len(observed))
		}
	})
	t.Run("observe-40 End takes the named error", func(t *testing.T) {
		t.Parallel()
		ctx, rec := traceroottest.New(t)
		err := func() (err error) {
			_, span := traceroot.Start(ctx, "start")
			defer span.End(nil, &err, new(error))
			return errBoom
		}()
		if got := onlySpan(t, rec).Err; got != "boom" || err != errBoom { //nolint:errorlint // the same error
			t.Errorf("error %q, the caller got %v", got, err)
		}
	})
	t.Run("observe-40 the context carries the span", func(t *testing.T) {
		t.Parallel()
		ctx, rec := traceroottest.New(t)
		ctx, span := traceroot.Start(ctx, "parent")
		_ = traceroot.Run(ctx, "child", work)
		if traceroot.SpanFromContext(ctx).SpanID() != span.SpanID() || traceroot.TraceID(ctx) != span.TraceID() {
			t.Error("the context has another span")
		}
		span.End()
		wantParent(t, rec, map[string]string{"child": "parent"})
	})
	t.Run("observe-41 the first End counts", func(t *testing.T) {
		t.Parallel()
		ctx, rec := traceroottest.New(t)
		ctx, span := traceroot.Start(ctx, "start")
		span.Update(traceroot.SpanUpdate{Output: "first"})
		span.End()
		late := errors.New("late")
		span.End(&late)
		span.SetError(late)
		span.Update(traceroot.SpanUpdate{Output: "second", Name: "renamed"})
		span.FirstToken()
		traceroot.UpdateCurrentSpan(ctx, traceroot.SpanUpdate{Output: "third"})
		traceroot.UpdateCurrentTrace(ctx, traceroot.Attributes{UserID: "late"})
		s := onlySpan(t, rec)
		if s.Name != "start" || s.Output != "first" || s.Err != "" || s.UserID != "" {
			t.Errorf("got %+v", s)
		}
		wantAttributes(t, s, map[string]string{attr.LLMTimeToFirstToken: ""})
		if stats := rec.Client().Stats(); stats.Ended != 1 || stats.Started != 1 {
			t.Errorf("started %d, ended %d, want 1 and 1", stats.Started, stats.Ended)
		}
	})
}

func TestSpanIDs(t *testing.T) {
	t.Parallel()
	ctx, rec := traceroottest.New(t)
	ctx, span := traceroot.Start(ctx, "start")
	for what, test := range map[string]struct{ got, form string }{
		"TraceID":      {span.TraceID(), "^[0-9a-f]{32}$"},
		"SpanID":       {span.SpanID(), "^[0-9a-f]{16}$"},
		"TraceID(ctx)": {traceroot.TraceID(ctx), "^" + span.TraceID() + "$"},
		"SpanID(ctx)":  {traceroot.SpanID(ctx), "^" + span.SpanID() + "$"},
	} {
		if !regexp.MustCompile(test.form).MatchString(test.got) {
			t.Errorf("%s is %q, want %s", what, test.got, test.form)
		}
	}
	span.End()
	if s := onlySpan(t, rec); s.SpanID != span.SpanID() || s.TraceID != span.TraceID() {
		t.Errorf("recorded as %s of %s", s.SpanID, s.TraceID)
	}
}

func TestNilSpan(t *testing.T) {
	t.Parallel()
	var span *traceroot.Span
	span.Update(traceroot.SpanUpdate{Name: "x"})
	span.SetError(errBoom)
	span.FirstToken()
	if span.TraceID() != "" || span.SpanID() != "" || span.URL() != "" {
		t.Error("a nil span has an id or an address")
	}
	if span.OTel() == nil {
		t.Fatal("OTel() is nil")
	}
	span.OTel().SetAttributes(attribute.Bool("x", true))
	span.OTel().End()
	span.End()
	span.End(nil, &errBoom)
	if got := panicOf(func() { defer span.End(); panic("through") }); got != "through" {
		t.Errorf("a panic became %v", got)
	}
}

func TestUnsampledSpan(t *testing.T) {
	t.Parallel()
	outer, rec := traceroottest.New(t, traceroot.WithSampler(sdktrace.NeverSample()))
	ctx, span := traceroot.Start(outer, "start", traceroot.Input(unwritable{}))
	if span != nil || traceroot.SpanFromContext(ctx) != nil {
		t.Error("there is a span to write to")
	}
	if err := traceroot.Run(ctx, "run", func(ctx context.Context) error { return ctx.Err() }); err != nil {
		t.Error(err)
	}
	span.End()
	if got := len(rec.Spans()); got != 0 {
		t.Errorf("%d spans were sent", got)
	}
}

func TestSpanFromContext(t *testing.T) {
	t.Parallel()
	outer, rec := traceroottest.New(t)
	ended, span := traceroot.Start(outer, "ended")
	span.End()
	open, span := traceroot.Start(outer, "open")
	defer span.End()
	foreign, _ := rec.Client().TracerProvider().Tracer("third-party").Start(outer, "foreign")
	stranger, _ := spanOfAnotherProvider(outer)
	for what, test := range map[string]struct {
		ctx  context.Context //nolint:containedctx // a case of the table
		want bool
	}{
		"no span":                       {outer, false},
		"an open span":                  {open, true},
		"a span that ended":             {ended, false},
		"a span of other tracers":       {foreign, true},
		"a span of another provider":    {stranger, true},
		"a span above what is hidden":   {traceroot.Suppress(open), false},
		"the span context of an open":   {trace.ContextWithSpanContext(outer, span.OTel().SpanContext()), false},
		"a context that carries values": {traceroot.UsingAttributes(open, traceroot.Attributes{UserID: "u"}), true},
	} {
		span := traceroot.SpanFromContext(test.ctx)
		if (span != nil) != test.want {
			t.Errorf("%s: got %v, want one: %v", what, span, test.want)
		}
		if span != nil && span.SpanID() != traceroot.SpanID(test.ctx) {
			t.Errorf("%s: got span %s", what, span.SpanID())
		}
	}
	t.Run("a span of another provider knows when it started", func(t *testing.T) {
		traceroot.SpanFromContext(stranger).FirstToken()
		recorded, _ := trace.SpanFromContext(stranger).(sdktrace.ReadOnlySpan)
		if got := values(recorded.Attributes())[attr.LLMTimeToFirstToken].AsFloat64(); got <= 0 || got > float64(time.Hour.Milliseconds()) {
			t.Errorf("the first token came after %v ms", got)
		}
	})
}

func TestSetError(t *testing.T) {
	t.Parallel()
	ctx, ended := recordStubs(t)
	_, span := traceroot.Start(ctx, "start")
	span.SetError(nil)
	span.SetError(errBoom)
	span.SetError(errLater)
	span.SetError(nil)
	span.End()
	got := onlyStub(t, ended)
	if got.Status != (sdktrace.Status{Code: codes.Error, Description: "later"}) {
		t.Errorf("the status is %+v, want that of the last error", got.Status)
	}
	if len(got.Events) != 2 {
		t.Errorf("%d events, want one for each error", len(got.Events))
	}
}

func TestFirstToken(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, rec := traceroottest.New(t)
		_, span := traceroot.Start(ctx, "start")
		for range 2 {
			time.Sleep(250 * time.Millisecond)
			span.FirstToken()
		}
		span.End()
		wantAttributes(t, onlySpan(t, rec), map[string]string{"traceroot.llm.time_to_first_token_ms": "250"})
	})
}

func TestOTelOptions(t *testing.T) {
	t.Parallel()
	ctx, ended := recordStubs(t)
	noon := time.Date(2026, 2, 5, 12, 0, 0, 0, time.UTC)
	ctx, parent := traceroot.Start(ctx, "parent")
	_, child := traceroot.Start(ctx, "child", traceroot.OTel(trace.WithNewRoot(), trace.WithTimestamp(noon)),
		traceroot.OTel(trace.WithAttributes(attribute.Int("n", 1)), trace.WithLinks(trace.Link{SpanContext: parent.OTel().SpanContext()})))
	child.OTel().AddEvent("note")
	child.End()
	parent.End()

	got := ended()[0]
	switch {
	case got.Parent.IsValid() || child.TraceID() == parent.TraceID():
		t.Error("the span is not a new root")
	case !got.StartTime.Equal(noon):
		t.Errorf("it started at %v", got.StartTime)
	case values(got.Attributes)["n"].AsInt64() != 1 || len(got.Links) != 1 || len(got.Events) != 1:
		t.Errorf("attributes %v, links %v, events %v", got.Attributes, got.Links, got.Events)
	case got.SpanKind != trace.SpanKindInternal:
		t.Errorf("OpenTelemetry's kind is %v, want internal", got.SpanKind)
	}
}

func TestSessionAndUserReachTheTrace(t *testing.T) {
	t.Parallel()
	t.Run("the root and what is below", func(t *testing.T) {
		t.Parallel()
		ctx, rec := traceroottest.New(t)
		tracer := rec.Client().TracerProvider().Tracer("third-party")
		_ = traceroot.Run(ctx, "root", func(ctx context.Context) error {
			_ = traceroot.Run(ctx, "before", work)
			return traceroot.Run(ctx, "agent", func(ctx context.Context) error {
				_, foreign := tracer.Start(ctx, "foreign")
				foreign.End()
				return traceroot.Run(ctx, "below", work)
			}, traceroot.SessionID("s1"), traceroot.UserID("u1"))
		})
		for _, name := range []string{"root", "agent"} {
			wantAttributes(t, rec.Span(name), map[string]string{attr.TraceSessionID: "s1", attr.TraceUserID: "u1"})
		}
		for _, name := range []string{"foreign", "below"} {
			wantAttributes(t, rec.Span(name), map[string]string{"session.id": "s1", "user.id": "u1"})
		}
		wantAttributes(t, rec.Span("before"), map[string]string{"session.id": "", attr.TraceSessionID: ""})
	})
	t.Run("a root keeps its own", func(t *testing.T) {
		t.Parallel()
		for name, open := range map[string]func(ctx context.Context, fn func(context.Context) error) error{
			"by an option": func(ctx context.Context, fn func(context.Context) error) error {
				return traceroot.Run(ctx, "root", fn, traceroot.SessionID("own"))
			},
			"by an update": func(ctx context.Context, fn func(context.Context) error) error {
				return traceroot.Run(ctx, "root", func(ctx context.Context) error {
					traceroot.UpdateCurrentTrace(ctx, traceroot.Attributes{SessionID: "own"})
					return fn(ctx)
				})
			},
			"by an earlier child": func(ctx context.Context, fn func(context.Context) error) error {
				return traceroot.Run(ctx, "root", func(ctx context.Context) error {
					_ = traceroot.Run(ctx, "first", work, traceroot.SessionID("own"))
					return fn(ctx)
				})
			},
		} {
			ctx, rec := traceroottest.New(t)
			_ = open(ctx, func(ctx context.Context) error {
				return traceroot.Run(ctx, "child", work, traceroot.SessionID("s1"), traceroot.UserID("u1"))
			})
			t.Run(name, func(t *testing.T) {
				wantAttributes(t, rec.Span("root"), map[string]string{attr.TraceSessionID: "own", attr.TraceUserID: "u1"})
				wantAttributes(t, rec.Span("child"), map[string]string{attr.TraceSessionID: "s1", attr.TraceUserID: "u1"})
			})
		}
	})
}

// TestSpanConcurrently is for the race detector.
func TestSpanConcurrently(t *testing.T) {
	t.Parallel()
	ctx, rec := traceroottest.New(t)
	ctx, span := traceroot.Start(ctx, "start")
	_ = inParallel(20, func(int) {
		span.Update(traceroot.SpanUpdate{Output: "out", Tags: []string{"a"}, Usage: traceroot.Usage{InputTokens: 1}})
		span.SetError(errBoom)
		span.FirstToken()
		traceroot.UpdateCurrentTrace(ctx, traceroot.Attributes{UserID: "u", Metadata: map[string]any{"k": 1}})
		_ = traceroot.Run(ctx, "child", work, traceroot.SessionID("s"))
		span.End()
	})
	if s := rec.Span("start"); s.Err != "boom" || s.Output != "out" {
		t.Errorf("error %q, output %v", s.Err, s.Output)
	}
}
