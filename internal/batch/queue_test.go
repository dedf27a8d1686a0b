package batch_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"go.opentelemetry.io/otel/attribute"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/traceroot-ai/traceroot-go/internal/batch"
	"github.com/traceroot-ai/traceroot-go/internal/otlp"
)

func TestBatchGoesOutAtItsSize(t *testing.T) {
	t.Parallel()
	t.Run("transport-25 a full batch is sent without waiting for the interval", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			var server ingest
			q, _ := newQueue(t, &server, batch.Config{FlushAt: 3, FlushInterval: time.Hour})
			start := time.Now()
			add(q, "a", "b", "c", "d")
			synctest.Wait()
			if got, want := server.batches(t), []string{"a b c"}; !slices.Equal(got, want) {
				t.Errorf("batches are %q, want %q", got, want)
			}
			if waited := time.Since(start); waited != 0 {
				t.Errorf("the batch waited %v", waited)
			}
		})
	})
	t.Run("transport-22 the default batch size is 100 spans", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			var server ingest
			q, _ := newQueue(t, &server, batch.Config{})
			addMany(q, 99)
			synctest.Wait()
			if n := len(server.received()); n != 0 {
				t.Fatalf("%d requests at 99 spans, want none", n)
			}
			addMany(q, 1)
			synctest.Wait()
			if got := server.received(); len(got) != 1 || len(got[0].names(t)) != 100 {
				t.Errorf("at 100 spans: batches %q, want one of 100", server.batches(t))
			}
		})
	})
}

func TestBatchGoesOutAtItsAge(t *testing.T) {
	t.Parallel()
	t.Run("transport-26 a batch is sent when the interval has passed", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			var server ingest
			q, _ := newQueue(t, &server, batch.Config{FlushInterval: 2500 * time.Millisecond})
			start := time.Now()
			add(q, "a")
			time.Sleep(2 * time.Second)
			add(q, "b")
			time.Sleep(10 * time.Second)
			add(q, "c")
			time.Sleep(10 * time.Second)

			if got, want := server.batches(t), []string{"a b", "c"}; !slices.Equal(got, want) {
				t.Fatalf("batches are %q, want %q", got, want)
			}
			for i, want := range []time.Duration{2500 * time.Millisecond, 14500 * time.Millisecond} {
				if at := server.received()[i].at.Sub(start); at != want {
					t.Errorf("batch %d went out at %v, want %v", i, at, want)
				}
			}
		})
	})
	t.Run("transport-23 the default interval is five seconds", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			var server ingest
			q, _ := newQueue(t, &server, batch.Config{})
			start := time.Now()
			add(q, "a")
			time.Sleep(time.Minute)
			if got := server.received(); len(got) != 1 || got[0].at.Sub(start) != 5*time.Second {
				t.Errorf("requests at %v, want one after 5 s", got)
			}
		})
	})
	t.Run("transport-32 no request is made without spans", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			var server ingest
			q, _ := newQueue(t, &server, batch.Config{})
			time.Sleep(time.Hour)
			if err := q.Flush(t.Context()); err != nil {
				t.Error(err)
			}
			if err := q.Shutdown(t.Context()); err != nil {
				t.Error(err)
			}
			if n := len(server.received()); n != 0 {
				t.Errorf("%d requests, want none", n)
			}
		})
	})
}

func TestBatchGoesOutAtItsBytes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var server ingest
		q, _ := newSerialQueue(t, &server, batch.Config{BatchBytes: 10_000, FlushInterval: time.Hour})
		start := time.Now()
		for i := range 7 {
			q.Add(sized(fmt.Sprint("third", i), 3300))
		}
		q.Add(sized("huge", 50_000))
		q.Add(span("last"))
		time.Sleep(2 * time.Hour)
		want := []string{"third0 third1 third2", "third3 third4 third5", "third6", "huge", "last"}
		if got := server.batches(t); !slices.Equal(got, want) {
			t.Fatalf("batches are %q, want %q: a span above the limit travels alone", got, want)
		}
		for i, r := range server.received() {
			wait := time.Duration(0)
			if i == 4 { // does not fill a batch
				wait = time.Hour
			}
			if waited := r.at.Sub(start); waited != wait {
				t.Errorf("batch %d went out after %v, want %v", i, waited, wait)
			}
		}
	})
}

