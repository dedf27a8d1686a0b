package term

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rivo/uniseg"
)

// maxBytes is how much of a text is ever looked at: more than the widest terminal shows of it.
const maxBytes = 4 << 10

// firstLine is the first line of s that is not blank, with an ellipsis where more follows.
func firstLine(s string) string {
	s = strings.TrimSpace(head(s))
	first, rest, _ := strings.Cut(s, "\n")
	first = clean(first)
	if strings.TrimSpace(rest) != "" {
		first += " …"
	}
	return first
}

// clean makes a text safe to print on one line: whatever it holds, the terminal obeys none of it. White space becomes
// single spaces, control characters become their pictures (␛ for escape), and what is invisible or would turn the
// direction of reading becomes a replacement character.
func clean(s string) string {
	var b strings.Builder
	space := false
	for _, r := range head(s) {
		if unicode.IsSpace(r) {
			space = b.Len() > 0
			continue
		}
		if space {
			b.WriteByte(' ')
			space = false
		}
		b.WriteRune(visible(r))
	}
	return b.String()
}

func visible(r rune) rune {
	const (
		zeroWidthJoiner = '\u200d' // holds emoji together
		rubout          = '\x7f'
	)
	switch {
	case r < ' ':
		return '\u2400' + r
	case r == rubout:
		return '\u2421'
	case r == zeroWidthJoiner:
		return r
	case unicode.Is(unicode.C, r):
		return utf8.RuneError
	}
	return r
}

// head cuts off what nobody will see, so that a text of 50 MB costs no more than a short one.
func head(s string) string {
	if len(s) <= maxBytes {
		return s
	}
	cut := maxBytes
	for !utf8.RuneStart(s[cut]) {
		cut--
	}
	return s[:cut]
}

// width is the number of terminal columns that clean text takes.
func width(s string) int { return uniseg.StringWidth(s) }

// cut shortens clean text to that many columns; an ellipsis tells.
func cut(s string, columns int) string {
	if width(s) <= columns {
		return s
	}
	kept, used := 0, 0
	state := -1
	for rest := s; rest != ""; {
		var cluster string
		var w int
		cluster, rest, w, state = uniseg.FirstGraphemeClusterInString(rest, state)
		if used+w > columns-1 {
			break
		}
		kept += len(cluster)
		used += w
	}
	if columns < 1 {
		return ""
	}
	return strings.TrimRight(s[:kept], " ") + "…"
}
