package ingest_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"

	coltracepb "go.opentelemetry.io/proto/slim/otlp/collector/trace/v1"
	tracepb "go.opentelemetry.io/proto/slim/otlp/trace/v1"
	"google.golang.org/protobuf/proto"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/ingest"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/vocab"
)

// memory is a sink that keeps what it gets, or fails with err.
type memory struct {
	mu      sync.Mutex
	batches []vocab.Batch
	err     error
}

func (m *memory) Write(_ context.Context, batch vocab.Batch) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.batches = append(m.batches, batch)
	return m.err
}

// names are those of all spans kept.
func (m *memory) names() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	var names []string
	for _, batch := range m.batches {
		for _, span := range batch.Spans {
			names = append(names, span.Name)
		}
	}
	return strings.Join(names, " ")
}

// serve starts a real server, since what a body looks like is the server's business.
func serve(t *testing.T, sink ingest.Sink, limits ingest.Limits) (url string) {
	t.Helper()
	mux := http.NewServeMux()
	mux.Handle(ingest.Path, ingest.New(sink, slog.New(slog.DiscardHandler), limits))
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server.URL + ingest.Path
}

// post returns the status and the members of the JSON answer.
func post(t *testing.T, url string, body io.Reader, header ...string) (status int, answer map[string]string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, body)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		request.Header.Set(header[i], header[i+1])
	}
	response, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if got := response.Header.Get("Content-Type"); got != "application/json" {
		t.Errorf("answer has Content-Type %q, want application/json", got)
	}
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
		t.Fatalf("answer is no JSON object of strings: %v", err)
	}
	return response.StatusCode, answer
}

func spanNamed(name string) *tracepb.Span {
	return &tracepb.Span{
		TraceId:           bytes.Repeat([]byte{0xab}, 16),
		SpanId:            bytes.Repeat([]byte{0xcd}, 8),
		Name:              name,
		StartTimeUnixNano: 1_760_000_000_000_000_000,
		EndTimeUnixNano:   1_760_000_001_000_000_000,
	}
}

