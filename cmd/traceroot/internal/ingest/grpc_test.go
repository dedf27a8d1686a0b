package ingest_test

import (
	"bytes"
	"errors"
	"net/http"
	"strings"
	"testing"

	"connectrpc.com/connect"
	coltracepb "go.opentelemetry.io/proto/slim/otlp/collector/trace/v1"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/ingest"
)

type exporter = connect.Client[coltracepb.ExportTraceServiceRequest, coltracepb.ExportTraceServiceResponse]

// dial returns a client that speaks gRPC over HTTP/2 without TLS, as exporters do on port 4317.
func dial(t *testing.T, url string, options ...connect.ClientOption) *exporter {
	t.Helper()
	transport := &http.Transport{Protocols: new(http.Protocols)}
	transport.Protocols.SetUnencryptedHTTP2(true)
	t.Cleanup(transport.CloseIdleConnections)
	options = append(options, connect.WithGRPC())
	return connect.NewClient[coltracepb.ExportTraceServiceRequest, coltracepb.ExportTraceServiceResponse](
		&http.Client{Transport: transport}, url+ingest.GRPCPath, options...)
}

func export(t *testing.T, client *exporter, request *coltracepb.ExportTraceServiceRequest) (*coltracepb.ExportTraceServiceResponse, error) {
	t.Helper()
	reply, err := client.CallUnary(t.Context(), connect.NewRequest(request))
	if err != nil {
		return nil, err
	}
	return reply.Msg, nil
}

func TestGRPCAccepted(t *testing.T) {
	t.Parallel()
	for name, options := range map[string][]connect.ClientOption{
		"plain": nil,
		"gzip":  {connect.WithSendGzip()},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var sink kept
			client := dial(t, serve(t, ingest.Config{Sink: &sink}), options...)
			reply, err := export(t, client, requestOf(spanNamed("agent")))
			if err != nil || reply.GetPartialSuccess() != nil || sink.names() != "agent" {
				t.Errorf("reply %v, error %v, kept %q; want the span", reply, err, sink.names())
			}
		})
	}
	t.Run("no spans", func(t *testing.T) {
		t.Parallel()
		if _, err := export(t, dial(t, serve(t, ingest.Config{Sink: &kept{}})), nil); err != nil {
			t.Error(err)
		}
	})
	t.Run("one bad span", func(t *testing.T) {
		t.Parallel()
		var sink kept
		bad := spanNamed("bad")
		bad.TraceId = nil
		reply, err := export(t, dial(t, serve(t, ingest.Config{Sink: &sink})), requestOf(bad, spanNamed("good")))
		if err != nil || reply.GetPartialSuccess().GetRejectedSpans() != 1 || sink.names() != "good" {
			t.Errorf("reply %v, error %v, kept %q; want one of two spans", reply, err, sink.names())
		}
	})
}

func TestGRPCRefused(t *testing.T) {
	t.Parallel()
	large := spanNamed(strings.Repeat("x", 1<<12))
	for _, tt := range []struct {
		name    string
		sinkErr error
		limits  ingest.Limits
		gzip    bool
		code    connect.Code
		retry   string
		status  string
	}{
		{"busy", ingest.ErrBusy, ingest.Limits{}, false, connect.CodeResourceExhausted, "1s", "429"},
		{"full", ingest.ErrFull, ingest.Limits{}, false, connect.CodeUnavailable, "10s", "503"},
		{"broken", errors.New("torn page"), ingest.Limits{}, false, connect.CodeUnavailable, "", "500"},
		{"too large", nil, ingest.Limits{BodyBytes: 1 << 10}, false, connect.CodeResourceExhausted, "", "413"},
		{"too large unpacked", nil, ingest.Limits{UnpackedBytes: 1 << 10}, true, connect.CodeResourceExhausted, "", "413"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			watcher := &watcher{}
			url := serve(t, ingest.Config{Sink: &kept{err: tt.sinkErr}, Limits: tt.limits, Observer: watcher})
			var options []connect.ClientOption
			if tt.gzip {
				options = append(options, connect.WithSendGzip())
			}
			_, err := export(t, dial(t, url, options...), requestOf(large))
			refused, ok := errors.AsType[*connect.Error](err)
			if !ok || refused.Code() != tt.code {
				t.Fatalf("error %v, want code %v", err, tt.code)
			}
			delay := ""
			for _, detail := range refused.Details() {
				delay = retryInfo(t, detail.Bytes())
			}
			if delay != tt.retry {
				t.Errorf("retry delay %q, want %q", delay, tt.retry)
			}
			if !strings.HasPrefix(watcher.told(), "refused "+tt.status+" ") || strings.Contains(watcher.told(), "\n") {
				t.Errorf("observer was told %q, want one refusal with %s", watcher.told(), tt.status)
			}
		})
	}
	t.Run("another protocol", func(t *testing.T) {
		t.Parallel()
		url := serve(t, ingest.Config{Sink: &kept{}}) + ingest.GRPCPath
		got := post(t, url, bytes.NewReader([]byte("{}")), "Content-Type", jsonType)
		if got.status != http.StatusUnsupportedMediaType {
			t.Errorf("status %d, want 415", got.status)
		}
	})
}
