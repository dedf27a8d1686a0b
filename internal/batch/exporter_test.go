package batch_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.opentelemetry.io/otel/attribute"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/traceroot-ai/traceroot-go/internal/batch"
	"github.com/traceroot-ai/traceroot-go/internal/otlp"
)

// discard is a sender without cost.
type discard struct{}

func (discard) Pack(spans []sdktrace.ReadOnlySpan) (batch.Payload, error) {
	return discarded(len(spans)), nil
}
func (discard) Shutdown(context.Context) error { return nil }

type discarded int

func (d discarded) Send(context.Context) error { return nil }
func (d discarded) Spans() int                 { return int(d) }
func (d discarded) Body() []byte               { return nil }
func (d discarded) Smaller() []batch.Payload   { return nil }

// exporter calls export, and counts.
type exporter struct {
	export    func(context.Context, []sdktrace.ReadOnlySpan) error
	shutdown  func(context.Context) error
	shutdowns int
}

func (e *exporter) ExportSpans(ctx context.Context, spans []sdktrace.ReadOnlySpan) error {
	return e.export(ctx, spans)
}

func (e *exporter) Shutdown(ctx context.Context) error {
	e.shutdowns++
	if e.shutdown != nil {
		return e.shutdown(ctx)
	}
	return nil
}

func TestExporterGetsMaskedBatches(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		memory := tracetest.NewInMemoryExporter()
		redactor := otlp.NewRedactor(true, func(_, text string) string { return strings.ReplaceAll(text, "secret", "***") })
		q := batch.New(batch.NewExporter(memory, redactor), batch.Config{FlushAt: 2})
		q.Add(span("a", attribute.String("k", "secret")))
		q.Add(span("b"))
		synctest.Wait()
		got := memory.GetSpans()
		if len(got) != 2 || got[0].Attributes[0].Value.AsString() != "***" {
			t.Errorf("the exporter got %v, want two spans, masked", got)
		}
		if stats := q.Stats(); stats.Exported != 2 || stats.BytesSent != 0 || stats.Requests != 1 {
			t.Errorf("stats are %+v", stats)
		}
		if err := q.Shutdown(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

func TestExporterErrorsAreFinal(t *testing.T) {
	t.Parallel()
	cause := errors.New("disk is full")
	for name, export := range map[string]func(context.Context, []sdktrace.ReadOnlySpan) error{
		"error": func(context.Context, []sdktrace.ReadOnlySpan) error { return cause },
		"panic": func(context.Context, []sdktrace.ReadOnlySpan) error { panic("disk is full") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var logged log
				e := &exporter{export: export}
				q := batch.New(batch.NewExporter(e, nil), batch.Config{Warn: logged.warn})
				add(q, "a", "b")
				err := q.Flush(t.Context())
				unsent, ok := errors.AsType[*batch.UnsentError](err)
				if !ok || unsent.Spans != 2 || !strings.Contains(err.Error(), "disk is full") {
					t.Errorf("Flush = %v, want an error that counts two spans and says why", err)
				}
				if name == "error" && !errors.Is(err, cause) {
					t.Errorf("the exporter's own error is not in the chain of %v", err)
				}
				if stats := q.Stats(); stats.Requests != 1 || stats.Dropped != 2 {
					t.Errorf("stats are %+v, want one attempt and two spans dropped", stats)
				}
				if got := logged.about("export failed"); len(got) != 1 || got[0].attrs["span_count"] != "2" {
					t.Errorf("logged %v, want one warning about 2 spans", &logged)
				}
				if err := q.Shutdown(t.Context()); err != nil || e.shutdowns != 1 {
					t.Errorf("Shutdown = %v after %d shutdowns of the exporter, want 1", err, e.shutdowns)
				}
			})
		})
	}
}

func TestExporterIsShutDownLast(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var calls []string
		e := &exporter{
			export: func(_ context.Context, spans []sdktrace.ReadOnlySpan) error {
				for _, s := range spans {
					calls = append(calls, s.Name())
				}
				return nil
			},
			shutdown: func(context.Context) error {
				calls = append(calls, "shutdown")
				return errors.New("close file: no space")
			},
		}
		q := batch.New(batch.NewExporter(e, nil), batch.Config{FlushAt: 2})
		add(q, "a", "b", "c")
		err := q.Shutdown(t.Context())
		if err == nil || !strings.Contains(err.Error(), "no space") {
			t.Errorf("Shutdown = %v, want the exporter's error", err)
		}
		if want := []string{"a", "b", "c", "shutdown"}; !slices.Equal(calls, want) {
			t.Errorf("calls are %q, want %q", calls, want)
		}
		if err := q.Shutdown(t.Context()); err != nil || e.shutdowns != 1 {
			t.Errorf("second Shutdown = %v, exporter shut down %d times", err, e.shutdowns)
		}
	})
}

func TestPanickingShutdownOfAnExporter(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := &exporter{shutdown: func(context.Context) error { panic("oops") }}
		q := batch.New(batch.NewExporter(e, nil), batch.Config{})
		if err := q.Shutdown(t.Context()); err == nil || !strings.Contains(err.Error(), "oops") {
			t.Errorf("Shutdown = %v, want the panic as an error", err)
		}
	})
}

func TestExporterIsBoundedByTheTimeout(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		e := &exporter{export: func(ctx context.Context, _ []sdktrace.ReadOnlySpan) error {
			<-ctx.Done()
			return ctx.Err()
		}}
		q := batch.New(batch.NewExporter(e, nil), batch.Config{Timeout: 1500 * time.Millisecond})
		add(q, "a")
		err := q.Shutdown(t.Context())
		if err == nil {
			t.Error("Shutdown said nothing of the lost span")
		}
		if waited := time.Since(start); waited != 1500*time.Millisecond {
			t.Errorf("Shutdown took %v, want 1.5s", waited)
		}
	})
}

func TestDeliveriesAreMarked(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var marked bool
		e := &exporter{export: func(ctx context.Context, _ []sdktrace.ReadOnlySpan) error {
			marked = batch.IsUpload(ctx)
			return nil
		}}
		q := batch.New(batch.NewExporter(e, nil), batch.Config{})
		add(q, "a")
		if err := q.Shutdown(t.Context()); err != nil {
			t.Error(err)
		}
		if !marked || batch.IsUpload(t.Context()) {
			t.Errorf("IsUpload is %v inside a delivery and %v outside", marked, batch.IsUpload(t.Context()))
		}
	})
}
