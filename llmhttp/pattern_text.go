package llmhttp

import (
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// How texts and numbers of an event that may fit a pattern are read: as a decoder does, or not at all.

// appendPlain appends what the JSON text says whose first quote stands before b. It gives the bytes up to the last quote. A
// text with anything unusual in it is another one.
func appendPlain(dst, b []byte) (said []byte, size int, f fit) {
	begin, from := len(dst), 0
	ascii := true
	for i := 0; i < len(b); {
		switch c := b[i]; {
		case c == '"':
			dst = append(dst, b[from:i]...)
			if !ascii && !utf8.Valid(dst[begin:]) {
				return dst, 0, isOther
			}
			return dst, i, isSame
		case c == '\\':
			dst = append(dst, b[from:i]...)
			var n int
			if dst, n, f = appendEscaped(dst, b[i:]); f != isSame {
				return dst, 0, f
			}
			i += n
			from = i
			ascii = false
		case c < ' ':
			return dst, 0, isOther
		default:
			ascii = ascii && c < utf8.RuneSelf
			i++
		}
	}
	return dst, 0, isShort
}

// appendEscaped appends the character that an escape sequence stands for. It gives the length of the sequence.
func appendEscaped(dst, b []byte) (said []byte, size int, f fit) {
	if len(b) < len(`\n`) {
		return dst, 0, isShort
	}
	if b[1] == 'u' {
		return appendUnicode(dst, b)
	}
	at := strings.IndexByte(escapes, b[1])
	if at < 0 {
		return dst, 0, isOther
	}
	return append(dst, escaped[at]), len(`\n`), isSame
}

// appendUnicode leaves halves of pairs that stand alone to the decoder.
func appendUnicode(dst, b []byte) (said []byte, size int, f fit) {
	r, f := hexRune(b)
	if f != isSame {
		return dst, 0, f
	}
	size = len(`\uXXXX`)
	if utf16.IsSurrogate(r) {
		second, f := hexRune(b[size:])
		if f != isSame {
			return dst, 0, f
		}
		if r = utf16.DecodeRune(r, second); r == utf8.RuneError {
			return dst, 0, isOther
		}
		size *= 2
	}
	return utf8.AppendRune(dst, r), size, isSame
}

func hexRune(b []byte) (r rune, f fit) {
	const length = len(`\uXXXX`)
	switch {
	case len(b) < length:
		return 0, isShort
	case b[0] != '\\' || b[1] != 'u':
		return 0, isOther
	}
	for _, c := range b[2:length] {
		digit := hexDigit(c)
		if digit < 0 {
			return 0, isOther
		}
		r = r<<4 | rune(digit) //nolint:gosec // G115: a digit is at most 15
	}
	return r, isSame
}
