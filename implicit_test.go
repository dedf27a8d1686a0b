package traceroot_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"go.opentelemetry.io/otel"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/traceroot-ai/traceroot-go"
)

func TestImplicitStart(t *testing.T) {
	t.Run("lifecycle-07 Default makes a client from the environment", func(t *testing.T) {
		if !alone(t) {
			return
		}
		server := newReceiver(t)
		t.Setenv("TRACEROOT_API_KEY", "tr-key")
		t.Setenv("TRACEROOT_HOST_URL", server.URL)
		client := traceroot.Default()
		if !client.Enabled() || traceroot.Default() != client {
			t.Errorf("Default() is off: %v, or another each time", client.Err())
		}
	})
	t.Run("lifecycle-08 Flush and Shutdown without a client do nothing", func(t *testing.T) {
		if !alone(t) {
			return
		}
		server := newReceiver(t)
		t.Setenv("TRACEROOT_HOST_URL", server.URL)
		if err := errors.Join(traceroot.Flush(t.Context()), traceroot.Shutdown(t.Context())); err != nil {
			t.Error(err)
		}
		if left := leakedGoroutines(); left != "" {
			t.Errorf("a client was made:\n%s", left)
		}
	})
	for name, settings := range map[string][]string{
		"observe-38 with a key in the environment": {"TRACEROOT_API_KEY=tr-key"}, "with a loopback host": nil,
	} {
		t.Run(name+" calls are traced without Initialize", func(t *testing.T) {
			if !alone(t) {
				return
			}
			server := newReceiver(t)
			t.Setenv("TRACEROOT_HOST_URL", server.URL)
			for _, setting := range settings {
				variable, value, _ := strings.Cut(setting, "=")
				t.Setenv(variable, value)
			}
			span(t.Context(), "work")
			if err := traceroot.Flush(t.Context()); err != nil {
				t.Error(err)
			}
			if _, arrived := server.byName()["work"]; !arrived {
				t.Error("the span did not arrive")
			}
		})
	}
	t.Run("without anything in the environment is silent", func(t *testing.T) {
		if !alone(t) {
			return
		}
		logger, book := newLogBook()
		slog.SetDefault(logger)
		for way, ran := range runEveryWay(t.Context()) {
			if ran != 1 {
				t.Errorf("%s ran %d times, want 1", way, ran)
			}
		}
		if lines := book.about(""); lines != nil {
			t.Errorf("logged %q, want nothing", lines)
		}
		if traceroot.Default().Enabled() || book.about("TRACEROOT_API_KEY") == nil {
			t.Error("Default does not say why it is off")
		}
	})
	t.Run("with a bad host says so once", func(t *testing.T) {
		if !alone(t) {
			return
		}
		logger, book := newLogBook()
		slog.SetDefault(logger)
		t.Setenv("TRACEROOT_API_KEY", "tr-key")
		t.Setenv("TRACEROOT_HOST_URL", "traces.acme.test")
		span(t.Context(), "work")
		span(t.Context(), "more work")
		if lines := book.about("level=WARN"); len(lines) != 1 || !strings.Contains(lines[0], "traces.acme.test") {
			t.Errorf("logged %q, want one warning that names the host", lines)
		}
	})
	t.Run("waits until a call needs it", func(t *testing.T) {
		if !alone(t) {
			return
		}
		t.Setenv("TRACEROOT_API_KEY", "tr-key")
		off := traceroot.New(traceroot.WithEnabled(false))
		span(off.Context(t.Context()), "under another client")
		span(traceroot.Suppress(t.Context()), "under none")
		if left := leakedGoroutines(); left != "" {
			t.Errorf("a client was made:\n%s", left)
		}
	})
}

