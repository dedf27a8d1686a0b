package traceroot_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/traceroot-ai/traceroot-go"
)

// initialize is Initialize with an exporter in memory. These tests change what the whole process shares, so none of them
// is parallel.
func initialize(t *testing.T, opts ...traceroot.Option) (*traceroot.Client, *tracetest.InMemoryExporter) {
	t.Helper()
	exporter, transport := tracetest.NewInMemoryExporter(), http.DefaultTransport
	c := traceroot.Initialize(append([]traceroot.Option{traceroot.WithEnabled(true), traceroot.WithExporter(exporter)}, opts...)...)
	t.Cleanup(func() {
		_ = c.Shutdown(t.Context())
		traceroot.SetDefault(nil)
		http.DefaultTransport = transport
	})
	return c, exporter
}

// recorded are the names of the spans that a default client of net/http makes when it asks url.
func recorded(t *testing.T, c *traceroot.Client, exporter *tracetest.InMemoryExporter, url string) []string {
	t.Helper()
	exporter.Reset()
	ask(t.Context(), t, &http.Client{}, url, chatRequest)
	if err := c.Flush(t.Context()); err != nil {
		t.Error(err)
	}
	var names []string
	for _, s := range exporter.GetSpans() {
		names = append(names, s.Name)
	}
	return names
}

// nowhere answers at once, and costs nothing.
var nowhere = roundTripper(func(*http.Request) (*http.Response, error) { return nil, nil })

// BenchmarkOtherRequests is what a request that goes to no model costs beside the same one without the SDK.
func BenchmarkOtherRequests(b *testing.B) {
	req, err := http.NewRequestWithContext(b.Context(), http.MethodPost, "https://shop.example/v1/orders", http.NoBody)
	if err != nil {
		b.Fatal(err)
	}
	before := http.DefaultTransport
	b.Cleanup(func() { http.DefaultTransport = before })
	http.DefaultTransport = nowhere
	c := traceroot.Initialize(traceroot.WithEnabled(true), traceroot.WithExporter(tracetest.NewInMemoryExporter()),
		traceroot.WithIntegrations(traceroot.OpenAI, traceroot.Anthropic, traceroot.GoogleGenAI))
	b.Cleanup(func() { _ = c.Shutdown(context.WithoutCancel(b.Context())); traceroot.SetDefault(nil) })
	for name, transport := range map[string]http.RoundTripper{"bare": nowhere, "wrapped": http.DefaultTransport} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, _ = transport.RoundTrip(req) //nolint:bodyclose // there is none
			}
		})
	}
}

func TestWithIntegrations(t *testing.T) {
	url := answersJSON(t, chatAnswer) + chatPath

	t.Run("integrations-15 not asked, not wrapped", func(t *testing.T) {
		before := http.DefaultTransport
		c, exporter := initialize(t)
		if http.DefaultTransport != before || len(recorded(t, c, exporter, url)) != 0 {
			t.Error("the default transport was wrapped unasked")
		}
	})
	t.Run("integrations-15 wrapped once, undone by Shutdown", func(t *testing.T) {
		before := http.DefaultTransport
		c, exporter := initialize(t, traceroot.WithIntegrations(traceroot.OpenAI, traceroot.Anthropic, traceroot.OpenAI))
		if _, ok := http.DefaultTransport.(interface{ Clone() *http.Transport }); ok {
			t.Error("the wrapper can be cloned past")
		}
		if names := recorded(t, c, exporter, url); len(names) != 1 || names[0] != "chat gpt-4o" {
			t.Errorf("recorded %q", names)
		}
		if err := c.Shutdown(t.Context()); err != nil {
			t.Error(err)
		}
		if http.DefaultTransport != before {
			t.Error("the wrapper is still there")
		}
	})
	t.Run("integrations-15 transparent where it cannot be undone", func(t *testing.T) {
		first, _ := initialize(t, traceroot.WithIntegrations(traceroot.OpenAI))
		buried := http.DefaultTransport
		http.DefaultTransport = roundTripper(func(req *http.Request) (*http.Response, error) { return buried.RoundTrip(req) })
		if err := first.Shutdown(t.Context()); err != nil {
			t.Error(err)
		}
		second, exporter := initialize(t)
		if names := recorded(t, second, exporter, url); len(names) != 0 {
			t.Errorf("recorded %q after Shutdown", names)
		}
	})
	t.Run("integrations-13 what goes elsewhere costs no allocation", func(t *testing.T) {
		before := http.DefaultTransport
		t.Cleanup(func() { http.DefaultTransport = before })
		http.DefaultTransport = nowhere
		initialize(t, traceroot.WithIntegrations(traceroot.OpenAI, traceroot.Anthropic, traceroot.GoogleGenAI))
		for _, path := range []string{"/v1/orders", "/api/chat-room", "/"} {
			req := newRequest(t.Context(), t, "https://shop.example"+path, "{}")
			if n := testing.AllocsPerRun(100, func() { _, _ = http.DefaultTransport.RoundTrip(req) }); n > 0 { //nolint:bodyclose // there is none
				t.Errorf("%s: %v allocations", path, n)
			}
		}
	})
	t.Run("only the protocols asked for", func(t *testing.T) {
		c, exporter := initialize(t, traceroot.WithIntegrations(traceroot.Anthropic))
		if names := recorded(t, c, exporter, url); len(names) != 0 {
			t.Errorf("recorded %q", names)
		}
	})
	t.Run("New installs none", func(t *testing.T) {
		before := http.DefaultTransport
		c := traceroot.New(traceroot.WithExporter(tracetest.NewInMemoryExporter()), traceroot.WithIntegrations(traceroot.OpenAI))
		if http.DefaultTransport != before {
			t.Error("the default transport was wrapped")
		}
		_ = c.Shutdown(t.Context())
	})
	t.Run("what is missing is warned about", func(t *testing.T) {
		var log bytes.Buffer
		initialize(t, traceroot.WithIntegrations(traceroot.LangChain, "nonsense"),
			traceroot.WithLogger(slog.New(slog.NewTextHandler(&log, nil))))
		for _, want := range []string{"integrations/tracelangchaingo", "nonsense"} {
			if !strings.Contains(log.String(), want) {
				t.Errorf("no word about %s in\n%s", want, log.String())
			}
		}
	})
	t.Run("registered ones are installed and restored", func(t *testing.T) {
		var calls []string
		traceroot.RegisterIntegration("mine", func(*traceroot.Client) (func(), error) {
			calls = append(calls, "install")
			return func() { calls = append(calls, "restore") }, nil
		})
		traceroot.RegisterIntegration("broken", func(*traceroot.Client) (func(), error) { return nil, errors.New("no luck") })
		c, _ := initialize(t, traceroot.WithIntegrations("broken", "mine", "mine"), traceroot.WithLogger(slog.New(slog.DiscardHandler)))
		_ = c.Shutdown(t.Context())
		if got := strings.Join(calls, " "); got != "install restore" {
			t.Errorf("called %s", got)
		}
	})
}
