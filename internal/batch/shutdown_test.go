package batch_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.opentelemetry.io/otel/attribute"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/traceroot-ai/traceroot-go/internal/batch"
	"github.com/traceroot-ai/traceroot-go/internal/otlp"
)

func TestShutdown(t *testing.T) {
	t.Parallel()
	t.Run("lifecycle-10 Shutdown flushes and stops background work", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) { // which fails if a goroutine is left
			server := &ingest{script: []answer{{status: 503}, slow(time.Second, 200)}}
			q, _ := newQueue(t, server, batch.Config{})
			addMany(q, 250)
			if err := q.Shutdown(t.Context()); err != nil {
				t.Errorf("Shutdown = %v", err)
			}
			if stats := q.Stats(); stats.Exported != 250 || stats.Queued != 0 {
				t.Errorf("stats are %+v, want every span exported", stats)
			}
		})
	})
	t.Run("lifecycle-11 Shutdown twice is harmless", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			server := &ingest{script: []answer{{status: 400}}}
			q, _ := newQueue(t, server, batch.Config{})
			add(q, "a")
			if err := q.Shutdown(t.Context()); err == nil {
				t.Error("the first Shutdown does not tell of the loss")
			}
			if err := q.Shutdown(t.Context()); err != nil {
				t.Errorf("second Shutdown = %v, want nil", err)
			}
			if err := q.Flush(t.Context()); err != nil {
				t.Errorf("Flush after Shutdown = %v, want nil", err)
			}
		})
	})
	t.Run("spans added later are dropped and counted", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			server := &ingest{}
			q, _ := newQueue(t, server, batch.Config{FlushAt: 1})
			if err := q.Shutdown(t.Context()); err != nil {
				t.Error(err)
			}
			add(q, "late")
			time.Sleep(time.Hour)
			if err := q.Flush(t.Context()); err != nil {
				t.Errorf("Flush after Shutdown = %v, want nil", err)
			}
			if stats := q.Stats(); stats.Dropped != 1 || stats.Queued != 0 || len(server.received()) != 0 {
				t.Errorf("stats are %+v, want the span dropped and no request", stats)
			}
		})
	})
	t.Run("spans added meanwhile are dropped at once", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			server := &ingest{script: []answer{slow(time.Second, 200)}}
			q, _ := newQueue(t, server, batch.Config{})
			add(q, "a")
			var wg sync.WaitGroup
			wg.Go(func() {
				if err := q.Shutdown(t.Context()); err != nil {
					t.Errorf("Shutdown = %v, want nil: what came later is not its business", err)
				}
			})
			synctest.Wait()
			add(q, "late")
			if stats := q.Stats(); stats.Dropped != 1 || stats.Queued != 1 {
				t.Errorf("stats are %+v, want the late span dropped", stats)
			}
			wg.Wait()
		})
	})
	t.Run("lifecycle-13 Shutdown respects a deadline, cancels the request and counts what is left", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			server := &ingest{script: []answer{{status: 200}, hang}}
			q, logged := newSerialQueue(t, server, batch.Config{FlushAt: 2})
			add(q, "a", "b", "c", "d", "e")
			ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
			defer cancel()
			start := time.Now()
			err := q.Shutdown(ctx)
			if waited := time.Since(start); waited != 2*time.Second {
				t.Errorf("Shutdown took %v, want 2s", waited)
			}
			if unsent, ok := errors.AsType[*batch.UnsentError](err); !ok || unsent.Spans != 3 || !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("Shutdown = %v, want three spans lost to the deadline", err)
			}
			stats := q.Stats()
			if stats.Exported != 2 || stats.Dropped != 3 || stats.Queued != 0 || stats.QueuedBytes != 0 {
				t.Errorf("stats are %+v, want 2 exported and 3 dropped", stats)
			}
			if !strings.Contains(logged.String(), "spans dropped") || !strings.Contains(logged.String(), `span_count="3"`) {
				t.Errorf("the loss of 3 spans was not logged, as for those who defer Shutdown and drop its error:\n%v", logged)
			}
		})
	})
	t.Run("a context that is over leaves no time", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			q, _ := newQueue(t, &ingest{}, batch.Config{})
			add(q, "a")
			ended, cancel := context.WithCancel(t.Context())
			cancel()
			start := time.Now()
			err := q.Shutdown(ended)
			if unsent, ok := errors.AsType[*batch.UnsentError](err); !ok || unsent.Spans != 1 {
				t.Errorf("Shutdown = %v, want one span lost", err)
			}
			if waited := time.Since(start); waited != 0 {
				t.Errorf("Shutdown took %v", waited)
			}
		})
	})
	t.Run("a long Retry-After does not outlast the deadline", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			server := &ingest{script: []answer{{status: 429, header: map[string]string{"Retry-After": "120"}}}}
			q, _ := newQueue(t, server, batch.Config{})
			add(q, "a")
			start := time.Now()
			err := q.Shutdown(t.Context())
			if waited := time.Since(start); waited != batch.DefaultTimeout {
				t.Errorf("Shutdown took %v, want %v", waited, batch.DefaultTimeout)
			}
			if err == nil || !strings.Contains(err.Error(), "shutdown was not done within 30s: context deadline exceeded; server answered 429") {
				t.Errorf("Shutdown = %v", err)
			}
			if n := len(server.received()); n != 1 {
				t.Errorf("%d requests, want 1", n)
			}
		})
	})
	t.Run("a Flush that waits is told", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			q, _ := newQueue(t, &ingest{script: []answer{hang}}, batch.Config{})
			add(q, "a")
			var wg sync.WaitGroup
			wg.Go(func() {
				if err := q.Flush(t.Context()); err == nil {
					t.Error("Flush = nil, though Shutdown dropped its span")
				}
			})
			synctest.Wait()
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			_ = q.Shutdown(ctx)
			wg.Wait()
		})
	})
	t.Run("concurrent calls", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			q, _ := newQueue(t, &ingest{}, batch.Config{FlushAt: 3})
			var wg sync.WaitGroup
			for range 8 {
				wg.Go(func() { addMany(q, 100) })
				wg.Go(func() { _ = q.Flush(t.Context()) })
				wg.Go(func() { _ = q.Shutdown(t.Context()) })
			}
			wg.Wait()
			synctest.Wait()
			if stats := q.Stats(); stats.Exported+stats.Dropped != 800 || stats.Queued != 0 {
				t.Errorf("stats are %+v, want 800 spans accounted for", stats)
			}
		})
	})
}

