package traceroot_test

import (
	"errors"
	"strings"
	"testing"

	"go.opentelemetry.io/otel"

	"github.com/traceroot-ai/traceroot-go"
)

func TestWithoutKey(t *testing.T) {
	for name, start := range map[string]func(...traceroot.Option) *traceroot.Client{
		"Initialize": traceroot.Initialize, "New": traceroot.New,
	} {
		t.Run("lifecycle-01 one warning from "+name, func(t *testing.T) {
			environment(t)
			logger, book := newLogBook()
			client := start(traceroot.WithLogger(logger))
			if client.Enabled() || !errors.Is(client.Err(), traceroot.ErrNoAPIKey) {
				t.Errorf("Enabled() = %v, Err() = %v, want off for want of a key", client.Enabled(), client.Err())
			}
			span(client.Context(t.Context()), "work")
			lines := book.about("")
			if len(lines) != 1 || !strings.Contains(lines[0], "level=WARN") || !strings.Contains(lines[0], "TRACEROOT_API_KEY") {
				t.Errorf("logged %q, want one warning that names TRACEROOT_API_KEY", lines)
			}
		})
		for how, option := range map[string]traceroot.Option{
			"by an option": traceroot.WithEnabled(false), "by a variable": nil,
		} {
			t.Run("lifecycle-02 no warning when disabled "+how+" of "+name, func(t *testing.T) {
				environment(t)
				if option == nil {
					t.Setenv("TRACEROOT_ENABLED", "false")
				}
				logger, book := newLogBook()
				client := start(traceroot.WithLogger(logger), option)
				if client.Enabled() || !errors.Is(client.Err(), traceroot.ErrDisabled) {
					t.Errorf("Enabled() = %v, Err() = %v, want off as asked for", client.Enabled(), client.Err())
				}
				if lines := book.about(""); lines != nil {
					t.Errorf("logged %q, want nothing", lines)
				}
			})
		}
	}
}

func TestSecondInitialize(t *testing.T) {
	environment(t)
	logger, book := newLogBook()
	server, other := newReceiver(t), newReceiver(t)
	first := traceroot.Initialize(traceroot.WithHostURL(server.URL), traceroot.WithEnvironment("first"), traceroot.WithLogger(quiet))
	second := traceroot.Initialize(traceroot.WithHostURL(other.URL), traceroot.WithEnvironment("second"), traceroot.WithLogger(logger))

	t.Run("lifecycle-03 returns the first client and changes nothing", func(t *testing.T) {
		span(t.Context(), "work")
		if err := traceroot.Flush(t.Context()); err != nil {
			t.Error(err)
		}
		if second != first || traceroot.Default() != first {
			t.Error("there are two clients")
		}
		if got := server.byName()["work"].attributes["traceroot.environment"]; got != "first" || len(other.uploads()) > 0 {
			t.Errorf("environment %v and %d uploads to the second host", got, len(other.uploads()))
		}
	})
	t.Run("lifecycle-04 logs a warning", func(t *testing.T) {
		if lines := book.about("level=WARN"); len(lines) != 1 || !strings.Contains(lines[0], "already initialized") {
			t.Errorf("logged %q, want one warning", lines)
		}
	})
	t.Run("of a client that is off, too", func(t *testing.T) {
		environment(t)
		_ = traceroot.Shutdown(t.Context())
		off := traceroot.Initialize(traceroot.WithEnabled(false), traceroot.WithLogger(quiet))
		if again := traceroot.Initialize(traceroot.WithHostURL(server.URL), traceroot.WithLogger(quiet)); again != off {
			t.Error("there are two clients")
		}
	})
}

