package batch_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/traceroot-ai/traceroot-go/internal/batch"
)

func TestFlush(t *testing.T) {
	t.Parallel()
	t.Run("lifecycle-09 Flush sends all ended spans before it returns", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			server := &ingest{script: []answer{slow(3*time.Second, 200)}}
			q, _ := newSerialQueue(t, server, batch.Config{FlushAt: 2, FlushInterval: time.Hour})
			add(q, "a", "b", "c", "d", "e")
			if err := q.Flush(t.Context()); err != nil {
				t.Errorf("Flush = %v", err)
			}
			if got, want := server.batches(t), []string{"a b", "c d", "e"}; !slices.Equal(got, want) {
				t.Errorf("when Flush returns, %q are sent, want %q", got, want)
			}
			if exported := q.Stats().Exported; exported != 5 {
				t.Errorf("when Flush returns, %d spans are accepted, want 5", exported)
			}
		})
	})
	t.Run("returns at once when nothing waits", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			q, _ := newQueue(t, &ingest{}, batch.Config{})
			ended, cancel := context.WithCancel(t.Context())
			cancel()
			if err := q.Flush(ended); err != nil {
				t.Errorf("Flush = %v", err)
			}
		})
	})
	t.Run("waits for no span that is added later", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			server := &ingest{script: times(1000, slow(time.Second, 200))}
			q, _ := newQueue(t, server, batch.Config{FlushAt: 1})
			add(q, "a")
			stop := make(chan struct{})
			var wg sync.WaitGroup
			wg.Go(func() { // a program that never pauses
				for {
					select {
					case <-stop:
						return
					case <-time.After(100 * time.Millisecond):
						add(q, "later")
					}
				}
			})
			start := time.Now()
			if err := q.Flush(t.Context()); err != nil {
				t.Errorf("Flush = %v", err)
			}
			if waited := time.Since(start); waited != time.Second {
				t.Errorf("Flush took %v, want one second", waited)
			}
			close(stop)
			wg.Wait()
		})
	})
	t.Run("calls may overlap", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			server := &ingest{script: times(100, slow(time.Second, 200))}
			q, _ := newQueue(t, server, batch.Config{})
			var wg sync.WaitGroup
			for range 10 {
				wg.Go(func() {
					add(q, "x")
					if err := q.Flush(t.Context()); err != nil {
						t.Errorf("Flush = %v", err)
					}
				})
			}
			wg.Wait()
			if stats := q.Stats(); stats.Exported != 10 || stats.Queued != 0 {
				t.Errorf("stats are %+v", stats)
			}
		})
	})
	t.Run("a nil context is allowed", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			q, _ := newQueue(t, &ingest{}, batch.Config{})
			add(q, "a")
			if err := q.Flush(nil); err != nil { //nolint:staticcheck // SA1012: the public API takes nil for Background.
				t.Errorf("Flush = %v", err)
			}
		})
	})
}

// slow answers after d.
func slow(d time.Duration, status int) answer {
	return answer{do: func(r *http.Request) (*http.Response, error) {
		select {
		case <-time.After(d):
			return &http.Response{StatusCode: status, Body: http.NoBody, Request: r}, nil
		case <-r.Context().Done():
			return nil, r.Context().Err()
		}
	}}
}

func TestFlushAndBackoff(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name     string
		answer   answer
		attempts int           // before Flush
		takes    time.Duration // from the last attempt until Flush is done
	}{
		{"Flush cuts our own wait short", answer{status: 503}, 5, 100 * time.Millisecond},
		{"Flush does not cut a wait that the server asked for", answer{status: 503, header: map[string]string{"Retry-After": "20"}}, 1, 20 * time.Second},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				server := &ingest{script: times(c.attempts, c.answer)}
				q, _ := newQueue(t, server, batch.Config{FlushAt: 1})
				add(q, "a")
				for len(server.received()) < c.attempts {
					time.Sleep(100 * time.Millisecond)
				}
				add(q, "b")
				if err := q.Flush(t.Context()); err != nil {
					t.Errorf("Flush = %v", err)
				}
				requests := server.received()
				if got := requests[c.attempts].at.Sub(requests[c.attempts-1].at); got > c.takes || got < c.takes-100*time.Millisecond {
					t.Errorf("the next attempt came after %v, want %v", got, c.takes)
				}
				if got := server.batches(t)[c.attempts:]; !slices.Equal(got, []string{"a", "b"}) {
					t.Errorf("Flush sent %q, want a and b", got)
				}
			})
		})
	}
	t.Run("one Flush is one attempt out of turn", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			server := &ingest{script: times(1000, answer{status: 503})}
			q, _ := newQueue(t, server, batch.Config{})
			add(q, "a")
			_ = q.Flush(t.Context()) // 30 s
			if n := len(server.received()); n < 7 || n > 40 {
				t.Errorf("%d attempts in 30 s of a Flush, want one every 2.5 s or so", n)
			}
		})
	})
}

