package vocab

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/tidwall/gjson"
)

// maxDepth is how deep values may nest to be read. gjson descends by recursion, so depth must end before the stack does.
const maxDepth = 100

// parseJSON is the list or object that text holds. A number, a word or a quoted text is no JSON to us: people write those.
func parseJSON(text string) (gjson.Result, bool) {
	text = strings.TrimSpace(text)
	if text == "" || text[0] != '[' && text[0] != '{' || tooDeep(text) || !gjson.Valid(text) {
		return gjson.Result{}, false
	}
	return gjson.Parse(text), true
}

// tooDeep counts brackets in texts too, once the cheap count that skips them finds many.
func tooDeep(text string) bool {
	if strings.Count(text, "[")+strings.Count(text, "{") <= maxDepth {
		return false
	}
	depth, quoted := 0, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '"':
			quoted = !quoted
		case quoted && c == '\\':
			i++
		case quoted:
		case c == '[' || c == '{':
			if depth++; depth > maxDepth {
				return true
			}
		case c == ']' || c == '}':
			depth--
		}
	}
	return false
}

// standsForItself are the bytes that JSON leaves as they are in a text, whatever stands beside them.
var standsForItself = func() (plain [256]bool) {
	for c := range utf8.RuneSelf {
		plain[c] = c >= ' ' && c != '"' && c != '\\'
	}
	return plain
}()

// appendText appends s as JSON: compact, without HTML escapes, valid UTF-8 whatever s is. The SDK writes texts so.
func appendText(dst []byte, s string) []byte {
	const hex = "0123456789abcdef"
	dst = append(dst, '"')
	from := 0 // what lies before has been appended
	for i := 0; i < len(s); {
		c := s[i]
		if standsForItself[c] {
			i++
			continue
		}
		if c >= utf8.RuneSelf {
			r, n := utf8.DecodeRuneInString(s[i:])
			if r == utf8.RuneError && n == 1 {
				dst = append(dst, s[from:i]...)
				dst = utf8.AppendRune(dst, utf8.RuneError)
				from = i + n
			}
			i += n
			continue
		}
		i++
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

// appendValue appends the JSON of an attribute's value, the members of objects in order.
func appendValue(dst []byte, v any) []byte {
	switch v := v.(type) {
	case string:
		return appendText(dst, v)
	case bool:
		return strconv.AppendBool(dst, v)
	case int64:
		return strconv.AppendInt(dst, v, 10)
	case float64:
		return appendFloat(dst, v)
	case []any:
		dst = append(dst, '[')
		for _, item := range v {
			dst = nextItem(dst)
			dst = appendValue(dst, item)
		}
		return append(dst, ']')
	case map[string]any:
		return appendMembers(dst, v, sortedKeys(v))
	case Attributes:
		return appendMembers(dst, v, sortedKeys(v))
	}
	return append(dst, "null"...)
}

// nextItem makes room for another item of the list that dst ends in.
func nextItem(dst []byte) []byte {
	if dst[len(dst)-1] == '[' {
		return dst
	}
	return append(dst, ',')
}

// appendFloat writes the shortest text that gives the number again, plain unless that would be long.
func appendFloat(dst []byte, f float64) []byte {
	size := max(f, -f)
	if size != 0 && (size < 1e-6 || size >= 1e21) {
		return strconv.AppendFloat(dst, f, 'e', -1, 64)
	}
	return strconv.AppendFloat(dst, f, 'f', -1, 64)
}

// appendMembers appends an object of those members of all that keys names.
func appendMembers(dst []byte, all map[string]any, keys []string) []byte {
	o := object{dst: append(dst, '{')}
	for _, key := range keys {
		o.member(key)
		o.dst = appendValue(o.dst, all[key])
	}
	return append(o.dst, '}')
}

func sortedKeys(all map[string]any) []string {
	keys := make([]string, 0, len(all))
	for key := range all {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// maxKeys is how many lists of keys are remembered: a sender has one for each kind of span.
const maxKeys = 8

// sortedKeys asks for the keys of a span to be sorted only where those of no span before it are the same.
func (s *shared) sortedKeys(all map[string]any) []string {
	for _, keys := range s.keys {
		if len(keys) == len(all) && !slices.ContainsFunc(keys, func(key string) bool {
			_, has := all[key]
			return !has
		}) {
			return keys
		}
	}
	keys := sortedKeys(all)
	if len(s.keys) < maxKeys {
		s.keys = append(s.keys, keys)
	}
	return keys
}

// appendNormal appends valid JSON without spaces and needless escapes, its numbers as they are spelt.
func appendNormal(dst []byte, raw string) []byte {
	for i := 0; i < len(raw); {
		switch c := raw[i]; c {
		case ' ', '\t', '\n', '\r':
			i++
		case '"':
			end := textEnd(raw, i)
			dst = appendText(dst, gjson.Parse(raw[i:end]).Str)
			i = end
		default:
			dst = append(dst, c)
			i++
		}
	}
	return dst
}

// textEnd is where the quoted text that starts at i ends.
func textEnd(raw string, i int) int {
	for i++; i < len(raw); i++ {
		switch raw[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(raw)
}
