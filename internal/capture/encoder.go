package capture

import (
	"reflect"
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

	// chunkBytes is how much may be written beyond the limit before it is dropped again.
	chunkBytes = 16 << 10
)

// encoder writes one value. It keeps the first bytes of the text, as many as the limit allows, and only counts the
// others, so that the real size is known in the end.
type encoder struct {
	buf  []byte
	mark int  // where makeRoom is due
	keep int  // how much of buf counts; what follows is about to be dropped
	lost int  // bytes that were dropped
	bare bool // buf is text, not JSON

	depth int     // brackets open
	path  []visit // pointers, maps and slices being encoded, outermost first

	small []byte  // what buf was before it came from large
	large *buffer // nil while buf is small
}

// visit is the identity of a pointer, map or slice. The type tells a struct from its first field, the length a slice
// from its beginning. It holds no pointers, which would cost a write barrier each while the garbage collector runs.
type visit struct {
	ptr uintptr
	len int
	typ uintptr
}

// typeRef is a type and where it is, which tells it from others.
type typeRef struct {
	reflect.Type

	at uintptr
}

func refTo(t reflect.Type) *typeRef { return &typeRef{t, reflect.ValueOf(t).Pointer()} }

// buffer is room for a long text.
type buffer struct{ bytes []byte }

// Long texts have a pool of their own: in the one for all values, each would come back before the garbage collector
// takes it, and a single huge prompt would be paid for with memory for good.
var encoderPool, bufferPool sync.Pool

const (
	smallBytes     = 64 << 10
	largeBytes     = 256 << 10
	maxPooledBytes = 1 << 20
)

func newEncoder(limit int) *encoder {
	e, ok := encoderPool.Get().(*encoder)
	if !ok {
		e = &encoder{buf: make([]byte, 0, 1024)}
	}
	e.keep = max(limit, 0)
	e.mark = min(smallBytes, e.keep+chunkBytes)
	return e
}

func (e *encoder) release() {
	if e.large != nil {
		if cap(e.buf) <= maxPooledBytes {
			e.large.bytes = e.buf[:0]
			bufferPool.Put(e.large)
		}
		e.buf, e.small, e.large = e.small, nil, nil
	}
	if cap(e.buf) > 2*smallBytes {
		return
	}
	e.path = e.path[:0]
	e.buf, e.lost, e.depth, e.bare = e.buf[:0], 0, 0, false
	encoderPool.Put(e)
}

// put takes the buffer back after something was appended to it. While the garbage collector runs, a pointer that is
// written costs a write barrier, so this is done only where it is another one.
func (e *encoder) put(buf []byte) {
	if cap(buf) == cap(e.buf) {
		e.buf = e.buf[:len(buf)]
	} else {
		e.buf = buf
	}
}

// more is asked between the parts of a value. It makes room for the next one, and reports false when counting has gone
// on for long enough.
func (e *encoder) more() bool { return len(e.buf) <= e.mark || e.makeRoom() }

func (e *encoder) makeRoom() bool {
	if len(e.buf) > e.keep+chunkBytes {
		e.trim()
	} else {
		e.grow()
	}
	if e.lost > maxCountedBytes {
		e.mark = -1 // It stays full.
		return false
	}
	e.mark = min(cap(e.buf)-chunkBytes, e.keep+chunkBytes)
	return true
}

// grow moves the text to where it has more room.
func (e *encoder) grow() {
	if e.large == nil {
		large, ok := bufferPool.Get().(*buffer)
		if !ok {
			large = &buffer{make([]byte, 0, min(largeBytes, e.keep+2*chunkBytes))}
		}
		e.small, e.large = e.buf[:0], large
		e.buf = append(large.bytes, e.buf...)
	}
	if cap(e.buf)-len(e.buf) < chunkBytes {
		roomier := make([]byte, 0, min(2*cap(e.buf), e.keep+2*chunkBytes))
		e.buf = append(roomier, e.buf...)
	}
}

// trim drops what is beyond the limit.
func (e *encoder) trim() {
	if over := len(e.buf) - e.keep; over > 0 {
		e.lost += over
		e.buf = e.buf[:e.keep]
	}
}

func (e *encoder) value() Value {
	e.trim()
	if e.lost == 0 {
		return Value{Text: string(e.buf), OK: true}
	}
	captured := Value{From: len(e.buf) + e.lost, OK: true}
	if e.bare {
		captured.Text = string(e.buf[:e.lastBoundary()])
	} else {
		n, closing := endOfJSON(textOf(e.buf))
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

// enter puts what is about to be encoded on the path. It writes a mark and reports false when that is there already
// or the path has become too long. After true, the caller calls leave.
func (e *encoder) enter(typ *typeRef, ptr uintptr, length int) bool {
	for i := range e.path {
		// The pointers differ nearly always, so they are compared first.
		if at := &e.path[i]; at.ptr == ptr && at.len == length && at.typ == typ.at {
			e.text("<circular ref: ", typeName(typ.Type), ">")
			return false
		}
	}
	if len(e.path) == maxDepth {
		e.tooDeep(typ.Type)
		return false
	}
	if !e.more() {
		return false
	}
	e.path = append(e.path, visit{ptr, length, typ.at})
	return true
}

func (e *encoder) leave() { e.path = e.path[:len(e.path)-1] }

// open writes a bracket, or a mark when too many are open; then it reports false. After true, the caller calls close.
func (e *encoder) open(bracket byte, typ *typeRef) bool {
	if e.depth == maxDepth {
		e.tooDeep(typ.Type)
		return false
	}
	e.depth++
	e.buf = append(e.buf, bracket)
	return true
}

func (e *encoder) close(bracket byte) {
	e.buf = append(e.buf, bracket)
	e.depth--
}

func (e *encoder) tooDeep(typ reflect.Type) { e.text("<too deep: ", typeName(typ), ">") }

func (e *encoder) unencodable(typ reflect.Type) { e.text("<unencodable ", typeName(typ), ">") }
