package traceroot_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/traceroot-ai/traceroot-go"
	"github.com/traceroot-ai/traceroot-go/attr"
)

func TestBadHost(t *testing.T) {
	for _, host := range []string{
		"traces.acme.test", "ftp://traces.acme.test", "https://", "http://[::1", "https://user:hush@acme.test", "https://acme.test?key=hush",
		"https://acme.test#x", "://", "http://a b",
	} {
		for how, start := range map[string]func(...traceroot.Option) *traceroot.Client{
			"in an option": func(opts ...traceroot.Option) *traceroot.Client {
				return traceroot.New(append(opts, traceroot.WithHostURL(host))...)
			},
			"in the variable": traceroot.New,
		} {
			t.Run(host+" "+how, func(t *testing.T) {
				environment(t, "TRACEROOT_API_KEY=tr-key")
				if how == "in the variable" {
					t.Setenv("TRACEROOT_HOST_URL", host)
				}
				logger, book := newLogBook()
				bad := start(traceroot.WithLogger(logger), traceroot.WithAPIKey("tr-key"))
				ctx := bad.Context(t.Context())
				for way, ran := range runEveryWay(ctx) {
					if ran != 1 {
						t.Errorf("%s ran %d times, want 1", way, ran)
					}
				}
				if bad.Enabled() || bad.Err() == nil || errors.Is(bad.Err(), traceroot.ErrNoAPIKey) {
					t.Errorf("Enabled() = %v, Err() = %v, want a client that is off for its host", bad.Enabled(), bad.Err())
				}
				lines := book.about("level=WARN")
				if len(lines) != 1 || !strings.Contains(lines[0], "host URL") || strings.Contains(lines[0], "user:hush") {
					t.Errorf("logged %q, want one line about the host, without credentials", lines)
				}
				if traceroot.TraceURL(ctx) != "" {
					t.Error("there is a link")
				}
			})
		}
	}
	t.Run("two of them are two problems", func(t *testing.T) {
		environment(t)
		logger, book := newLogBook()
		for _, host := range []string{"a", "b", "a"} {
			traceroot.New(traceroot.WithHostURL(host), traceroot.WithLogger(logger))
		}
		if lines := book.about("level=WARN"); len(lines) != 2 {
			t.Errorf("logged %q, want a line for each", lines)
		}
	})
}

func TestBadKey(t *testing.T) {
	for _, key := range []string{"tr-a\nb", "tr- key", "tr-schlüssel"} {
		t.Run(key, func(t *testing.T) {
			environment(t)
			logger, book := newLogBook()
			client := traceroot.New(traceroot.WithAPIKey(key), traceroot.WithLogger(logger))
			if client.Enabled() || client.Err() == nil || strings.Contains(fmt.Sprint(client.Err()), key) {
				t.Errorf("Enabled() = %v, Err() = %v", client.Enabled(), client.Err())
			}
			if lines := book.about(""); len(lines) != 1 || strings.Contains(lines[0], key) {
				t.Errorf("logged %q, want one line without the key", lines)
			}
		})
	}
}

func TestNilOptions(t *testing.T) {
	t.Parallel()
	got := sentTo(t, func(ctx context.Context) {
		span(ctx, "work", nil, traceroot.Name(""), traceroot.Metadata(nil), traceroot.Tags(), traceroot.SessionID(""), traceroot.UserID(""),
			traceroot.Input(nil), traceroot.MapInput(nil), traceroot.MapOutput(nil), traceroot.ArgNames(), traceroot.OTel())
	}, nil, traceroot.WithExporter(nil), traceroot.WithHTTPClient(nil), traceroot.WithLogger(nil), traceroot.WithMask(nil),
		traceroot.WithSampler(nil), traceroot.WithSpanProcessor(nil), traceroot.WithTracerProvider(nil), traceroot.WithIntegrations(),
		traceroot.WithEnvironment(""), traceroot.WithServiceName(""), traceroot.WithGitRepo(""), traceroot.WithGitRef(""))
	wantValues(t, got["work"], map[string]any{
		attr.SpanInput: nil, attr.SpanMetadata: nil, attr.SpanTags: nil, attr.TraceUserID: nil, attr.TraceSessionID: nil,
	})
}

func TestNilContexts(t *testing.T) {
	environment(t)
	server := newReceiver(t)
	client := traceroot.Initialize(traceroot.WithHostURL(server.URL), traceroot.WithLogger(quiet))
	var none context.Context
	for way, ran := range runEveryWay(none) {
		if ran != 1 {
			t.Errorf("%s ran %d times, want 1", way, ran)
		}
	}
	traceroot.UpdateCurrentSpan(none, traceroot.SpanUpdate{Input: 1})
	traceroot.UpdateCurrentTrace(none, traceroot.Attributes{UserID: "u"})
	if traceroot.SpanFromContext(none) != nil || traceroot.TraceURL(none)+traceroot.TraceID(none) != "" {
		t.Error("a nil context has a span")
	}
	span(traceroot.UsingAttributes(none, traceroot.Attributes{UserID: "u"}), "under attributes")
	span(client.Context(none), "under a client")
	span(traceroot.Suppress(none), "suppressed")
	if err := client.Shutdown(none); err != nil {
		t.Error(err)
	}
	got := server.byName()
	if got["suppressed"].name != "" || got["under a client"].name == "" || len(got["under attributes"].attributes) == 0 {
		t.Errorf("arrived: %v", got)
	}
	wantValues(t, got["under attributes"], map[string]any{attr.UserID: "u"})
}

