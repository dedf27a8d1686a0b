package batch_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/traceroot-ai/traceroot-go/internal/batch"
)

// host is a sender whose host does with each batch what answer says, and keeps when requests started.
type host struct {
	answer func(ctx context.Context, names []string) error

	mu       sync.Mutex
	packed   int
	started  []time.Time
	running  int
	most     int // that ran at once
	accepted []string
}

func (h *host) Pack(spans []sdktrace.ReadOnlySpan) (batch.Payload, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.packed++
	var names []string
	for _, s := range spans {
		names = append(names, s.Name())
	}
	return &parcel{h, names}, nil
}

func (h *host) Restore(_ int, body []byte) batch.Payload {
	return &parcel{h, strings.Fields(string(body))}
}

func (h *host) Shutdown(context.Context) error { return nil }

// requests are the times at which requests started, after start.
func (h *host) requests(start time.Time) []time.Duration {
	h.mu.Lock()
	defer h.mu.Unlock()
	var times []time.Duration
	for _, at := range h.started {
		times = append(times, at.Sub(start))
	}
	return times
}

func (h *host) got() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.accepted)
}

// parcel is a payload of host; its body is the names of its spans.
type parcel struct {
	to    *host
	names []string
}

func (p *parcel) Spans() int   { return len(p.names) }
func (p *parcel) Body() []byte { return []byte(strings.Join(p.names, " ")) }

func (p *parcel) Smaller() []batch.Payload {
	if len(p.names) < 2 {
		return nil
	}
	half := len(p.names) / 2
	return []batch.Payload{&parcel{p.to, p.names[:half]}, &parcel{p.to, p.names[half:]}}
}

func (p *parcel) Send(ctx context.Context) error {
	h := p.to
	h.mu.Lock()
	h.started = append(h.started, time.Now())
	h.running++
	h.most = max(h.most, h.running)
	h.mu.Unlock()
	err := h.answer(ctx, p.names)
	h.mu.Lock()
	defer h.mu.Unlock()
	h.running--
	if err == nil {
		h.accepted = append(h.accepted, p.names...)
	}
	return err
}

// pause waits for d, or for the end of ctx.
func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func TestRequestsAtOnce(t *testing.T) {
	t.Parallel()
	t.Run("are four at most", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			h := &host{answer: func(ctx context.Context, _ []string) error { return pause(ctx, 5*time.Second) }}
			q := batch.New(h, batch.Config{FlushAt: 1})
			start := time.Now()
			addMany(q, 20)
			if err := q.Shutdown(within(t, time.Minute)); err != nil {
				t.Error(err)
			}
			if waited := time.Since(start); h.most != 4 || waited != 25*time.Second {
				t.Errorf("%d requests at once, done after %v, want 4 and 25s", h.most, waited)
			}
		})
	})
	t.Run("are one for an exporter", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			running := 0
			e := &exporter{export: func(ctx context.Context, _ []sdktrace.ReadOnlySpan) error {
				if running++; running > 1 {
					t.Error("ExportSpans was called concurrently")
				}
				defer func() { running-- }()
				return pause(ctx, time.Second)
			}}
			q := batch.New(batch.NewExporter(e, nil), batch.Config{FlushAt: 1, Requests: 8})
			addMany(q, 5)
			if err := q.Shutdown(within(t, time.Minute)); err != nil {
				t.Error(err)
			}
		})
	})
}

func TestGateClosesForAll(t *testing.T) {
	t.Parallel()
	t.Run("transport-13 no request starts before Retry-After is over", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			first := true
			h := &host{answer: func(ctx context.Context, _ []string) error {
				if first {
					first = false
					return &batch.StatusError{Status: 429, RetryAfter: 17 * time.Second}
				}
				return pause(ctx, time.Second)
			}}
			q := batch.New(h, batch.Config{FlushAt: 1})
			start := time.Now()
			add(q, "a")
			synctest.Wait()
			addMany(q, 10)
			if err := q.Shutdown(within(t, time.Minute)); err != nil {
				t.Error(err)
			}
			requests := h.requests(start)
			if requests[0] != 0 || requests[1] != 17*time.Second || requests[2] != 18*time.Second || requests[5] != 18*time.Second {
				t.Errorf("requests at %v, want one to try after 17s, and four at once when it is accepted", requests)
			}
		})
	})
	t.Run("one request at a time tries while the host fails", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			h := &host{answer: func(ctx context.Context, _ []string) error {
				_ = pause(ctx, time.Second)
				return errors.New("connection refused")
			}}
			q := batch.New(h, batch.Config{FlushAt: 1})
			start := time.Now()
			addMany(q, 50)
			_ = q.Shutdown(within(t, time.Minute))
			requests := h.requests(start)
			if h.most != 4 || len(requests) < 15 {
				t.Errorf("%d at once, %v", h.most, requests)
			}
			for i := 4; i < len(requests); i++ {
				if requests[i]-requests[i-1] < time.Second {
					t.Errorf("requests %d and %d of %v overlap", i-1, i, requests)
				}
			}
			if stats := q.Stats(); stats.Drops.Shutdown != 50 {
				t.Errorf("stats are %+v, want 50 spans dropped at Shutdown", stats)
			}
		})
	})
	t.Run("requests that fail together are one failure", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			var requests atomic.Int32
			h := &host{answer: func(ctx context.Context, _ []string) error {
				_ = pause(ctx, time.Second)
				if requests.Add(1) <= 4 {
					return &batch.StatusError{Status: 503}
				}
				return nil
			}}
			q := batch.New(h, batch.Config{FlushAt: 1})
			start := time.Now()
			addMany(q, 4)
			time.Sleep(time.Minute)
			if requests := h.requests(start); len(requests) < 5 || requests[4] > 2*time.Second {
				t.Errorf("requests at %v, want the fifth within a second of the failures", requests)
			}
			if err := q.Shutdown(within(t, time.Minute)); err != nil {
				t.Error(err)
			}
		})
	})
}

