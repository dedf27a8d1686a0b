package traceroot_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"

	"github.com/traceroot-ai/traceroot-go"
	"github.com/traceroot-ai/traceroot-go/attr"
)

// foreignSpan is a span of instrumentation that knows nothing of us.
func foreignSpan(ctx context.Context, provider trace.TracerProvider, name string) {
	_, s := provider.Tracer("other").Start(ctx, name)
	s.End()
}

// host is a program with an OpenTelemetry set-up of its own, and a client that Initialize made in it.
type host struct {
	*sdktrace.TracerProvider

	exporter *tracetest.InMemoryExporter
	server   *receiver
	client   *traceroot.Client
	book     *logBook
}

func newHost(t *testing.T) *host {
	t.Helper()
	h := &host{exporter: tracetest.NewInMemoryExporter(), server: newReceiver(t)}
	h.TracerProvider = sdktrace.NewTracerProvider(sdktrace.WithSyncer(h.exporter),
		sdktrace.WithResource(resource.NewSchemaless(attribute.String("service.name", "host"))))
	otel.SetTracerProvider(h.TracerProvider)
	h.initialize()
	return h
}

func (h *host) initialize() {
	logger, book := newLogBook()
	h.book = book
	h.client = traceroot.Initialize(traceroot.WithHostURL(h.server.URL), traceroot.WithLogger(logger))
}

func TestInitializeJoinsTheProcessProvider(t *testing.T) {
	t.Run("lifecycle-14 without replacing it", func(t *testing.T) {
		if !alone(t) {
			return
		}
		propagator := otel.GetTextMapPropagator()
		h := newHost(t)
		if otel.GetTracerProvider() != trace.TracerProvider(h.TracerProvider) || otel.GetTextMapPropagator() != propagator {
			t.Error("the provider or the propagator was replaced")
		}
		if h.client.TracerProvider() != trace.TracerProvider(h.TracerProvider) {
			t.Error("the client has another provider")
		}
		foreignSpan(t.Context(), otel.GetTracerProvider(), "foreign")
		span(t.Context(), "own")
		if err := h.client.Flush(t.Context()); err != nil {
			t.Error(err)
		}
		spans := h.server.byName()
		for _, name := range []string{"foreign", "own"} {
			s, arrived := spans[name]
			if !arrived || s.attributes[attr.SDKName] != "traceroot-go" || s.resource["service.name"] != "host" {
				t.Errorf("%q arrived: %v, with %v of %v", name, arrived, s.attributes, s.resource)
			}
		}
		if got := len(h.exporter.GetSpans()); got != 2 {
			t.Errorf("the host's exporter got %d spans, want 2", got)
		}
		if lines := h.book.about("level=WARN"); lines != nil {
			t.Errorf("logged %q, want no warning", lines)
		}
	})
	t.Run("spans that were open arrive, with the common attributes", func(t *testing.T) {
		if !alone(t) {
			return
		}
		h := newHost(t)
		_ = h.client.Shutdown(t.Context())
		_, open := h.Tracer("other").Start(t.Context(), "open")
		h.initialize()
		open.End()
		if err := h.client.Flush(t.Context()); err != nil {
			t.Error(err)
		}
		if got := h.server.byName()["open"].attributes; got[attr.SDKName] != "traceroot-go" || got[attr.GitRepo] != "acme/shop" {
			t.Errorf("arrived with %v", got)
		}
		if s := h.client.Stats(); s.Started != 1 || s.Ended != 1 || s.Exported != 1 {
			t.Errorf("stats %+v", s)
		}
	})
	t.Run("the host's flush is ours", func(t *testing.T) {
		if !alone(t) {
			return
		}
		h := newHost(t)
		span(t.Context(), "work")
		if err := h.ForceFlush(t.Context()); err != nil || h.server.byName()["work"].name == "" {
			t.Errorf("ForceFlush = %v, arrived: %v", err, h.server.byName())
		}
	})
	t.Run("lifecycle-15 Shutdown leaves it working", func(t *testing.T) {
		if !alone(t) {
			return
		}
		h := newHost(t)
		if err := h.client.Shutdown(t.Context()); err != nil {
			t.Error(err)
		}
		foreignSpan(t.Context(), otel.GetTracerProvider(), "later")
		if err := h.ForceFlush(t.Context()); err != nil {
			t.Errorf("the host's flush fails: %v", err)
		}
		later := h.exporter.GetSpans()
		if len(later) != 1 {
			t.Fatalf("the host's exporter got %d spans, want 1", len(later))
		}
		for _, kv := range later[0].Attributes {
			if strings.HasPrefix(string(kv.Key), "traceroot.") {
				t.Errorf("a later span has %s", kv.Key)
			}
		}
		if got := len(h.server.uploads()); got > 0 {
			t.Errorf("%d uploads after Shutdown", got)
		}
		if left := leakedGoroutines(); left != "" {
			t.Errorf("goroutines left behind:\n%s", left)
		}
	})
	t.Run("the host's shutdown is ours", func(t *testing.T) {
		if !alone(t) {
			return
		}
		h := newHost(t)
		foreignSpan(t.Context(), h, "last")
		if err := h.Shutdown(t.Context()); err != nil {
			t.Error(err)
		}
		if h.server.byName()["last"].name == "" || h.client.Enabled() {
			t.Error("what was waiting did not arrive, or the client is still on")
		}
		if left := leakedGoroutines(); left != "" {
			t.Errorf("goroutines left behind:\n%s", left)
		}
		span(t.Context(), "plain call")
		if err := h.client.Shutdown(t.Context()); err != nil {
			t.Error(err)
		}
	})
	t.Run("but not when that was shut down", func(t *testing.T) {
		if !alone(t) {
			return
		}
		h := newHost(t)
		_ = h.Shutdown(t.Context())
		h.initialize()
		span(t.Context(), "own")
		foreignSpan(t.Context(), otel.GetTracerProvider(), "foreign")
		if err := h.client.Shutdown(t.Context()); err != nil {
			t.Error(err)
		}
		if got := h.server.byName(); got["own"].name == "" || got["foreign"].name == "" {
			t.Errorf("arrived: %v, want both spans", got)
		}
	})
}

