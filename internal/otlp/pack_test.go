package otlp_test

import (
	"bytes"
	"strings"
	"sync"
	"testing"

	"go.opentelemetry.io/otel/attribute"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/traceroot-ai/traceroot-go/internal/otlp"
)

func TestPackHoldsWhatMarshalEncodes(t *testing.T) {
	t.Parallel()
	var wg sync.WaitGroup
	for i := range 8 { // at once, and of falling sizes, because buffers are used again
		wg.Go(func() {
			for _, n := range []int{5, 3, 1, 0} {
				spans := batchOf(n, i*1000)
				got, err := otlp.Gunzip(otlp.Pack(spans))
				if err != nil || !bytes.Equal(got, marshal(spans...)) {
					t.Errorf("%d spans came back as %d bytes: %v", n, len(got), err)
				}
			}
		})
	}
	wg.Wait()
}

func TestPackKeepsNoSpareCapacity(t *testing.T) {
	t.Parallel()
	body := otlp.Pack(batchOf(100, 10_000))
	if cap(body) > len(body)+len(body)/4 {
		t.Errorf("%d bytes hold %d", len(body), cap(body))
	}
}

func TestPackAllocatesNothingForAText(t *testing.T) {
	var attributes []attribute.KeyValue
	for i := range 1000 {
		attributes = append(attributes, attribute.String("text", strings.Repeat("äo", i)), attribute.Int("number", i))
	}
	spans := []sdktrace.ReadOnlySpan{stub(1, attributes...).Snapshot()}
	// A pool may lose what it holds at any time, and does so often under the race detector.
	if allocs := testing.AllocsPerRun(10, func() { otlp.Pack(spans) }); allocs > 100 {
		t.Errorf("%v allocations for a span of 1000 texts", allocs)
	}
}
