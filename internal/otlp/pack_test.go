package otlp_test

import (
	"bytes"
	"sync"
	"testing"

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
				if err != nil || !bytes.Equal(got, marshal(t, spans...)) {
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