func TestShutdownDoesNotWaitForEverForADeafRoundTripper(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		server := &ingest{script: []answer{{do: func(r *http.Request) (*http.Response, error) {
			<-release // whatever becomes of the context
			return &http.Response{StatusCode: http.StatusOK, Body: http.NoBody, Request: r}, nil
		}}}}
		q, _ := newSerialQueue(t, server, batch.Config{FlushAt: 2})
		add(q, "a", "b", "c")
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		defer cancel()
		start := time.Now()
		err := q.Shutdown(ctx)
		if waited := time.Since(start); waited < 2*time.Second || waited > 2100*time.Millisecond {
			t.Errorf("Shutdown took %v, want its deadline and a tenth of a second at most", waited)
		}
		if unsent, ok := errors.AsType[*batch.UnsentError](err); !ok || unsent.Spans != 3 {
			t.Errorf("Shutdown = %v, want three spans lost", err)
		}
		close(release)
		synctest.Wait()
		if stats := q.Stats(); stats.Dropped != 3 || stats.Exported != 0 || stats.Queued != 0 {
			t.Errorf("stats are %+v: a late answer was counted again", stats)
		}
	})
}

func TestShutdownAgainstAHangingServer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		q, _ := newQueue(t, &ingest{script: times(100, hang)}, batch.Config{FlushAt: 10})
		addMany(q, 95)
		start := time.Now()
		err := q.Shutdown(within(t, 2*time.Second))
		if waited := time.Since(start); waited != 2*time.Second {
			t.Errorf("Shutdown took %v, want its deadline exactly: the requests ended with it", waited)
		}
		if unsent, ok := errors.AsType[*batch.UnsentError](err); !ok || unsent.Spans != 95 {
			t.Errorf("Shutdown = %v, want 95 spans lost", err)
		}
		if stats := q.Stats(); stats.Drops.Shutdown != 95 || stats.Queued != 0 {
			t.Errorf("stats are %+v", stats)
		}
	})
}

