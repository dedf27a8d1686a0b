package otlp

import (
	"encoding/binary"
	"math/bits"
	"slices"

	"github.com/traceroot-ai/traceroot-go/internal/capture"
)

// The wire types of protobuf that OTLP's messages need.
const (
	wireVarint  = 0
	wireFixed64 = 1
	wireBytes   = 2
	wireFixed32 = 5
)

// encoder appends fields of protobuf messages to buf, in the order of its calls. Unless a method says otherwise a zero or an
// empty value is left out, as proto3 has it.
type encoder struct{ buf []byte }

// message is one that was begun and whose length is not known yet.
type message struct {
	at       int // where its length belongs
	reserved int // bytes kept free for that
}

// begin starts a nested message. Its length should take as many bytes as that of the expected one does; if it does not, end has
// to move the message, which costs time and nothing else.
func (e *encoder) begin(number, expected int) message {
	e.tag(number, wireBytes)
	m := message{at: len(e.buf), reserved: varintSize(expected)}
	e.buf = append(e.buf, make([]byte, m.reserved)...)
	return m
}

func (e *encoder) end(m message) {
	content := m.at + m.reserved
	var length [binary.MaxVarintLen64]byte
	n := binary.PutUvarint(length[:], unsigned(len(e.buf)-content))
	if n == m.reserved {
		copy(e.buf[m.at:content], length[:n])
	} else {
		e.buf = slices.Replace(e.buf, m.at, content, length[:n]...)
	}
}

// text makes s valid UTF-8: a decoder refuses the whole request otherwise.
func (e *encoder) text(number int, s string) {
	if s != "" {
		e.presentText(number, s)
	}
}

func (e *encoder) varint(number int, v uint64) {
	if v != 0 {
		e.presentVarint(number, v)
	}
}

func (e *encoder) fixed64(number int, v uint64) {
	if v != 0 {
		e.presentFixed64(number, v)
	}
}

func (e *encoder) fixed32(number int, v uint32) {
	if v != 0 {
		e.tag(number, wireFixed32)
		e.buf = binary.LittleEndian.AppendUint32(e.buf, v)
	}
}

// presentBytes writes b even when it is empty. So do the methods below with what they are given.
func (e *encoder) presentBytes(number int, b []byte) {
	e.tag(number, wireBytes)
	e.length(len(b))
	e.buf = append(e.buf, b...)
}

func (e *encoder) presentText(number int, s string) {
	s = capture.ValidUTF8(s)
	e.tag(number, wireBytes)
	e.length(len(s))
	e.buf = append(e.buf, s...)
}

func (e *encoder) presentVarint(number int, v uint64) {
	e.tag(number, wireVarint)
	e.buf = binary.AppendUvarint(e.buf, v)
}

func (e *encoder) presentFixed64(number int, v uint64) {
	e.tag(number, wireFixed64)
	e.buf = binary.LittleEndian.AppendUint64(e.buf, v)
}

func (e *encoder) length(n int) { e.buf = binary.AppendUvarint(e.buf, unsigned(n)) }

func (e *encoder) tag(number, wireType int) {
	e.buf = binary.AppendUvarint(e.buf, unsigned(number<<3|wireType))
}

// fieldSize is what a field of n bytes takes whose number is below 16: all those have a tag of one byte.
func fieldSize(n int) int { return 1 + varintSize(n) + n }

func varintSize(n int) int { return (bits.Len64(unsigned(n)|1) + 6) / 7 }

func unsigned(n int) uint64 {
	return uint64(n) //nolint:gosec // G115: lengths and field numbers are never negative
}
