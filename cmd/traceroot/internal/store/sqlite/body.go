package sqlite

import (
	"fmt"
	"sync"

	"github.com/klauspost/compress/zstd"
)

// The flag tells how bytes are written. In pieces.body and sheets.body it is the first byte.
const (
	flagRaw  = 0
	flagZstd = 1
)

// minPack is the size below which compression gains nothing.
const minPack = 96

// maxUnpacked is larger than any text that is taken in.
const maxUnpacked = 1 << 30

var (
	encoder = sync.OnceValue(func() *zstd.Encoder {
		e, _ := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderCRC(false),
			zstd.WithEncoderConcurrency(2), zstd.WithLowerEncoderMem(true), zstd.WithWindowSize(1<<20)) // refuses options out of range alone
		return e
	})
	decoder = sync.OnceValue(func() *zstd.Decoder {
		d, _ := zstd.NewReader(nil, zstd.WithDecoderConcurrency(2), zstd.WithDecoderMaxMemory(maxUnpacked)) // as above
		return d
	})
)

// packBody returns what pieces.body holds for a text that is packed alone.
func packBody(text []byte) []byte {
	if len(text) >= minPack {
		body := append(make([]byte, 0, 64+len(text)/2), flagZstd)
		if body = encoder().EncodeAll(text, body); len(body) <= len(text)-len(text)/16 {
			return body
		}
	}
	return append(append(make([]byte, 0, 1+len(text)), flagRaw), text...)
}

// unpackBody returns the text of a pieces.body that is packed alone.
func unpackBody(body []byte) (string, error) {
	if len(body) == 0 {
		return "", errBlob
	}
	return unpack(body[0], body[1:])
}

func unpack(flag byte, packed []byte) (string, error) {
	switch flag {
	case flagRaw:
		return string(packed), nil
	case flagZstd:
		text, err := decoder().DecodeAll(packed, nil)
		if err != nil {
			return "", fmt.Errorf("unpack a stored text: %w", err)
		}
		return string(text), nil
	}
	return "", errBlob
}
