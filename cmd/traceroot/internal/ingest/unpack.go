package ingest

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zlib"
	"github.com/klauspost/compress/zstd"
)

// unpacker undoes encodings. Readers and buffers are costly to make and are used again.
type unpacker struct {
	limit   int64
	buffers buffers
	gzip    sync.Pool // of *gzip.Reader
	zstd    sync.Pool // of *zstd.Decoder
}

func newUnpacker(limit int64) *unpacker { return &unpacker{limit: limit, buffers: newBuffers()} }

// encodings are those that are understood, for people.
const encodings = "gzip, zstd, deflate or identity"

// use calls f with the unpacked body, which is valid until f returns.
func (u *unpacker) use(ctx context.Context, sent body, held *share, f func([]byte) error) error {
	if sent.encoding == "" || sent.encoding == "identity" {
		return f(sent.bytes)
	}
	reader, done, err := u.open(sent)
	if err != nil {
		return err
	}
	defer done()
	unpacked, err := readAll(ctx, reader, u.buffers.take(), u.expected(sent), u.limit, held)
	defer func() { u.buffers.give(unpacked) }()
	if errors.Is(err, errTooLong) || errors.Is(err, zstd.ErrDecoderSizeExceeded) {
		return tooLarge("Unpacked request body exceeds %d bytes", u.limit)
	}
	if _, known := errors.AsType[*refusal](err); known {
		return err
	}
	if err != nil {
		return invalidPayload(sent.encoding)
	}
	return f(unpacked)
}

func invalidPayload(encoding string) *refusal { return badRequest("Invalid %s payload", encoding) }

// open returns a reader of the unpacked bytes, and what to call when it has been read.
func (u *unpacker) open(sent body) (r io.Reader, done func(), err error) {
	packed := bytes.NewReader(sent.bytes)
	switch sent.encoding {
	case "gzip", "x-gzip":
		return u.openGzip(packed)
	case "zstd":
		return u.openZstd(packed)
	case "deflate", "zlib":
		r, err := zlib.NewReader(packed)
		if err != nil {
			return nil, nil, invalidPayload(sent.encoding)
		}
		return r, func() {}, nil
	}
	return nil, nil, &refusal{
		status: http.StatusUnsupportedMediaType,
		detail: fmt.Sprintf("Unsupported Content-Encoding %q. Expected: %s", clip(sent.encoding), encodings),
	}
}

func (u *unpacker) openGzip(packed io.Reader) (r io.Reader, done func(), err error) {
	reader, _ := u.gzip.Get().(*gzip.Reader)
	if reader == nil {
		reader = new(gzip.Reader)
	}
	done = func() { u.gzip.Put(reader) }
	if err := reader.Reset(packed); err != nil {
		done()
		return nil, nil, invalidPayload("gzip")
	}
	return reader, done, nil
}

// openZstd bounds the window too, which a decoder holds in memory beside what it returns: 8 MiB is what every decoder
// must support.
func (u *unpacker) openZstd(packed io.Reader) (r io.Reader, done func(), err error) {
	decoder, _ := u.zstd.Get().(*zstd.Decoder)
	if decoder == nil {
		decoder, err = zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true),
			zstd.WithDecoderMaxWindow(8<<20), zstd.WithDecoderMaxMemory(uint64(max(u.limit, 0))+1))
		if err != nil {
			return nil, nil, fmt.Errorf("make a zstd decoder: %w", err)
		}
	}
	done = func() {
		_ = decoder.Reset(nil) // lets go of the body; it fails only on a closed decoder
		u.zstd.Put(decoder)
	}
	if err := decoder.Reset(packed); err != nil {
		done()
		return nil, nil, invalidPayload("zstd")
	}
	return decoder, done, nil
}

// expected is how long the unpacked body will be if its packer tells the truth, so that the buffer need not grow. Gzip
// ends with the length, and makes nothing more than 1,032 times shorter.
func (u *unpacker) expected(sent body) int64 {
	if len(sent.bytes) < 18 || sent.encoding != "gzip" {
		return int64(len(sent.bytes))
	}
	told := int64(binary.LittleEndian.Uint32(sent.bytes[len(sent.bytes)-4:]))
	return min(told+1, 1032*int64(len(sent.bytes)), u.limit)
}