func TestFlushDeadline(t *testing.T) {
	t.Parallel()
	t.Run("lifecycle-13 Flush respects a deadline and reports the failed export", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			q, _ := newQueue(t, &ingest{script: times(100, answer{status: 503})}, batch.Config{})
			add(q, "a", "b")
			ctx, cancel := context.WithTimeout(t.Context(), 2500*time.Millisecond)
			defer cancel()
			start := time.Now()
			err := q.Flush(ctx)
			if waited := time.Since(start); waited != 2500*time.Millisecond {
				t.Errorf("Flush took %v, want 2.5s", waited)
			}
			unsent, ok := errors.AsType[*batch.UnsentError](err)
			if !ok || unsent.Spans != 2 {
				t.Fatalf("Flush = %v, want an error that counts two spans", err)
			}
			if answer, ok := errors.AsType[*batch.StatusError](err); !ok || answer.Status != 503 {
				t.Errorf("the server's answer is not in the chain of %v", err)
			}
			if !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("the deadline is not in the chain of %v", err)
			}
			want := "2 spans not sent: context deadline exceeded; server answered 503 Service Unavailable"
			if err.Error() != want {
				t.Errorf("error is %q, want %q", err, want)
			}
			if stats := q.Stats(); stats.Queued != 2 || stats.Dropped != 0 {
				t.Errorf("stats are %+v: a Flush that ends early drops nothing", stats)
			}
			time.Sleep(time.Hour)
			if err := q.Flush(t.Context()); err != nil {
				t.Errorf("after the outage Flush = %v", err)
			}
		})
	})
	t.Run("a problem that is over is no cause", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			q, _ := newQueue(t, &ingest{script: []answer{{status: 503}, {status: 200}, hang}}, batch.Config{})
			add(q, "a")
			time.Sleep(time.Minute)
			add(q, "b")
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			if err := q.Flush(ctx); err == nil || strings.Contains(err.Error(), "503") {
				t.Errorf("Flush = %v, want the deadline alone", err)
			}
		})
	})
	t.Run("without a deadline Flush is bounded by the timeout", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			q, _ := newQueue(t, &ingest{script: times(1000, answer{status: 503})}, batch.Config{Timeout: 4200 * time.Millisecond})
			add(q, "a")
			start := time.Now()
			err := q.Flush(t.Context())
			if waited := time.Since(start); waited != 4200*time.Millisecond {
				t.Errorf("Flush took %v, want 4.2s", waited)
			}
			if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "flush was not done within 4.2s") {
				t.Errorf("Flush = %v, want it to name what ran out of time", err)
			}
		})
	})
	t.Run("a cancelled context ends the wait with its cause", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			q, _ := newQueue(t, &ingest{script: []answer{hang}}, batch.Config{})
			add(q, "a")
			cause := errors.New("request is over")
			ctx, cancel := context.WithCancelCause(t.Context())
			cancel(cause)
			if err := q.Flush(ctx); !errors.Is(err, cause) {
				t.Errorf("Flush = %v, want %v", err, cause)
			}
		})
	})
}

func TestFlushTellsOfLosses(t *testing.T) {
	t.Parallel()
	t.Run("a refused batch", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			q, _ := newSerialQueue(t, &ingest{script: []answer{{status: 422}}}, batch.Config{FlushAt: 2})
			add(q, "a", "b", "c")
			err := q.Flush(t.Context())
			if unsent, ok := errors.AsType[*batch.UnsentError](err); !ok || unsent.Spans != 2 {
				t.Errorf("Flush = %v, want two spans lost: the third was accepted", err)
			}
			if answer, ok := errors.AsType[*batch.StatusError](err); !ok || answer.Status != 422 {
				t.Errorf("Flush = %v, want the status", err)
			}
		})
	})
	t.Run("each loss once, also when it came before the call", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			q, _ := newQueue(t, &ingest{script: []answer{{status: 400}}}, batch.Config{FlushAt: 1})
			add(q, "a")
			synctest.Wait()
			add(q, "b")
			if err := q.Flush(t.Context()); err == nil {
				t.Error("nobody was told of the first span")
			}
			add(q, "c")
			if err := q.Flush(t.Context()); err != nil {
				t.Errorf("a loss was told twice: %v", err)
			}
		})
	})
	t.Run("every Flush that waited for it", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			q, _ := newQueue(t, &ingest{script: []answer{slow(time.Second, 400)}}, batch.Config{})
			add(q, "a")
			var wg sync.WaitGroup
			for range 5 {
				wg.Go(func() {
					if err := q.Flush(t.Context()); err == nil {
						t.Error("a Flush was not told")
					}
				})
			}
			wg.Wait()
		})
	})
	t.Run("a full queue", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			q, _ := newQueue(t, &ingest{}, batch.Config{QueueBytes: 2500})
			for range 5 {
				q.Add(sized("s", 1000))
			}
			err := q.Flush(t.Context())
			if unsent, ok := errors.AsType[*batch.UnsentError](err); !ok || unsent.Spans != 3 || !strings.Contains(err.Error(), "queue is full") {
				t.Errorf("Flush = %v, want three spans lost to a full queue", err)
			}
		})
	})
}
