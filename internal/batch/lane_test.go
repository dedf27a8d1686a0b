package batch_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/traceroot-ai/traceroot-go/internal/batch"
	"github.com/traceroot-ai/traceroot-go/internal/spool"
)

func TestSpoolComesBack(t *testing.T) {
	t.Parallel()
	left := func(batches ...string) *memorySpool {
		disk := &memorySpool{limit: plenty}
		for _, names := range batches {
			disk.records = append(disk.records, spool.Record{
				Spans: len(strings.Fields(names)), Size: 100, Earlier: true, Body: []byte(names),
			})
		}
		return disk
	}
	t.Run("at the start, in order, and counted apart", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			disk := left("a b", "c d", "e")
			h := &host{answer: func(ctx context.Context, _ []string) error { return pause(ctx, time.Second) }}
			q := batch.New(h, batch.Config{Spool: disk})
			if stats := q.Stats(); stats.Recoverable != 5 || stats.Spooled != 0 {
				t.Errorf("at first the stats are %+v, want five spans of an earlier process", stats)
			}
			time.Sleep(time.Minute)
			if got := strings.Join(h.got(), " "); got != "a b c d e" {
				t.Errorf("the host got %q, want the batches in order", got)
			}
			want := batch.Stats{Recovered: 5, Requests: 3, BytesSent: 7}
			if got := q.Stats(); got != want {
				t.Errorf("stats are %+v\nwant      %+v", got, want)
			}
			if len(disk.records) != 0 {
				t.Errorf("on disk are still %q", disk.names())
			}
			if err := q.Shutdown(t.Context()); err != nil {
				t.Error(err)
			}
		})
	})
	t.Run("beside new spans", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			h := &host{answer: func(ctx context.Context, names []string) error {
				if names[0] == "a" {
					return pause(ctx, 20*time.Second)
				}
				return nil
			}}
			q := batch.New(h, batch.Config{Spool: left("a", "b")})
			synctest.Wait()
			add(q, "new")
			if err := q.Flush(within(t, time.Second)); err != nil {
				t.Errorf("Flush = %v: what is on disk delays what is not", err)
			}
			if err := q.Shutdown(t.Context()); err != nil {
				t.Error(err)
			}
		})
	})
	t.Run("a batch leaves the disk when all of it was accepted or lost", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			disk := left("a b c bad", "d")
			h := &host{}
			h.answer = func(ctx context.Context, names []string) error {
				if len(disk.names()) < 2 && names[0] != "d" {
					t.Errorf("%q is sent, and on disk are only %q", names, disk.names())
				}
				if len(names) > 1 || names[0] == "bad" {
					return &batch.StatusError{Status: 413}
				}
				return pause(ctx, time.Second)
			}
			q := batch.New(h, batch.Config{Spool: disk})
			time.Sleep(time.Minute)
			if got := h.got(); !slices.Equal(got, []string{"a", "b", "c", "d"}) || len(disk.names()) != 0 {
				t.Errorf("the host got %q, on disk are %q", got, disk.names())
			}
			if stats := q.Stats(); stats.Recovered != 4 || stats.Unrecovered != 1 || stats.Recoverable != 0 || stats.Dropped != 0 {
				t.Errorf("stats are %+v", stats)
			}
			if err := q.Shutdown(t.Context()); err != nil {
				t.Errorf("Shutdown = %v: the lost span is not of this process", err)
			}
		})
	})
	t.Run("Shutdown lets it go out for a second, if the host takes it", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			var batches []string
			for i := range 100 {
				batches = append(batches, fmt.Sprint(i))
			}
			disk := left(batches...)
			h := &host{answer: func(ctx context.Context, _ []string) error { return pause(ctx, 100*time.Millisecond) }}
			q := batch.New(h, batch.Config{Spool: disk})
			start := time.Now()
			if err := q.Shutdown(t.Context()); err != nil {
				t.Error(err)
			}
			if waited := time.Since(start); waited > 1100*time.Millisecond || len(disk.records) > 91 {
				t.Errorf("after %v, %d batches are left", waited, len(disk.records))
			}
		})
	})
	t.Run("Shutdown has all of this process go out, if the host takes it", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			disk := left()
			start := time.Now()
			h := &host{answer: func(ctx context.Context, names []string) error {
				if time.Since(start) < time.Minute {
					return refuseConnections(ctx, names)
				}
				return pause(ctx, 100*time.Millisecond)
			}}
			q := batch.New(h, batch.Config{Spool: disk, FlushAt: 1})
			addMany(q, 100)
			time.Sleep(59 * time.Second)
			if spooled := q.Stats().Spooled; spooled < 90 {
				t.Fatalf("%d spans are on disk", spooled)
			}
			time.Sleep(7 * time.Second) // more than the longest wait between two attempts
			if err := q.Shutdown(within(t, time.Minute)); err != nil {
				t.Error(err)
			}
			if got := q.Stats().Exported; got != 100 || len(disk.records) > 0 {
				t.Errorf("%d spans went out, %d batches are left", got, len(disk.records))
			}
		})
	})
	t.Run("Shutdown does not wait for a host that fails", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			q := batch.New(&host{answer: refuseConnections}, batch.Config{Spool: left("a")})
			synctest.Wait()
			start := time.Now()
			if err := q.Shutdown(t.Context()); err != nil || time.Since(start) != 0 {
				t.Errorf("Shutdown = %v after %v", err, time.Since(start))
			}
		})
	})
}