func TestConcurrentStart(t *testing.T) {
	distinct := func(start func() *traceroot.Client) int {
		clients := make([]*traceroot.Client, 32)
		_ = inParallel(len(clients), func(i int) { clients[i] = start() })
		different := map[*traceroot.Client]bool{}
		for _, c := range clients {
			different[c] = true
		}
		return len(different)
	}
	t.Run("lifecycle-05 of Initialize makes one client", func(t *testing.T) {
		environment(t)
		if n := distinct(func() *traceroot.Client {
			return traceroot.Initialize(traceroot.WithAPIKey("k"), traceroot.WithLogger(quiet))
		}); n != 1 {
			t.Errorf("%d clients, want 1", n)
		}
	})
	t.Run("lifecycle-06 of Default makes one client", func(t *testing.T) {
		if !alone(t) {
			return
		}
		t.Setenv("TRACEROOT_API_KEY", "tr-key")
		if n := distinct(traceroot.Default); n != 1 {
			t.Errorf("%d clients, want 1", n)
		}
	})
	t.Run("of observed calls makes one client", func(t *testing.T) {
		if !alone(t) {
			return
		}
		server := newReceiver(t)
		t.Setenv("TRACEROOT_HOST_URL", server.URL)
		_ = inParallel(32, func(int) { span(t.Context(), "work") })
		if err := traceroot.Shutdown(t.Context()); err != nil {
			t.Error(err)
		}
		if n := len(server.spans()); n != 32 {
			t.Errorf("%d spans arrived, want 32", n)
		}
	})
}

func TestFlush(t *testing.T) {
	t.Run("lifecycle-09 sends all ended spans before it returns", func(t *testing.T) {
		environment(t)
		server := newReceiver(t)
		traceroot.Initialize(traceroot.WithHostURL(server.URL), traceroot.WithFlushAt(10), traceroot.WithLogger(quiet))
		for range 105 {
			span(t.Context(), "work")
		}
		_, open := traceroot.Start(t.Context(), "open")
		if err := traceroot.Flush(t.Context()); err != nil {
			t.Error(err)
		}
		open.End()
		if got := len(server.spans()); got != 105 {
			t.Errorf("%d spans arrived, want the 105 that ended", got)
		}
		if err := traceroot.Shutdown(t.Context()); err != nil {
			t.Error(err)
		}
	})
	t.Run("a nil context will do", func(t *testing.T) {
		environment(t)
		server := newReceiver(t)
		traceroot.Initialize(traceroot.WithHostURL(server.URL), traceroot.WithLogger(quiet))
		span(nil, "work")                            //nolint:staticcheck // a nil context counts as Background
		if err := traceroot.Flush(nil); err != nil { //nolint:staticcheck // likewise
			t.Error(err)
		}
		if err := traceroot.Shutdown(nil); err != nil { //nolint:staticcheck // likewise
			t.Error(err)
		}
		if len(server.spans()) != 1 {
			t.Errorf("%d spans arrived, want 1", len(server.spans()))
		}
	})
}

