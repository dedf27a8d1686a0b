package batch_test

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.opentelemetry.io/otel/attribute"

	"github.com/traceroot-ai/traceroot-go/internal/batch"
	"github.com/traceroot-ai/traceroot-go/internal/otlp"
)

// delivered adds three spans, waits for an hour and returns the queue.
func delivered(t *testing.T, server *ingest) (*batch.Queue, *log) {
	t.Helper()
	q, logged := newQueue(t, server, batch.Config{FlushAt: 3})
	add(q, "a", "b", "c")
	time.Sleep(time.Hour)
	return q, logged
}

func TestRetriedUntilAccepted(t *testing.T) {
	t.Parallel()
	reset := answer{do: func(*http.Request) (*http.Response, error) { return nil, errors.New("connection reset by peer") }}
	panics := answer{do: func(*http.Request) (*http.Response, error) { panic("round tripper bug") }}
	for _, c := range []struct {
		name   string
		answer answer
	}{
		{"transport-10 status 500 is retried until success", answer{status: 500}},
		{"transport-11 status 502 is retried", answer{status: 502}},
		{"transport-11 status 503 is retried", answer{status: 503}},
		{"transport-11 status 504 is retried", answer{status: 504}},
		{"status 507, like every other server fault, is retried", answer{status: 507}},
		{"transport-12 status 408 is retried", answer{status: 408}},
		{"status 429 without Retry-After is retried", answer{status: 429}},
		{"transport-16 a connection error is retried", reset},
		{"transport-16 a timeout is retried", hang},
		{"transport-19 a panicking round tripper is survived and retried", panics},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				server := &ingest{script: times(8, c.answer)}
				q, logged := delivered(t, server)
				stats := q.Stats()
				if stats.Exported != 3 || stats.Dropped != 0 || stats.Requests != 9 || stats.Retries != 8 {
					t.Errorf("stats are %+v, want 3 spans exported in 9 requests", stats)
				}
				if stats.LastError == nil || stats.LastErrorTime.IsZero() {
					t.Errorf("stats tell of no error: %+v", stats)
				}
				if got := logged.about("will be retried"); len(got) != 8 || got[7].attrs["attempt"] != "8" {
					t.Errorf("logged\n%v, want 8 retries", logged)
				}
			})
		})
	}
}

func TestRefusedForGood(t *testing.T) {
	t.Parallel()
	for _, status := range []int{400, 401, 402, 403, 404, 410, 415, 422, 301, 308} {
		name := fmt.Sprintf("status %d is not retried", status)
		pause := time.Duration(0)
		if status == 401 || status == 403 {
			pause = time.Second
		}
		if slices.Contains([]int{400, 401, 402, 403, 415, 422}, status) {
			name = "transport-15 " + name
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				server := &ingest{script: []answer{{status: status}}}
				q, _ := newQueue(t, server, batch.Config{FlushAt: 3})
				add(q, "a", "b", "c")
				synctest.Wait()
				if stats := q.Stats(); stats.Requests != 1 || stats.Dropped != 3 || stats.Exported != 0 || stats.Queued != 0 {
					t.Errorf("stats are %+v, want one request and three spans dropped", stats)
				}
				add(q, "d", "e", "f")
				time.Sleep(pause)
				synctest.Wait()
				if exported := q.Stats().Exported; exported != 3 {
					t.Errorf("the next batch was not sent within %v: %+v", pause, q.Stats())
				}
			})
		})
	}
	t.Run("transport-21 a refusal is logged once, with its status and the number of spans", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			server := &ingest{script: []answer{{status: 422, body: `{"detail":"not a trace"}`}}}
			_, logged := delivered(t, server)
			want := "spans dropped, refused by the server " +
				`error="server answered 422 Unprocessable Entity: not a trace" span_count="3" status="422"` + "\n"
			if got := logged.String(); got != want {
				t.Errorf("logged\n%swant\n%s", got, want)
			}
		})
	})
	t.Run("problems have names of their own", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			names := map[string]bool{}
			for _, status := range []int{400, 401, 402, 308, 413} {
				_, logged := delivered(t, &ingest{script: times(10, answer{status: status})})
				names[logged.about("dropped")[0].problem] = true
			}
			if len(names) != 5 {
				t.Errorf("five problems are called %v: one would hide another", names)
			}
		})
	})
}

