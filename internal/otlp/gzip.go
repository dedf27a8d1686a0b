package otlp

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
)

// Gzip returns data compressed, in a slice of its exact size. It is made for requests that [Marshal] encoded, and safe for
// concurrent use.
func Gzip(data []byte) []byte {
	p := takePacker()
	defer p.free()
	p.write(data)
	return p.finish()
}

// Gunzip returns what [Gzip] or [Pack] compressed.
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
