package traceroot

import (
	"bufio"
	"compress/gzip"
	"io"
	"iter"
	"strings"
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
		return newGunzip(to)
	default:
		return nil
	}
}

type plain struct{ to io.Writer }

func (p plain) write(b []byte) { _, _ = p.to.Write(b) }
func (p plain) close()         {}

// gunzip is compress/gzip's reader turned around. The reader runs as a coroutine, which stops whenever it asks for
// bytes that have not come yet.
type gunzip struct {
	input []byte // that the coroutine may read
	more  func() (struct{}, bool)
	stop  func()
}

func newGunzip(to io.Writer) *gunzip {
	g := new(gunzip)
	g.more, g.stop = iter.Pull(func(yield func(struct{}) bool) {
		z, err := gzip.NewReader(bufio.NewReader(&gunzipInput{g, yield}))
		if err == nil {
			_, _ = io.Copy(to, z) //nolint:gosec // G110: the writer keeps a bounded part of whatever comes
		}
	})
	return g
}

func (g *gunzip) write(p []byte) {
	g.input = p
	g.more()
	g.input = nil // p is the caller's
}

func (g *gunzip) close() { g.stop() }

type gunzipInput struct {
	*gunzip
	wait func(struct{}) bool // false: no more bytes will come
}

func (i *gunzipInput) Read(p []byte) (int, error) {
	for len(i.input) == 0 {
		if !i.wait(struct{}{}) {
			return 0, io.ErrUnexpectedEOF
		}
	}
	n := copy(p, i.input)
	i.input = i.input[n:]
	return n, nil
}
