package server_test

import (
	"net/http"
	"strings"
	"testing"

	"connectrpc.com/connect"
	coltracepb "go.opentelemetry.io/proto/slim/otlp/collector/trace/v1"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/ingest"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/server"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// export exports one span as an exporter of OpenTelemetry does.
func (s *running) export(t *testing.T, digit byte, header ...string) error {
	t.Helper()
	transport := &http.Transport{Protocols: new(http.Protocols)}
	transport.Protocols.SetUnencryptedHTTP2(true)
	defer transport.CloseIdleConnections()
	client := connect.NewClient[coltracepb.ExportTraceServiceRequest, coltracepb.ExportTraceServiceResponse](
		&http.Client{Transport: transport}, s.GRPCURL()+ingest.GRPCPath, connect.WithGRPC(), connect.WithSendGzip())
	call := connect.NewRequest(request(digit))
	for i := 0; i < len(header); i += 2 {
		call.Header().Set(header[i], header[i+1])
	}
	_, err := client.CallUnary(t.Context(), call)
	return err
}

func TestGRPC(t *testing.T) {
	t.Parallel()
	t.Run("without keys", func(t *testing.T) {
		t.Parallel()
		s := start(t, server.Config{})
		if err := s.export(t, 'a'); err != nil || !s.has(t, 'a', "dev") {
			t.Errorf("error %v", err)
		}
		if err := s.export(t, 'b', "Origin", "https://evil.example"); connect.CodeOf(err) != connect.CodePermissionDenied || s.has(t, 'b', "dev") {
			t.Errorf("a page of another site: %v", err)
		}
	})
	t.Run("with keys", func(t *testing.T) {
		t.Parallel()
		s := start(t, server.Config{Keys: true})
		reader := s.newKey(t, "shop", store.ScopeRead).Key
		if err := s.export(t, 'a', "Authorization", "Bearer "+reader); err != nil || !s.has(t, 'a', reader) {
			t.Errorf("error %v", err)
		}
		for _, header := range [][]string{nil, {"Authorization", "Bearer tr-wrong"}} {
			if err := s.export(t, 'b', header...); connect.CodeOf(err) != connect.CodeUnauthenticated {
				t.Errorf("%q: %v, want that a key is asked for", header, err)
			}
		}
		if s.has(t, 'b', reader) {
			t.Error("what was refused is there")
		}
		if refused := s.status(t, s.Token()).Refused; len(refused) != 2 || refused[0].Path != ingest.GRPCPath {
			t.Errorf("refusals %+v", refused)
		}
	})
	t.Run("off", func(t *testing.T) {
		t.Parallel()
		if s := start(t, server.Config{GRPCAddr: "off"}); s.GRPCURL() != "" {
			t.Errorf("gRPC at %s", s.GRPCURL())
		}
	})
	t.Run("nothing else is there", func(t *testing.T) {
		t.Parallel()
		s := start(t, server.Config{})
		s.address = s.GRPCURL()
		for _, what := range []string{"GET /", "GET /api/v1/public/traces", "POST /v1/traces"} {
			if got := s.ask(t, what, nil); got.status != http.StatusNotFound {
				t.Errorf("%s: %s", what, got)
			}
		}
		if got := s.ask(t, "POST "+ingest.GRPCPath, nil, "Host", "rebound.example"); got.status != http.StatusMisdirectedRequest || !strings.Contains(got.detail(t), "localhost") {
			t.Error(got)
		}
	})
}
