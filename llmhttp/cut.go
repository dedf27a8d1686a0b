package llmhttp

import (
	"strings"
	"unicode/utf8"
)

// How texts are cut.

// A beginning keeps the first bytes of what is written to it.
type beginning struct {
	kept  []byte
	limit int
}

func (b *beginning) Write(p []byte) (int, error) {
	b.kept = appendUpTo(b.kept, p, b.limit)
	return len(p), nil
}

// appendUpTo appends as much as keeps dst within a limit.
func appendUpTo(dst, p []byte, limit int) []byte {
	if room := limit - len(dst); room > 0 {
		dst = append(dst, p[:min(room, len(p))]...)
	}
	return dst
}

// textValue is a text of which the beginning was kept.
func textValue(kept []byte, size int) *value {
	if size > len(kept) {
		kept = wholeRunes(kept)
	}
	return &value{kind: textKind, text: strings.ToValidUTF8(string(kept), replacement), size: size}
}

// cutText cuts a valid text to a number of bytes, before a character that would be cut in two.
func cutText[T string | []byte](s T, limit int) T {
	if len(s) <= limit {
		return s
	}
	limit = max(limit, 0)
	for limit > 0 && !utf8.RuneStart(s[limit]) {
		limit--
	}
	return s[:limit]
}

// wholeRunes leaves out a character at the end that was cut in two.
func wholeRunes(s []byte) []byte {
	for i := 1; i <= min(utf8.UTFMax, len(s)); i++ {
		if c := s[len(s)-i]; utf8.RuneStart(c) {
			if !utf8.FullRune(s[len(s)-i:]) {
				return s[:len(s)-i]
			}
			break
		}
	}
	return s
}
