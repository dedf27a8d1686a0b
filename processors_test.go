package traceroot_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/traceroot-ai/traceroot-go"
	"github.com/traceroot-ai/traceroot-go/attr"
)

func TestWithSpanProcessor(t *testing.T) {
	t.Run("needs no key and is all there is", func(t *testing.T) {
		environment(t)
		recorder := tracetest.NewSpanRecorder()
		client := traceroot.New(traceroot.WithSpanProcessor(recorder), traceroot.WithLogger(quiet))
		span(client.Context(t.Context()), "work")
		if !client.Enabled() || len(recorder.Ended()) != 1 {
			t.Errorf("on: %v (%v), spans: %d", client.Enabled(), client.Err(), len(recorder.Ended()))
		}
		if s := client.Stats(); s.Exported != 1 || s.Ended != 1 {
			t.Errorf("stats %+v, want one span exported", s)
		}
		if err := client.Shutdown(t.Context()); err != nil {
			t.Error(err)
		}
	})
	t.Run("is in addition to the uploads, raw and repeatable", func(t *testing.T) {
		environment(t)
		a, b := tracetest.NewSpanRecorder(), tracetest.NewSpanRecorder()
		got := sentTo(t, func(ctx context.Context) { span(ctx, "work", traceroot.Input("secret")) },
			traceroot.WithSpanProcessor(a), traceroot.WithSpanProcessor(nil), traceroot.WithSpanProcessor(b),
			traceroot.WithMask(func(_, _ string) string { return "hidden" }))
		if got["work"].attributes[attr.SpanInput] != "hidden" {
			t.Errorf("input %v was uploaded", got["work"].attributes[attr.SpanInput])
		}
		for _, recorder := range []*tracetest.SpanRecorder{a, b} {
			if spans := recorder.Ended(); len(spans) != 1 || values(spans[0].Attributes())[attr.SpanInput].AsString() != "secret" {
				t.Errorf("a processor got %v", spans)
			}
		}
	})
	for name, join := range map[string]*sdktrace.TracerProvider{"own": nil, "joined": sdktrace.NewTracerProvider()} {
		t.Run("is shut down once with the client's deadline: provider "+name, func(t *testing.T) {
			p := &countingProcessor{fails: errors.New("disk full")}
			client := traceroot.New(traceroot.WithSpanProcessor(p), traceroot.WithTracerProvider(join), traceroot.WithLogger(quiet))
			deadline := time.Now().Add(time.Hour)
			ctx, cancel := context.WithDeadline(t.Context(), deadline)
			defer cancel()
			if err := client.Flush(ctx); !errors.Is(err, p.fails) {
				t.Errorf("Flush = %v, want the processor's error", err)
			}
			if err := client.Shutdown(ctx); !errors.Is(err, p.fails) {
				t.Errorf("Shutdown = %v, want the processor's error", err)
			}
			_ = client.Shutdown(ctx)
			if len(p.deadlines) != 1 || !p.deadlines[0].Equal(deadline) {
				t.Errorf("shut down with deadlines %v, want %v alone", p.deadlines, deadline)
			}
		})
		t.Run("is shut down though the time is over: provider "+name, func(t *testing.T) {
			p := &countingProcessor{}
			client := traceroot.New(traceroot.WithSpanProcessor(p), traceroot.WithTracerProvider(join), traceroot.WithLogger(quiet))
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			_ = client.Shutdown(ctx)
			if len(p.deadlines) != 1 {
				t.Errorf("shut down %d times, want once", len(p.deadlines))
			}
		})
	}
}

// countingProcessor notes the deadline of each shutdown.
type countingProcessor struct {
	fails     error
	deadlines []time.Time
}

func (*countingProcessor) OnStart(context.Context, sdktrace.ReadWriteSpan) {}

func (*countingProcessor) OnEnd(sdktrace.ReadOnlySpan) {}

func (p *countingProcessor) ForceFlush(context.Context) error { return p.fails }

func (p *countingProcessor) Shutdown(ctx context.Context) error {
	deadline, _ := ctx.Deadline()
	p.deadlines = append(p.deadlines, deadline)
	return p.fails
}

// exporterFunc is an exporter that is a function.
type exporterFunc func(ctx context.Context, spans []sdktrace.ReadOnlySpan) error

func (f exporterFunc) ExportSpans(ctx context.Context, spans []sdktrace.ReadOnlySpan) error {
	return f(ctx, spans)
}

