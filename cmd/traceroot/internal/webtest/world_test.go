package webtest_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/traceroot-ai/traceroot-go"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/demo"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/server"
)

// world is a server, and what is in it.
type world struct {
	server *server.Server
	config server.Config
	url    string

	failed string // trace of the agent that came to grief over a postal code
	late   string // trace of an agent that failed after all others
}

// empty starts a server with nothing in it, for one test.
func empty(t *testing.T) *world {
	t.Helper()
	needBrowser(t)
	s, err := start(t.Context(), server.Config{Data: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.stop(t) })
	return s
}

func start(ctx context.Context, config server.Config) (*world, error) {
	if config.Addr == "" {
		config.Addr = "127.0.0.1:0"
	}
	config.GRPCAddr = "off"
	started, err := server.Start(ctx, config)
	if err != nil {
		return nil, err
	}
	return &world{server: started, config: config, url: started.URL()}, nil
}

func (s *world) stop(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), patience)
	defer cancel()
	if err := s.server.Close(ctx); err != nil {
		t.Error(err)
	}
}

// startAgain starts the server that was stopped, at the same address.
func (s *world) startAgain(t *testing.T) {
	t.Helper()
	s.config.Addr = strings.TrimPrefix(s.url, "http://")
	if _, _, err := net.SplitHostPort(s.config.Addr); err != nil {
		t.Fatal(err)
	}
	again, err := start(t.Context(), s.config)
	if err != nil {
		t.Fatal(err)
	}
	s.server = again.server
}

// sdk is a client of the real SDK that sends here, until the test ends.
func (s *world) sdk(t *testing.T) *traceroot.Client {
	t.Helper()
	client := newClient(s.url, "dev")
	t.Cleanup(func() { _ = client.Shutdown(context.WithoutCancel(t.Context())) })
	return client
}

func newClient(url, environment string) *traceroot.Client {
	return traceroot.New(
		traceroot.WithHostURL(url), traceroot.WithEnabled(true), traceroot.WithEnvironment(environment),
		traceroot.WithServiceName("bike-shop"), traceroot.WithLogger(slog.New(slog.DiscardHandler)),
	)
}

// closeDemo stops the server of the demo, if it was started.
var closeDemo = func() {}

// demonstration is a server that the demo has filled, for all tests that only read.
func demonstration(t *testing.T) *world {
	t.Helper()
	needBrowser(t)
	s, err := demoWorld()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

var demoWorld = sync.OnceValues(func() (*world, error) {
	data, err := os.MkdirTemp("", "webtest")
	if err != nil {
		return nil, err
	}
	ctx := context.Background()
	s, err := start(ctx, server.Config{Data: data})
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(data))
	}
	closeDemo = func() {
		_ = s.server.Close(ctx)
		_ = os.RemoveAll(data)
	}
	filling, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	return s, s.fill(filling)
})

// fill plays the demo, and then a run that fails just now.
func (s *world) fill(ctx context.Context) (err error) {
	dev, ci := newClient(s.url, "dev"), newClient(s.url, "ci")
	defer func() {
		err = errors.Join(err, dev.Shutdown(context.WithoutCancel(ctx)), ci.Shutdown(context.WithoutCancel(ctx)))
	}()
	show, err := demo.Open(ctx, demo.Options{Client: dev, CI: ci, Pace: 0.1})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, show.Close(context.WithoutCancel(ctx))) }()
	if s.failed, err = show.Fill(ctx); err != nil {
		return err
	}
	s.late = failNow(dev.Context(ctx))
	return errors.Join(dev.Flush(ctx), ci.Flush(ctx))
}

// failNow is a run of an agent whose only tool finds nothing, and the trace of it.
func failNow(ctx context.Context) string {
	ctx, root := traceroot.Start(ctx, "restock-agent", traceroot.Type("agent"), traceroot.Input("Order what runs out this week."))
	defer root.End()
	_, tool := traceroot.Start(ctx, "read_stock", traceroot.Type("tool"), traceroot.Input(map[string]any{"depot": "east"}))
	err := fmt.Errorf("read stock of depot %q: %w", "east", errNoDepot)
	tool.SetError(err)
	tool.End()
	root.SetError(fmt.Errorf("restock: %w", err))
	return root.TraceID()
}

var errNoDepot = errors.New("no such depot")

// spanNamed is the id of a span of a trace.
func (s *world) spanNamed(t *testing.T, trace, name string) string {
	t.Helper()
	var stored struct {
		Spans []struct {
			SpanID string `json:"span_id"`
			Name   string `json:"name"`
		} `json:"spans"`
	}
	s.read(t, "/api/v1/public/traces/"+trace, &stored)
	for _, span := range stored.Spans {
		if span.Name == name {
			return span.SpanID
		}
	}
	t.Fatalf("trace %s has no span %s", trace, name)
	return ""
}

// asking is how tests speak to servers themselves.
var asking = &http.Client{Timeout: patience}

// read reads JSON from the server.
func (s *world) read(t *testing.T, path string, to any) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+path, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	response, err := asking.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		t.Fatalf("GET %s: %s", path, response.Status)
	}
	if err := json.NewDecoder(response.Body).Decode(to); err != nil {
		t.Fatalf("GET %s: %v", path, err)
	}
}
