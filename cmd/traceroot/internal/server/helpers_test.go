package server_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	coltracepb "go.opentelemetry.io/proto/slim/otlp/collector/trace/v1"
	tracepb "go.opentelemetry.io/proto/slim/otlp/trace/v1"
	"google.golang.org/protobuf/proto"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/server"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store/sqlite"
)

// running is a server and a client of it.
type running struct {
	*server.Server

	data    string
	address string // that the data folder tells
	http    *http.Client
}

// start starts a server on free ports, with a data folder of its own unless the configuration names one.
func start(t *testing.T, config server.Config) *running {
	t.Helper()
	if config.Addr == "" {
		config.Addr = "127.0.0.1:0"
	}
	if config.GRPCAddr == "" {
		config.GRPCAddr = "127.0.0.1:0"
	}
	if config.Data == "" {
		config.Data = t.TempDir()
	}
	s, err := server.Start(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	owner, err := sqlite.OwnerOf(config.Data)
	if err != nil || owner.Token != s.Token() {
		t.Fatalf("the data folder tells of %+v, %v", owner, err)
	}
	transport := &http.Transport{ExpectContinueTimeout: time.Minute}
	r := &running{s, config.Data, owner.Address, &http.Client{
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		r.stop(t)
	})
	return r
}

func (s *running) stop(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), 10*time.Second)
	defer cancel()
	if err := s.Close(ctx); err != nil {
		t.Error(err)
	}
}

// reply is an answer.
type reply struct {
	status int
	header http.Header
	body   []byte
}

func (r reply) String() string { return fmt.Sprintf("%d %s", r.status, r.body) }

// into reads the JSON of an answer that has the status.
func (r reply) into(t *testing.T, status int, to any) {
	t.Helper()
	if r.status != status || r.header.Get("Content-Type") != "application/json" {
		t.Fatalf("%s as %q, want %d", r, r.header.Get("Content-Type"), status)
	}
	if err := json.Unmarshal(r.body, to); err != nil {
		t.Fatalf("%s: %v", r, err)
	}
}

// detail is that of an error.
func (r reply) detail(t *testing.T) string {
	t.Helper()
	var said struct {
		Detail *string `json:"detail"`
	}
	if r.into(t, r.status, &said); said.Detail == nil {
		t.Fatalf("%s has no detail", r)
	}
	return *said.Detail
}

// ask makes a request: a method and a path, a body or nil, and names and values of headers. The header Host is the host.
func (s *running) ask(t *testing.T, what string, body []byte, header ...string) reply {
	t.Helper()
	got, err := s.try(t.Context(), what, body, header...)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func (s *running) try(ctx context.Context, what string, body []byte, header ...string) (reply, error) {
	method, path, _ := strings.Cut(what, " ")
	request, err := http.NewRequestWithContext(ctx, method, s.address+path, bytes.NewReader(body))
	if err != nil {
		return reply{}, err
	}
	for i := 0; i < len(header); i += 2 {
		request.Header.Set(header[i], header[i+1])
	}
	request.Host = request.Header.Get("Host")
	response, err := s.http.Do(request)
	if err != nil {
		return reply{}, err
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	return reply{response.StatusCode, response.Header, answer}, err
}

const (
	protobuf = "application/x-protobuf"
	jsonType = "application/json"
)

// by are the headers of a request with JSON and a key.
func by(key string, more ...string) []string {
	return append([]string{"Authorization", "Bearer " + key, "Content-Type", jsonType}, more...)
}

// send sends a trace of one span to the public route. Its id is that digit, many times.
func (s *running) send(t *testing.T, digit byte, key string) reply {
	t.Helper()
	return s.ask(t, "POST /api/v1/public/traces", oneSpan(t, digit), by(key, "Content-Type", protobuf)...)
}

// traceID has the digit in every place.
func traceID(digit byte) string { return strings.Repeat(string(digit), 32) }

func oneSpan(t *testing.T, digit byte) []byte {
	t.Helper()
	encoded, err := proto.Marshal(request(digit))
	if err != nil {
		t.Fatal(err)
	}
	return encoded
}

func request(digit byte) *coltracepb.ExportTraceServiceRequest {
	nibble := bytes.IndexByte([]byte("0123456789abcdef"), digit)
	filled := bytes.Repeat([]byte{byte(nibble<<4 | nibble)}, 16)
	started := time.Now()
	span := &tracepb.Span{
		TraceId: filled, SpanId: filled[:8], Name: "agent " + string(digit),
		StartTimeUnixNano: uint64(started.UnixNano()), EndTimeUnixNano: uint64(started.Add(time.Second).UnixNano()),
	}
	return &coltracepb.ExportTraceServiceRequest{
		ResourceSpans: []*tracepb.ResourceSpans{{ScopeSpans: []*tracepb.ScopeSpans{{Spans: []*tracepb.Span{span}}}}},
	}
}

// has reports whether a trace is there.
func (s *running) has(t *testing.T, digit byte, key string) bool {
	t.Helper()
	switch got := s.ask(t, "GET /api/v1/public/traces/"+traceID(digit), nil, by(key)...); got.status {
	case http.StatusOK:
		return true
	case http.StatusNotFound:
		return false
	default:
		t.Fatal(got)
		return false
	}
}

// key is what the admin API says of one.
type key struct {
	ID, Project, Name, Hint, Key string
	Scope                        store.Scope
	Created                      time.Time
	Revoked                      *time.Time
}

// newKey makes a key of a project.
func (s *running) newKey(t *testing.T, project string, scope store.Scope) key {
	t.Helper()
	body := fmt.Sprintf(`{"project":%q,"name":"of a test","scope":%q}`, project, scope)
	var made key
	s.ask(t, "POST /api/admin/keys", []byte(body), by(s.Token())...).into(t, http.StatusCreated, &made)
	return made
}