func TestInitializeReplacesTheImplicitClient(t *testing.T) {
	t.Run("lifecycle-18 and loses no span, ended or open", func(t *testing.T) {
		if !alone(t) {
			return
		}
		logger, book := newLogBook()
		slog.SetDefault(logger)
		implicit, explicit := newReceiver(t), newReceiver(t)
		t.Setenv("TRACEROOT_HOST_URL", implicit.URL)
		span(t.Context(), "ended")
		ctx, open := traceroot.Start(t.Context(), "open")
		_, foreign := otel.Tracer("other").Start(ctx, "open foreign")

		client := traceroot.Initialize(traceroot.WithHostURL(explicit.URL))
		span(ctx, "child of open")
		span(t.Context(), "later")
		foreign.End()
		open.End()
		if err := client.Flush(t.Context()); err != nil {
			t.Error(err)
		}

		if traceroot.Default() != client || len(book.about("level=WARN")) > 0 {
			t.Errorf("not replaced, or not silently: %q", book.about(""))
		}
		before, after := implicit.byName(), explicit.byName()
		for _, name := range []string{"ended", "open", "open foreign"} {
			if _, ok := before[name]; !ok || after[name].name != "" {
				t.Errorf("%q: arrived at the implicit client's host: %v, at the other: %v", name, ok, after[name].name != "")
			}
		}
		for _, name := range []string{"child of open", "later"} {
			if _, ok := after[name]; !ok || before[name].name != "" {
				t.Errorf("%q: arrived at the new client's host: %v, at the other: %v", name, ok, before[name].name != "")
			}
		}
		if got := after["child of open"]; got.parent != before["open"].id || got.trace != before["open"].trace {
			t.Error("the child of an open span is not in its trace")
		}
		if len(implicit.spans()) != 3 || len(explicit.spans()) != 2 {
			t.Errorf("%d and %d spans, want 3 and 2", len(implicit.spans()), len(explicit.spans()))
		}
		if err := client.Shutdown(t.Context()); err != nil {
			t.Error(err)
		}
		if _, s := otel.Tracer("other").Start(t.Context(), "after both"); s.IsRecording() {
			t.Error("spans are still recorded, for nobody")
		}
	})
	t.Run("also by one that is off", func(t *testing.T) {
		if !alone(t) {
			return
		}
		server := newReceiver(t)
		t.Setenv("TRACEROOT_HOST_URL", server.URL)
		span(t.Context(), "before")
		_, open := traceroot.Start(t.Context(), "open")
		client := traceroot.Initialize(traceroot.WithEnabled(false))
		span(t.Context(), "after")
		open.End()
		if err := client.Shutdown(t.Context()); err != nil {
			t.Error(err)
		}
		if got := server.byName(); len(got) != 2 || got["before"].name == "" || got["open"].name == "" {
			t.Errorf("arrived: %v, want the two of before", got)
		}
		if left := leakedGoroutines(); left != "" {
			t.Errorf("goroutines left behind:\n%s", left)
		}
	})
	t.Run("also for contexts that carry the implicit one", func(t *testing.T) {
		if !alone(t) {
			return
		}
		implicit, explicit := newReceiver(t), newReceiver(t)
		t.Setenv("TRACEROOT_HOST_URL", implicit.URL)
		ctx := traceroot.Default().Context(t.Context())
		client := traceroot.Initialize(traceroot.WithHostURL(explicit.URL), traceroot.WithLogger(quiet))
		span(ctx, "own")
		foreignSpan(ctx, otel.GetTracerProvider(), "foreign")
		if err := client.Shutdown(t.Context()); err != nil {
			t.Error(err)
		}
		if got := explicit.byName(); len(got) != 2 || len(implicit.uploads()) > 0 {
			t.Errorf("arrived: %v at the new client's host, and %d uploads at the other", got, len(implicit.uploads()))
		}
	})
	t.Run("whose losses are told with the new one's", func(t *testing.T) {
		if !alone(t) {
			return
		}
		slog.SetDefault(quiet)
		implicit, explicit := newReceiver(t, answer(400)), newReceiver(t, answer(400))
		t.Setenv("TRACEROOT_HOST_URL", implicit.URL)
		span(t.Context(), "one")
		span(t.Context(), "two")
		traceroot.Initialize(traceroot.WithHostURL(explicit.URL))
		span(t.Context(), "three")
		err := traceroot.Flush(t.Context())
		if unsent, ok := errors.AsType[*traceroot.UnsentError](err); !ok || unsent.Spans != 3 {
			t.Errorf("Flush = %v, want three spans lost", err)
		}
	})
}

// tracedHandler is a log handler that is traced itself.
type tracedHandler struct{ slog.Handler }

func (h tracedHandler) Handle(ctx context.Context, record slog.Record) error {
	traceroot.Default()
	return traceroot.Run(ctx, "log", func(ctx context.Context) error { return h.Handler.Handle(ctx, record) })
}

func TestTracedLogHandler(t *testing.T) {
	if !alone(t) {
		return
	}
	_, book := newLogBook()
	logger := slog.New(tracedHandler{slog.NewTextHandler(book, nil)})
	slog.SetDefault(logger)
	t.Setenv("TRACEROOT_HOST_URL", "http://127.0.0.1:1")
	t.Setenv("TRACEROOT_FLUSH_AT", "few")
	done := make(chan struct{})
	go func() {
		defer close(done)
		span(t.Context(), "implicit")
		traceroot.Initialize(traceroot.WithFlushAt(-1))
		traceroot.Initialize()
	}()
	select {
	case <-done:
	case <-time.After(10 * time.Second):
		t.Fatal("the handler waits for the client, and the client for the handler")
	}
	if len(book.about("level=WARN")) < 3 {
		t.Errorf("logged %q, want the bad variable, the bad option and the second call", book.about(""))
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel() // nobody listens there
	_ = traceroot.Shutdown(ended)
}

func TestInitializeWithCallbacksThatTrace(t *testing.T) {
	if !alone(t) {
		return
	}
	otel.SetTracerProvider(sdktrace.NewTracerProvider()) // which the client joins, and says so
	t.Setenv("OTEL_TRACES_SAMPLER", "bogus")
	logger := slog.New(tracedHandler{slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelDebug})})
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(error) {
		_ = traceroot.Run(t.Context(), "handle", work)
	}))
	initialized := make(chan *traceroot.Client)
	go func() {
		initialized <- traceroot.Initialize(traceroot.WithExporter(tracetest.NewInMemoryExporter()), traceroot.WithLogger(logger),
			traceroot.WithSampler(sdktrace.AlwaysSample()))
	}()
	select {
	case client := <-initialized:
		if !client.Enabled() {
			t.Errorf("the client is off: %v", client.Err())
		}
	case <-time.After(20 * time.Second):
		t.Fatal("Initialize waits for a callback that waits for Initialize")
	}
}
