package parity_test

import (
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"

	tracepb "go.opentelemetry.io/proto/slim/otlp/trace/v1"
	"google.golang.org/protobuf/proto"
)

// receiver is a TraceRoot server as far as uploads go: it keeps what arrives.
type receiver struct {
	*httptest.Server

	mu      sync.Mutex
	uploads []upload // guarded by mu
}

type upload struct {
	request *http.Request
	data    *tracepb.TracesData
}

func newReceiver(t *testing.T) *receiver {
	t.Helper()
	r := &receiver{}
	r.Server = httptest.NewServer(http.HandlerFunc(r.serve))
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) serve(w http.ResponseWriter, request *http.Request) {
	data, err := decodeUpload(request)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	r.mu.Lock()
	r.uploads = append(r.uploads, upload{request, data})
	r.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	_, _ = io.WriteString(w, `{"status":"ok","file_key":"events/otel/project/2026/01/01/00/upload.json"}`)
}

func (r *receiver) received() []upload {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.uploads)
}

func decodeUpload(request *http.Request) (*tracepb.TracesData, error) {
	body, err := gzip.NewReader(request.Body)
	if err != nil {
		return nil, fmt.Errorf("unpack upload: %w", err)
	}
	raw, err := io.ReadAll(body)
	if err != nil {
		return nil, fmt.Errorf("unpack upload: %w", err)
	}
	data := &tracepb.TracesData{}
	if err := proto.Unmarshal(raw, data); err != nil {
		return nil, fmt.Errorf("decode upload: %w", err)
	}
	return data, nil
}