func TestInitializeRegistersAProvider(t *testing.T) {
	t.Run("and the W3C propagator where there is none", func(t *testing.T) {
		if !alone(t) {
			return
		}
		server := newReceiver(t)
		client := traceroot.Initialize(traceroot.WithHostURL(server.URL), traceroot.WithLogger(quiet))
		_ = traceroot.Run(t.Context(), "own", func(ctx context.Context) error {
			foreignSpan(ctx, otel.GetTracerProvider(), "foreign")
			carrier := propagation.MapCarrier{}
			otel.GetTextMapPropagator().Inject(ctx, carrier)
			if !strings.Contains(carrier["traceparent"], traceroot.TraceID(ctx)) {
				t.Errorf("the global propagator writes %v, want the trace", carrier)
			}
			return nil
		})
		if err := client.Shutdown(t.Context()); err != nil {
			t.Error(err)
		}
		spans := server.byName()
		if spans["foreign"].parent != spans["own"].id || spans["foreign"].trace != spans["own"].trace {
			t.Error("the foreign span is not in the trace")
		}
	})
	t.Run("and leaves a propagator of the program", func(t *testing.T) {
		if !alone(t) {
			return
		}
		otel.SetTextMapPropagator(propagation.Baggage{})
		traceroot.Initialize(traceroot.WithHostURL("http://127.0.0.1:1"), traceroot.WithLogger(quiet))
		if _, kept := otel.GetTextMapPropagator().(propagation.Baggage); !kept {
			t.Error("the propagator was replaced")
		}
	})
	t.Run("that the program may shut down", func(t *testing.T) {
		if !alone(t) {
			return
		}
		server := newReceiver(t)
		for _, name := range []string{"first", "second"} {
			client := traceroot.Initialize(traceroot.WithHostURL(server.URL), traceroot.WithLogger(quiet))
			foreignSpan(t.Context(), otel.GetTracerProvider(), name)
			provider, _ := otel.GetTracerProvider().(*sdktrace.TracerProvider)
			if err := provider.Shutdown(t.Context()); err != nil {
				t.Error(err)
			}
			if server.byName()[name].name == "" || client.Enabled() {
				t.Errorf("%s: arrived: %v, still on: %v", name, server.byName()[name].name != "", client.Enabled())
			}
		}
	})
}

// foreignProvider is a global provider of another kind.
type foreignProvider struct{ noop.TracerProvider }

func TestForeignGlobalProvider(t *testing.T) {
	if !alone(t) {
		return
	}
	global := &foreignProvider{}
	otel.SetTracerProvider(global)
	logger, book := newLogBook()
	server := newReceiver(t)
	client := traceroot.Initialize(traceroot.WithHostURL(server.URL), traceroot.WithLogger(logger))
	span(t.Context(), "own")
	foreignSpan(t.Context(), client.TracerProvider(), "by the client's provider")
	if err := client.Shutdown(t.Context()); err != nil {
		t.Error(err)
	}
	if otel.GetTracerProvider() != trace.TracerProvider(global) {
		t.Error("the provider was replaced")
	}
	if lines := book.about("level=WARN"); len(lines) != 1 || !strings.Contains(lines[0], "foreignProvider") {
		t.Errorf("logged %q, want one warning that names the provider", lines)
	}
	if got := server.byName(); got["own"].name == "" || got["by the client's provider"].name == "" {
		t.Errorf("arrived: %v, want both spans", got)
	}
}

