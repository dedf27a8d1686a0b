package batch_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/traceroot-ai/traceroot-go/internal/batch"
	"github.com/traceroot-ai/traceroot-go/internal/spool"
)

const plenty = 1_000_000 // spans in a memorySpool

func refuseConnections(context.Context, []string) error { return errors.New("connection refused") }

func acceptAll(context.Context, []string) error { return nil }

func hangOn(ctx context.Context, _ []string) error {
	<-ctx.Done()
	return ctx.Err()
}

func TestShutdownLeavesTheRestOnDisk(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]func(context.Context, []string) error{
		"the host refuses connections": refuseConnections,
		"requests hang":                hangOn,
		"requests hang, and are deaf to the end of their context": func(ctx context.Context, _ []string) error {
			<-ctx.Done()
			time.Sleep(time.Minute)
			return nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				disk := &memorySpool{limit: plenty}
				var logged log
				q := batch.New(&host{answer: answer}, batch.Config{FlushAt: 2, Spool: disk, Warn: logged.warn})
				add(q, "a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k")
				start := time.Now()
				err := q.Shutdown(within(t, 10*time.Second))
				if waited := time.Since(start); err != nil || waited > 10100*time.Millisecond {
					t.Errorf("Shutdown = %v after %v, want nil within ten seconds and a tenth", err, waited)
				}
				if stats := q.Stats(); stats.Spooled != 11 || stats.Dropped != 0 || stats.Queued != 0 {
					t.Errorf("stats are %+v, want every span on disk", stats)
				}
				names := disk.names()
				slices.Sort(names)
				if want := []string{"a b", "c d", "e f", "g h", "i j", "k"}; !slices.Equal(names, want) {
					t.Errorf("on disk are %q, want %q", names, want)
				}
				if !disk.closed {
					t.Error("the spool was left open")
				}
				if got := logged.about("dropped"); len(got) != 0 {
					t.Errorf("logged %v, though nothing was lost", &logged)
				}
				time.Sleep(2 * time.Minute) // until the deaf ones have ended
			})
		})
	}
	t.Run("without time", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			disk := &memorySpool{limit: plenty}
			q := batch.New(&host{answer: hangOn}, batch.Config{Spool: disk})
			addMany(q, 250)
			synctest.Wait()
			ended, cancel := context.WithCancel(t.Context())
			cancel()
			if err := q.Shutdown(ended); err != nil {
				t.Errorf("Shutdown = %v, want nil", err)
			}
			if stats := q.Stats(); stats.Spooled != 250 {
				t.Errorf("stats are %+v, want every span on disk", stats)
			}
		})
	})
	t.Run("what the disk does not take is lost, and told", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			disk := &memorySpool{limit: 3}
			q := batch.New(&host{answer: refuseConnections}, batch.Config{FlushAt: 2, Spool: disk})
			add(q, "a", "b", "c", "d")
			time.Sleep(10 * time.Second)
			err := q.Shutdown(within(t, 5*time.Second))
			if unsent, ok := errors.AsType[*batch.UnsentError](err); !ok || unsent.Spans != 2 || !strings.Contains(err.Error(), "spool is full") {
				t.Errorf("Shutdown = %v, want two spans lost to the spool's bound", err)
			}
			if stats := q.Stats(); stats.Spooled != 2 || stats.Drops.SpoolFull != 2 {
				t.Errorf("stats are %+v, want two spans on disk and two pushed out", stats)
			}
		})
	})
}

func TestFlushLeavesTheRestOnDisk(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		disk := &memorySpool{limit: plenty}
		h := &host{answer: refuseConnections}
		q := batch.New(h, batch.Config{FlushAt: 2, Spool: disk})
		add(q, "a", "b", "c", "d", "e")
		start := time.Now()
		err := q.Flush(within(t, 8*time.Second))
		if waited := time.Since(start); err != nil || waited > 7*time.Second {
			t.Errorf("Flush = %v after %v, want nil before its deadline", err, waited)
		}
		if stats := q.Stats(); stats.Spooled != 5 || stats.Queued != 0 {
			t.Errorf("stats are %+v, want every span on disk", stats)
		}
		_ = q.Shutdown(within(t, time.Second))
	})
}

