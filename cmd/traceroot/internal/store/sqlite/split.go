package sqlite

import (
	"strings"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

const (
	minSplit = 256 // a shorter text stays literal
	minPart  = 128 // so does a shorter part of a longer one
	maxDepth = 3
)

// cutter cuts texts into pieces and literals.
type cutter struct {
	pieces   *pieceSet
	searched bool // words of the texts are found
	ops      []draftOp
	literals []byte

	bytes   []byte // no bytes, and room for those of drafts to come
	slabs   slabs
	scratch []int
	parts   []part // a stack
}

// draftOp is an op whose piece is a place in a pieceSet; -1 stands for literal bytes.
type draftOp struct {
	piece int
	size  int
	comma bool
}

// literal adds literal bytes. A comma is kept back for the piece that may follow.
func (c *cutter) literal(text string) {
	if text == "" {
		return
	}
	c.literals = append(c.literals, text...)
	if n := len(c.ops); n > 0 && c.ops[n-1].piece < 0 {
		c.ops[n-1].size += len(text)
		return
	}
	c.ops = append(c.ops, draftOp{piece: -1, size: len(text)})
}

func (c *cutter) piece(at int) {
	comma := false
	if n := len(c.ops); n > 0 && c.ops[n-1].piece < 0 && c.literals[len(c.literals)-1] == ',' {
		comma = true
		c.literals = c.literals[:len(c.literals)-1]
		if c.ops[n-1].size--; c.ops[n-1].size == 0 {
			c.ops = c.ops[:n-1]
		}
	}
	c.ops = append(c.ops, draftOp{piece: at, comma: comma})
}

// whole adds a text as one piece unless it is short.
func (c *cutter) whole(text string, minSize int) {
	if len(text) < minSize {
		c.literal(text)
		return
	}
	c.piece(c.pieces.add(store.HashOf(text), text, c.searched))
}

// around adds a text in which the messages are found in order, those that are found as pieces, and says whether any was.
func (c *cutter) around(text string, messages []store.Message) bool {
	found, missed := false, 0
	for _, m := range messages {
		if missed > 1 {
			break // the text has another form
		}
		at := -1
		if m.Body != "" {
			at = strings.Index(text, m.Body)
		}
		if at < 0 {
			missed++
			continue
		}
		missed, found = 0, true
		c.whole(text[:at], minSplit)
		c.piece(c.pieces.add(m.Hash, m.Body, true))
		text = text[at+len(m.Body):]
	}
	if found {
		c.whole(text, minSplit)
	}
	return found
}

// mostlyOnce adds a text that is unlikely to come again, but for large parts of it.
func (c *cutter) mostlyOnce(text string) {
	done := 0
	if len(text) >= minSplit {
		c.eachPart(text, func(p part) {
			if p.end-p.start >= minSplit {
				c.literal(text[done:p.start])
				c.structured(text[p.start:p.end], 1)
				done = p.end
			}
		})
	}
	c.literal(text[done:])
}

// structured adds a text by the parts of the JSON value that it is.
func (c *cutter) structured(text string, depth int) {
	switch {
	case len(text) < minSplit && (depth == 0 || len(text) < minPart):
		c.literal(text)
		return
	case depth >= maxDepth || len(text) < 2*minSplit:
		c.whole(text, 0)
		return
	}
	done := 0
	parted := c.eachPart(text, func(p part) {
		if p.end-p.start < minPart {
			return
		}
		c.literal(text[done:p.start])
		c.structured(text[p.start:p.end], depth+1)
		done = p.end
	})
	if !parted {
		c.whole(text, 0)
		return
	}
	c.literal(text[done:])
}

// part is a part of a text.
type part struct{ start, end int }

// eachPart calls do with the parts of a text, and reports whether it has any.
func (c *cutter) eachPart(text string, do func(part)) bool {
	first := len(c.parts)
	c.parts = appendParts(c.parts, text)
	end := len(c.parts)
	for i := first; i < end; i++ { // what do adds to the stack is gone when it returns
		do(c.parts[i])
	}
	c.parts = c.parts[:first]
	return end > first
}

// appendParts appends the elements of the array, or the values of the members of the object, that text is; nothing for
// anything else. It finds ends only: the parts need not be JSON.
func appendParts(parts []part, text string) []part {
	if text == "" || text[0] != '[' && text[0] != '{' {
		return parts
	}
	object, none := text[0] == '{', parts
	depth, start := 0, 1
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '"':
			if i = stringEnd(text, i); i < 0 {
				return none
			}
		case '[', '{':
			depth++
		case ':':
			if object && depth == 1 {
				start = i + 1
			}
		case ',', ']', '}':
			if depth == 1 && i > start {
				parts = append(parts, trimmed(text, start, i))
				start = i + 1
			}
			if text[i] == ',' {
				continue
			}
			if depth--; depth == 0 && i != len(text)-1 {
				return none
			}
		}
	}
	if depth != 0 {
		return none
	}
	return parts
}

func trimmed(text string, start, end int) part {
	for start < end && text[start] == ' ' {
		start++
	}
	return part{start, end}
}

// stringEnd is where the closing quote is, or -1.
func stringEnd(text string, open int) int {
	for i := open + 1; i < len(text); {
		at := strings.IndexByte(text[i:], '"')
		if at < 0 {
			return -1
		}
		i += at
		slashes := 0
		for text[i-1-slashes] == '\\' {
			slashes++
		}
		if slashes%2 == 0 {
			return i
		}
		i++
	}
	return -1
}