// damaged finds the first of its records unreadable.
type damaged struct{ memorySpool }

func (s *damaged) Next() (spool.Record, bool, error) {
	s.mu.Lock()
	s.records = s.records[min(1, len(s.records)):]
	s.mu.Unlock()
	return spool.Record{}, false, nil
}

func (s *damaged) Stats() spool.Stats {
	stats := s.memorySpool.Stats()
	stats.Lost = spool.Evicted{Earlier: 3 - stats.Spans}
	return stats
}

func TestDamageIsCounted(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		disk := &damaged{memorySpool{limit: plenty, records: []spool.Record{{Spans: 3, Earlier: true}}}}
		var logged log
		q := batch.New(&host{answer: acceptAll}, batch.Config{Spool: disk, Warn: logged.warn})
		time.Sleep(time.Second)
		if stats := q.Stats(); stats.Unrecovered != 3 || stats.Recoverable != 0 || len(logged.about("damaged")) != 1 {
			t.Errorf("stats are %+v, logged\n%v", stats, &logged)
		}
		if err := q.Shutdown(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

func TestSpoolOfAnExporterIsClosed(t *testing.T) {
	t.Parallel()
	disk := &memorySpool{limit: plenty}
	q := batch.New(discard{}, batch.Config{Spool: disk})
	if !disk.closed {
		t.Error("a sender that cannot restore keeps the spool open")
	}
	if err := q.Shutdown(t.Context()); err != nil {
		t.Error(err)
	}
}

// From one process to the next, over a real disk and the sender's own bodies.
func TestSpoolOnDisk(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	open := func() *spool.Spool {
		s, err := spool.Open(dir, "destination", 1<<20)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	down := &ingest{script: times(1000, answer{status: 503})}
	first := batch.New(newSender(t, down), batch.Config{FlushAt: 3, Spool: open()})
	addMany(first, 10)
	if err := first.Shutdown(within(t, 3*time.Second)); err != nil || first.Stats().Spooled != 10 {
		t.Fatalf("Shutdown = %v, stats are %+v, want ten spans on disk", err, first.Stats())
	}
	var up ingest
	second := batch.New(newSender(t, &up), batch.Config{Spool: open()})
	if err := second.Shutdown(within(t, 5*time.Second)); err != nil {
		t.Error(err)
	}
	var names []string
	for _, r := range up.received() {
		names = append(names, r.names(t)...)
	}
	slices.Sort(names)
	if len(names) != 10 || len(slices.Compact(names)) != 10 || second.Stats().Recovered != 10 {
		t.Errorf("the next process sent %q, stats are %+v", names, second.Stats())
	}
}
