package capture

import (
	"math/bits"
	"slices"
	"unicode/utf8"
)

// appendQuoted appends s as a JSON string. Names and other short texts, of which there are many, it moves as one word or
// as two that overlap.
func appendQuoted(dst []byte, s string) []byte {
	n, room := len(dst), cap(dst)-len(dst)
	if len(s) <= 2*wordBytes && room > 2*wordBytes+len(`""`) {
		src, out := startOf(s), startOfBuffer(dst)
		if len(s) < wordBytes {
			if w := lastWord(s, 0); isPlain(w) {
				store(out, n, w<<8|'"')
				return append(dst[:n+1+len(s)], '"')
			}
		} else {
			first, last := load(src, 0), load(src, len(s)-wordBytes)
			if isPlain(first) && isPlain(last) {
				dst = append(dst, '"')
				store(out, n+1, first)
				store(out, n+1+len(s)-wordBytes, last)
				return append(dst[:n+1+len(s)], '"')
			}
		}
	}
	return append(appendEscaped(append(dst, '"'), s), '"')
}

// appendEscaped appends s as it stands between the quotes of a JSON string. It copies each word before it knows how much
// of it can stay: in JSON within a string, such as the arguments of a tool call, quotes are so near to each other that
// moving what is between them one by one would take longer.
func appendEscaped(dst []byte, s string) []byte {
	// A word of which each byte is escaped by a letter takes two, and what is stored last may be a word too long.
	const most = 3 * wordBytes
	out, n, i := roomFor(dst, len(s)+len(s)/8+2*most), len(dst), 0
	for {
		if n > len(out)-most {
			out = roomFor(out[:n], len(s)-i+2*most)
		}
		if i <= len(s)-wordBytes {
			i, n = escapeWords(out[:len(out)-most], n, s, i)
			if n > len(out)-most {
				continue
			}
		}
		if left := len(s) - i; left < wordBytes {
			w := lastWord(s, i)
			store(startOfBuffer(out), n, w)
			same := min(bits.TrailingZeros64(oddBytes(w))/8, left)
			i += same
			n += same
		}
		if i == len(s) {
			return out[:n]
		}
		if s[i] < utf8.RuneSelf {
			n += copyEscape(out[n:], s[i])
			i++
			continue
		}
		i, n = copyRunes(out, n, s, i)
	}
}

// escapeWords escapes the words of s from i on into out from n on. It ends before the last few bytes, before a byte for
// which a letter is no escape, and beyond the end of out, after which there must be room for three words. It returns how
// far it has come in both.
func escapeWords(out []byte, n int, s string, i int) (read, written int) {
	src, dst := startOf(s), startOfBuffer(out)
	last := len(s) - wordBytes
words:
	for i <= last && n <= len(out) {
		w := load(src, i)
		store(dst, n, w)
		odd := oddBytes(w)
		if odd == 0 {
			i += wordBytes
			n += wordBytes
			for i <= last-wordBytes && n <= len(out) {
				w, next := load(src, i), load(src, i+wordBytes)
				store(dst, n, w)
				store(dst, n+wordBytes, next)
				if !isPlain(w) || !isPlain(next) {
					continue words
				}
				i += 2 * wordBytes
				n += 2 * wordBytes
			}
			continue
		}
		// Words are read one after another whatever is in them, so that the processor can be ahead of us.
		done := 0
		for ; odd != 0; odd &= odd - 1 {
			at := bits.TrailingZeros64(odd) / 8
			n += at - done
			escape := escapes[w>>(8*at)&0xFF]
			if escape == 0 {
				return i + at, n
			}
			done = at + 1
			store(dst, n, uint64(escape)<<8|'\\')
			n += 2
			store(dst, n, w>>(8*done))
		}
		i += wordBytes
		n += wordBytes - done
	}
	return i, n
}

// copyRunes copies what is not ASCII of s from i on into out from n on, as far as there is room. It replaces a byte that
// is no part of a valid UTF-8 sequence, and returns how far it has come in both.
func copyRunes(out []byte, n int, s string, i int) (read, written int) {
	end := i
	for end < len(s) && s[end] >= utf8.RuneSelf && n+end-i+utf8.UTFMax <= len(out) {
		size := runeSize(s, end)
		if size == 0 {
			n += copy(out[n:], s[i:end])
			return end + 1, n + copy(out[n:], replacement)
		}
		end += size
	}
	return end, n + copy(out[n:], s[i:end])
}

// plainRun returns the end of the bytes of s, from i on, that stand for themselves in a JSON string.
func plainRun(s string, i int) int {
	for src := startOf(s); i+wordBytes <= len(s); i += wordBytes {
		if odd := oddBytes(load(src, i)); odd != 0 {
			return i + bits.TrailingZeros64(odd)/8
		}
	}
	return min(i+bits.TrailingZeros64(oddBytes(lastWord(s, i)))/8, len(s))
}

// roomFor returns all of dst's memory, with room for so many bytes after those it holds.
func roomFor(dst []byte, bytes int) []byte {
	dst = slices.Grow(dst, bytes)
	return dst[:cap(dst)]
}

// escapes has what follows the backslash for the bytes that are escaped by a letter or by themselves, 0 for all others.
var escapes = [256]byte{'"': '"', '\\': '\\', '\b': 'b', '\f': 'f', '\n': 'n', '\r': 'r', '\t': 't'}

// copyEscape writes an ASCII byte that needs an escape, and returns the length of that.
func copyEscape(to []byte, b byte) int {
	if escapes[b] != 0 {
		return copy(to, []byte{'\\', escapes[b]})
	}
	const hex = "0123456789abcdef"
	return copy(to, []byte{'\\', 'u', '0', '0', hex[b>>4], hex[b&0xF]})
}
