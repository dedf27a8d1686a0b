package traceroot_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.opentelemetry.io/otel/trace"
	"google.golang.org/protobuf/proto"

	"github.com/traceroot-ai/traceroot-go"
)

const secretKey = "tr-5f2c9a70-8d7e-4b7c-9e55-0a1b2c3d4e5f"

func TestUploadOverASocket(t *testing.T) {
	for name, value := range map[string]string{
		"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://127.0.0.1:1/v1/traces",
		"OTEL_EXPORTER_OTLP_HEADERS": "authorization=Bearer other,x-vendor=1", "OTEL_EXPORTER_OTLP_TRACES_HEADERS": "x-vendor=2",
		"OTEL_EXPORTER_OTLP_TIMEOUT": "1", "OTEL_EXPORTER_OTLP_COMPRESSION": "none",
	} {
		t.Setenv(name, value)
	}
	server := newReceiver(t)
	client := traceroot.New(traceroot.WithHostURL(server.URL), traceroot.WithAPIKey(secretKey), traceroot.WithLogger(quiet))
	span(client.Context(t.Context()), "work")
	if err := client.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	uploads := server.uploads()
	if len(uploads) != 1 {
		t.Fatalf("%d uploads, want 1", len(uploads))
	}
	upload := uploads[0]

	t.Run("transport-01 is a POST to the ingest path", func(t *testing.T) {
		if upload.Method != http.MethodPost || upload.URL.String() != "/api/v1/public/traces" {
			t.Errorf("%s %s", upload.Method, upload.URL)
		}
	})
	for _, c := range []struct{ name, header, want string }{
		{"transport-04 is protobuf", "Content-Type", "application/x-protobuf"},
		{"transport-05 is compressed", "Content-Encoding", "gzip"},
		{"transport-06 carries the key", "Authorization", "Bearer " + secretKey},
		{"transport-07 names the SDK", "x-traceroot-sdk-name", "traceroot-go"},
		{"transport-08 names its version", "x-traceroot-sdk-version", strings.TrimPrefix(traceroot.Version, "v")},
		{"transport-29 has no headers of another vendor", "x-vendor", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := upload.Header.Get(c.header); got != c.want {
				t.Errorf("%s = %q, want %q", c.header, got, c.want)
			}
		})
	}
	t.Run("transport-05 the body is an export request behind gzip", func(t *testing.T) {
		if got := server.spans(); len(got) != 1 || got[0].name != "work" {
			t.Errorf("the body decodes to %v", got)
		}
	})
	t.Run("transport-09 a JSON reply is a success", func(t *testing.T) {
		s := client.Stats()
		if s.Exported != 1 || s.LastError != nil || s.Retries != 0 {
			t.Errorf("stats %+v, want one span exported at once", s)
		}
	})
	t.Run("transport-32 nothing is sent when there are no spans", func(t *testing.T) {
		for range 3 {
			if err := client.Flush(t.Context()); err != nil {
				t.Error(err)
			}
		}
		if err := client.Shutdown(t.Context()); err != nil {
			t.Error(err)
		}
		if n := len(server.uploads()); n != 1 {
			t.Errorf("%d uploads, want the first alone", n)
		}
	})
}