func TestWithTracerProvider(t *testing.T) {
	t.Parallel()
	t.Run("its sampler and resource rule", func(t *testing.T) {
		t.Parallel()
		logger, book := newLogBook()
		server := newReceiver(t)
		host := sdktrace.NewTracerProvider(sdktrace.WithSampler(sdktrace.NeverSample()))
		client := traceroot.New(traceroot.WithTracerProvider(host), traceroot.WithHostURL(server.URL), traceroot.WithAPIKey("k"),
			traceroot.WithSampler(sdktrace.AlwaysSample()), traceroot.WithLogger(logger))
		span(client.Context(t.Context()), "not sampled")
		if err := client.Shutdown(t.Context()); err != nil || len(server.spans()) > 0 {
			t.Errorf("Shutdown = %v, %d spans arrived, want none", err, len(server.spans()))
		}
		if lines := book.about("WithSampler"); len(lines) != 1 || !strings.Contains(lines[0], "level=WARN") {
			t.Errorf("logged %q, want one warning that WithSampler is ignored", lines)
		}
	})
	t.Run("two clients on it get the spans of their own contexts", func(t *testing.T) {
		t.Parallel()
		host := sdktrace.NewTracerProvider()
		servers := []*receiver{newReceiver(t), newReceiver(t)}
		var clients []*traceroot.Client
		for i, server := range servers {
			clients = append(clients, traceroot.New(traceroot.WithTracerProvider(host), traceroot.WithHostURL(server.URL),
				traceroot.WithEnvironment(fmt.Sprint("env", i)), traceroot.WithLogger(quiet)))
		}
		for i, client := range clients {
			ctx := client.Context(t.Context())
			span(ctx, fmt.Sprint("own", i))
			foreignSpan(ctx, host, fmt.Sprint("foreign", i))
		}
		for i, client := range clients {
			if err := client.Shutdown(t.Context()); err != nil {
				t.Error(err)
			}
			got := servers[i].byName()
			for _, name := range []string{fmt.Sprint("own", i), fmt.Sprint("foreign", i)} {
				if s := got[name]; s.attributes[attr.Environment] != fmt.Sprint("env", i) {
					t.Errorf("client %d: %q has %v", i, name, s.attributes)
				}
			}
			if len(got) != 2 {
				t.Errorf("client %d got %v, want its own two spans", i, got)
			}
		}
	})
	t.Run("one that was shut down gives a warning and plain calls", func(t *testing.T) {
		t.Parallel()
		logger, book := newLogBook()
		host := sdktrace.NewTracerProvider()
		_ = host.Shutdown(t.Context())
		client := traceroot.New(traceroot.WithTracerProvider(host), traceroot.WithAPIKey("k"), traceroot.WithLogger(logger))
		for way, ran := range runEveryWay(client.Context(t.Context())) {
			if ran != 1 {
				t.Errorf("%s ran %d times, want 1", way, ran)
			}
		}
		if err := client.Shutdown(t.Context()); err != nil || len(book.about("shut down")) != 1 {
			t.Errorf("Shutdown = %v, logged %q", err, book.about(""))
		}
	})
	t.Run("output and usage survive its limit of attributes", func(t *testing.T) {
		t.Parallel()
		limits := sdktrace.NewSpanLimits()
		limits.AttributeCountLimit = 12
		host := sdktrace.NewTracerProvider(sdktrace.WithRawSpanLimits(limits))
		got := sentTo(t, func(ctx context.Context) {
			_, _ = traceroot.Do(ctx, "work", func(ctx context.Context) (string, error) {
				for i := range 20 {
					trace.SpanFromContext(ctx).SetAttributes(attribute.Int(fmt.Sprint("k", i), i))
				}
				traceroot.UpdateCurrentSpan(ctx, traceroot.SpanUpdate{Model: "m", Usage: traceroot.Usage{InputTokens: 7}})
				return "out", nil
			})
		}, traceroot.WithTracerProvider(host))["work"].attributes
		want := map[string]any{attr.SpanOutput: "out", attr.LLMModel: "m", attr.LLMUsage: `{"input_tokens":7}`}
		for key, value := range want {
			if got[key] != value {
				t.Errorf("%s = %v, want %v", key, got[key], value)
			}
		}
	})
}

func TestConcurrentShutdownOfClientAndProvider(t *testing.T) {
	t.Parallel()
	for range 200 {
		host := sdktrace.NewTracerProvider()
		client := traceroot.New(traceroot.WithTracerProvider(host), traceroot.WithExporter(tracetest.NewInMemoryExporter()),
			traceroot.WithLogger(quiet))
		var both sync.WaitGroup
		both.Go(func() { _ = client.Shutdown(t.Context()) })
		both.Go(func() { _ = host.Shutdown(t.Context()) })
		both.Wait()
		if client.Enabled() {
			t.Fatal("the client is still on")
		}
	}
}