func TestBatchBytesBoundTheRequest(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var server ingest
		const limit = 64 << 10
		q, _ := newQueue(t, &server, batch.Config{BatchBytes: limit, FlushAt: 1000})
		for i := range 500 {
			q.Add(span(fmt.Sprint(i), attribute.String("filler", string(make([]byte, i*7%2000)))))
		}
		if err := q.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		for i, r := range server.received() {
			data, err := otlp.Gunzip(r.body)
			if err != nil {
				t.Fatal(err)
			}
			if len(data) > limit {
				t.Errorf("request %d has %d bytes, want at most %d", i, len(data), limit)
			}
		}
	})
}

func TestFullQueueDropsTheNewest(t *testing.T) {
	t.Parallel()
	t.Run("transport-27 a full queue drops spans and never blocks", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			server := ingest{script: []answer{hang}}
			q, _ := newSerialQueue(t, &server, batch.Config{QueueBytes: 10_000, FlushAt: 2, Timeout: time.Minute})
			start := time.Now()
			for i := range 15 { // the first two hang in flight, and count
				q.Add(sized(strconv.Itoa(i), 1000))
				synctest.Wait()
			}
			if blocked := time.Since(start); blocked != 0 {
				t.Errorf("Add blocked for %v", blocked)
			}
			stats := q.Stats()
			if stats.Queued != 10 || stats.Dropped != 5 || stats.QueuedBytes > 10_000 || stats.QueuedBytes < 9_000 {
				t.Errorf("stats are %+v, want 10 spans queued and 5 dropped", stats)
			}

			time.Sleep(5 * time.Minute)
			if got, want := server.batches(t)[1:], []string{"2 3", "4 5", "6 7", "8 9", "0 1"}; !slices.Equal(got, want) {
				t.Errorf("delivered %q, want the oldest, and what failed behind the others: %q", got, want)
			}
			add(q, "room again")
			if stats := q.Stats(); stats.Queued != 1 || stats.Dropped != 5 {
				t.Errorf("stats are %+v, want room for a span", stats)
			}
		})
	})
	t.Run("transport-28 dropped spans are counted and warned of at most once a minute", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			server := ingest{script: times(1000, answer{status: http.StatusServiceUnavailable})}
			q, logged := newQueue(t, &server, batch.Config{QueueBytes: 2000})
			for range 150 { // one span a second, for two and a half minutes
				q.Add(sized("s", 900))
				time.Sleep(time.Second)
			}
			if got := logged.about("queue is full"); len(got) != 3 {
				t.Errorf("%d warnings, want 3 in two and a half minutes: %v", len(got), got)
			}
			time.Sleep(time.Minute)
			total := 0
			for _, warning := range logged.about("queue is full") {
				n, err := strconv.Atoi(warning.attrs["span_count"])
				if err != nil {
					t.Fatal(err)
				}
				total += n
			}
			if dropped := q.Stats().Dropped; dropped != 148 || total != 148 {
				t.Errorf("%d spans dropped and %d warned of, want 148", dropped, total)
			}
		})
	})
}

func TestSpanLargerThanTheQueueIsDropped(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var server ingest
		q, logged := newQueue(t, &server, batch.Config{QueueBytes: 2000})
		synctest.Wait() // until the goroutine rests
		q.Add(sized("huge", 3000))
		synctest.Wait()
		if stats := q.Stats(); stats.Dropped != 1 || stats.Queued != 0 {
			t.Errorf("stats are %+v, want the span dropped", stats)
		}
		if len(logged.about("queue is full")) != 1 {
			t.Errorf("logged %v, want one warning", logged)
		}
	})
}

