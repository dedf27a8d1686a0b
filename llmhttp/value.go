package llmhttp

import (
	"encoding/json"
	"iter"
	"strconv"
	"strings"
)

type kind uint8

const (
	nullKind kind = iota
	boolKind
	numberKind
	textKind
	arrayKind
	objectKind
)

// value is one JSON value of a stranger's body, with its members in the order they were sent. A nil value is one that is
// not there; every method takes it, so that a path into a body needs no checks on its way.
type value struct {
	kind  kind
	key   string  // the name of an object's member
	text  string  // what a text says, the literal of anything else that is no container: see words
	fresh *[]byte // says it in place of text, until the next event; nil mostly
	items []value // what an array or an object holds
	size  int     // bytes of a text, items of an array or object; what was not kept is counted in
}

// words are what a text says, or the literal of anything else that is no container.
func (v *value) words() string {
	if v.fresh != nil {
		v.text, v.fresh = string(*v.fresh), nil
	}
	return v.text
}

// kept is how many bytes words has.
func (v *value) kept() int {
	if v.fresh != nil {
		return len(*v.fresh)
	}
	return len(v.text)
}

// get follows a path of member names through objects; nil when it leads nowhere. A name given twice in an object counts
// with its last value, as in encoding/json.
func (v *value) get(path ...string) *value {
	for _, name := range path {
		v = v.member(name)
	}
	return v
}

func (v *value) member(name string) *value {
	if !v.is(objectKind) {
		return nil
	}
	for i := len(v.items) - 1; i >= 0; i-- {
		if v.items[i].key == name {
			return &v.items[i]
		}
	}
	return nil
}

// path is get with the names joined by dots.
func (v *value) path(dotted string) *value {
	for name := range strings.SplitSeq(dotted, ".") {
		v = v.member(name)
	}
	return v
}

func (v *value) is(k kind) bool { return v != nil && v.kind == k }

// known tells whether there is a value other than null.
func (v *value) known() bool { return v != nil && v.kind != nullKind }

// given tells whether the value says anything: servers fill absent members with null, "", 0, [] and {}.
func (v *value) given() bool {
	switch {
	case !v.known():
		return false
	case v.kind == boolKind:
		return v.words() == "true"
	case v.kind == numberKind:
		return strings.Trim(v.words(), "-0.") != ""
	default:
		return v.size > 0
	}
}

// hasText tells whether the value is a text that says anything.
func (v *value) hasText() bool { return v.is(textKind) && v.kept() > 0 }

// str is what a text says, "" for anything else.
func (v *value) str() string {
	if !v.is(textKind) {
		return ""
	}
	return v.words()
}

// literal is a text or a number as text, "" for anything else.
func (v *value) literal() string {
	if v.is(numberKind) {
		return v.words()
	}
	return v.str()
}

// number is the integer part of a number that fits, without its fraction.
func (v *value) number() (int64, bool) {
	if !v.is(numberKind) {
		return 0, false
	}
	if n, err := strconv.ParseInt(v.words(), 10, 64); err == nil {
		return n, true
	}
	const exact = 1 << 53
	f, err := strconv.ParseFloat(v.words(), 64)
	if err != nil || f < -exact || f > exact {
		return 0, false
	}
	return int64(f), true
}

// count is a number of tokens.
func (v *value) count() Count {
	n, ok := v.number()
	return Count{N: n, Known: ok}
}

// all yields what an array holds, nothing for anything else.
func (v *value) all() iter.Seq[*value] {
	return func(yield func(*value) bool) {
		if !v.is(arrayKind) {
			return
		}
		for i := range v.items {
			if !yield(&v.items[i]) {
				return
			}
		}
	}
}

// members yields what an object holds, nothing for anything else.
func (v *value) members() iter.Seq[*value] {
	return func(yield func(*value) bool) {
		if !v.is(objectKind) {
			return
		}
		for i := range v.items {
			if !yield(&v.items[i]) {
				return
			}
		}
	}
}

// listSize is how many things a list holds, 0 for anything else.
func listSize(v *value) int {
	if !v.is(arrayKind) {
		return 0
	}
	return v.size
}

// first is the first thing that an array holds.
func (v *value) first() *value {
	for item := range v.all() {
		return item
	}
	return nil
}

// raw is the value as it was sent, without the space between its tokens; nil for a value that is not there.
func (v *value) raw() json.RawMessage {
	if v == nil {
		return nil
	}
	return v.appendJSON(nil)
}

func (v *value) appendJSON(dst []byte) []byte {
	switch v.kind {
	case textKind:
		return appendText(dst, v.words())
	case arrayKind, objectKind:
		return v.appendItems(dst)
	default:
		return append(dst, v.words()...)
	}
}

func (v *value) appendItems(dst []byte) []byte {
	open, closing := byte('['), byte(']')
	if v.kind == objectKind {
		open, closing = '{', '}'
	}
	dst = append(dst, open)
	for i := range v.items {
		if i > 0 {
			dst = append(dst, ',')
		}
		if v.kind == objectKind {
			dst = append(appendText(dst, v.items[i].key), ':')
		}
		dst = v.items[i].appendJSON(dst)
	}
	return append(dst, closing)
}

// firstGiven is the first value that says anything.
func firstGiven(vs ...*value) *value {
	for _, v := range vs {
		if v.given() {
			return v
		}
	}
	return nil
}

// firstKnown is the first value that is there and not null.
func firstKnown(vs ...*value) *value {
	for _, v := range vs {
		if v.known() {
			return v
		}
	}
	return nil
}