func TestPanickingLogger(t *testing.T) {
	environment(t, "TRACEROOT_FLUSH_AT=few")
	server := newReceiver(t, answer(401))
	client := traceroot.Initialize(traceroot.WithHostURL(server.URL), traceroot.WithLogger(slog.New(panickingHandler{})))
	span(t.Context(), "work", traceroot.Type("no kind"))
	if err := client.Flush(t.Context()); err == nil {
		t.Error("Flush does not tell of the loss")
	}
	span(t.Context(), "more work")
	if err := client.Shutdown(t.Context()); err != nil || server.byName()["more work"].name == "" {
		t.Errorf("Shutdown = %v, arrived: %v", err, server.byName())
	}
	joined := traceroot.New(traceroot.WithTracerProvider(sdktrace.NewTracerProvider()), traceroot.WithHostURL(server.URL),
		traceroot.WithLogger(slog.New(panickingHandler{})))
	if err := joined.Shutdown(t.Context()); err != nil {
		t.Error(err)
	}
}

type panickingHandler struct{ slog.Handler }

func (panickingHandler) Enabled(context.Context, slog.Level) bool  { panic("Enabled") }
func (panickingHandler) Handle(context.Context, slog.Record) error { panic("Handle") }

func TestPanickingSampler(t *testing.T) {
	t.Parallel()
	logger, book := newLogBook()
	got := sentTo(t, func(ctx context.Context) {
		for way, ran := range runEveryWay(ctx) {
			if ran != 1 {
				t.Errorf("%s ran %d times, want 1", way, ran)
			}
		}
		span(ctx, "work")
	}, traceroot.WithSampler(panickingSampler{}), traceroot.WithLogger(logger))
	if got["work"].name == "" {
		t.Errorf("arrived: %v", got)
	}
	if lines := book.about("sampler"); len(lines) != 1 || !strings.Contains(lines[0], "ShouldSample") {
		t.Errorf("logged %q, want one line with what the sampler said", lines)
	}
}

type panickingSampler struct{ sdktrace.Sampler }

func (panickingSampler) ShouldSample(sdktrace.SamplingParameters) sdktrace.SamplingResult {
	panic("ShouldSample")
}

func TestConcurrentEverything(t *testing.T) {
	environment(t)
	server := newReceiver(t)
	opts := []traceroot.Option{traceroot.WithHostURL(server.URL), traceroot.WithLogger(quiet), traceroot.WithFlushAt(3)}
	observed := traceroot.Observe(func(ctx context.Context, n int) (int, error) {
		traceroot.UpdateCurrentSpan(ctx, traceroot.SpanUpdate{Output: n, Metadata: map[string]any{"n": n}})
		traceroot.UpdateCurrentTrace(ctx, traceroot.Attributes{UserID: fmt.Sprint(n)})
		return n, nil
	})
	var made sync.Map // clients that SetDefault may have put aside
	calls := []func(int){
		func(int) { made.Store(traceroot.Initialize(opts...), true) },
		func(int) { _ = traceroot.Shutdown(t.Context()) },
		func(int) { _ = traceroot.Flush(t.Context()) },
		func(int) { _ = traceroot.Default().Stats() },
		func(int) { traceroot.SetDefault(nil) },
		func(int) {
			client := traceroot.New(opts...)
			span(client.Context(t.Context()), "tenant")
			_ = client.Shutdown(t.Context())
		},
		func(i int) {
			ctx := traceroot.UsingAttributes(t.Context(), traceroot.Attributes{SessionID: fmt.Sprint(i)})
			if n, err := observed(ctx, i); n != i || err != nil {
				t.Errorf("observed(%d) = %d, %v", i, n, err)
			}
		},
		func(int) {
			_, s := traceroot.Start(t.Context(), "twice")
			_ = inParallel(3, func(int) { s.Update(traceroot.SpanUpdate{Output: "x"}); s.End() })
		},
	}
	_ = inParallel(len(calls)*25, func(i int) { calls[i%len(calls)](i) })
	for client := range made.Range {
		if c, ok := client.(*traceroot.Client); ok {
			_ = c.Shutdown(t.Context())
		}
	}
	if left := leakedGoroutines(); left != "" {
		t.Errorf("goroutines left behind:\n%s", left)
	}
}