func TestOutageOfAMinute(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		h := &host{answer: func(context.Context, []string) error {
			if time.Since(start) < time.Minute {
				return errors.New("connection refused")
			}
			return nil
		}}
		q := batch.New(h, batch.Config{})
		for range 1200 { // 200 spans a second
			addMany(q, 10)
			time.Sleep(50 * time.Millisecond)
		}
		time.Sleep(time.Until(start.Add(66 * time.Second)))
		if stats := q.Stats(); stats.Exported != 12_000 || stats.Dropped != 0 {
			t.Errorf("six seconds after the outage the stats are %+v, want 12,000 spans exported", stats)
		}
		if err := q.Shutdown(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

func TestOneBatchDoesNotHoldUpTheRest(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := &host{answer: func(_ context.Context, names []string) error {
			if names[0] == "poison" {
				return &batch.StatusError{Status: 500}
			}
			return nil
		}}
		q := batch.New(h, batch.Config{FlushAt: 1})
		add(q, "poison")
		for i := range 100 {
			add(q, fmt.Sprint(i))
			time.Sleep(time.Second)
		}
		if n := len(h.got()); n < 90 {
			t.Errorf("%d of 100 spans got past the one that the server cannot take", n)
		}
		_ = q.Shutdown(within(t, time.Second))
	})
}

func TestRefusedKey(t *testing.T) {
	t.Parallel()
	for _, status := range []int{http.StatusUnauthorized, http.StatusForbidden} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				fixed := start.Add(5 * time.Minute)
				h := &host{answer: func(context.Context, []string) error {
					if time.Now().Before(fixed) {
						return &batch.StatusError{Status: status}
					}
					return nil
				}}
				var logged log
				q := batch.New(h, batch.Config{FlushAt: 1, Requests: 1, Warn: logged.warn})
				addMany(q, 100)
				_ = q.Flush(within(t, time.Second)) // is one attempt out of turn, and not a hundred
				time.Sleep(10 * time.Minute)
				requests := h.requests(start)
				var waits []time.Duration
				for i := 1; requests[i] < 5*time.Minute; i++ {
					waits = append(waits, requests[i]-requests[i-1])
				}
				if len(waits) < 8 || len(waits) > 12 || !slices.IsSorted(waits[:6]) || waits[0] > time.Second || slices.Max(waits) > time.Minute {
					t.Errorf("waits are %v, want them to grow from a second to a minute", waits)
				}
				stats := q.Stats()
				if lost := int64(len(waits) + 1); stats.Drops.Unauthorized != lost || stats.Dropped != lost || stats.Exported != 100-lost {
					t.Errorf("stats are %+v, want a batch lost by each of %d attempts, and the others accepted", stats, lost)
				}
				if got := logged.about("API key refused"); len(got) != len(waits)+1 || got[0].attrs["status"] != fmt.Sprint(status) {
					t.Errorf("logged\n%v", &logged)
				}
				if err := q.Shutdown(t.Context()); err == nil {
					t.Error("nobody was told of the loss")
				}
			})
		})
	}
}

func TestBatchesArePackedWhileTheHostHangs(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := &host{answer: func(ctx context.Context, _ []string) error {
			<-ctx.Done()
			return ctx.Err()
		}}
		q := batch.New(h, batch.Config{FlushAt: 10})
		addMany(q, 1000)
		synctest.Wait()
		if h.packed != 100 {
			t.Errorf("%d batches are packed, want all 100: spans take more memory than their compressed form", h.packed)
		}
		_ = q.Shutdown(within(t, time.Second))
	})
}
