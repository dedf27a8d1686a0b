package ingest_test

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/ingest"
)

// FuzzBody: whatever arrives is taken or refused, never with an error of our own, and what is taken can be named.
func FuzzBody(f *testing.F) {
	f.Add([]byte("\n\x02\x12\x00"), false)
	f.Add([]byte{0x1f, 0x8b, 8, 0}, true)
	f.Fuzz(func(t *testing.T, body []byte, packed bool) {
		var sink memory
		handler := ingest.New(&sink, slog.New(slog.DiscardHandler), ingest.Limits{BodyBytes: 1 << 16, UnpackedBytes: 1 << 20})
		request := httptest.NewRequest(http.MethodPost, ingest.Path, bytes.NewReader(body))
		request.Header.Set("Content-Type", protobuf)
		if packed {
			request.Header.Set("Content-Encoding", "gzip")
		}
		response := httptest.NewRecorder()
		handler.ServeHTTP(response, request)
		if response.Code >= http.StatusInternalServerError {
			t.Fatalf("status %d: %s", response.Code, response.Body)
		}
		for _, batch := range sink.batches {
			for _, span := range batch.Spans {
				if len(span.TraceID) != 32 || len(span.SpanID) != 16 || span.Start.IsZero() {
					t.Errorf("kept a span without identity: %+v", span)
				}
			}
		}
	})
}
