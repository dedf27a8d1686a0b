package traceroot

import (
	"bufio"
	"compress/gzip"
	"compress/zlib"
	"io"
	"iter"
	"strings"

	"github.com/klauspost/compress/zstd"
)

// An unpacker undoes the Content-Encoding of a copy of a body, as its bytes come.
type unpacker interface {
	write(p []byte)
	close()
}

// newUnpacker writes the unpacked bytes to a writer that never fails. It is nil for an encoding that it does not know.
// Without a word about it from the caller, net/http has undone gzip already, and there is nothing left to undo.
func newUnpacker(encoding string, to io.Writer) unpacker {
	switch strings.ToLower(strings.TrimSpace(encoding)) {
	case "", "identity":
		return plain{to}
	case "gzip", "x-gzip":
		return newUnpacking(to, func(r io.Reader) (io.Reader, error) { return gzip.NewReader(r) })
	case "deflate":
		return newUnpacking(to, func(r io.Reader) (io.Reader, error) { return zlib.NewReader(r) })
	case "zstd":
		return newUnpacking(to, func(r io.Reader) (io.Reader, error) {
			return zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(maxZstdWindow))
		})
	default:
		return nil
	}
}

// maxZstdWindow is what browsers grant to Content-Encoding zstd (RFC 9659).
const maxZstdWindow = 8 << 20

type plain struct{ to io.Writer }

func (p plain) write(b []byte) { _, _ = p.to.Write(b) }
func (p plain) close()         {}

// unpacking is a decompressing reader turned around. The reader runs as a coroutine, which stops whenever it asks for
// bytes that have not come yet.
type unpacking struct {
	input []byte // that the coroutine may read
	more  func() (struct{}, bool)
	stop  func()
}

func newUnpacking(to io.Writer, open func(io.Reader) (io.Reader, error)) *unpacking {
	u := new(unpacking)
	u.more, u.stop = iter.Pull(func(yield func(struct{}) bool) {
		r, err := open(bufio.NewReader(&packedInput{u, yield}))
		if err == nil {
			_, _ = io.Copy(to, r) // the writer keeps a bounded part of whatever comes
		}
	})
	return u
}

func (u *unpacking) write(p []byte) {
	u.input = p
	u.more()
	u.input = nil // p is the caller's
}

func (u *unpacking) close() { u.stop() }

type packedInput struct {
	*unpacking
	wait func(struct{}) bool // false: no more bytes will come
}

func (i *packedInput) Read(p []byte) (int, error) {
	for len(i.input) == 0 {
		if !i.wait(struct{}{}) {
			return 0, io.ErrUnexpectedEOF
		}
	}
	n := copy(p, i.input)
	i.input = i.input[n:]
	return n, nil
}
