package capture

import (
	"math"
	"reflect"
	"slices"
	"strconv"
	"sync"
	"unicode/utf8"
)

const (
	// maxDepth bounds the brackets open at one place, and so our stack and that of whoever decodes the text: Python's
	// json module, which the hosted platform uses, gives up near 1000.
	maxDepth = 500

	// maxCountedBytes ends the search for the real size of a value. One that refers to the same things over and over
	// has a text that is exponentially longer than itself.
	maxCountedBytes = 64 << 20

	// chunkBytes is how much of a long string is written before what exceeds the limit is dropped again.
	chunkBytes = 16 << 10

	// maxPooledBytes keeps one huge prompt from pinning its buffer for good.
	maxPooledBytes = 64 << 10
)

// encoder writes one value. It keeps the first bytes of the text, as many as the limit allows, and only counts the
// others, so that the real size is known in the end.
type encoder struct {
	buf  []byte
	keep int  // buf is cut back to this after each write
	lost int  // bytes written after those in buf
	bare bool // buf is text, not JSON

	depth int      // brackets open
	path  []visit  // pointers, maps and slices being encoded, outermost first
	keys  []string // scratch: sorted keys of the maps being encoded, outermost first
}

// visit is the identity of a pointer, map or slice. The type tells a struct from its first field, the length a slice
// from its beginning.
type visit struct {
	ptr uintptr
	len int
	typ reflect.Type
}

var encoderPool sync.Pool

func newEncoder(limit int) *encoder {
	e, ok := encoderPool.Get().(*encoder)
	if !ok {
		e = &encoder{buf: make([]byte, 0, 1024)}
	}
	e.keep = max(limit, 0)
	return e
}

func (e *encoder) release() {
	if cap(e.buf) > maxPooledBytes || cap(e.keys) > maxPooledBytes/16 {
		return
	}
	clear(e.keys) // Something is left only after a panic.
	*e = encoder{buf: e.buf[:0], path: e.path[:0], keys: e.keys[:0]}
	encoderPool.Put(e)
}

func (e *encoder) value() Value {
	if e.lost == 0 {
		return Value{Text: string(e.buf), OK: true}
	}
	captured := Value{From: len(e.buf) + e.lost, OK: true}
	if e.bare {
		captured.Text = string(e.buf[:e.lastBoundary()])
	} else {
		n, closing := endOfJSON(e.buf)
		captured.Text = string(append(e.buf[:n], closing...))
	}
	return captured
}

// lastBoundary is the length of buf without a rune that was torn at its end.
func (e *encoder) lastBoundary() int {
	n := len(e.buf)
	for back := 1; back < utf8.UTFMax && back <= n; back++ {
		if tail := e.buf[n-back:]; utf8.RuneStart(tail[0]) {
			if !utf8.FullRune(tail) {
				return n - back
			}
			break
		}
	}
	return n
}

func (e *encoder) trim() {
	if over := len(e.buf) - e.keep; over > 0 {
		e.lost += over
		e.buf = e.buf[:e.keep]
	}
}

// enter puts what is about to be encoded on the path. It writes a mark and reports false when that is there already
// or the path has become too long. After true, the caller calls leave.
func (e *encoder) enter(typ reflect.Type, ptr uintptr, length int) bool {
	at := visit{ptr, length, typ}
	switch {
	case e.lost > maxCountedBytes:
		return false
	case slices.Contains(e.path, at):
		e.text("<circular ref: ", typeName(typ), ">")
		return false
	case len(e.path) == maxDepth:
		e.tooDeep(typ)
		return false
	}
	e.path = append(e.path, at)
	return true
}

func (e *encoder) leave() { e.path = e.path[:len(e.path)-1] }

// open writes a bracket, or a mark when too many are open; then it reports false. After true, the caller calls close.
func (e *encoder) open(bracket byte, typ reflect.Type) bool {
	if e.depth == maxDepth {
		e.tooDeep(typ)
		return false
	}
	e.depth++
	e.byte(bracket)
	return true
}

func (e *encoder) close(bracket byte) {
	e.byte(bracket)
	e.depth--
}

