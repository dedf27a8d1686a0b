package llmhttp

import (
	"strconv"
	"unicode/utf8"
)

// appendText appends s as a JSON text: compact, without HTML escapes, every byte of it valid UTF-8.
func appendText(dst []byte, s string) []byte {
	const hex = "0123456789abcdef"
	dst = append(dst, '"')
	from := 0 // what lies before has been appended
	for i := 0; i < len(s); {
		c := s[i]
		if c >= utf8.RuneSelf {
			r, n := utf8.DecodeRuneInString(s[i:])
			if r == utf8.RuneError && n == 1 {
				dst = append(append(dst, s[from:i]...), replacement...)
				from = i + n
			}
			i += n
			continue
		}
		i++
		if c >= ' ' && c != '"' && c != '\\' {
			continue
		}
		dst = append(dst, s[from:i-1]...)
		from = i
		switch c {
		case '"', '\\':
			dst = append(dst, '\\', c)
		case '\n':
			dst = append(dst, '\\', 'n')
		case '\r':
			dst = append(dst, '\\', 'r')
		case '\t':
			dst = append(dst, '\\', 't')
		default:
			dst = append(dst, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		}
	}
	return append(append(dst, s[from:]...), '"')
}

// An object appends the members of one JSON object.
type object struct {
	dst []byte
	any bool // a member stands before the next one
}

func beginObject(dst []byte) *object { return &object{dst: append(dst, '{')} }

func (o *object) end() []byte { return append(o.dst, '}') }

// name begins a member whose value is appended next.
func (o *object) name(name string) {
	if o.any {
		o.dst = append(o.dst, ',')
	}
	o.any = true
	o.dst = append(appendText(o.dst, name), ':')
}

func (o *object) text(name, s string) {
	o.name(name)
	o.dst = appendText(o.dst, s)
}

// textIf is text for members that are left out when empty.
func (o *object) textIf(name, s string) {
	if s != "" {
		o.text(name, s)
	}
}

// json appends JSON text as it is; empty text is left out.
func (o *object) json(name string, raw []byte) {
	if len(raw) > 0 {
		o.name(name)
		o.dst = append(o.dst, raw...)
	}
}

func (o *object) number(name string, n int) {
	o.name(name)
	o.dst = strconv.AppendInt(o.dst, int64(n), 10)
}