func encode(t *testing.T, spans ...*tracepb.Span) []byte {
	t.Helper()
	body, err := proto.Marshal(&coltracepb.ExportTraceServiceRequest{
		ResourceSpans: []*tracepb.ResourceSpans{{ScopeSpans: []*tracepb.ScopeSpans{{Spans: spans}}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return body
}

func pack(t *testing.T, body []byte) []byte {
	t.Helper()
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	if _, err := w.Write(body); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return packed.Bytes()
}

const protobuf = "application/x-protobuf"

func TestAccepted(t *testing.T) {
	t.Parallel()
	body := encode(t, spanNamed("agent"))
	for _, tt := range []struct {
		name   string
		body   io.Reader
		header []string
	}{
		{"ingest-01 plain protobuf", bytes.NewReader(body), []string{"Content-Type", protobuf}},
		{"ingest-01 gzip", bytes.NewReader(pack(t, body)), []string{"Content-Type", protobuf, "Content-Encoding", "gzip"}},
		// A reader of unknown length makes the client send chunks.
		{"ingest-02 chunked", io.MultiReader(bytes.NewReader(body)), []string{"Content-Type", protobuf}},
		{"ingest-02 chunked gzip", io.MultiReader(bytes.NewReader(pack(t, body))), []string{"Content-Type", protobuf, "Content-Encoding", "gzip"}},
		{"ingest-05 content type with parameters", bytes.NewReader(body), []string{"Content-Type", "Application/X-Protobuf; charset=utf-8"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var sink memory
			status, answer := post(t, serve(t, &sink, ingest.Limits{}), tt.body, tt.header...)
			if status != http.StatusOK || sink.names() != "agent" {
				t.Errorf("status %d %v, kept %q; want 200 and the span", status, answer, sink.names())
			}
		})
	}
}

func TestReply(t *testing.T) {
	t.Parallel()
	t.Run("ingest-03 status and file key", func(t *testing.T) {
		t.Parallel()
		form := regexp.MustCompile(`^events/otel/[^/]+/\d{4}/\d\d/\d\d/\d\d/[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\.json$`)
		url := serve(t, &memory{}, ingest.Limits{})
		_, first := post(t, url, bytes.NewReader(encode(t, spanNamed("agent"))), "Content-Type", protobuf)
		_, second := post(t, url, bytes.NewReader(encode(t, spanNamed("agent"))), "Content-Type", protobuf)
		if first["status"] != "ok" || !form.MatchString(first["file_key"]) {
			t.Errorf("answer %v, want status ok and a file_key like %v", first, form)
		}
		if first["file_key"] == second["file_key"] {
			t.Errorf("two batches share the file key %q", first["file_key"])
		}
	})
	t.Run("a request without spans is fine", func(t *testing.T) {
		t.Parallel()
		status, answer := post(t, serve(t, &memory{}, ingest.Limits{}), bytes.NewReader(pack(t, nil)),
			"Content-Type", protobuf, "Content-Encoding", "gzip")
		if status != http.StatusOK {
			t.Errorf("status %d %v, want 200", status, answer)
		}
	})
}

func TestRefused(t *testing.T) {
	t.Parallel()
	good := encode(t, spanNamed("agent"))
	limits := ingest.Limits{BodyBytes: 1 << 10, UnpackedBytes: 1 << 16}
	for _, tt := range []struct {
		name   string
		body   []byte
		header []string
		status int
		detail string // a regular expression
	}{
		{"ingest-04 no content type", good, nil, 415, `Content-Type ""`},
		{"ingest-04 JSON", []byte(`{}`), []string{"Content-Type", "application/json"}, 415, "application/json"},
		{"an unknown encoding", good, []string{"Content-Type", protobuf, "Content-Encoding", "br"}, 415, `"br"`},
		{"ingest-06 empty body", nil, []string{"Content-Type", protobuf}, 400, "^Empty request body$"},
		{"ingest-07 not gzip", good, []string{"Content-Type", protobuf, "Content-Encoding", "gzip"}, 400, "^Invalid gzip payload$"},
		{"ingest-07 gzip cut short", pack(t, good)[:20], []string{"Content-Type", protobuf, "Content-Encoding", "gzip"}, 400, "^Invalid gzip payload$"},
		{"ingest-08 not protobuf", []byte("hello"), []string{"Content-Type", protobuf}, 400, "^Failed to parse OTLP protobuf: "},
		{"a body beyond the limit", make([]byte, 1<<11), []string{"Content-Type", protobuf}, 413, "exceeds 1024 bytes"},
		{
			"ingest-15 a gzip bomb", pack(t, make([]byte, 1<<17)),
			[]string{"Content-Type", protobuf, "Content-Encoding", "gzip"},
			413, "Unpacked .* exceeds 65536 bytes",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var sink memory
			status, answer := post(t, serve(t, &sink, limits), bytes.NewReader(tt.body), tt.header...)
			if status != tt.status || !regexp.MustCompile(tt.detail).MatchString(answer["detail"]) {
				t.Errorf("status %d %v, want %d and a detail that matches %q", status, answer, tt.status, tt.detail)
			}
			if len(sink.batches) != 0 {
				t.Errorf("kept %v", sink.batches)
			}
		})
	}
}

func TestMethod(t *testing.T) {
	t.Parallel()
	handler := ingest.New(&memory{}, slog.New(slog.DiscardHandler), ingest.Limits{})
	response := httptest.NewRecorder()
	handler.ServeHTTP(response, httptest.NewRequest(http.MethodGet, ingest.Path, nil))
	if response.Code != http.StatusMethodNotAllowed || response.Header().Get("Allow") != http.MethodPost {
		t.Errorf("GET gives %d, Allow %q; want 405 and POST", response.Code, response.Header().Get("Allow"))
	}
}

func TestFailingSink(t *testing.T) {
	t.Parallel()
	url := serve(t, &memory{err: errors.New("disk full")}, ingest.Limits{})
	status, answer := post(t, url, bytes.NewReader(encode(t, spanNamed("agent"))), "Content-Type", protobuf)
	if status != http.StatusInternalServerError || answer["detail"] != "Storage error: disk full" {
		t.Errorf("status %d %v, want 500 and the error of the sink", status, answer)
	}
}

func TestMalformedSpans(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		spoil func(*tracepb.Span)
	}{
		{"ingest-13 no trace id", func(s *tracepb.Span) { s.TraceId = nil }},
		{"ingest-13 trace id of zeros", func(s *tracepb.Span) { s.TraceId = make([]byte, 16) }},
		{"ingest-13 short trace id", func(s *tracepb.Span) { s.TraceId = s.TraceId[:15] }},
		{"ingest-13 no span id", func(s *tracepb.Span) { s.SpanId = nil }},
		{"ingest-13 no start", func(s *tracepb.Span) { s.StartTimeUnixNano = 0 }},
		{"ingest-13 a start in the year 2400", func(s *tracepb.Span) { s.StartTimeUnixNano = 1 << 63 }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var sink memory
			bad := spanNamed("bad")
			tt.spoil(bad)
			body := encode(t, spanNamed("before"), bad, spanNamed("after"))
			status, _ := post(t, serve(t, &sink, ingest.Limits{}), bytes.NewReader(body), "Content-Type", protobuf)
			if status != http.StatusOK || sink.names() != "before after" {
				t.Errorf("status %d, kept %q; want 200 and the spans beside the bad one", status, sink.names())
			}
		})
	}
}
