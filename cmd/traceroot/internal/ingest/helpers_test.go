package ingest_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	coltracepb "go.opentelemetry.io/proto/slim/otlp/collector/trace/v1"
	commonpb "go.opentelemetry.io/proto/slim/otlp/common/v1"
	tracepb "go.opentelemetry.io/proto/slim/otlp/trace/v1"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/ingest"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/vocab"
)

const (
	protobuf = "application/x-protobuf"
	jsonType = "application/json"
)

// kept is a sink that keeps what it gets, or fails with err.
type kept struct {
	err     error
	entered chan struct{} // where not nil, closed by the first write, which
	block   chan struct{} // lasts until this is closed

	once     sync.Once
	mu       sync.Mutex
	batches  []vocab.Batch
	projects []string
}

func (k *kept) Write(_ context.Context, project string, batch vocab.Batch) error {
	if k.entered != nil {
		k.once.Do(func() {
			close(k.entered)
			<-k.block
		})
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.batches = append(k.batches, batch)
	k.projects = append(k.projects, project)
	return k.err
}

// names are those of all spans kept.
func (k *kept) names() string {
	k.mu.Lock()
	defer k.mu.Unlock()
	var names []string
	for _, batch := range k.batches {
		for _, span := range batch.Spans {
			names = append(names, span.Name)
		}
	}
	return strings.Join(names, " ")
}

// serve starts a real server, since what a body looks like is the server's business.
func serve(t *testing.T, config ingest.Config) (url string) {
	t.Helper()
	server := ingest.New(config)
	mux := http.NewServeMux()
	mux.Handle(ingest.Path, server.Public())
	mux.Handle(ingest.OTLPPath, server.OTLP())
	mux.Handle(ingest.GRPCPath, server.GRPC())
	listening := httptest.NewUnstartedServer(mux)
	listening.Config.Protocols = new(http.Protocols)
	listening.Config.Protocols.SetHTTP1(true)
	listening.Config.Protocols.SetUnencryptedHTTP2(true)
	listening.Start()
	t.Cleanup(listening.Close)
	return listening.URL
}

// reply is an answer over HTTP.
type reply struct {
	status int
	header http.Header
	body   []byte
}

// members are those of a JSON object.
func (r reply) members(t *testing.T) map[string]any {
	t.Helper()
	if got := r.header.Get("Content-Type"); got != jsonType {
		t.Errorf("answer has Content-Type %q, want %s", got, jsonType)
	}
	var members map[string]any
	if err := json.Unmarshal(r.body, &members); err != nil {
		t.Fatalf("answer %q is no JSON object: %v", r.body, err)
	}
	return members
}

func post(t *testing.T, url string, body io.Reader, header ...string) reply {
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
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return reply{response.StatusCode, response.Header, answer}
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

func text(value string) *commonpb.AnyValue {
	return &commonpb.AnyValue{Value: &commonpb.AnyValue_StringValue{StringValue: value}}
}

func attribute(key string, value *commonpb.AnyValue) *commonpb.KeyValue {
	return &commonpb.KeyValue{Key: key, Value: value}
}

func requestOf(spans ...*tracepb.Span) *coltracepb.ExportTraceServiceRequest {
	return &coltracepb.ExportTraceServiceRequest{
		ResourceSpans: []*tracepb.ResourceSpans{{ScopeSpans: []*tracepb.ScopeSpans{{Spans: spans}}}},
	}
}

func encode(tb testing.TB, spans ...*tracepb.Span) []byte {
	tb.Helper()
	return marshal(tb, requestOf(spans...))
}

func marshal(tb testing.TB, message proto.Message) []byte {
	tb.Helper()
	body, err := proto.Marshal(message)
	if err != nil {
		tb.Fatal(err)
	}
	return body
}

func pack(tb testing.TB, body []byte) []byte {
	tb.Helper()
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	if _, err := w.Write(body); err != nil {
		tb.Fatal(err)
	}
	if err := w.Close(); err != nil {
		tb.Fatal(err)
	}
	return packed.Bytes()
}

// otlpJSON encodes a request as OTLP does, which unlike protobuf's own JSON has ids in hex.
func otlpJSON(tb testing.TB, request *coltracepb.ExportTraceServiceRequest) []byte {
	tb.Helper()
	encoded, err := protojson.MarshalOptions{UseEnumNumbers: true}.Marshal(request)
	if err != nil {
		tb.Fatal(err)
	}
	var document any
	decoder := json.NewDecoder(bytes.NewReader(encoded))
	decoder.UseNumber()
	if err := decoder.Decode(&document); err != nil {
		tb.Fatal(err)
	}
	eachID(document, func(id string) string {
		var octets []byte
		if err := json.Unmarshal([]byte(`"`+id+`"`), &octets); err != nil {
			tb.Fatal(err)
		}
		return hex.EncodeToString(octets)
	})
	encoded, err = json.Marshal(document)
	if err != nil {
		tb.Fatal(err)
	}
	return encoded
}

// eachID replaces the ids in an OTLP document.
func eachID(node any, replace func(string) string) {
	switch node := node.(type) {
	case []any:
		for _, item := range node {
			eachID(item, replace)
		}
	case map[string]any:
		for key, member := range node {
			switch id, isText := member.(string); {
			case isText && (key == "traceId" || key == "spanId" || key == "parentSpanId"):
				node[key] = replace(id)
			default:
				eachID(member, replace)
			}
		}
	}
}
