package llmhttp

import (
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// How a decoder reads texts, which the names of members are as well.

func (d *decoder) beginText(isKey bool) {
	d.buf, d.size, d.isKey, d.state = d.buf[:0], 0, isKey, inText
	if !isKey && d.isAtWrapped() {
		d.inner = unwrapping(d)
	}
}

func (d *decoder) isAtWrapped() bool {
	return len(d.wraps) > 0 && d.keeps() &&
		slices.EqualFunc(d.stack, d.wraps, func(in frame, name string) bool { return in.name == name })
}

// readText reads up to the next byte with a meaning of its own and returns what follows it.
func (d *decoder) readText(p []byte) []byte {
	n := 0
	for n < len(p) && p[n] != '"' && p[n] != '\\' {
		n++
	}
	if n > 0 || n < len(p) && p[n] == '"' {
		d.dropHigh()
	}
	d.keep(p[:n])
	if n == len(p) {
		return nil
	}
	if p[n] == '\\' {
		d.escape, d.state = d.escape[:0], inEscape
	} else {
		d.endText()
	}
	return p[n+1:]
}

func (d *decoder) keep(s []byte) {
	d.size += len(s)
	if d.inner != nil {
		d.inner.write(s)
		return
	}
	limit := max(min(d.text, d.textLeft), alwaysKept)
	if len(d.stack) > 0 && d.top().counted {
		limit = alwaysKept
	}
	if room := limit - len(d.buf); room > 0 {
		d.buf = append(d.buf, s[:min(room, len(s))]...)
	}
}

func (d *decoder) endText() {
	kept := d.buf
	if d.size > len(kept) {
		kept = wholeRunes(kept)
	}
	text := strings.ToValidUTF8(d.again(kept), replacement)
	if d.isKey {
		d.endName(text)
		return
	}
	v := value{kind: textKind, text: text, size: d.size}
	if d.inner != nil {
		v.items = d.inner.end(d)
		d.inner = nil
	}
	if d.keeps() {
		d.textLeft -= len(text)
	}
	d.attach(v)
}

// again is a text. One that came before is not allocated again: streams repeat ids, names and the like in every event.
func (d *decoder) again(text []byte) string {
	if name, ok := frequentNames[string(text)]; ok {
		return name
	}
	if len(text) > maxAgain {
		return string(text)
	}
	for _, before := range d.recent {
		if before == string(text) {
			return before
		}
	}
	d.recent[d.oldest] = string(text)
	before := d.recent[d.oldest]
	d.oldest = (d.oldest + 1) % maxRecent
	return before
}

// endName counts a name among the texts: an object's may be as long and many.
func (d *decoder) endName(name string) {
	in := d.top()
	in.name, d.state = name, wantColon
	if !in.counted {
		d.textLeft -= len(name)
	}
}

func (d *decoder) readEscape(c byte) {
	d.escape = append(d.escape, c)
	if d.escape[0] == 'u' {
		if len(d.escape) == len("uXXXX") {
			d.endUnicode()
		}
		return
	}
	at := strings.IndexByte(escapes, c)
	if at < 0 {
		d.state = failed
		return
	}
	d.dropHigh()
	d.keep([]byte{escaped[at]})
	d.state = inText
}

// Letters behind a backslash, and what they stand for.
const (
	escapes = `"\/bfnrt`
	escaped = "\"\\/\b\f\n\r\t"
)

func (d *decoder) endUnicode() {
	var r rune
	for _, c := range d.escape[1:] {
		digit := hexDigit(c)
		if digit < 0 {
			d.state = failed
			return
		}
		r = r<<4 | rune(digit) //nolint:gosec // G115: a digit is at most 15
	}
	d.state = inText
	if d.high != 0 {
		pair := utf16.DecodeRune(d.high, r)
		if pair != utf8.RuneError {
			d.high = 0
			d.keep(utf8.AppendRune(nil, pair))
			return
		}
		d.dropHigh()
	}
	if 0xD800 <= r && r < 0xDC00 {
		d.high = r
		return
	}
	d.keep(utf8.AppendRune(nil, r)) // a second half on its own becomes U+FFFD
}

// hexDigit is -1 for a byte that is none.
func hexDigit(c byte) int {
	if c < '0' {
		return -1
	}
	return strings.IndexByte("0123456789abcdef", c|0x20)
}

// dropHigh ends the wait for a second half.
func (d *decoder) dropHigh() {
	if d.high != 0 {
		d.high = 0
		d.keep([]byte(replacement))
	}
}
