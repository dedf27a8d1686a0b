package batch_test

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.opentelemetry.io/otel/attribute"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"
	tracepb "go.opentelemetry.io/proto/slim/otlp/trace/v1"
	"google.golang.org/protobuf/proto"

	"github.com/traceroot-ai/traceroot-go/internal/batch"
	"github.com/traceroot-ai/traceroot-go/internal/otlp"
)

const key = "tr-0190b6f2-test-key"

// span is an ended span with the given name.
func span(name string, attributes ...attribute.KeyValue) sdktrace.ReadOnlySpan {
	id := trace.SpanID{}
	copy(id[:], name)
	return tracetest.SpanStub{
		Name:        name,
		SpanContext: trace.NewSpanContext(trace.SpanContextConfig{TraceID: trace.TraceID{1}, SpanID: id}),
		StartTime:   time.Now(),
		EndTime:     time.Now(),
		Attributes:  attributes,
	}.Snapshot()
}

// sized is a span that counts for about n bytes.
func sized(name string, n int) sdktrace.ReadOnlySpan {
	return span(name, attribute.String("filler", strings.Repeat("x", n-otlp.Size(span(name))-40)))
}

func add(q *batch.Queue, names ...string) {
	for _, name := range names {
		q.Add(span(name))
	}
}

func addMany(q *batch.Queue, n int) {
	for i := range n {
		q.Add(span(fmt.Sprint(i)))
	}
}

// ingest is a server without a socket: it answers as scripted, with 200 once the script has ended, and keeps what it got.
type ingest struct {
	mu       sync.Mutex
	script   []answer
	requests []request
}

type answer struct {
	status int
	header map[string]string
	body   string
	do     func(*http.Request) (*http.Response, error) // instead of the others
}

type request struct {
	at     time.Time
	method string
	url    string
	header http.Header
	body   []byte // compressed
}

func (s *ingest) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	s.requests = append(s.requests, request{time.Now(), r.Method, r.URL.String(), r.Header.Clone(), body})
	next := answer{status: http.StatusOK, body: `{"status":"ok","file_key":"events/otel/p/2026/01/02/03/x.json"}`}
	if len(s.script) > 0 {
		next, s.script = s.script[0], s.script[1:]
	}
	s.mu.Unlock()
	if next.do != nil {
		return next.do(r)
	}
	response := &http.Response{
		StatusCode: next.status, Header: http.Header{}, Request: r,
		Body: io.NopCloser(strings.NewReader(next.body)),
	}
	for name, value := range next.header {
		response.Header.Set(name, value)
	}
	return response, nil
}

func (s *ingest) received() []request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

// batches are the names of the spans of each request, joined by spaces.
func (s *ingest) batches(tb testing.TB) []string {
	tb.Helper()
	var batches []string
	for _, r := range s.received() {
		batches = append(batches, strings.Join(r.names(tb), " "))
	}
	return batches
}

// waits are the times between the requests.
func (s *ingest) waits() []time.Duration {
	var waits []time.Duration
	requests := s.received()
	for i := 1; i < len(requests); i++ {
		waits = append(waits, requests[i].at.Sub(requests[i-1].at))
	}
	return waits
}

func (r request) spans(tb testing.TB) []*tracepb.Span {
	tb.Helper()
	data, err := otlp.Gunzip(r.body)
	if err != nil {
		tb.Fatalf("the body is not gzip: %v", err)
	}
	decoded := new(tracepb.TracesData)
	if err := proto.Unmarshal(data, decoded); err != nil {
		tb.Fatalf("the body is no OTLP request: %v", err)
	}
	var spans []*tracepb.Span
	for _, group := range decoded.ResourceSpans {
		for _, scoped := range group.ScopeSpans {
			spans = append(spans, scoped.Spans...)
		}
	}
	return spans
}

func (r request) names(tb testing.TB) []string {
	tb.Helper()
	var names []string
	for _, s := range r.spans(tb) {
		names = append(names, s.Name)
	}
	return names
}

// log records warnings.
type log struct {
	mu    sync.Mutex
	lines []line
}

type line struct {
	problem string
	attrs   map[string]string
}

func (l *log) warn(problem string, attrs ...slog.Attr) {
	l.mu.Lock()
	defer l.mu.Unlock()
	values := map[string]string{}
	for _, a := range attrs {
		values[a.Key] = a.Value.String()
	}
	l.lines = append(l.lines, line{problem, values})
}

// about returns the warnings whose problem contains text.
func (l *log) about(text string) []line {
	l.mu.Lock()
	defer l.mu.Unlock()
	var found []line
	for _, entry := range l.lines {
		if strings.Contains(entry.problem, text) {
			found = append(found, entry)
		}
	}
	return found
}

func (l *log) String() string {
	var b bytes.Buffer
	for _, entry := range l.about("") {
		fmt.Fprintf(&b, "%s", entry.problem)
		for _, name := range slices.Sorted(maps.Keys(entry.attrs)) {
			fmt.Fprintf(&b, " %s=%q", name, entry.attrs[name])
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func newSender(tb testing.TB, transport http.RoundTripper) *batch.HTTP {
	tb.Helper()
	sender, err := batch.NewHTTP(batch.HTTPConfig{
		Endpoint:   "https://host.test/api/v1/public/traces",
		APIKey:     key,
		SDKName:    "traceroot-go",
		SDKVersion: "1.2.3",
		Client:     &http.Client{Transport: transport},
	})
	if err != nil {
		tb.Fatal(err)
	}
	return sender
}

// newQueue delivers to server, and is shut down when the test ends.
func newQueue(tb testing.TB, server http.RoundTripper, cfg batch.Config) (*batch.Queue, *log) {
	tb.Helper()
	logged := new(log)
	cfg.Warn = logged.warn
	q := batch.New(newSender(tb, server), cfg)
	tb.Cleanup(func() {
		_ = q.Shutdown(tb.Context()) // which is over by now
	})
	return q, logged
}

// newSerialQueue makes one request at a time, so that the order of the requests is known.
func newSerialQueue(tb testing.TB, server http.RoundTripper, cfg batch.Config) (*batch.Queue, *log) {
	tb.Helper()
	cfg.Requests = 1
	return newQueue(tb, server, cfg)
}

// times repeats an answer.
func times(n int, a answer) []answer { return slices.Repeat([]answer{a}, n) }

// hang answers when the request's context ends, as a dead network does.
var hang = answer{do: func(r *http.Request) (*http.Response, error) {
	<-r.Context().Done()
	return nil, r.Context().Err()
}}
