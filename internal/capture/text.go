package capture

import (
	"reflect"
	"strings"
	"unicode/utf8"
)

const (
	replacement  = "\uFFFD"
	nonUTF8Bytes = "<non-utf8 bytes>"
)

// CutText returns the longest part of s that starts it, ends at a rune boundary and has at most limit bytes, and
// whether that is less than s. The part shares no memory with s, so a small part does not keep a large s alive.
func CutText(s string, limit int) (string, bool) {
	n := cutAt(s, limit)
	if n == len(s) {
		return s, false
	}
	return strings.Clone(s[:n]), true
}

// ValidUTF8 returns s with each byte that is no part of a valid UTF-8 sequence replaced by U+FFFD.
func ValidUTF8(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	return string(appendValid(nil, s))
}

// TypeName returns what %T prints for v, without a leading *.
func TypeName(v any) string {
	if v == nil {
		return "<nil>"
	}
	return typeName(reflect.TypeOf(v))
}

func typeName(t reflect.Type) string { return strings.TrimPrefix(t.String(), "*") }

func unencodable(v any) string { return "<unencodable " + TypeName(v) + ">" }

func plainText(s string, limit int) Value {
	size := validSize(s)
	if size <= limit {
		return Value{Text: ValidUTF8(s), OK: true}
	}
	if size > len(s) {
		// Replacing makes text longer, never shorter: what follows the rune that the limit falls into is out anyway.
		s = ValidUTF8(s[:min(len(s), max(limit, 0)+utf8.UTFMax)])
	}
	text, _ := CutText(s, limit)
	return Value{Text: text, From: size, OK: true}
}

func plainBytes(b []byte, limit int) Value {
	if !utf8.Valid(b) {
		return plainText(nonUTF8Bytes, limit)
	}
	n := cutAt(b, limit)
	if n == len(b) {
		return Value{Text: string(b), OK: true}
	}
	return Value{Text: string(b[:n]), From: len(b), OK: true}
}

// validSize returns the length of ValidUTF8(s) without building it.
func validSize(s string) int {
	if utf8.ValidString(s) {
		return len(s)
	}
	size := 0
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && n == 1 {
			size += len(replacement)
		} else {
			size += n
		}
		i += n
	}
	return size
}

// cutAt returns the last rune boundary of s that is not beyond limit.
func cutAt[T string | []byte](s T, limit int) int {
	limit = max(limit, 0)
	if len(s) <= limit {
		return len(s)
	}
	for n := limit; n > limit-utf8.UTFMax && n >= 0; n-- {
		if utf8.RuneStart(s[n]) {
			return n
		}
	}
	return limit // Four continuation bytes in a row are no UTF-8, so there is no rune to spare.
}
