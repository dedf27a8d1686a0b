package otlp_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"strings"
	"sync"
	"testing"

	"github.com/traceroot-ai/traceroot-go/internal/otlp"
)

// A server in another language decompresses: the standard library stands for it.
func TestGzipIsReadByAnyDecompressor(t *testing.T) {
	t.Parallel()
	var wg sync.WaitGroup
	for i := range 8 { // at once, because writers are pooled
		wg.Go(func() {
			data := []byte(strings.Repeat("some text ", i*10_000))
			r, err := gzip.NewReader(bytes.NewReader(otlp.Gzip(data)))
			if err != nil {
				t.Error(err)
				return
			}
			got, err := io.ReadAll(r)
			if err != nil || !bytes.Equal(got, data) {
				t.Errorf("%d bytes came back as %d: %v", len(data), len(got), err)
			}
		})
	}
	wg.Wait()
}

func TestGzipKeepsNoSpareCapacity(t *testing.T) {
	t.Parallel()
	out := otlp.Gzip(bytes.Repeat([]byte("x"), 1<<20))
	if cap(out) > len(out)+1024 {
		t.Errorf("%d bytes hold %d", len(out), cap(out))
	}
}

func TestGunzip(t *testing.T) {
	t.Parallel()
	data := []byte("some text")
	got, err := otlp.Gunzip(otlp.Gzip(data))
	if err != nil || !bytes.Equal(got, data) {
		t.Errorf("Gunzip = %q, %v, want %q", got, err, data)
	}
	if _, err := otlp.Gunzip([]byte("not compressed")); err == nil {
		t.Error("what is not compressed was decompressed")
	}
	whole := otlp.Gzip(data)
	if _, err := otlp.Gunzip(whole[:len(whole)-4]); err == nil {
		t.Error("a torn body was decompressed")
	}
}
