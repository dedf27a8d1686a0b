package delivery_test

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	tracepb "go.opentelemetry.io/proto/slim/otlp/trace/v1"
	"google.golang.org/protobuf/proto"
)

// receiver is a TraceRoot server as far as uploads go: it keeps the names of spans.
type receiver struct {
	*httptest.Server

	mu       sync.Mutex
	names    []string // guarded by mu
	requests int      // guarded by mu
	before   func()   // called before each answer
	down     atomic.Bool
}

func newReceiver(t *testing.T) *receiver {
	t.Helper()
	r := &receiver{before: func() {}}
	r.Server = httptest.NewServer(http.HandlerFunc(r.serve))
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) serve(w http.ResponseWriter, request *http.Request) {
	if r.down.Load() {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	names, err := namesIn(request.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	r.mu.Lock()
	r.names = append(r.names, names...)
	r.requests++
	r.mu.Unlock()
	r.before()
	w.Header().Set("Content-Type", "application/json")
	_, _ = io.WriteString(w, `{"status":"ok","file_key":"events/otel/project/2026/01/01/00/upload.json"}`)
}

// namesIn are the names of the spans of a request, each with its error.
func namesIn(body io.Reader) ([]string, error) {
	unpacked, err := gzip.NewReader(body)
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(unpacked)
	if err != nil {
		return nil, err
	}
	var request tracepb.TracesData
	if err := proto.Unmarshal(data, &request); err != nil {
		return nil, err
	}
	var names []string
	for _, resource := range request.GetResourceSpans() {
		for _, scope := range resource.GetScopeSpans() {
			for _, span := range scope.GetSpans() {
				name := span.GetName()
				if message := span.GetStatus().GetMessage(); message != "" {
					name += ": " + message
				}
				names = append(names, name)
			}
		}
	}
	return names, nil
}

// spans are the names of what arrived, sorted.
func (r *receiver) spans() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Sorted(slices.Values(r.names))
}

func (r *receiver) count() (spans, requests int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.names), r.requests
}
