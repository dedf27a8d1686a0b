package llmhttp

import (
	"bytes"
	"encoding/json"
	"slices"
)

// A pattern is an event that came before: its bytes, and what was read from them. Nearly all events of a stream differ from
// the one before in a few texts and numbers only. Such a one is compared instead of decoded, and what it says is put into
// the values of the one before, so that it reads as if it had been decoded: the dialects see no difference. The zero
// pattern fits nothing.
type pattern struct {
	waiting

	raw    []byte // the event, with all that frames it
	name   string
	data   *value
	leaves []leaf // of data, in the order they were sent
	varied []int  // the leaves that were not the same in all of the events
	quiet  bool   // see isQuiet
	only   *value // see onlyText; nil unless quiet
	spare  []leaf // of the pattern before this one
	text   int    // bytes of one text that are kept
}

// A leaf is a text or a number of an event.
type leaf struct {
	at       *value
	from, to int    // its place in the event, without the quotes of a text
	words    []byte // what it says in the event that was given out last
}

// What a pattern is made of, and what may fit it: events that no limit of a decoder touches.
const (
	maxPattern = 4 << 10 // bytes
	maxLeaves  = 128
	maxFitting = 32 << 10 // bytes
	maxNumeral = 32       // bytes of a number
)

// fit tells how the beginning of some bytes compares with a pattern.
type fit uint8

const (
	isOther fit = iota
	isShort     // it may be the same, but there is more to come
	isSame
)

// compare gives the length of the event that b begins with, if it fits. Then what it says waits, to be given out with its end.
func (p *pattern) compare(b []byte) (length int, f fit) {
	if p.data == nil || len(b) == 0 {
		return 0, isOther
	}
	words, sizes := len(p.words), len(p.sizes)
	if length, f = p.match(b); f != isSame {
		p.words, p.sizes = p.words[:words], p.sizes[:sizes]
	}
	return length, f
}

func (p *pattern) match(b []byte) (length int, f fit) {
	n, from := 0, 0
	for _, i := range p.varied {
		l := &p.leaves[i]
		if f = compareBytes(b[n:], p.raw[from:l.from]); f != isSame {
			return 0, f
		}
		n += l.from - from
		size, f := p.read(l, b[n:])
		if f != isSame {
			return 0, f
		}
		n += size
		from = l.to
	}
	if f = compareBytes(b[n:], p.raw[from:]); f != isSame {
		return 0, f
	}
	if n += len(p.raw) - from; n > maxFitting {
		return 0, isOther
	}
	return n, isSame
}

func compareBytes(b, with []byte) fit {
	switch {
	case bytes.HasPrefix(b, with):
		return isSame
	case bytes.HasPrefix(with, b):
		return isShort
	default:
		return isOther
	}
}

func (p *pattern) read(l *leaf, b []byte) (size int, f fit) {
	begin := len(p.words)
	if l.at.kind == numberKind {
		size, f = numeral(b)
		p.words = append(p.words, b[:size]...)
	} else {
		p.words, size, f = appendPlain(p.words, b)
		if len(p.words)-begin > max(p.text, alwaysKept) {
			f = isOther
		}
	}
	p.sizes = append(p.sizes, int32(len(p.words)-begin)) //nolint:gosec // G115: an event that fits is small
	return size, f
}

// tell puts what the leaf says into its value, the first bytes of words, and returns the others.
func (l *leaf) tell(words []byte, size int) (rest []byte) {
	l.words = words[:size:size]
	l.at.text, l.at.fresh = "", &l.words
	if l.at.kind == textKind {
		l.at.size = size
	}
	return words[size:]
}

// numeral is the length of the number that b begins with.
func numeral(b []byte) (size int, f fit) {
	plain := true
	for size < len(b) && isLiteral(b[size]) {
		plain = plain && '0' <= b[size] && b[size] <= '9'
		size++
	}
	switch {
	case size > maxNumeral:
		return 0, isOther
	case size == len(b):
		return 0, isShort
	case plain && size > 0 && (b[0] != '0' || size == 1):
		return size, isSame
	case size > 0 && (b[0] == '-' || '0' <= b[0] && b[0] <= '9') && json.Valid(b[:size]):
		return size, isSame
	default:
		return 0, isOther
	}
}

// learn makes the pattern from an event whose data stands between two places of its bytes. Where that has the form of the
// one before, it is known from then on what the events differ in.
func (p *pattern) learn(raw []byte, from, to int, name string, data *value) {
	if p.spare == nil {
		p.spare = make([]leaf, 0, usualNodes)
	}
	w := walk{raw: raw[:to], at: from, leaves: p.spare[:0]}
	if !data.is(objectKind) || !w.value(data) {
		return
	}
	p.varied = p.differences(raw, w.leaves)
	p.raw = append(p.raw[:0], raw...)
	p.name, p.data = name, data
	p.spare, p.leaves = p.leaves, w.leaves
	clear(p.spare) // lets go of their values
	if p.quiet, p.only = p.isQuiet(), nil; p.quiet {
		p.only = p.onlyText()
	}
}

// differences are the leaves that vary, none of an event of another form.
func (p *pattern) differences(raw []byte, leaves []leaf) []int {
	varied := p.varied[:0:0]
	if len(leaves) != len(p.leaves) {
		return varied
	}
	before, now := 0, 0
	for i, l := range leaves {
		was := p.leaves[i]
		if l.at.kind != was.at.kind || !bytes.Equal(raw[now:l.from], p.raw[before:was.from]) {
			return nil
		}
		if slices.Contains(p.varied, i) || !bytes.Equal(raw[l.from:l.to], p.raw[was.from:was.to]) {
			varied = append(varied, i)
		}
		before, now = was.to, l.to
	}
	if !bytes.Equal(raw[now:], p.raw[before:]) {
		return nil
	}
	return varied
}