func TestShutdown(t *testing.T) {
	t.Run("lifecycle-10 flushes and stops background work", func(t *testing.T) {
		environment(t)
		server := newReceiver(t)
		traceroot.Initialize(traceroot.WithHostURL(server.URL), traceroot.WithLogger(quiet))
		span(t.Context(), "work")
		if err := traceroot.Shutdown(t.Context()); err != nil {
			t.Error(err)
		}
		if len(server.spans()) != 1 {
			t.Errorf("%d spans arrived, want 1", len(server.spans()))
		}
		if left := leakedGoroutines(); left != "" {
			t.Errorf("goroutines left behind:\n%s", left)
		}
	})
	t.Run("lifecycle-11 twice is harmless", func(t *testing.T) {
		environment(t)
		server := newReceiver(t, answer(400))
		client := traceroot.Initialize(traceroot.WithHostURL(server.URL), traceroot.WithLogger(quiet))
		span(t.Context(), "work")
		if err := client.Shutdown(t.Context()); err == nil {
			t.Error("the first Shutdown does not tell of the loss")
		}
		again := []error{client.Shutdown(t.Context()), traceroot.Shutdown(t.Context()), client.Flush(t.Context())}
		if err := errors.Join(again...); err != nil {
			t.Errorf("later calls return %v, want nil", err)
		}
	})
	t.Run("lifecycle-11 at once is harmless, and each call waits for the end", func(t *testing.T) {
		environment(t)
		server := newReceiver(t)
		client := traceroot.New(traceroot.WithHostURL(server.URL), traceroot.WithLogger(quiet))
		span(client.Context(t.Context()), "work")
		_ = inParallel(8, func(int) {
			if err := client.Shutdown(t.Context()); err != nil {
				t.Error(err)
			}
			if len(server.spans()) != 1 {
				t.Error("a call returned before the span had arrived")
			}
		})
	})
	t.Run("lifecycle-17 spans started later are not sent and do not fail", func(t *testing.T) {
		environment(t)
		server := newReceiver(t)
		client := traceroot.Initialize(traceroot.WithHostURL(server.URL), traceroot.WithLogger(quiet))
		tracer := client.TracerProvider().Tracer("other")
		ctx, open := traceroot.Start(client.Context(t.Context()), "open")
		if err := client.Shutdown(t.Context()); err != nil {
			t.Error(err)
		}
		for way, ran := range runEveryWay(ctx) {
			if ran != 1 {
				t.Errorf("%s ran %d times, want 1", way, ran)
			}
		}
		_, foreign := tracer.Start(ctx, "foreign")
		foreign.End()
		open.Update(traceroot.SpanUpdate{Output: "late"})
		open.End()
		traceroot.UpdateCurrentTrace(ctx, traceroot.Attributes{UserID: "late"})
		if got := traceroot.UsingAttributes(ctx, traceroot.Attributes{UserID: "u"}); got != ctx {
			t.Error("UsingAttributes makes a new context")
		}
		_, gone := client.TracerProvider().Tracer("other").Start(ctx, "foreign")
		if gone.IsRecording() || client.Enabled() || !errors.Is(client.Err(), traceroot.ErrDisabled) {
			t.Errorf("recording: %v, Enabled() = %v, Err() = %v", gone.IsRecording(), client.Enabled(), client.Err())
		}
		if uploads := server.uploads(); len(uploads) > 0 {
			t.Errorf("%d uploads, want none", len(uploads))
		}
	})
}

func TestInitializeAfterShutdown(t *testing.T) {
	t.Run("lifecycle-12 makes a working client, of which nothing is left of the first", func(t *testing.T) {
		if !alone(t) {
			return
		}
		logger, book := newLogBook()
		early := otel.Tracer("early") // bound to the first provider for good
		foreign := func() { _, s := early.Start(t.Context(), "foreign"); s.End() }
		for _, service := range []string{"first", "second", "third"} {
			server := newReceiver(t)
			client := traceroot.Initialize(traceroot.WithHostURL(server.URL), traceroot.WithServiceName(service),
				traceroot.WithEnvironment(service), traceroot.WithLogger(logger))
			span(t.Context(), "own")
			foreign()
			if err := client.Shutdown(t.Context()); err != nil {
				t.Error(err)
			}
			span(t.Context(), "between")
			foreign()
			if _, s := early.Start(t.Context(), "between"); s.IsRecording() {
				t.Error("spans are recorded while there is no client")
			}
			spans := server.byName()
			for _, name := range []string{"own", "foreign"} {
				s := spans[name]
				if s.resource["service.name"] != service || s.attributes["traceroot.environment"] != service {
					t.Errorf("%s span: %v, %v, want service and environment %s", name, s.resource, s.attributes, service)
				}
			}
			if n := len(server.spans()); n != 2 {
				t.Errorf("%s: %d spans arrived, want 2", service, n)
			}
		}
		if lines := book.about("already"); lines != nil {
			t.Errorf("logged %q, want nothing", lines)
		}
	})
}
