package traceroot_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"testing"
	"time"

	"go.opentelemetry.io/otel"

	"github.com/traceroot-ai/traceroot-go"
)

func TestDisabledClient(t *testing.T) {
	t.Run("lifecycle-16 starts no goroutine and opens no connection", func(t *testing.T) {
		environment(t)
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = listener.Close() }()
		client := traceroot.Initialize(traceroot.WithEnabled(false), traceroot.WithHostURL("http://"+listener.Addr().String()),
			traceroot.WithAPIKey("tr-key"), traceroot.WithLogger(quiet))
		span(client.Context(t.Context()), "work")
		if err := errors.Join(client.Flush(t.Context()), client.Shutdown(t.Context())); err != nil {
			t.Error(err)
		}
		if left := leakedGoroutines(); left != "" {
			t.Errorf("goroutines were started:\n%s", left)
		}
		tcp, _ := listener.(*net.TCPListener)
		_ = tcp.SetDeadline(time.Now().Add(10 * time.Millisecond))
		if conn, err := tcp.Accept(); err == nil {
			_ = conn.Close()
			t.Error("a connection was opened")
		}
	})
	t.Run("observe-39 runs calls and sends nothing", func(t *testing.T) {
		environment(t)
		server := newReceiver(t)
		client := traceroot.Initialize(traceroot.WithEnabled(false), traceroot.WithHostURL(server.URL), traceroot.WithLogger(quiet))
		for way, ran := range runEveryWay(t.Context()) {
			if ran != 1 {
				t.Errorf("%s ran %d times, want 1", way, ran)
			}
		}
		_ = client.Shutdown(t.Context())
		if len(server.uploads()) > 0 {
			t.Error("something was sent")
		}
	})
	t.Run("answers every method", func(t *testing.T) {
		for name, client := range map[string]*traceroot.Client{
			"disabled": traceroot.New(traceroot.WithEnabled(false)), "nil": nil,
		} {
			if client.Enabled() || !errors.Is(client.Err(), traceroot.ErrDisabled) {
				t.Errorf("%s: Enabled() = %v, Err() = %v", name, client.Enabled(), client.Err())
			}
			ctx := client.Context(nil) //nolint:staticcheck // a nil context counts as Background
			_, s := client.TracerProvider().Tracer("other").Start(ctx, "foreign")
			if ctx == nil || s.IsRecording() || client.Stats() != (traceroot.Stats{}) {
				t.Errorf("%s: context %v, recording %v, stats %+v", name, ctx, s.IsRecording(), client.Stats())
			}
			if err := errors.Join(client.Flush(ctx), client.Shutdown(ctx), client.Shutdown(ctx)); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

func TestSetDefault(t *testing.T) {
	environment(t)
	first, second := newReceiver(t), newReceiver(t)
	a := traceroot.New(traceroot.WithHostURL(first.URL), traceroot.WithLogger(quiet))
	b := traceroot.New(traceroot.WithHostURL(second.URL), traceroot.WithLogger(quiet))
	for _, c := range []struct {
		client *traceroot.Client
		name   string
	}{{a, "to a"}, {b, "to b"}, {nil, "to nobody"}, {a, "to a again"}} {
		traceroot.SetDefault(c.client)
		if got := traceroot.Default(); c.client != nil && got != c.client || c.client == nil && got.Enabled() {
			t.Errorf("%s: Default() is another", c.name)
		}
		span(t.Context(), c.name)
	}
	span(b.Context(t.Context()), "to b, which keeps running")
	if err := errors.Join(a.Shutdown(t.Context()), b.Shutdown(t.Context())); err != nil {
		t.Error(err)
	}
	toA, toB := first.byName(), second.byName()
	if len(toA) != 2 || toA["to a"].name == "" || toA["to a again"].name == "" {
		t.Errorf("a got %v", toA)
	}
	if len(toB) != 2 || toB["to b"].name == "" || toB["to b, which keeps running"].name == "" {
		t.Errorf("b got %v", toB)
	}
}

func TestClientsOfContexts(t *testing.T) {
	t.Parallel()
	servers := make([]*receiver, 4)
	clients := make([]*traceroot.Client, len(servers))
	for i := range servers {
		servers[i] = newReceiver(t)
		clients[i] = traceroot.New(traceroot.WithHostURL(servers[i].URL), traceroot.WithAPIKey("k"), traceroot.WithLogger(quiet))
	}
	tenants := []string{"ann", "bob", "cid", "dan"}
	observed := traceroot.Observe(func(ctx context.Context, user string) (string, error) {
		span(ctx, "inner of "+user)
		return user, nil
	}, traceroot.Name("outer"))
	_ = inParallel(len(servers)*25, func(i int) {
		i %= len(servers)
		_, _ = observed(clients[i].Context(t.Context()), tenants[i])
	})
	for i, client := range clients {
		if err := client.Shutdown(t.Context()); err != nil {
			t.Error(err)
		}
		spans := servers[i].spans()
		for _, s := range spans {
			if s.name != "outer" && s.name != "inner of "+tenants[i] || s.name == "outer" && s.attributes["traceroot.span.input"] != tenants[i] {
				t.Errorf("client of %s got %s of %v", tenants[i], s.name, s.attributes["traceroot.span.input"])
			}
		}
		if len(spans) != 50 {
			t.Errorf("client of %s got %d spans, want 50", tenants[i], len(spans))
		}
	}
}

func TestNewTouchesNothingGlobal(t *testing.T) {
	if !alone(t) {
		return
	}
	provider, propagator, transport := otel.GetTracerProvider(), otel.GetTextMapPropagator(), http.DefaultTransport
	server := newReceiver(t)
	client := traceroot.New(traceroot.WithHostURL(server.URL), traceroot.WithIntegrations(traceroot.OpenAI))
	span(t.Context(), "not the default's")
	_, foreign := otel.Tracer("other").Start(t.Context(), "foreign")
	if foreign.SpanContext().IsValid() || otel.GetTracerProvider() != provider || otel.GetTextMapPropagator() != propagator {
		t.Error("OpenTelemetry's globals were changed")
	}
	if http.DefaultTransport != transport {
		t.Error("the default transport was wrapped")
	}
	if traceroot.Default() == client {
		t.Error("the client is the default")
	}
	if err := client.Shutdown(t.Context()); err != nil || len(server.uploads()) > 0 {
		t.Errorf("Shutdown = %v with %d uploads, want none", err, len(server.uploads()))
	}
}
