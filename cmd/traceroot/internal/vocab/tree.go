package vocab

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"
)

// tree is the value that keys below prefix spell out: numbers in them are places in lists, other words are members.
func (f *facts) tree(prefix string) gjson.Result {
	keys := f.under(prefix)
	if len(keys) == 0 {
		return gjson.Result{}
	}
	var root branch
	for _, key := range keys {
		root.put(key[len(prefix):], maxWords, f.a[key])
	}
	return gjson.ParseBytes(root.appendJSON(nil))
}

// maxWords is how many words of a key are taken apart; no vocabulary has as many.
const maxWords = 16

// branch is a value that is told of in pieces. A list is as long as it has items, whatever their numbers are.
type branch struct {
	name  string // in the branch above
	leaf  any
	inner []*branch
	at    map[string]*branch // those of inner, once they are many
}

// few is how many branches are found faster without a map.
const few = 8

func (b *branch) put(path string, words int, value any) {
	name, rest, inner := strings.Cut(path, ".")
	if words == 1 {
		name, inner = path, false
	}
	next := b.find(name)
	if next == nil {
		next = b.grow(name)
	}
	if !inner {
		next.leaf = value
		return
	}
	next.put(rest, words-1, value)
}

// find looks at the latest branch first, since keys come in order.
func (b *branch) find(name string) *branch {
	if b.at != nil {
		return b.at[name]
	}
	for _, one := range slices.Backward(b.inner) {
		if one.name == name {
			return one
		}
	}
	return nil
}

func (b *branch) grow(name string) *branch {
	grown := &branch{name: name}
	b.inner = append(b.inner, grown)
	switch {
	case b.at != nil:
		b.at[name] = grown
	case len(b.inner) > few:
		b.at = make(map[string]*branch)
		for _, one := range b.inner {
			b.at[one.name] = one
		}
	}
	return grown
}

func (b *branch) appendJSON(dst []byte) []byte {
	if len(b.inner) == 0 {
		return appendValue(dst, b.leaf)
	}
	if b.isList() {
		dst = append(dst, '[')
		for _, item := range b.inner {
			dst = item.appendJSON(nextItem(dst))
		}
		return append(dst, ']')
	}
	o := object{dst: append(dst, '{')}
	for _, member := range b.inner {
		o.member(member.name)
		o.dst = member.appendJSON(o.dst)
	}
	return append(o.dst, '}')
}

// isList tells whether all names are numbers, and then brings the branches into their order.
func (b *branch) isList() bool {
	for _, one := range b.inner {
		if _, err := strconv.ParseUint(one.name, 10, 64); err != nil {
			return false
		}
	}
	slices.SortFunc(b.inner, func(x, y *branch) int {
		// Without leading zeros the longer number is the larger one.
		return cmp.Or(cmp.Compare(len(x.name), len(y.name)), strings.Compare(x.name, y.name))
	})
	return true
}