// An outage fills the disk rather than memory, and ends with everything delivered.
func TestOutageWithASpool(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		h := &host{answer: func(context.Context, []string) error {
			if time.Since(start) < time.Minute {
				return errors.New("connection refused")
			}
			return nil
		}}
		q := batch.New(h, batch.Config{FlushAt: 10, Spool: &memorySpool{limit: plenty}})
		const size = 100_000
		big := strings.Repeat("x", 8)
		for i := range 1000 {
			q.Add(sized(fmt.Sprint(big, i), size))
			time.Sleep(50 * time.Millisecond)
			if held := q.Stats().QueuedBytes; held > 20<<20 {
				t.Fatalf("during the outage memory holds %d bytes, want 20 MiB at most", held)
			}
		}
		if stats := q.Stats(); stats.Spooled < 700 {
			t.Errorf("stats are %+v, want most spans on disk", stats)
		}
		time.Sleep(time.Until(start.Add(66 * time.Second)))
		if stats := q.Stats(); stats.Exported != 1000 || stats.Spooled != 0 {
			t.Errorf("six seconds after the outage the stats are %+v, want 1000 spans exported", stats)
		}
		if err := q.Shutdown(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

// A host that is slow, and does not fail, leaves half of the queue's bytes for what comes.
func TestFullQueueGoesToDisk(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := &host{answer: func(ctx context.Context, _ []string) error { return pause(ctx, 10*time.Second) }}
		q := batch.New(h, batch.Config{FlushAt: 2, QueueBytes: 20_000, Spool: &memorySpool{limit: plenty}})
		for i := range 200 {
			q.Add(sized(fmt.Sprint(i), 1000))
			synctest.Wait()
		}
		if stats := q.Stats(); stats.Dropped != 0 || stats.Spooled < 180 || stats.QueuedBytes > 20_000 {
			t.Errorf("stats are %+v, want what does not fit on disk, and nothing lost", stats)
		}
		if err := q.Shutdown(within(t, time.Minute)); err != nil {
			t.Error(err)
		}
	})
}

// full is a disk without room, for as long as it says so.
type full struct {
	memorySpool

	until    time.Time
	attempts int
}

func (s *full) Append(spans, size int, body []byte) (spool.Evicted, error) {
	if s.attempts++; time.Now().Before(s.until) {
		return spool.Evicted{}, errors.New("no space left on device")
	}
	return s.memorySpool.Append(spans, size, body)
}

func TestFullDisk(t *testing.T) {
	t.Parallel()
	t.Run("costs one warning, and spans wait in memory", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			start := time.Now()
			disk := &full{memorySpool: memorySpool{limit: plenty}, until: start.Add(time.Hour)}
			var logged log
			h := &host{answer: func(context.Context, []string) error {
				if time.Since(start) < 10*time.Minute {
					return errors.New("connection refused")
				}
				return nil
			}}
			q := batch.New(h, batch.Config{FlushAt: 2, QueueBytes: 20_000, Spool: disk, Warn: logged.warn})
			for i := range 100 {
				q.Add(sized(fmt.Sprint(i), 1000))
				time.Sleep(time.Second)
			}
			if got := logged.about("spool cannot be written"); len(got) != 1 || disk.attempts > 5 {
				t.Errorf("%d warnings after %d attempts, want one, and not an attempt for each batch:\n%v", len(got), disk.attempts, &logged)
			}
			if stats := q.Stats(); stats.Queued < 19 || stats.Queued > 20 || stats.Drops.QueueFull != 100-stats.Queued {
				t.Errorf("stats are %+v, want as much in memory as fits, and the rest dropped", stats)
			}
			time.Sleep(15 * time.Minute)
			if stats := q.Stats(); stats.Queued != 0 || stats.Exported+stats.Dropped != 100 {
				t.Errorf("when the host works again the stats are %+v", stats)
			}
			_ = q.Shutdown(t.Context())
		})
	})
	t.Run("is used again when there is room", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			disk := &full{memorySpool: memorySpool{limit: plenty}, until: time.Now().Add(time.Minute)}
			q := batch.New(&host{answer: refuseConnections}, batch.Config{FlushAt: 2, QueueBytes: 20_000, Spool: disk})
			for i := range 100 {
				q.Add(sized(fmt.Sprint(i), 1000))
				time.Sleep(2 * time.Second)
			}
			if stats := q.Stats(); stats.Spooled < 40 {
				t.Errorf("stats are %+v, want spans on disk", stats)
			}
			_ = q.Shutdown(within(t, time.Second))
		})
	})
}

func TestBatchLargerThanTheSpoolWaitsInMemory(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		disk := &memorySpool{limit: 4}
		var logged log
		q := batch.New(&host{answer: refuseConnections}, batch.Config{FlushAt: 5, QueueBytes: 20_000, Spool: disk, Warn: logged.warn})
		for i := range 15 {
			q.Add(sized(fmt.Sprint(i), 1000))
		}
		q.Add(span("small"))
		err := q.Shutdown(within(t, 10*time.Second))
		if unsent, ok := errors.AsType[*batch.UnsentError](err); !ok || unsent.Spans != 15 {
			t.Errorf("Shutdown = %v, want 15 spans lost", err)
		}
		if stats := q.Stats(); stats.Spooled != 1 || len(logged.about("larger than the spool")) != 3 {
			t.Errorf("stats are %+v, want the small batch on disk; logged\n%v", stats, &logged)
		}
	})
}
