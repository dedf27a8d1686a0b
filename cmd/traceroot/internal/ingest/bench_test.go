package ingest_test

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	tracepb "go.opentelemetry.io/proto/slim/otlp/trace/v1"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/ingest"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/vocab"
)

// batchOf100 is a request of 100 spans with about 6 KB each, of words that pack as text does.
func batchOf100(b *testing.B) []byte {
	b.Helper()
	random := rand.New(rand.NewPCG(1, 2))
	var words [2000]string
	for i := range words {
		words[i] = fmt.Sprintf("%x", random.Uint32N(1<<20))
	}
	spans := make([]*tracepb.Span, 100)
	for i := range spans {
		var input strings.Builder
		for input.Len() < 5500 {
			input.WriteString(words[random.IntN(len(words))] + " ")
		}
		span := spanNamed("chat")
		span.SpanId = fmt.Appendf(nil, "%08d", i)
		set(set(span, "traceroot.span.input", input.String()), "traceroot.span.output", "done")
		for _, key := range []string{"traceroot.sdk.name", "traceroot.sdk.version", "traceroot.git.repo", "traceroot.git.ref", "traceroot.span.type", "traceroot.llm.model", "gen_ai.operation.name", "user.id", "session.id"} {
			set(span, key, "some value")
		}
		spans[i] = span
	}
	return encode(b, spans...)
}

func BenchmarkDecode(b *testing.B) {
	body := batchOf100(b)
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		if got := ingest.DecodeProtobuf(body, ingest.Limits{}); len(got.Spans) != 100 {
			b.Fatal(got)
		}
	}
}

func BenchmarkDecodeJSON(b *testing.B) {
	body := otlpJSON(b, everything())
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		ingest.DecodeJSON(body, ingest.Limits{})
	}
}

type nowhere struct{}

func (nowhere) Write(context.Context, string, vocab.Batch) error { return nil }

// BenchmarkGzip is all that stands before the store: gunzip, decoding and vocabulary.
func BenchmarkGzip(b *testing.B) {
	packed := pack(b, batchOf100(b))
	handler := ingest.New(ingest.Config{Sink: nowhere{}}).Public()
	b.ReportAllocs()
	for b.Loop() {
		request := httptest.NewRequest(http.MethodPost, ingest.Path, bytes.NewReader(packed))
		request.Header.Set("Content-Type", protobuf)
		request.Header.Set("Content-Encoding", "gzip")
		response := httptest.NewRecorder()
		if handler.ServeHTTP(response, request); response.Code != http.StatusOK {
			b.Fatal(response.Body)
		}
	}
}
