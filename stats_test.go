package traceroot_test

import (
	"context"
	"errors"
	"net/http"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/traceroot-ai/traceroot-go"
)

// wantBalance checks the equations that hold at any time.
func wantBalance(t *testing.T, s traceroot.Stats) {
	t.Helper()
	if sum := s.Exported + s.Dropped + s.Suppressed + s.Spooled + int64(s.Queued); s.Ended != sum {
		t.Errorf("%d spans ended, but %d are accounted for: %+v", s.Ended, sum, s)
	}
	by := s.DroppedBy
	if sum := by.QueueFull + by.Refused + by.Unauthorized + by.TooLarge + by.Faulty + by.SpoolFull + by.Shutdown; s.Dropped != sum {
		t.Errorf("%d spans were dropped, but %d for a reason: %+v", s.Dropped, sum, s)
	}
	if s.Started < s.Ended || s.Suppressed < s.Unsampled {
		t.Errorf("more spans ended than started, or were left out than could be: %+v", s)
	}
}

func TestStats(t *testing.T) {
	t.Parallel()
	t.Run("of spans that were accepted, refused, suppressed, open and waiting", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			wire := &cable{answer: first(canned{status: 500}, canned{status: 422})}
			client := wire.plugged(t)
			ctx := client.Context(t.Context())
			for range 3 {
				span(ctx, "refused, after a retry")
			}
			if err := client.Flush(ctx); err == nil {
				t.Error("Flush does not tell of the loss")
			}
			for range 4 {
				span(ctx, "accepted")
			}
			foreignSpan(traceroot.Suppress(ctx), client.TracerProvider(), "suppressed")
			_, open := traceroot.Start(ctx, "open")
			if err := client.Flush(ctx); err != nil {
				t.Error(err)
			}
			s := client.Stats()
			wantBalance(t, s)
			if s.Started != 9 || s.Ended != 8 || s.Exported != 4 || s.Dropped != 3 || s.Suppressed != 1 || s.Queued != 0 || s.QueuedBytes != 0 {
				t.Errorf("%+v", s)
			}
			if s.DroppedBy != (traceroot.Drops{Refused: 3}) || s.Unsampled != 0 {
				t.Errorf("%+v", s)
			}
			if s.Requests != 3 || s.Retries != 1 || s.BytesSent == 0 || s.LastError == nil || s.LastErrorTime.IsZero() {
				t.Errorf("%+v", s)
			}
			open.End()
			if s = client.Stats(); s.Ended != 9 || s.Queued != 1 || s.QueuedBytes == 0 {
				t.Errorf("after the last one ended: %+v", s)
			}
			if err := client.Shutdown(ctx); err != nil {
				t.Error(err)
			}
			wantBalance(t, client.Stats())
		})
	})
	t.Run("when Flush gave up", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			wire := &cable{answer: never}
			client := wire.plugged(t)
			for range 250 {
				span(client.Context(t.Context()), "work")
			}
			err := client.Flush(timeout(t, time.Second))
			s := client.Stats()
			wantBalance(t, s)
			if unsent, ok := errors.AsType[*traceroot.UnsentError](err); !ok || unsent.Spans != 250 || s.Queued != 250 {
				t.Errorf("Flush = %v, %+v", err, s)
			}
			_ = client.Shutdown(timeout(t, time.Second))
			wantBalance(t, client.Stats())
			if s = client.Stats(); s.Dropped != 250 {
				t.Errorf("after Shutdown: %+v", s)
			}
		})
	})
	t.Run("of spans that are recorded but not sampled", func(t *testing.T) {
		t.Parallel()
		got := &cable{}
		client := got.plugged(t, traceroot.WithSampler(recordOnly{}))
		span(client.Context(t.Context()), "work")
		if err := client.Flush(t.Context()); err != nil || len(got.spans()) > 0 {
			t.Errorf("Flush = %v, arrived: %v", err, got.spans())
		}
		s := client.Stats()
		wantBalance(t, s)
		if s.Started != 1 || s.Suppressed != 1 || s.Unsampled != 1 {
			t.Errorf("%+v", s)
		}
	})
	t.Run("while many goroutines end spans", func(t *testing.T) {
		t.Parallel()
		var requests atomic.Int32
		wire := &cable{answer: func(*http.Request) (*http.Response, error) {
			if requests.Add(1)%3 == 0 {
				return reply(400, ""), nil
			}
			return nil, nil //nolint:nilnil // the cable accepts
		}}
		client := wire.plugged(t, traceroot.WithFlushAt(7))
		ctx := client.Context(t.Context())
		_ = inParallel(20, func(i int) {
			for range 50 {
				span(ctx, "work")
				if i == 0 {
					_ = client.Flush(ctx)
					_ = client.Stats()
				}
			}
		})
		_ = client.Flush(ctx)
		s := client.Stats()
		wantBalance(t, s)
		if s.Ended != 1000 || s.Exported != int64(len(wire.spans())) || s.Queued != 0 {
			t.Errorf("%d spans arrived, %+v", len(wire.spans()), s)
		}
	})
}

// recordOnly records spans for local processors alone.
type recordOnly struct{}

func (recordOnly) ShouldSample(p sdktrace.SamplingParameters) sdktrace.SamplingResult {
	return sdktrace.SamplingResult{Decision: sdktrace.RecordOnly, Tracestate: trace.SpanContextFromContext(p.ParentContext).TraceState()}
}

func (recordOnly) Description() string { return "records only" }

// Not parallel: other tests are at other times, and by their clocks this one's problems are long gone.
func TestEachProblemIsLoggedOnceAMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		logger, book := newLogBook()
		client := traceroot.New(traceroot.WithExporter(exporterFunc(func(context.Context, []sdktrace.ReadOnlySpan) error { return errBoom })),
			traceroot.WithGitRepo("acme/shop"), traceroot.WithGitRef("v1"), traceroot.WithLogger(logger))
		ctx := client.Context(t.Context())
		fail := func(times int) {
			for range times {
				span(ctx, "work")
				_ = client.Flush(ctx)
			}
		}
		fail(10)
		if lines := book.about("boom"); len(lines) != 1 {
			t.Errorf("logged %q at once, want one line", lines)
		}
		<-time.After(59 * time.Second)
		fail(1)
		if lines := book.about("boom"); len(lines) != 1 {
			t.Errorf("logged %q within a minute, want one line", lines)
		}
		span(ctx, "work", traceroot.Type("chain"))
		span(ctx, "work", traceroot.Type("retriever"))
		span(ctx, "work", traceroot.Type("chain"))
		if lines := book.about("unknown span kind"); len(lines) != 2 {
			t.Errorf("logged %q, want a line for each unknown kind", lines)
		}
		<-time.After(2 * time.Second)
		fail(1)
		if lines := book.about("boom"); len(lines) != 2 {
			t.Errorf("logged %q after a minute, want another line", lines)
		}
		if err := client.Shutdown(ctx); err != nil {
			t.Error(err)
		}
	})
}