func TestDeliveryAgain(t *testing.T) {
	t.Parallel()
	for name, answers := range map[string][]canned{
		"transport-10 500":              {{status: 500}, {status: 500}},
		"transport-11 502, 503 and 504": {{status: 502}, {status: 503}, {status: 504}},
		"transport-12 408":              {{status: 408}},
		"429":                           {{status: 429}},
	} {
		t.Run(name+" is sent again", func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				wire := &cable{answer: first(answers...)}
				client := wire.plugged(t)
				span(client.Context(t.Context()), "work")
				if err := client.Shutdown(t.Context()); err != nil || len(wire.spans()) != 1 {
					t.Errorf("Shutdown = %v, %d spans accepted, want 1", err, len(wire.spans()))
				}
				if s := client.Stats(); s.Retries != int64(len(answers)) || s.Requests != s.Retries+1 || s.Exported != 1 {
					t.Errorf("stats %+v, want %d retries", s, len(answers))
				}
			})
		})
	}
	t.Run("transport-18 with the same ids", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			wire := &cable{answer: first(canned{status: 503})}
			client := wire.plugged(t)
			span(client.Context(t.Context()), "work")
			if err := client.Shutdown(t.Context()); err != nil || len(wire.tried) != 2 || !proto.Equal(wire.tried[0], wire.tried[1]) {
				t.Errorf("Shutdown = %v after the attempts %v, want two that are equal", err, wire.tried)
			}
		})
	})
	t.Run("transport-13 not before Retry-After, even in a hurry", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			wire := &cable{answer: first(canned{429, []string{"Retry-After", "17"}})}
			client := wire.plugged(t)
			start := time.Now()
			span(client.Context(t.Context()), "work")
			if err := client.Flush(t.Context()); err != nil {
				t.Error(err)
			}
			if got := wire.since(start); len(got) != 2 || got[1] != 17*time.Second {
				t.Errorf("requests at %v, want the second at 17s", got)
			}
		})
	})
	for _, status := range []int{400, 401, 402, 403, 415, 422} {
		t.Run(fmt.Sprint("transport-15 ", status, " is not sent again"), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				wire := &cable{answer: func(*http.Request) (*http.Response, error) { return reply(status, `{"detail":"no"}`), nil }}
				logger, book := newLogBook()
				client := wire.plugged(t, traceroot.WithLogger(logger))
				span(client.Context(t.Context()), "work")
				<-time.After(time.Hour)
				if n := len(wire.uploads()); n != 1 {
					t.Errorf("%d requests, want 1", n)
				}
				s := client.Stats()
				if s.Dropped != 1 || s.LastError == nil || s.LastErrorTime.IsZero() {
					t.Errorf("stats %+v, want one span dropped for a reason", s)
				}
				lines := book.about("level=WARN")
				if len(lines) != 1 || !strings.Contains(lines[0], fmt.Sprint("status=", status)) || !strings.Contains(lines[0], "span_count=1") {
					t.Errorf("logged %q, want the status and the number of spans", lines)
				}
			})
		})
	}
	t.Run("transport-16 after a lost connection", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			attempts := 0
			wire := &cable{answer: func(*http.Request) (*http.Response, error) {
				if attempts++; attempts < 4 {
					return nil, errors.New("connection reset by peer")
				}
				return nil, nil
			}}
			client := wire.plugged(t)
			span(client.Context(t.Context()), "work")
			<-time.After(time.Minute)
			if s := client.Stats(); s.Exported != 1 || s.Requests != 4 {
				t.Errorf("stats %+v, want the span exported by the fourth request", s)
			}
		})
	})
}

func TestFailuresStayWithUs(t *testing.T) {
	t.Parallel()
	t.Run("transport-19 an unreachable host does not touch the program", func(t *testing.T) {
		t.Parallel()
		logger, book := newLogBook()
		client := traceroot.New(traceroot.WithHostURL("http://127.0.0.1:1"), traceroot.WithFlushAt(1), traceroot.WithLogger(logger),
			traceroot.WithGitRepo("acme/shop"), traceroot.WithGitRef("v1"))
		for way, ran := range runEveryWay(client.Context(t.Context())) {
			if ran != 1 {
				t.Errorf("%s ran %d times, want 1", way, ran)
			}
		}
		err := client.Flush(timeout(t, 50*time.Millisecond))
		if unsent, ok := errors.AsType[*traceroot.UnsentError](err); !ok || unsent.Spans == 0 || !strings.Contains(err.Error(), "127.0.0.1:1") {
			t.Errorf("Flush = %v, want the spans that wait and the host", err)
		}
		err = client.Shutdown(timeout(t, 50*time.Millisecond))
		if unsent, ok := errors.AsType[*traceroot.UnsentError](err); !ok || unsent.Spans != client.Stats().Ended {
			t.Errorf("Shutdown = %v, want all %d spans lost", err, client.Stats().Ended)
		}
		lines := book.about("level=WARN")
		if len(lines) != 2 || !strings.Contains(lines[0], "127.0.0.1:1") || !strings.Contains(lines[1], "spans dropped") {
			t.Errorf("logged %q, want a line about the host, and one about the spans that were dropped", lines)
		}
	})
	t.Run("transport-20 a wrong key is logged once, without the key", func(t *testing.T) {
		t.Parallel()
		server := newReceiver(t)
		refuse := answer(401, "Content-Type", "application/json")
		for range 5 {
			server.answers = append(server.answers, func(w http.ResponseWriter) {
				refuse(w)
				_, _ = fmt.Fprintf(w, `{"detail":"Invalid API key %s"}`, secretKey)
			})
		}
		logger, book := newLogBook()
		client := traceroot.New(traceroot.WithHostURL(server.URL), traceroot.WithAPIKey(secretKey), traceroot.WithFlushAt(1),
			traceroot.WithGitRepo("acme/shop"), traceroot.WithGitRef("v1"), traceroot.WithLogger(logger))
		var told []string
		for range 5 {
			span(client.Context(t.Context()), "work")
			told = append(told, fmt.Sprint(client.Flush(t.Context())))
		}
		told = append(told, fmt.Sprint(client.Shutdown(t.Context()), client.Stats()), strings.Join(book.about(""), ""))
		for _, text := range told {
			if strings.Contains(text, secretKey) {
				t.Errorf("the key is told: %s", text)
			}
		}
		if lines := book.about(""); len(lines) != 1 || !strings.Contains(lines[0], "API key") || !strings.Contains(lines[0], "status=401") {
			t.Errorf("logged %q, want one line about the key and the status", lines)
		}
		if !strings.Contains(told[0], "401") {
			t.Errorf("Flush = %s, want the status", told[0])
		}
	})
	t.Run("transport-27 a full queue drops spans and does not block", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			wire := &cable{answer: never}
			logger, book := newLogBook()
			client := wire.plugged(t, traceroot.WithLimits(traceroot.Limits{QueueBytes: 20_000}), traceroot.WithLogger(logger))
			start := time.Now()
			for range 1000 {
				span(client.Context(t.Context()), "work")
			}
			if waited := time.Since(start); waited > 0 {
				t.Errorf("the program waited %v", waited)
			}
			synctest.Wait()
			s := client.Stats()
			if s.Dropped == 0 || s.Dropped+int64(s.Queued) != 1000 || s.QueuedBytes > 20_000 {
				t.Errorf("stats %+v, want what does not fit in 20,000 bytes dropped", s)
			}
			if lines := book.about("queue is full"); len(lines) != 1 || !strings.Contains(lines[0], "span_count=") {
				t.Errorf("logged %q, want one line with the number", lines)
			}
		})
	})
}

