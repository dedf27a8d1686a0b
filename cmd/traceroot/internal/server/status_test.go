package server_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/server"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// status is what the server says of itself.
type status struct {
	Server, Version, Project, HTTP, GRPC string

	Keys     bool
	Started  *time.Time
	Accepted *struct {
		Requests, Spans, Rejected int
		Last                      *time.Time
	}
	Refused []struct {
		At                  time.Time
		Status, Count       int
		Reason, Path, Agent string
	}
}

func (s *running) status(t *testing.T, key string) (told status) {
	t.Helper()
	s.ask(t, "GET /api/ui/status", nil, by(key)...).into(t, http.StatusOK, &told)
	return told
}

func TestStatus(t *testing.T) {
	t.Parallel()
	s := start(t, server.Config{})
	if told := s.status(t, "any"); told.Server != "traceroot" || told.Keys || told.Project != "dev" || told.HTTP != s.URL() ||
		told.GRPC != s.GRPCURL() || told.Started == nil || told.Accepted == nil || told.Accepted.Last != nil || len(told.Refused) > 0 {
		t.Errorf("at first: %+v", told)
	}
	s.send(t, 'a', "dev")
	s.ask(t, "POST /v1/traces", []byte(`{"resourceSpans":[{"scopeSpans":[{"spans":[{"name":"no ids"}]}]}]}`), "Content-Type", jsonType)
	for range 3 {
		s.ask(t, "POST /v1/traces", []byte("hello"), "Content-Type", jsonType, "User-Agent", "agent/1 "+strings.Repeat("x", 1000))
	}
	s.ask(t, "POST /v1/traces", nil, "Host", "host.docker.internal:4318")
	s.ask(t, "GET /nowhere", nil, "Host", "rebound.example")
	told := s.status(t, "any")
	if told.Accepted.Requests != 2 || told.Accepted.Spans != 1 || told.Accepted.Rejected != 1 || told.Accepted.Last == nil {
		t.Errorf("accepted %+v", told.Accepted)
	}
	if len(told.Refused) != 3 {
		t.Fatalf("refused %+v", told.Refused)
	}
	host, body, ids := told.Refused[0], told.Refused[1], told.Refused[2]
	if host.Status != http.StatusMisdirectedRequest || !strings.Contains(host.Reason, "host.docker.internal") || host.Path != "/v1/traces" {
		t.Errorf("by its host: %+v", host)
	}
	if body.Status != http.StatusBadRequest || body.Count != 3 || !strings.HasPrefix(body.Agent, "agent/1 x") || len(body.Agent) > 200 || body.At.IsZero() {
		t.Errorf("for its body: %+v", body)
	}
	if ids.Status != http.StatusOK || !strings.Contains(ids.Reason, "no ids") {
		t.Errorf("a span: %+v", ids)
	}
	for range 30 {
		s.ask(t, "POST /v1/traces", nil, "Content-Type", "text/plain")
		s.ask(t, "POST /v1/traces", []byte("hello"), "Content-Type", jsonType)
	}
	if told := s.status(t, "any"); len(told.Refused) != 20 {
		t.Errorf("%d refusals are remembered, want the last 20", len(told.Refused))
	}
}

func TestStatusTellsNothingToOthers(t *testing.T) {
	t.Parallel()
	s := start(t, server.Config{Keys: true, GRPCAddr: "off"})
	reader, admin := s.newKey(t, "shop", store.ScopeRead).Key, s.newKey(t, "bank", store.ScopeAdmin).Key
	s.send(t, 'a', reader)
	s.ask(t, "POST /v1/traces", []byte("hello"), by(reader)...)
	if got := s.send(t, 'b', "tr-wrong"); got.status != http.StatusUnauthorized {
		t.Error(got)
	}
	for _, key := range []string{"", "tr-wrong", s.newKey(t, "shop", store.ScopeIngest).Key} {
		told := s.status(t, key)
		if !told.Keys || told.Project != "" || told.HTTP != "" || told.Started != nil || told.Accepted != nil || told.Refused != nil {
			t.Errorf("key %q is told %+v", key, told)
		}
	}
	if told := s.status(t, reader); told.Project != "shop" || told.GRPC != "" || told.Accepted.Spans != 1 || len(told.Refused) != 1 || told.Refused[0].Status != http.StatusBadRequest {
		t.Errorf("a reader is told %+v", told)
	}
	if told := s.status(t, admin); told.Project != "bank" || told.Accepted.Spans != 0 || len(told.Refused) != 1 || told.Refused[0].Reason != "Invalid API key" {
		t.Errorf("an admin of another project is told %+v", told)
	}
}

func TestMetrics(t *testing.T) {
	t.Parallel()
	s := start(t, server.Config{})
	s.send(t, 'a', "dev")
	s.send(t, 'b', "dev")
	s.ask(t, "POST /v1/traces", nil, "Content-Type", "text/plain")
	s.ask(t, "GET /api/v1/public/traces/"+traceID('a'), nil)
	s.ask(t, "GET /nowhere/7f3a9c41", nil)
	got := s.ask(t, "GET /metrics", nil)
	for _, line := range []string{
		"traceroot_spans_stored_total 2\n", "traceroot_spans_rejected_total 0\n", `traceroot_ingest_refused_total{status="415"} 1` + "\n",
		"traceroot_store_traces 2\n", "traceroot_store_spans 2\n", "traceroot_store_bytes ", "traceroot_ingest_bytes_total ",
		`traceroot_http_request_duration_seconds_count{route="POST /api/v1/public/traces",status="200"} 2` + "\n",
		`traceroot_http_request_duration_seconds_count{route="GET /api/v1/public/traces/{trace_id}",status="200"} 1` + "\n",
		`traceroot_http_request_duration_seconds_count{route="/",`,
		"go_goroutines ", "process_",
	} {
		if !strings.Contains(string(got.body), line) {
			t.Errorf("no %q in\n%s", line, got)
		}
	}
	if strings.Contains(string(got.body), "7f3a9c41") || strings.Contains(string(got.body), traceID('a')) {
		t.Error("paths are labels")
	}
}

func TestHealth(t *testing.T) {
	t.Parallel()
	s := start(t, server.Config{Keys: true})
	for _, path := range []string{"/healthz", "/readyz", "/health"} {
		var said map[string]any
		s.ask(t, "GET "+path, nil).into(t, http.StatusOK, &said)
		if said["status"] == nil {
			t.Errorf("%s: %v", path, said)
		}
	}
}