func TestRetryAfter(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name       string
		status     int
		retryAfter func() string
		least      time.Duration
		most       time.Duration
	}{
		{"transport-13 a 429 is retried not before Retry-After seconds", 429, text("17"), 17 * time.Second, 17 * time.Second},
		{"transport-13 a 503 is retried not before Retry-After seconds", 503, text("2"), 2 * time.Second, 2 * time.Second},
		{"transport-14 Retry-After as an HTTP date is honoured", 429, in(40 * time.Second), 40 * time.Second, 40 * time.Second},
		{"decimal seconds", 429, text("1.5"), 1500 * time.Millisecond, 1500 * time.Millisecond},
		{"zero seconds leave our own wait", 429, text("0"), 0, time.Second},
		{"a date in the past leaves our own wait", 429, in(-time.Hour), 0, time.Second},
		{"nonsense leaves our own wait", 429, text("soon"), 0, time.Second},
		{"not a number leaves our own wait", 429, text("NaN"), 0, time.Second},
		{"negative seconds leave our own wait", 429, text("-5"), 0, time.Second},
		{"a wait of days is bounded", 429, text("999999"), 5 * time.Minute, 5 * time.Minute},
		{"a wait beyond every clock is bounded", 429, text("1e300"), 5 * time.Minute, 5 * time.Minute},
		{"a date next year is bounded", 429, in(365 * 24 * time.Hour), 5 * time.Minute, 5 * time.Minute},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				server := &ingest{script: []answer{{status: c.status, header: map[string]string{"Retry-After": c.retryAfter()}}}}
				delivered(t, server)
				if waits := server.waits(); len(waits) != 1 || waits[0] < c.least || waits[0] > c.most {
					t.Errorf("waited %v, want %v to %v", waits, c.least, c.most)
				}
			})
		})
	}
}

func text(value string) func() string { return func() string { return value } }

func in(d time.Duration) func() string {
	return func() string { return time.Now().Add(d).UTC().Format(http.TimeFormat) }
}

func TestBackoff(t *testing.T) {
	t.Parallel()
	t.Run("transport-17 waits grow, with jitter, up to a cap", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			const runs = 40
			var mean [8]time.Duration
			distinct := map[time.Duration]bool{}
			for range runs {
				server := &ingest{script: times(len(mean), answer{status: 503})}
				delivered(t, server)
				waits := server.waits()
				if len(waits) != len(mean) {
					t.Fatalf("%d waits, want %d", len(waits), len(mean))
				}
				for i, waited := range waits {
					if most := min(time.Second<<i, 5*time.Second); waited > most {
						t.Errorf("wait %d is %v, want %v at most", i, waited, most)
					}
					mean[i] += waited / runs
				}
				distinct[waits[0]] = true
			}
			if mean[1] < mean[0] || mean[3] < mean[1] || mean[7] < 3*mean[0] {
				t.Errorf("mean waits are %v, want them to grow", mean)
			}
			if len(distinct) < runs/2 {
				t.Errorf("first waits are %v: no jitter", distinct)
			}
		})
	})
	t.Run("waits begin anew after a success", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			server := &ingest{script: slices.Concat(times(5, answer{status: 503}), []answer{{status: 200}, {status: 503}})}
			q, _ := delivered(t, server)
			add(q, "d", "e", "f")
			time.Sleep(time.Hour)
			waits := server.waits()
			if last := waits[len(waits)-1]; last > time.Second {
				t.Errorf("the first wait after a success is %v, want about a second", last)
			}
		})
	})
}

func TestRetriedBatchIsTheSame(t *testing.T) {
	t.Parallel()
	t.Run("transport-18 a retried batch has the same spans, ids and bytes", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			server := &ingest{script: times(3, answer{status: 500})}
			delivered(t, server)
			requests := server.received()
			if len(requests) != 4 {
				t.Fatalf("%d requests, want 4", len(requests))
			}
			first := requests[0].spans(t)
			for i, r := range requests[1:] {
				for j, s := range r.spans(t) {
					if !bytes.Equal(s.TraceId, first[j].TraceId) || !bytes.Equal(s.SpanId, first[j].SpanId) {
						t.Errorf("attempt %d: span %d is %x, was %x", i+2, j, s.SpanId, first[j].SpanId)
					}
				}
				if !bytes.Equal(r.body, requests[0].body) {
					t.Errorf("attempt %d has another body", i+2)
				}
			}
		})
	})
}

func TestMasksRunOncePerSpan(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server := &ingest{script: slices.Concat(times(3, answer{status: 500}), times(2, answer{status: 413}))}
		calls := 0
		sender, err := batch.NewHTTP(batch.HTTPConfig{
			Endpoint: "http://h/", Client: &http.Client{Transport: server},
			Redactor: otlp.NewRedactor(true, func(_, _ string) string { calls++; return "***" }),
		})
		if err != nil {
			t.Fatal(err)
		}
		q := batch.New(sender, batch.Config{})
		for range 4 {
			q.Add(span("s", attribute.String("k", "secret")))
		}
		time.Sleep(time.Hour)
		if err := q.Shutdown(t.Context()); err != nil {
			t.Error(err)
		}
		if calls != 4 {
			t.Errorf("the mask was called %d times for 4 spans", calls)
		}
		for _, r := range server.received() {
			if data, _ := otlp.Gunzip(r.body); bytes.Contains(data, []byte("secret")) {
				t.Errorf("a request holds the secret")
			}
		}
	})
}

