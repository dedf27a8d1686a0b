package capture

import (
	"encoding/binary"
	"unsafe"
)

// wordBytes is how many bytes of a text are looked at together. Most text is letters, and most of its time would be
// spent on finding that none of them needs an escape.
const wordBytes = 8

const (
	ones  = 0x0101010101010101 // 1 in each byte
	highs = 0x8080808080808080 // the highest bit of each byte
)

// load returns the word that begins i bytes after p, its first byte in the lowest digits. It and store leave out the
// check of bounds, which would take as long as what is done with a word: the caller has made it.
func load(p *byte, i int) uint64 {
	b := (*[wordBytes]byte)(unsafe.Add(unsafe.Pointer(p), i)) //nolint:gosec // G103: the callers look at the length first
	return binary.LittleEndian.Uint64(b[:])
}

func store(p *byte, i int, w uint64) {
	b := (*[wordBytes]byte)(unsafe.Add(unsafe.Pointer(p), i)) //nolint:gosec // G103: the callers look at the length first
	binary.LittleEndian.PutUint64(b[:], w)
}

// startOf is where s begins, for load.
func startOf(s string) *byte {
	return unsafe.StringData(s) //nolint:gosec // G103: nothing writes to it
}

// startOfBuffer is where b begins, for store.
func startOfBuffer(b []byte) *byte {
	return unsafe.SliceData(b) //nolint:gosec // G103: b is ours
}

// textOf returns b as a string that shares its memory: for reading only, and not for keeping.
func textOf(b []byte) string {
	return unsafe.String(unsafe.SliceData(b), len(b)) //nolint:gosec // G103: it is not kept, and b does not change meanwhile
}

// lastWord returns the less than eight bytes of s from i on as load does, filled up with letters.
func lastWord(s string, i int) uint64 {
	const letters = ones * 'a'
	left := len(s) - i
	digits := 8 * uint(left)
	if len(s) >= wordBytes {
		return load(startOf(s), len(s)-wordBytes)>>(8*wordBytes-digits) | letters<<digits
	}
	if left >= wordBytes/2 {
		// Two halves that overlap.
		return halfWord(s, i) | halfWord(s, len(s)-wordBytes/2)<<(digits-8*wordBytes/2) | letters<<digits
	}
	w := uint64(letters)
	for at := len(s) - 1; at >= i; at-- {
		w = w<<8 | uint64(s[at])
	}
	return w
}

func halfWord(s string, i int) uint64 {
	b := s[i : i+wordBytes/2]
	return uint64(b[0]) | uint64(b[1])<<8 | uint64(b[2])<<16 | uint64(b[3])<<24
}

// oddBytes has the highest bit set of each byte of w that does not stand for itself in a JSON string: quotes, backslashes,
// control characters and what is not ASCII.
func oddBytes(w uint64) uint64 {
	// Each sum has a byte's highest bit where the byte passes: it is neither a control character nor a quote, and not a
	// backslash. None can carry into the next byte.
	const low = ones * 0x7F
	passes := ((w&low ^ swap) + (highs - first)) & ((w&low ^ backslashes) + low)
	return (^passes | w) & highs
}

// isPlain tells whether oddBytes finds nothing in w, which takes less than finding out where.
func isPlain(w uint64) bool {
	// A subtraction sets a byte's highest bit where it borrows, which it does below the number subtracted. What it
	// borrows falsifies the bytes after that one, and then it does not matter.
	return (w|((w^swap)-first)|((w^backslashes)-ones))&highs == 0
}

const (
	// swap changes the places of the quote and the blank, so that the quote comes right after the control characters and
	// one comparison finds them all: those below first.
	swap  = ones * ('"' ^ ' ')
	first = ones * (' ' + 1)

	backslashes = ones * '\\'
)
