package ingest_test

import (
	"bytes"
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"connectrpc.com/connect"
	tracepb "go.opentelemetry.io/proto/slim/otlp/trace/v1"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/ingest"
)

// TestBudget fills the budget with one request that the sink does not finish.
func TestBudget(t *testing.T) {
	t.Parallel()
	const budget = 1 << 20
	sink := &kept{entered: make(chan struct{}), block: make(chan struct{})}
	watcher := &watcher{}
	url := serve(t, ingest.Config{
		Sink: sink, Observer: watcher,
		Limits: ingest.Limits{InFlightBytes: budget, Wait: 10 * time.Millisecond},
	})
	small := encode(t, spanNamed("small"))
	// More than the budget gets through, but alone.
	var first sync.WaitGroup
	whole := large(t, 2*budget)
	first.Go(func() {
		got := post(t, url+ingest.Path, bytes.NewReader(whole), "Content-Type", protobuf)
		if got.status != http.StatusOK {
			t.Errorf("the first request: status %d %s", got.status, got.body)
		}
	})
	<-sink.entered

	got := post(t, url+ingest.Path, bytes.NewReader(small), "Content-Type", protobuf)
	if got.status != http.StatusTooManyRequests || got.header.Get("Retry-After") != "1" {
		t.Errorf("public route: status %d %v, want 429 with Retry-After", got.status, got.header)
	}
	got = post(t, url+ingest.OTLPPath, bytes.NewReader(pack(t, small)), "Content-Type", protobuf, "Content-Encoding", "gzip")
	if got.status != http.StatusTooManyRequests || got.header.Get("Retry-After") != "1" {
		t.Errorf("OTLP: status %d %v, want 429 with Retry-After", got.status, got.header)
	}
	_, err := export(t, dial(t, url), requestOf(spanNamed("small")))
	if refused, ok := errors.AsType[*connect.Error](err); !ok || refused.Code() != connect.CodeResourceExhausted || len(refused.Details()) != 1 {
		t.Errorf("gRPC: %v, want resource exhausted with RetryInfo", err)
	}
	if told := strings.Count(watcher.told(), "refused 429 "); told < 3 {
		t.Errorf("observer was told of %d refusals, want 3", told)
	}

	close(sink.block)
	first.Wait()
	got = post(t, url+ingest.Path, bytes.NewReader(small), "Content-Type", protobuf)
	if got.status != http.StatusOK {
		t.Errorf("afterwards: status %d %s, want 200", got.status, got.body)
	}
}

// large is a request of about that many bytes.
func large(t *testing.T, size int) []byte {
	t.Helper()
	span := spanNamed("large")
	for range size >> 18 {
		span.Events = append(span.Events, &tracepb.Span_Event{Name: strings.Repeat("x", 1<<18)})
	}
	return encode(t, span)
}