func TestTooLargeForTheServer(t *testing.T) {
	t.Parallel()
	// A server that takes bodies of so many bytes, uncompressed.
	taking := func(limit int) answer {
		return answer{do: func(r *http.Request) (*http.Response, error) {
			body, err := r.GetBody()
			if err != nil {
				return nil, err
			}
			var compressed bytes.Buffer
			if _, err := compressed.ReadFrom(body); err != nil {
				return nil, err
			}
			data, err := otlp.Gunzip(compressed.Bytes())
			if err != nil {
				return nil, err
			}
			status := http.StatusOK
			if len(data) > limit {
				status = http.StatusRequestEntityTooLarge
			}
			return &http.Response{StatusCode: status, Body: http.NoBody, Request: r}, nil
		}}
	}
	t.Run("transport-15 after a 413 the batch is split and no body is sent twice", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			server := &ingest{script: times(100, taking(3000))}
			q, logged := newSerialQueue(t, server, batch.Config{})
			for i := range 7 {
				q.Add(sized(fmt.Sprint(i), 1200))
			}
			if err := q.Flush(t.Context()); err != nil {
				t.Fatal(err)
			}
			want := []string{"0 1 2 3 4 5 6", "0 1 2", "0", "1 2", "3 4", "5 6"}
			if got := server.batches(t); !slices.Equal(got, want) {
				t.Errorf("batches are %q, want %q", got, want)
			}
			if waits := server.waits(); slices.Max(waits) != 0 {
				t.Errorf("waited %v between the parts", waits)
			}
			if stats := q.Stats(); stats.Exported != 7 || stats.QueuedBytes != 0 || stats.Retries != 0 {
				t.Errorf("stats are %+v, want 7 spans exported", stats)
			}
			size := fmt.Sprint(len(server.received()[0].body))
			if got := logged.about("too large"); len(got) != 2 || got[0].attrs["body_bytes"] != size || got[0].attrs["span_count"] != "7" {
				t.Errorf("logged\n%v, want the body's size, %s", logged, size)
			}
		})
	})
	t.Run("transport-15 a single span that is too large goes once more with its values cut", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			server := &ingest{script: times(100, taking(100_000))}
			q, _ := newQueue(t, server, batch.Config{})
			q.Add(span("huge", attribute.String("traceroot.span.input", strings.Repeat("What? ", 50_000))))
			if err := q.Flush(t.Context()); err != nil {
				t.Fatal(err)
			}
			requests := server.received()
			if len(requests) != 2 {
				t.Fatalf("%d requests, want 2", len(requests))
			}
			values := map[string]string{}
			for _, kv := range requests[1].spans(t)[0].Attributes {
				values[kv.Key] = kv.Value.String()
			}
			if !strings.Contains(values["traceroot.span.input"], "at? What") || len(values["traceroot.span.input"]) > 20_000 {
				t.Errorf("the input has %d bytes", len(values["traceroot.span.input"]))
			}
			if !strings.Contains(values["traceroot.truncated_from"], `300000`) || values["traceroot.truncated"] == "" {
				t.Errorf("the span is not marked as truncated: %v", values["traceroot.truncated_from"])
			}
			if exported := q.Stats().Exported; exported != 1 {
				t.Errorf("stats are %+v", q.Stats())
			}
		})
	})
	t.Run("transport-15 a span too large even when cut is dropped and counted", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			server := &ingest{script: times(100, taking(10))}
			q, logged := newSerialQueue(t, server, batch.Config{})
			q.Add(sized("long", 200_000))
			q.Add(span("short"))
			err := q.Flush(t.Context())
			if unsent, ok := errors.AsType[*batch.UnsentError](err); !ok || unsent.Spans != 2 {
				t.Errorf("Flush = %v, want an error that counts two spans", err)
			}
			// Nothing of the short span can be cut: it is not sent again.
			if got, want := server.batches(t), []string{"long short", "long", "long", "short"}; !slices.Equal(got, want) {
				t.Errorf("batches are %q, want %q", got, want)
			}
			if stats := q.Stats(); stats.Dropped != 2 || stats.Queued != 0 || stats.QueuedBytes != 0 {
				t.Errorf("stats are %+v, want two spans dropped", stats)
			}
			if got := logged.about("span dropped, too large"); len(got) != 2 || got[0].attrs["status"] != "413" {
				t.Errorf("logged\n%v", logged)
			}
		})
	})
}

func TestPanickingLoggerIsSurvived(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server := &ingest{script: times(2, answer{status: 503})}
		q := batch.New(newSender(t, server), batch.Config{
			Warn: func(string, ...slog.Attr) { panic("broken handler") },
		})
		add(q, "a")
		time.Sleep(time.Minute)
		if exported := q.Stats().Exported; exported != 1 {
			t.Errorf("stats are %+v, want the span exported", q.Stats())
		}
		if err := q.Shutdown(t.Context()); err != nil {
			t.Error(err)
		}
	})
}