func (exporterFunc) Shutdown(context.Context) error { return nil }

func TestWithExporter(t *testing.T) {
	t.Run("is instead of the host and needs no key", func(t *testing.T) {
		environment(t)
		server := newReceiver(t)
		t.Setenv("TRACEROOT_HOST_URL", server.URL)
		exporter := tracetest.NewInMemoryExporter()
		client := traceroot.New(traceroot.WithExporter(exporter), traceroot.WithLogger(quiet))
		ctx := client.Context(t.Context())
		span(ctx, "work")
		if err := client.Flush(ctx); err != nil || len(exporter.GetSpans()) != 1 || len(server.uploads()) > 0 {
			t.Errorf("Flush = %v, %d spans exported, %d uploads", err, len(exporter.GetSpans()), len(server.uploads()))
		}
		if err := client.Shutdown(ctx); err != nil {
			t.Error(err)
		}
	})
	for name, fails := range map[string]exporterFunc{
		"an error": func(context.Context, []sdktrace.ReadOnlySpan) error { return errBoom },
		"a panic":  func(context.Context, []sdktrace.ReadOnlySpan) error { panic(errBoom) },
	} {
		t.Run("transport-19 "+name+" of it stays away from the program", func(t *testing.T) {
			environment(t)
			logger, book := newLogBook()
			client := traceroot.New(traceroot.WithExporter(fails), traceroot.WithLogger(logger))
			ctx := client.Context(t.Context())
			if _, err := traceroot.Do(ctx, "work", work1); err != nil {
				t.Errorf("the observed call fails: %v", err)
			}
			err := client.Flush(ctx)
			if unsent, ok := errors.AsType[*traceroot.UnsentError](err); !ok || unsent.Spans != 1 || !strings.Contains(err.Error(), "boom") {
				t.Errorf("Flush = %v, want one span lost to boom", err)
			}
			if lines := book.about("level=WARN"); len(lines) != 1 || !strings.Contains(lines[0], "boom") {
				t.Errorf("logged %q, want one warning with the cause", lines)
			}
			if err := client.Shutdown(ctx); err != nil {
				t.Errorf("Shutdown = %v, want nil: the loss was told", err)
			}
		})
	}
	t.Run("a slow one is not waited for by the program", func(t *testing.T) {
		environment(t)
		synctest.Test(t, func(t *testing.T) {
			slow := exporterFunc(func(ctx context.Context, _ []sdktrace.ReadOnlySpan) error {
				<-ctx.Done()
				return ctx.Err()
			})
			client := traceroot.New(traceroot.WithExporter(slow), traceroot.WithFlushAt(1), traceroot.WithLogger(quiet))
			ctx := client.Context(t.Context())
			start := time.Now()
			for range 100 {
				span(ctx, "work")
			}
			if waited := time.Since(start); waited != 0 {
				t.Errorf("the program waited %v", waited)
			}
			short, cancel := context.WithTimeout(ctx, 2*time.Second)
			defer cancel()
			err := client.Shutdown(short)
			if unsent, ok := errors.AsType[*traceroot.UnsentError](err); !ok || unsent.Spans != 100 || !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("Shutdown = %v, want 100 spans lost to the deadline", err)
			}
			if waited := time.Since(start); waited != 2*time.Second {
				t.Errorf("Shutdown took %v, want 2s", waited)
			}
		})
	})
}

func TestShutdownTellsEveryCause(t *testing.T) {
	t.Parallel()
	client := traceroot.New(traceroot.WithExporter(brokenExporter{}), traceroot.WithLogger(quiet),
		traceroot.WithSpanProcessor(&countingProcessor{fails: errors.New("disk full")}))
	span(client.Context(t.Context()), "work")
	err := client.Shutdown(t.Context())
	unsent, ok := errors.AsType[*traceroot.UnsentError](err)
	if !ok || unsent.Spans != 1 {
		t.Errorf("Shutdown = %v, want one span lost", err)
	}
	for _, cause := range []string{"cannot export", "cannot close", "disk full"} {
		if !strings.Contains(err.Error(), cause) {
			t.Errorf("Shutdown = %v, want it to say %q", err, cause)
		}
	}
}

type brokenExporter struct{}

func (brokenExporter) ExportSpans(context.Context, []sdktrace.ReadOnlySpan) error {
	return errors.New("cannot export")
}
func (brokenExporter) Shutdown(context.Context) error { return errors.New("cannot close") }

func work1(context.Context) (int, error) { return 1, nil }