// A batch's memory must go with it: the queue lives as long as the program.
func TestStatsReturnToZero(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var server ingest
		q, _ := newQueue(t, &server, batch.Config{FlushAt: 7})
		addMany(q, 1000)
		if err := q.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		sent := int64(0)
		for _, r := range server.received() {
			sent += int64(len(r.body))
		}
		want := batch.Stats{Added: 1000, Exported: 1000, Requests: 143, BytesSent: sent}
		if got := q.Stats(); got != want {
			t.Errorf("stats are %+v\nwant      %+v", got, want)
		}
	})
}

func TestSpansLeaveInTheOrderInWhichTheyCame(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var server ingest
		q, _ := newSerialQueue(t, &server, batch.Config{FlushAt: 10})
		for i := range 95 {
			add(q, fmt.Sprint(i))
			time.Sleep(50 * time.Millisecond)
		}
		if err := q.Shutdown(t.Context()); err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, r := range server.received() {
			got = append(got, r.names(t)...)
		}
		for i, name := range got {
			if name != fmt.Sprint(i) {
				t.Fatalf("span %d is %q; delivered: %q", i, name, got)
			}
		}
		if len(got) != 95 {
			t.Errorf("%d spans delivered, want 95", len(got))
		}
	})
}

func TestSpansOfAnOutageAreSentTogether(t *testing.T) {
	t.Parallel()
	t.Run("though the interval passes", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			const spans, every = 100, 10 * time.Millisecond
			ends := time.Now().Add(spans * every) // however often it is asked until then, which is random
			server := ingest{script: times(spans, answer{do: func(r *http.Request) (*http.Response, error) {
				status := http.StatusOK
				if time.Now().Before(ends) {
					status = http.StatusBadGateway
				}
				return &http.Response{StatusCode: status, Body: http.NoBody, Request: r}, nil
			}})}
			q, _ := newQueue(t, &server, batch.Config{FlushAt: 50, FlushInterval: time.Millisecond})
			for i := range spans {
				add(q, fmt.Sprint(i))
				time.Sleep(every) // of the bubble
			}
			time.Sleep(time.Hour)
			after := slices.DeleteFunc(server.received(), func(r request) bool { return r.at.Before(ends) })
			if len(after) > 4 {
				t.Errorf("%d requests after the outage: spans that came during it went out one by one", len(after))
			}
			if exported := q.Stats().Exported; exported != 100 {
				t.Errorf("%d spans exported, want 100", exported)
			}
		})
	})
	t.Run("though each of them is flushed", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			server := ingest{script: []answer{{status: 429, header: map[string]string{"Retry-After": "60"}}}}
			q, _ := newQueue(t, &server, batch.Config{})
			for i := range 50 {
				add(q, fmt.Sprint(i))
				ctx, cancel := context.WithTimeout(t.Context(), time.Second)
				_ = q.Flush(ctx)
				cancel()
			}
			time.Sleep(time.Hour)
			if got := server.received(); len(got) != 3 || len(got[2].names(t)) != 49 {
				t.Errorf("batches are %q, want the first span twice, then the others together", server.batches(t))
			}
		})
	})
}

func BenchmarkAdd(b *testing.B) {
	for _, bench := range []struct {
		name string
		span sdktrace.ReadOnlySpan
	}{
		{"bare", span("bare")},
		{"typical", span("typical",
			attribute.String("traceroot.span.input", "What is the weather in Oslo?"),
			attribute.StringSlice("traceroot.span.path", []string{"agent", "search"}),
			attribute.Int("traceroot.git.source_line", 41))},
	} {
		b.Run("span="+bench.name, func(b *testing.B) {
			q := batch.New(discard{}, batch.Config{QueueBytes: 1 << 40})
			defer func() { _ = q.Shutdown(b.Context()) }()
			b.ReportAllocs()
			for b.Loop() {
				q.Add(bench.span)
			}
		})
	}
}
