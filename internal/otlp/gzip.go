package otlp

import (
	"bytes"
	"fmt"
	"io"
	"sync"

	"github.com/klauspost/compress/gzip"
)

// Gzip returns data compressed at the fastest level, in a slice of its exact size: batches may wait for long, and spare
// capacity would wait with them. It is safe for concurrent use.
func Gzip(data []byte) []byte {
	w := writers.Get().(*gzip.Writer) //nolint:errcheck // The pool holds nothing else.
	defer writers.Put(w)

	var out bytes.Buffer
	out.Grow(len(data)/8 + 512) // prompts and messages shrink to about an eighth
	w.Reset(&out)
	// Writes to a bytes.Buffer do not fail.
	_, _ = w.Write(data)
	_ = w.Close()
	w.Reset(io.Discard) // lets go of out
	return bytes.Clone(out.Bytes())
}

// Gunzip returns what [Gzip] compressed.
func Gunzip(data []byte) ([]byte, error) {
	r, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("decompress %d bytes: %w", len(data), err)
	}
	out, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("decompress %d bytes: %w", len(data), err)
	}
	return out, nil
}

// writers are pooled because each holds tables of some hundred kilobytes.
var writers = sync.Pool{New: func() any {
	w, _ := gzip.NewWriterLevel(io.Discard, gzip.BestSpeed) // fails for unknown levels only
	return w
}}