func timeout(t *testing.T, d time.Duration) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), d)
	t.Cleanup(cancel)
	return ctx
}

func TestDeadlines(t *testing.T) {
	t.Parallel()
	type call func(*traceroot.Client, context.Context) error
	for name, wait := range map[string]call{"Flush": (*traceroot.Client).Flush, "Shutdown": (*traceroot.Client).Shutdown} {
		t.Run("lifecycle-13 "+name+" obeys its context's and tells what is unsent", func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				wire := &cable{answer: never}
				client := wire.plugged(t)
				for range 3 {
					span(client.Context(t.Context()), "work")
				}
				start := time.Now()
				err := wait(client, timeout(t, 1500*time.Millisecond))
				if waited := time.Since(start); waited != 1500*time.Millisecond {
					t.Errorf("took %v, want 1.5s", waited)
				}
				if unsent, ok := errors.AsType[*traceroot.UnsentError](err); !ok || unsent.Spans != 3 || !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("%v, want three spans unsent for want of time", err)
				}
			})
		})
		t.Run("lifecycle-13 "+name+" without one is bounded by the timeout", func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				wire := &cable{answer: never}
				client := wire.plugged(t, traceroot.WithTimeout(4*time.Second))
				span(client.Context(t.Context()), "work")
				start := time.Now()
				err := wait(client, context.WithoutCancel(t.Context()))
				if waited := time.Since(start); waited != 4*time.Second {
					t.Errorf("took %v, want 4s", waited)
				}
				if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "4s") {
					t.Errorf("%v, want it to name the timeout", err)
				}
			})
		})
	}
	t.Run("lifecycle-13 a refusal is told, once", func(t *testing.T) {
		t.Parallel()
		server := newReceiver(t, answer(422))
		client := traceroot.New(traceroot.WithHostURL(server.URL), traceroot.WithLogger(quiet))
		span(client.Context(t.Context()), "work")
		first, second := client.Flush(t.Context()), client.Flush(t.Context())
		if unsent, ok := errors.AsType[*traceroot.UnsentError](first); !ok || unsent.Spans != 1 || !strings.Contains(first.Error(), "422") || second != nil {
			t.Errorf("Flush = %v, then %v", first, second)
		}
		if err := client.Shutdown(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

func TestWithHTTPClient(t *testing.T) {
	t.Parallel()
	t.Run("transport-31 uploads with it", func(t *testing.T) {
		t.Parallel()
		var wire cable
		client := wire.plugged(t)
		span(client.Context(t.Context()), "work")
		if err := client.Flush(t.Context()); err != nil || len(wire.spans()) != 1 {
			t.Errorf("Flush = %v, %d spans went through it", err, len(wire.spans()))
		}
	})
	t.Run("one that is traced itself records no uploads", func(t *testing.T) {
		t.Parallel()
		var client *traceroot.Client
		var wire cable
		var uploads atomic.Int32
		traced := roundTripper(func(r *http.Request) (*http.Response, error) {
			uploads.Add(1)
			ctx, s := client.TracerProvider().Tracer("otelhttp").Start(r.Context(), "POST", trace.WithSpanKind(trace.SpanKindClient))
			defer s.End()
			return wire.RoundTrip(r.WithContext(ctx))
		})
		client = traceroot.New(traceroot.WithAPIKey("k"), traceroot.WithLogger(quiet), traceroot.WithFlushAt(1),
			traceroot.WithHTTPClient(traceroot.HTTPClient(&http.Client{Transport: traced})))
		span(client.Context(t.Context()), "work")
		for range 5 {
			if err := client.Flush(t.Context()); err != nil {
				t.Error(err)
			}
		}
		if got := wire.byName(); len(got) != 1 || uploads.Load() != 1 {
			t.Errorf("%d uploads of %v, want one of one span", uploads.Load(), got)
		}
		if s := client.Stats(); s.Suppressed != 1 {
			t.Errorf("stats %+v, want the upload's span suppressed", s)
		}
		if err := client.Shutdown(t.Context()); err != nil {
			t.Error(err)
		}
	})
}
