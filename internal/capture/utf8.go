package capture

import "unicode/utf8"

// appendValid appends s with each byte that is no part of a valid UTF-8 sequence replaced.
func appendValid(dst []byte, s string) []byte {
	start := 0
	for i, src := 0, startOf(s); i < len(s); {
		if i+wordBytes <= len(s) && load(src, i)&highs == 0 {
			i += wordBytes
			continue
		}
		if s[i] < utf8.RuneSelf {
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

// runeSize returns the size of the rune at s[i]; 0 when the byte there is not valid UTF-8.
func runeSize(s string, i int) int {
	// What most languages are written in, without a call: two bytes, and three that begin neither with 0xE0, after which
	// some are too small, nor with 0xED, after which some are surrogates.
	switch b := s[i]; {
	case 0xC2 <= b && b <= 0xDF:
		if i+1 < len(s) && isContinuation(s[i+1]) {
			return 2
		}
		return 0
	case 0xE1 <= b && b <= 0xEF && b != 0xED:
		if i+2 < len(s) && isContinuation(s[i+1]) && isContinuation(s[i+2]) {
			return 3
		}
		return 0
	}
	r, n := utf8.DecodeRuneInString(s[i:])
	if r == utf8.RuneError && n == 1 {
		return 0
	}
	return n
}

func isContinuation(b byte) bool { return b&0xC0 == 0x80 }
