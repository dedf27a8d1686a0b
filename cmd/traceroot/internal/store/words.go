package store

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// maxTerm is where a term is cut, so that an encoded file costs the index no more than a word.
const maxTerm = 64

// Terms are the words of a text in the form in which they are searched: lower case, without marks above letters, in
// order. Scripts that put no spaces between words (Chinese, Japanese, Korean, Thai, ...) give one term for each
// character. JSON gives the words inside its strings, escapes undone also in JSON inside a string. Letters and digits
// make words, all else parts them.
func Terms(text string) []string { return strings.Fields(IndexText(text)) }

// IndexText is Terms with a space after each, which is what a full-text index is given.
func IndexText(text string) string {
	var b indexer
	b.out = make([]byte, 0, len(text)+len(text)/8)
	if isJSON(text) {
		b.addJSON(text)
	} else {
		b.addText(text)
	}
	b.end()
	return string(b.out)
}

// Holds reports whether terms are what w asks for, w.Not aside: all its words one after the other, the last one maybe
// only begun. Words without a letter or digit are in every text.
func (w Words) Holds(terms []string) bool {
	wanted := Terms(w.Text)
	if len(wanted) == 0 {
		return true
	}
	last := len(wanted) - 1
	for at := range len(terms) - last {
		if !slices.Equal(terms[at:at+last], wanted[:last]) {
			continue
		}
		if next := terms[at+last]; next == wanted[last] || w.Prefix && strings.HasPrefix(next, wanted[last]) {
			return true
		}
	}
	return false
}

func isJSON(text string) bool {
	text = strings.TrimLeft(text, " \t\r\n")
	return text != "" && strings.IndexByte(`{["`, text[0]) >= 0
}

// indexer collects terms.
type indexer struct {
	out   []byte
	start int // of the term under way
}

func (b *indexer) addText(text string) {
	for i := 0; i < len(text); {
		if c := text[i]; c < utf8.RuneSelf {
			b.addASCII(c)
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(text[i:])
		b.add(r)
		i += size
	}
}

// addJSON takes any run of backslashes for one, since JSON inside a string has them doubled at every level.
func (b *indexer) addJSON(text string) {
	for {
		plain, rest, escaped := strings.Cut(text, `\`)
		b.addText(plain)
		if !escaped {
			return
		}
		text = strings.TrimLeft(rest, `\`)
		if r, size := unescape(text); size > 0 {
			b.add(r)
			text = text[size:]
		}
	}
}

// unescape reads what follows a backslash. Its size is zero where that stands for itself.
func unescape(text string) (r rune, size int) {
	if text == "" {
		return 0, 0
	}
	switch text[0] {
	case 'n', 't', 'r', 'b', 'f':
		return ' ', 1
	case 'u':
		high, ok := hexRune(text)
		if !ok {
			return 0, 0
		}
		if utf16.IsSurrogate(high) {
			tail := strings.TrimLeft(text[5:], `\`)
			if low, ok := hexRune(tail); ok {
				return utf16.DecodeRune(high, low), len(text) - len(tail) + 5
			}
		}
		return high, 5
	}
	return 0, 0
}

func hexRune(text string) (rune, bool) {
	if len(text) < 5 || text[0] != 'u' {
		return 0, false
	}
	code, err := strconv.ParseUint(text[1:5], 16, 16)
	return rune(code), err == nil
}

func (b *indexer) add(r rune) {
	if r < utf8.RuneSelf {
		b.addASCII(byte(r)) //nolint:gosec // it is below
		return
	}
	switch {
	case combining(r): // é as two characters is é as one
	case !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r):
		b.end()
	case unspaced(r):
		b.end()
		b.out = utf8.AppendRune(b.out, r)
		b.end()
	default:
		b.grow(fold(r))
	}
}

// asciiTerms are the letters and digits in the form in which they are searched; zero for what parts words.
var asciiTerms = func() (terms [utf8.RuneSelf]byte) {
	for c := range byte(utf8.RuneSelf) {
		switch {
		case 'a' <= c && c <= 'z', '0' <= c && c <= '9':
			terms[c] = c
		case 'A' <= c && c <= 'Z':
			terms[c] = c + 'a' - 'A'
		}
	}
	return terms
}()

func (b *indexer) addASCII(c byte) {
	if c = asciiTerms[c]; c == 0 {
		b.end()
	} else if len(b.out)-b.start < maxTerm {
		b.out = append(b.out, c)
	}
}

func (b *indexer) grow(r rune) {
	if len(b.out)-b.start < maxTerm {
		b.out = utf8.AppendRune(b.out, r)
	}
}

func (b *indexer) end() {
	if len(b.out) > b.start {
		b.out = append(b.out, ' ')
		b.start = len(b.out)
	}
}
