package sqlite

import (
	"strings"

	"github.com/tidwall/gjson"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// memberCache has the tokens of members that the spans of a batch have in common, by the text of key and value.
type memberCache map[store.Field]map[string]*cachedMember

type cachedMember struct {
	key, value token
	found      bool   // the value is
	last       *words // that has them
}

// add adds the tokens of an object. Of one that is no valid JSON it may add some.
func (c memberCache) add(w *words, field store.Field, object string) {
	known := c[field]
	if known == nil {
		known = make(map[string]*cachedMember, 64)
		c[field] = known
	}
	eachMember(object, func(member, key, value string) {
		m := known[member]
		if m == nil {
			m = newMember(field, key, value)
			known[member] = m
		}
		if m.last == w {
			return
		}
		m.last = w
		w.addToken(m.key)
		if m.found {
			w.addToken(m.value)
		}
	})
}

func newMember(field store.Field, key, value string) *cachedMember {
	m := &cachedMember{key: keyToken(field, gjson.Parse(key).Str)}
	if parsed := gjson.Parse(value); parsed.Type == gjson.String {
		value = parsed.Str
	}
	if len(value) <= maxFound {
		m.value, m.found = m.key.with(value), true
	}
	return m
}

// eachMember calls each with the members of an object, up to where it is no JSON: with the text of a member, of its key
// and of its value. It finds ends only: the parts need not be JSON.
func eachMember(object string, each func(member, key, value string)) {
	object = strings.TrimSpace(object)
	if object == "" || object[0] != '{' {
		return
	}
	for i := 1; ; i++ {
		i = skipSpace(object, i)
		keyEnd := valueEnd(object, i)
		if keyEnd < 0 || object[i] != '"' {
			return
		}
		colon := skipSpace(object, keyEnd)
		if colon == len(object) || object[colon] != ':' {
			return
		}
		start := skipSpace(object, colon+1)
		end := valueEnd(object, start)
		if end < 0 {
			return
		}
		each(object[i:end], object[i:keyEnd], object[start:end])
		if i = skipSpace(object, end); i == len(object) || object[i] != ',' {
			return
		}
	}
}

func skipSpace(text string, i int) int {
	for i < len(text) && (text[i] == ' ' || text[i] == '\n' || text[i] == '\t' || text[i] == '\r') {
		i++
	}
	return i
}

// valueEnd is where the value that starts at i ends, or -1.
func valueEnd(text string, i int) int {
	depth := 0
	for start := i; i < len(text); i++ {
		switch text[i] {
		case '"':
			if i = stringEnd(text, i); i < 0 {
				return -1
			}
		case '[', '{':
			depth++
			continue
		case ']', '}':
			if depth--; depth < 0 {
				return endOfWord(start, i)
			}
		case ',', ' ', '\n', '\t', '\r':
			if depth == 0 {
				return endOfWord(start, i)
			}
			continue
		default:
			continue
		}
		if depth == 0 {
			return i + 1
		}
	}
	return -1
}

// endOfWord is the end of a number, true, false or null, or -1 where there is none.
func endOfWord(start, end int) int {
	if start == end {
		return -1
	}
	return end
}
