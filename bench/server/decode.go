package main

import (
	"fmt"
	"io"
	"time"

	"github.com/klauspost/compress/gzip"
	tracepb "go.opentelemetry.io/proto/slim/otlp/trace/v1"
	"google.golang.org/protobuf/proto"
)

// decodedBatches is how many tell how fast the machine is.
const decodedBatches = 100

// decoding is the CPU time of the least that any server has to do with a span: a measure of the machine, which on a virtual
// one changes by the hour.
func (c *corpus) decoding() (time.Duration, error) {
	began, spans := ownCPU(), 0
	for i := range min(decodedBatches, len(c.batches)) {
		decoded, err := c.decode(i)
		if err != nil {
			return 0, err
		}
		spans += len(decoded)
	}
	return (ownCPU() - began) / time.Duration(max(spans, 1)), nil
}

// decode gives the spans of a batch.
func (c *corpus) decode(i int) ([]*tracepb.Span, error) {
	unpacked, err := gzip.NewReader(c.body(i))
	if err != nil {
		return nil, fmt.Errorf("unpack batch %d: %w", i, err)
	}
	data, err := io.ReadAll(unpacked)
	if err != nil {
		return nil, fmt.Errorf("unpack batch %d: %w", i, err)
	}
	var request tracepb.TracesData
	if err := proto.Unmarshal(data, &request); err != nil {
		return nil, fmt.Errorf("decode batch %d: %w", i, err)
	}
	return request.GetResourceSpans()[0].GetScopeSpans()[0].GetSpans(), nil
}
