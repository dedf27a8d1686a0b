package server_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/server"
)

// lockedLog is written to by several requests.
type lockedLog struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *lockedLog) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *lockedLog) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func TestPanicCostsOneRequest(t *testing.T) {
	t.Parallel()
	var log lockedLog
	s := start(t, server.Config{Log: slog.New(slog.NewTextHandler(&log, nil))})
	mux := http.NewServeMux()
	mux.HandleFunc("/early", func(http.ResponseWriter, *http.Request) { panic("a bug") })
	mux.HandleFunc("/late", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "half of an answer")
		panic(errors.New("another bug"))
	})
	guarded := httptest.NewServer(s.Guarded(mux))
	defer guarded.Close()
	s.address = guarded.URL
	if got := s.ask(t, "GET /early", nil); got.status != http.StatusInternalServerError || got.detail(t) != "Internal error: see the server's log" {
		t.Errorf("before an answer: %s", got)
	}
	if got, err := s.try(t.Context(), "GET /late", nil); err == nil {
		t.Errorf("in the middle of an answer: %s, want that it is cut", got)
	}
	for _, part := range []string{"a bug", "another bug", "/early", "failures_test.go"} {
		if !strings.Contains(log.String(), part) {
			t.Errorf("the log does not tell of %s:\n%s", part, log.String())
		}
	}
	s.address = s.URL()
	if got := s.send(t, 'a', "dev"); got.status != http.StatusOK {
		t.Errorf("afterwards: %s", got)
	}
	if got := s.ask(t, "GET /metrics", nil); !strings.Contains(string(got.body), `{route="/early",status="500"} 1`) {
		t.Error("the failure is not counted")
	}
}

func TestLimits(t *testing.T) {
	t.Parallel()
	const body, unpacked = 1 << 10, 8 << 10
	s := start(t, server.Config{BodyBytes: body, UnpackedBytes: unpacked})
	var bomb bytes.Buffer
	w := gzip.NewWriter(&bomb)
	if _, err := w.Write(make([]byte, unpacked+1)); err != nil || w.Close() != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		body     []byte
		encoding string
	}{
		"as sent": {make([]byte, body+1), "identity"}, "unpacked": {bomb.Bytes(), "gzip"},
	} {
		for _, path := range []string{"/v1/traces", "/api/v1/public/traces"} {
			got := s.ask(t, "POST "+path, tt.body, "Content-Type", protobuf, "Content-Encoding", tt.encoding)
			if got.status != http.StatusRequestEntityTooLarge || got.header.Get("Retry-After") != "" {
				t.Errorf("%s %s: %s, want 413, for good", path, name, got)
			}
		}
	}
	if got := s.send(t, 'a', "dev"); got.status != http.StatusOK {
		t.Errorf("a small one: %s", got)
	}
}

// TestOverload has a request that holds all that may be in flight.
func TestOverload(t *testing.T) {
	t.Parallel()
	const inFlight = 256 << 10
	s := start(t, server.Config{InFlightBytes: inFlight})
	holding, err := net.Dial("tcp", strings.TrimPrefix(s.URL(), "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer holding.Close()
	fmt.Fprintf(holding, "POST /v1/traces HTTP/1.1\r\nHost: localhost\r\nContent-Type: %s\r\nContent-Length: %d\r\nExpect: 100-continue\r\n\r\n", protobuf, inFlight)
	// The server asks for the body when it has taken the room for it.
	if _, err := io.ReadFull(holding, make([]byte, len("HTTP/1.1 100"))); err != nil {
		t.Fatal(err)
	}
	got := s.send(t, 'a', "dev")
	seconds, err := strconv.Atoi(got.header.Get("Retry-After"))
	if got.status != http.StatusTooManyRequests || err != nil || seconds < 1 || got.detail(t) == "" {
		t.Errorf("%s, Retry-After %q", got, got.header.Get("Retry-After"))
	}
	if got := s.ask(t, "GET /api/v1/public/traces", nil); got.status != http.StatusOK {
		t.Errorf("readers suffer: %s", got)
	}
	holding.Close()
	for got = s.send(t, 'a', "dev"); got.status == http.StatusTooManyRequests; {
		got = s.send(t, 'a', "dev")
	}
	if got.status != http.StatusOK || !s.has(t, 'a', "dev") {
		t.Errorf("when there is room: %s", got)
	}
	if refused := s.status(t, "dev").Refused; len(refused) == 0 || refused[len(refused)-1].Status != http.StatusTooManyRequests {
		t.Errorf("refusals %+v", refused)
	}
}