func TestShutdownDoesNotWaitForADeafExporter(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		e := &exporter{
			export:   func(context.Context, []sdktrace.ReadOnlySpan) error { return nil },
			shutdown: func(context.Context) error { <-release; return nil },
		}
		q := batch.New(batch.NewExporter(e, nil), batch.Config{})
		add(q, "a")
		start := time.Now()
		err := q.Shutdown(within(t, time.Second))
		if waited := time.Since(start); err == nil || waited > 1100*time.Millisecond {
			t.Errorf("Shutdown = %v after %v, want an error after a second and a tenth at most", err, waited)
		}
		close(release)
	})
}

// What the user gave us may end the goroutine that it runs on, as a test's FailNow does.
func TestCallbacksThatEndTheirGoroutine(t *testing.T) {
	t.Parallel()
	t.Run("round tripper", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			server := &ingest{script: []answer{{do: func(*http.Request) (*http.Response, error) {
				runtime.Goexit()
				return nil, nil
			}}}}
			q, logged := newQueue(t, server, batch.Config{})
			add(q, "a", "b")
			if err := q.Flush(t.Context()); err == nil {
				t.Error("Flush = nil, though nobody will send its spans")
			}
			wantOneBatchLost(t, q, logged)
		})
	})
	t.Run("mask", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			sender, err := batch.NewHTTP(batch.HTTPConfig{
				Endpoint: "http://h/", Client: &http.Client{Transport: &ingest{}},
				Redactor: otlp.NewRedactor(true, func(_, text string) string {
					if text == "bad" {
						runtime.Goexit()
					}
					return text
				}),
			})
			if err != nil {
				t.Fatal(err)
			}
			var logged log
			q := batch.New(sender, batch.Config{FlushAt: 2, Warn: logged.warn})
			q.Add(span("a", attribute.String("k", "bad")))
			q.Add(span("b"))
			wantOneBatchLost(t, q, &logged)
		})
	})
	t.Run("logger", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			var logged log
			server := &ingest{script: []answer{{status: 400}, {status: 503}}}
			q := batch.New(newSender(t, server), batch.Config{FlushAt: 2, Warn: func(problem string, attrs ...slog.Attr) {
				logged.warn(problem+", delivery was ended by a callback", attrs...)
				runtime.Goexit()
			}})
			add(q, "a", "b")
			wantOneBatchLost(t, q, &logged)
		})
	})
}

// wantOneBatchLost is how it looks when the queue goes on after the loss of two spans.
func wantOneBatchLost(t *testing.T, q *batch.Queue, logged *log) {
	t.Helper()
	synctest.Wait()
	if len(logged.about("ended by a callback")) != 1 {
		t.Errorf("the loss was not logged:\n%v", logged)
	}
	add(q, "c", "d", "e")
	_ = q.Flush(t.Context())
	if err := q.Shutdown(t.Context()); err != nil {
		t.Errorf("Shutdown = %v, want nil: the loss was told, and the queue went on", err)
	}
	if stats := q.Stats(); stats.Dropped != 2 || stats.Exported != 3 || stats.Queued != 0 {
		t.Errorf("stats are %+v, want two spans dropped and the next ones exported", stats)
	}
}
