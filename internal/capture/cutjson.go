package capture

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// CutJSON shortens the JSON text s to at most limit bytes of valid JSON and reports whether it had to. What remains is
// the beginning of s: a string that does not fit is shortened at a rune boundary, a number, a literal or a member
// whose name does not fit is left out together with all that follows, and open brackets are closed. Where nothing of s
// fits the result is null; below four bytes not even that always fits, and the result may be empty.
//
// The text must be valid; that of an invalid one is unspecified, but no longer than limit.
func CutJSON(s string, limit int) (string, bool) {
	limit = max(limit, 0)
	if len(s) <= limit {
		return s, false
	}
	n, closing := endOfJSON(s[:limit])
	return s[:n] + closing, true
}

// endOfJSON returns how much of prefix, the beginning of a longer JSON text, can be kept, and what makes valid JSON of
// that, so that both together are no longer than prefix.
func endOfJSON(prefix string) (n int, closing string) {
	c := cutter{text: prefix}
	c.scan()
	if c.end == 0 {
		if len(prefix) < len("null") {
			return 0, ""
		}
		return 0, "null"
	}
	slices.Reverse(c.open)
	if c.inString {
		return c.end, `"` + string(c.open)
	}
	return c.end, string(c.open)
}

// cutter finds the longest beginning of a JSON text that still fits once it is closed. Each byte makes the beginning
// longer by one and saves at most one closing bracket: what does not fit at one place does not fit at a later one,
// so the scan ends there.
type cutter struct {
	text string

	pos      int
	open     []byte // the brackets that would close the text at pos
	atKey    bool   // the next string is the name of a member
	end      int    // where the text can be cut; the brackets owed there are those in open
	inString bool   // at end, a string is open
}

func (c *cutter) scan() {
	for c.pos < len(c.text) && c.fits(c.pos) {
		switch b := c.text[c.pos]; b {
		case '{', '[':
			if !c.fits(c.pos + 2) {
				return
			}
			c.open = append(c.open, b+2) // In ASCII a closing bracket follows two places after its opening one.
			c.atKey = b == '{'
			c.pos++
			c.end = c.pos
		case '}', ']':
			c.open = c.open[:max(len(c.open)-1, 0)]
			c.pos++
			c.end = c.pos
		case ',':
			c.atKey = len(c.open) > 0 && c.open[len(c.open)-1] == '}'
			c.pos++
		case ':':
			c.atKey = false
			c.pos++
		case ' ', '\t', '\n', '\r':
			c.pos++
		case '"':
			if !c.scanString() {
				return
			}
		default:
			if !c.scanWord() {
				return
			}
		}
	}
}

// fits tells whether the text up to pos and the brackets owed are no longer than the prefix, which is all there may be.
func (c *cutter) fits(pos int) bool { return pos+len(c.open) <= len(c.text) }

// scanString passes over a string. It reports false when the string does not fit; then a value has been cut in two.
func (c *cutter) scanString() bool {
	pos := c.pos + 1
	for {
		if most := len(c.text) - len(c.open) - len(`"`); pos < most {
			pos = plainRun(c.text[:most], pos)
		}
		if !c.atKey && c.fits(pos+1) {
			c.end, c.inString = pos, true
		}
		if pos >= len(c.text) || !c.fits(pos) {
			return false
		}
		if c.text[pos] == '"' {
			break
		}
		next := c.nextRune(pos)
		if next > len(c.text) {
			return false
		}
		pos = next
	}
	c.pos = pos + 1
	if c.atKey {
		return true
	}
	if !c.fits(c.pos) {
		return false
	}
	c.end, c.inString = c.pos, false
	return true
}

// scanWord passes over a number or a literal. It reports false when the word does not fit as a whole.
func (c *cutter) scanWord() bool {
	pos := c.pos
	for pos < len(c.text) && !endsWord(c.text[pos]) {
		pos++
	}
	// At the end of the text the word may go on: more follows that was not handed to us.
	if pos == len(c.text) || !c.fits(pos) {
		return false
	}
	c.pos, c.end = pos, pos
	return true
}

func endsWord(b byte) bool {
	switch b {
	case ',', ':', ']', '}', ' ', '\t', '\n', '\r':
		return true
	default:
		return false
	}
}

// nextRune returns the position after the rune that is written at pos within a string, be it escaped or not. The
// position is beyond the text when the text ends within the rune.
func (c *cutter) nextRune(pos int) int {
	if c.text[pos] != '\\' {
		rest := c.text[pos:min(pos+utf8.UTFMax, len(c.text))]
		if !utf8.FullRuneInString(rest) {
			return len(c.text) + 1
		}
		return pos + max(runeSize(rest, 0), 1)
	}
	if pos+1 >= len(c.text) {
		return len(c.text) + 1
	}
	if c.text[pos+1] != 'u' {
		return pos + 2
	}
	// Beyond the basic plane a rune is two escapes, such as \ud83d\ude00. Half of one would decode to U+FFFD.
	next := pos + escapeBytes
	if next > len(c.text) {
		return next
	}
	if c.isSurrogate(pos, "89abAB") && (next == len(c.text) || c.isSurrogate(next, "cdefCDEF")) {
		next += escapeBytes
	}
	return next
}

const escapeBytes = len(`\ud83d`)

// isSurrogate tells whether at pos is an escape \udX.. with one of those digits in the place of X. An escape that the
// text's end cuts off counts as one, since it may become one.
func (c *cutter) isSurrogate(pos int, digits string) bool {
	escape := c.text[pos:min(pos+escapeBytes, len(c.text))]
	if len(escape) < escapeBytes {
		return strings.HasPrefix(escape, `\`)
	}
	return (escape[:3] == `\ud` || escape[:3] == `\uD`) && strings.IndexByte(digits, escape[3]) >= 0
}