func (e *encoder) tooDeep(typ reflect.Type) { e.text("<too deep: ", typeName(typ), ">") }

func (e *encoder) unencodable(typ reflect.Type) { e.text("<unencodable ", typeName(typ), ">") }

// text writes the parts as one text: within JSON as a string, at the outermost level as they are.
func (e *encoder) text(parts ...string) {
	if e.depth == 0 {
		e.bare = true
		for _, part := range parts {
			writeValid(e, part)
		}
		return
	}
	e.byte('"')
	for _, part := range parts {
		writeEscaped(e, part)
	}
	e.byte('"')
}

func (e *encoder) bytes(b []byte) {
	switch {
	case !utf8.Valid(b):
		e.text(nonUTF8Bytes)
	case e.depth == 0:
		e.bare = true
		writeValid(e, b)
	default:
		e.byte('"')
		writeEscaped(e, b)
		e.byte('"')
	}
}

func (e *encoder) key(name string) {
	e.byte('"')
	writeEscaped(e, name)
	e.literal(`":`)
}

func (e *encoder) null() { e.literal("null") }

func (e *encoder) bool(b bool) {
	e.buf = strconv.AppendBool(e.buf, b)
	e.trim()
}

func (e *encoder) int(i int64) {
	e.buf = strconv.AppendInt(e.buf, i, 10)
	e.trim()
}

func (e *encoder) uint(u uint64) {
	e.buf = strconv.AppendUint(e.buf, u, 10)
	e.trim()
}

func (e *encoder) float(f float64, bits int) {
	switch {
	case math.IsNaN(f):
		e.text("NaN")
	case math.IsInf(f, 1):
		e.text("Infinity")
	case math.IsInf(f, -1):
		e.text("-Infinity")
	default:
		e.buf = appendFloat(e.buf, f, bits)
		e.trim()
	}
}

func (e *encoder) byte(b byte) {
	e.buf = append(e.buf, b)
	e.trim()
}

func (e *encoder) literal(s string) {
	e.buf = append(e.buf, s...)
	e.trim()
}

func writeValid[T string | []byte](e *encoder, s T) {
	for len(s) > chunkBytes {
		n := cutAt(s, chunkBytes)
		e.buf = appendValid(e.buf, s[:n])
		e.trim()
		s = s[n:]
	}
	e.buf = appendValid(e.buf, s)
	e.trim()
}

func writeEscaped[T string | []byte](e *encoder, s T) {
	for len(s) > chunkBytes {
		n := cutAt(s, chunkBytes)
		e.buf = appendEscaped(e.buf, s[:n])
		e.trim()
		s = s[n:]
	}
	e.buf = appendEscaped(e.buf, s)
	e.trim()
}

func appendEscaped[T string | []byte](dst []byte, s T) []byte {
	start := 0
	for i := 0; i < len(s); {
		b := s[i]
		if b < utf8.RuneSelf {
			if b < ' ' || b == '"' || b == '\\' {
				dst = append(dst, s[start:i]...)
				dst = appendEscape(dst, b)
				start = i + 1
			}
			i++
			continue
		}
		n := runeSize(s, i)
		if n == 0 {
			dst = append(dst, s[start:i]...)
			dst = append(dst, replacement...)
			n = 1
			start = i + 1
		}
		i += n
	}
	return append(dst, s[start:]...)
}

func appendEscape(dst []byte, b byte) []byte {
	switch b {
	case '"', '\\':
		return append(dst, '\\', b)
	case '\b':
		return append(dst, `\b`...)
	case '\f':
		return append(dst, `\f`...)
	case '\n':
		return append(dst, `\n`...)
	case '\r':
		return append(dst, `\r`...)
	case '\t':
		return append(dst, `\t`...)
	default:
		const hex = "0123456789abcdef"
		return append(dst, '\\', 'u', '0', '0', hex[b>>4], hex[b&0xF])
	}
}

// appendFloat writes numbers as JavaScript does, with an exponent only where the digits would be many.
func appendFloat(dst []byte, f float64, bits int) []byte {
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
