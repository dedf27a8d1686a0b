package capture

import (
	"math"
	"strconv"
	"unicode/utf8"
)

// string writes s as one text: within JSON as a string, at the outermost level as it is.
func (e *encoder) string(s string) {
	if e.depth > 0 && len(s) <= chunkBytes {
		e.put(appendQuoted(e.buf, s))
		return
	}
	e.beginText()
	e.write(s)
	e.endText()
}

// text writes the parts as one text, as string does.
func (e *encoder) text(parts ...string) {
	e.beginText()
	for _, part := range parts {
		e.write(part)
	}
	e.endText()
}

func (e *encoder) beginText() {
	if e.depth > 0 {
		e.literal(`"`)
	} else {
		e.bare = true
	}
}

func (e *encoder) endText() {
	if e.depth > 0 {
		e.literal(`"`)
	}
}

// write writes a part of a text, which may be of any length. On the way it drops what exceeds the limit.
func (e *encoder) write(s string) {
	for len(s) > 0 && e.more() {
		n := cutAt(s, chunkBytes)
		if e.depth > 0 {
			e.put(appendEscaped(e.buf, s[:n]))
		} else {
			e.put(appendValid(e.buf, s[:n]))
		}
		s = s[n:]
	}
}

func (e *encoder) bytes(b []byte) {
	if utf8.Valid(b) {
		e.string(textOf(b))
	} else {
		e.string(nonUTF8Bytes)
	}
}

func (e *encoder) bytesOrNull(b []byte) {
	if b == nil {
		e.null()
	} else {
		e.bytes(b)
	}
}

// key writes the name of a member, after a comma where it is not the first.
func (e *encoder) key(name string, first bool) {
	buf := e.buf
	if !first {
		buf = append(buf, ',')
	}
	if len(name) <= chunkBytes {
		e.put(append(appendQuoted(buf, name), ':'))
		return
	}
	e.put(buf)
	e.literal(`"`)
	e.write(name)
	e.literal(`":`)
}

// comma goes before every item but the first.
func (e *encoder) comma(first bool) {
	if !first {
		e.buf = append(e.buf, ',')
	}
}

func (e *encoder) null() { e.literal("null") }

func (e *encoder) bool(b bool) { e.put(strconv.AppendBool(e.buf, b)) }

func (e *encoder) int(i int64) { e.put(strconv.AppendInt(e.buf, i, 10)) }

func (e *encoder) uint(u uint64) { e.put(strconv.AppendUint(e.buf, u, 10)) }

func (e *encoder) float(f float64, bits int) {
	switch {
	case math.IsNaN(f):
		e.text("NaN")
	case math.IsInf(f, 1):
		e.text("Infinity")
	case math.IsInf(f, -1):
		e.text("-Infinity")
	default:
		e.put(appendFloat(e.buf, f, bits))
	}
}

func (e *encoder) literal(s string) { e.put(append(e.buf, s...)) }

// exactInts bounds the integers of which a float32 has each, so that the shortest text of one is all of its digits.
const exactInts = 1 << 24

// appendFloat writes numbers as JavaScript does, with an exponent only where the digits would be many.
func appendFloat(dst []byte, f float64, bits int) []byte {
	if i := int64(f); float64(i) == f && -exactInts < i && i < exactInts && (i != 0 || !math.Signbit(f)) {
		return strconv.AppendInt(dst, i, 10) // the same digits in a third of the time
	}
	small, large := math.Abs(f) < 1e-6, math.Abs(f) >= 1e21
	if bits == 32 {
		small, large = math.Abs(f) < float64(float32(1e-6)), math.Abs(f) >= float64(float32(1e21))
	}
	if f == 0 || !small && !large {
		return strconv.AppendFloat(dst, f, 'f', -1, bits)
	}
	dst = strconv.AppendFloat(dst, f, 'e', -1, bits)
	// strconv pads exponents to two digits: 1e-09 is 1e-9 in JavaScript. Those of large numbers have two anyway.
	if n := len(dst); dst[n-3] == '-' && dst[n-2] == '0' {
		dst[n-2] = dst[n-1]
		dst = dst[:n-1]
	}
	return dst
}
