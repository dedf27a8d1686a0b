package main

import (
	"bytes"
	"fmt"
	"io"
	"sync"

	"github.com/klauspost/compress/gzip"
	tracepb "go.opentelemetry.io/proto/slim/otlp/trace/v1"
	"google.golang.org/protobuf/proto"

	"github.com/traceroot-ai/traceroot-go/attr"
)

// store counts spans by their ids. Its zero value is empty; it is safe for concurrent use.
type store struct {
	mu    sync.Mutex
	times map[[8]byte]int // how often each span came
	cut   int             // spans, of those that came first, with a value that was cut
}

// add takes in a request as the backend does: text that is not UTF-8 makes it refuse the whole.
func (s *store) add(request []byte) error {
	var data tracepb.TracesData
	if err := proto.Unmarshal(request, &data); err != nil {
		return fmt.Errorf("decode request: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.times == nil {
		s.times = make(map[[8]byte]int)
	}
	for _, resource := range data.GetResourceSpans() {
		for _, scope := range resource.GetScopeSpans() {
			for _, span := range scope.GetSpans() {
				id := [8]byte(span.GetSpanId())
				if s.times[id]++; s.times[id] == 1 && isCut(span) {
					s.cut++
				}
			}
		}
	}
	return nil
}

func isCut(span *tracepb.Span) bool {
	for _, kv := range span.GetAttributes() {
		if kv.GetKey() == attr.Truncated {
			return kv.GetValue().GetBoolValue()
		}
	}
	return false
}

// counts are the spans that are stored, those that came again, and those with a value that was cut.
func (s *store) counts() (stored, again, cut int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, times := range s.times {
		again += times - 1
	}
	return len(s.times), again, s.cut
}

func unpack(body []byte) ([]byte, error) {
	packed, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("unpack request: %w", err)
	}
	return io.ReadAll(packed)
}
