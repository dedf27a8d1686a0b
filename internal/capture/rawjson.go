package capture

import "strings"

// json writes JSON that somebody else has made, without its white space. It reports false, with nothing written, when
// text is no JSON or nests too deep. In one pass it does what json.Valid and json.Compact do in two slower ones.
func (e *encoder) json(text string) bool {
	length, lost, depth := len(e.buf), e.lost, e.depth
	c := compactor{encoder: e, text: text}
	if !c.value() || !c.atEnd() {
		e.buf, e.lost, e.depth = e.buf[:length], lost, depth
		return false
	}
	c.flush()
	return true
}

// compactor reads a JSON text and writes it, in parts as long as possible. Its methods report false when the text is
// none.
type compactor struct {
	*encoder

	text    string
	pos     int
	written int // what of text before pos has been written, or left out
}

// flush writes what was read. The text may be of any length.
func (c *compactor) flush() {
	for c.pos-c.written > chunkBytes {
		c.put(append(c.buf, c.text[c.written:c.written+chunkBytes]...))
		c.written += chunkBytes
		if !c.more() {
			break
		}
	}
	c.put(append(c.buf, c.text[c.written:c.pos]...))
	c.written = c.pos
}

// skipSpace leaves white space out, and returns the byte after it; 0 at the end.
func (c *compactor) skipSpace() byte {
	if c.pos < len(c.text) && c.text[c.pos] > ' ' {
		return c.text[c.pos]
	}
	from := c.pos
	for c.pos < len(c.text) {
		b := c.text[c.pos]
		if b != ' ' && b != '\n' && b != '\r' && b != '\t' {
			break
		}
		c.pos++
	}
	if c.pos > from {
		c.leaveOut(from)
	}
	if c.pos == len(c.text) {
		return 0
	}
	return c.text[c.pos]
}

// leaveOut writes what stands before from, and does not write what stands between from and pos.
func (c *compactor) leaveOut(from int) {
	pos := c.pos
	c.pos = from
	c.flush()
	c.pos, c.written = pos, pos
}

func (c *compactor) atEnd() bool {
	c.skipSpace()
	return c.pos == len(c.text)
}

func (c *compactor) value() bool {
	switch c.skipSpace() {
	case '{':
		return c.object()
	case '[':
		return c.array()
	case '"':
		return c.string()
	case 't':
		return c.word("true")
	case 'f':
		return c.word("false")
	case 'n':
		return c.word("null")
	default:
		end := numberEnd(c.text, c.pos)
		found := end > c.pos
		c.pos = end
		return found
	}
}

func (c *compactor) array() bool {
	if !c.enter() {
		return false
	}
	if c.skipSpace() == ']' {
		return c.leave()
	}
	for {
		if !c.value() {
			return false
		}
		switch c.skipSpace() {
		case ',':
			c.pos++
		case ']':
			return c.leave()
		default:
			return false
		}
	}
}

func (c *compactor) object() bool {
	if !c.enter() {
		return false
	}
	if c.skipSpace() == '}' {
		return c.leave()
	}
	for {
		if c.skipSpace() != '"' || !c.string() || c.skipSpace() != ':' {
			return false
		}
		c.pos++
		if !c.value() {
			return false
		}
		switch c.skipSpace() {
		case ',':
			c.pos++
		case '}':
			return c.leave()
		default:
			return false
		}
	}
}

// enter passes over an opening bracket, leave over a closing one.
func (c *compactor) enter() bool {
	c.pos++
	c.depth++
	return c.depth <= maxDepth
}

func (c *compactor) leave() bool {
	c.pos++
	c.depth--
	return true
}

func (c *compactor) word(word string) bool {
	if !strings.HasPrefix(c.text[c.pos:], word) {
		return false
	}
	c.pos += len(word)
	return true
}

// string reads a string. Bytes in it that are no UTF-8 are replaced: JSON tolerates them, the wire does not.
func (c *compactor) string() bool {
	c.pos++
	for {
		c.pos = plainRun(c.text, c.pos)
		if c.pos == len(c.text) {
			return false
		}
		switch b := c.text[c.pos]; {
		case b == '"':
			c.pos++
			return true
		case b == '\\':
			n := escapeSize(c.text[c.pos:])
			if n == 0 {
				return false
			}
			c.pos += n
		case b < ' ':
			return false
		default:
			n := runeSize(c.text, c.pos)
			if n == 0 {
				c.pos++
				c.leaveOut(c.pos - 1)
				c.literal(replacement)
			}
			c.pos += n
		}
	}
}

// escapeSize is the length of the escape at the beginning of text, 0 where there is no valid one.
func escapeSize(text string) int {
	if len(text) < 2 {
		return 0
	}
	switch text[1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return 2
	case 'u':
		if len(text) >= escapeBytes && areHex(text[2:escapeBytes]) {
			return escapeBytes
		}
	}
	return 0
}

func areHex(digits string) bool {
	for i := range len(digits) {
		b := digits[i]
		if lower := b | 0x20; !isDigit(b) && (lower < 'a' || lower > 'f') {
			return false
		}
	}
	return true
}

// numberEnd is where the JSON number that begins at s[i] ends; i where none begins.
func numberEnd(s string, i int) int {
	digits := i
	if digits < len(s) && s[digits] == '-' {
		digits++
	}
	end := digitsEnd(s, digits)
	if end == digits || s[digits] == '0' && end > digits+1 {
		return i
	}
	if end < len(s) && s[end] == '.' {
		fraction := end + 1
		if end = digitsEnd(s, fraction); end == fraction {
			return i
		}
	}
	if end < len(s) && (s[end] == 'e' || s[end] == 'E') {
		exponent := end + 1
		if exponent < len(s) && (s[exponent] == '+' || s[exponent] == '-') {
			exponent++
		}
		if end = digitsEnd(s, exponent); end == exponent {
			return i
		}
	}
	return end
}

func digitsEnd(s string, i int) int {
	for i < len(s) && isDigit(s[i]) {
		i++
	}
	return i
}

func isDigit(b byte) bool { return '0' <= b && b <= '9' }
