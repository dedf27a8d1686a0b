package llmhttp

import "encoding/json"

// What a decoder keeps of one JSON value, whatever its size.
const (
	maxDepth    = 256      // containers in one another; more is no provider's answer
	maxNodes    = 1 << 17  // values; items of arrays beyond it are counted only, members of objects beyond twice as many
	maxText     = 16 << 20 // bytes of all texts together
	maxNumbers  = 4096     // numbers in one array, where they may mean something
	alwaysKept  = 128      // bytes of a text that are kept even then: ids, names, finish reasons
	maxLiteral  = 512      // bytes of a number
	maxHeldBuf  = 64 << 10 // bytes of the scratch buffer that outlive a value
	maxHeldList = 256      // values of the scratch list that do
	replacement = "\uFFFD"
)

// What events of streams mostly are.
const (
	usualDepth = 8
	usualNodes = 16
	shortList  = 4
	maxRecent  = 8
	maxAgain   = 64 // bytes of a text
)

// A decoder reads one JSON value as its bytes arrive, cut anywhere, and keeps a bounded part of it: long texts are cut,
// long arrays counted. It is more lenient than encoding/json in two things: control characters inside texts, and the
// spelling of numbers that it only counts.
type decoder struct {
	bounds

	state    state
	trailing bool    // something followed the value
	stack    []frame // open containers, outermost first
	pending  []value // what they hold so far, those of the outermost first
	root     value
	nodes    int // values kept
	textLeft int // bytes that texts may still take

	buf    []byte // the text or literal being read, as far as it is kept
	size   int    // its bytes so far
	isKey  bool   // it is the name of a member
	escape []byte // an escape sequence that has begun, without its backslash
	high   rune   // the first half of a surrogate pair that waits for its second

	inner *unwrapper // of the text, where that wraps a value

	slab   []value           // room for short lists of this value; not of others, which would keep each other alive
	recent [maxRecent]string // texts of events before, which the next one may say again
	oldest int               // of them
}

// bounds of what a decoder keeps, besides those of every value.
type bounds struct {
	text    int      // bytes of one text
	numbers int      // numbers in one array
	wraps   []string // the path to a text that is a value in base64

	decodeAll bool // no event of a stream is read by a pattern
}

type frame struct {
	value
	name    string // of the member being read
	from    int    // where its part of the pending values begins
	counted bool   // nothing inside is kept
}

type state uint8

const (
	wantValue  state = iota
	wantItem         // a value, or the end of the array
	wantMember       // a name, or the end of the object
	wantName
	wantColon
	wantComma // or the end of the container
	inText
	inEscape
	inLiteral // number, true, false, null
	ended     // only space may follow
	failed    // this is no JSON
)

func newDecoder(b bounds) *decoder {
	d := &decoder{
		bounds: b, stack: make([]frame, 0, usualDepth), pending: make([]value, 0, usualNodes), buf: make([]byte, 0, maxAgain),
	}
	d.reset()
	return d
}

// reset makes the decoder ready for the next value; values that it gave out stay as they are.
func (d *decoder) reset() {
	clear(d.stack) // of a value that did not end
	clear(d.pending)
	buf, pending := d.buf[:0], d.pending[:0]
	if cap(buf) > maxHeldBuf {
		buf = nil
	}
	if cap(pending) > maxHeldList {
		pending = nil
	}
	*d = decoder{
		bounds: d.bounds, stack: d.stack[:0], pending: pending, textLeft: maxText, buf: buf, escape: d.escape[:0],
		recent: d.recent, oldest: d.oldest,
	}
}

// parse reads a whole value; nil when data is none.
func parse(data []byte, b bounds) *value {
	d := newDecoder(b)
	d.write(data)
	return d.end()
}

// complete tells whether the value has been read to its end. A bare number ends only with its bytes.
func (d *decoder) complete() bool { return d.state == ended }

// end says that no more bytes will come and returns the value; nil when there was none, not a whole one, or more than one.
func (d *decoder) end() *value {
	if d.trailing {
		return nil
	}
	return d.endFirst()
}

// endFirst is end for a value that something else may follow.
func (d *decoder) endFirst() *value {
	if d.state == inLiteral {
		d.endLiteral()
	}
	if d.state != ended {
		return nil
	}
	root := d.root
	return &root
}

func (d *decoder) write(p []byte) { d.read(p, false) }

// writeFirst takes bytes up to the end of the value and returns those behind it. A bare number has no end.
func (d *decoder) writeFirst(p []byte) (rest []byte) { return d.read(p, true) }

func (d *decoder) read(p []byte, first bool) (rest []byte) {
	for len(p) > 0 && d.state != failed && !d.trailing && (!first || d.state != ended) {
		switch d.state {
		case inText:
			p = d.readText(p)
		case inEscape:
			d.readEscape(p[0])
			p = p[1:]
		case inLiteral:
			p = d.readLiteral(p)
		default:
			d.readMark(p[0])
			p = p[1:]
		}
	}
	return p
}

// readMark reads a byte between values.
func (d *decoder) readMark(c byte) {
	switch {
	case c == ' ', c == '\n', c == '\t', c == '\r':
	case d.state == wantColon && c == ':':
		d.state = wantValue
	case d.state == wantComma && c == ',':
		d.state = wantValue
		if d.top().kind == objectKind {
			d.state = wantName
		}
	case (d.state == wantComma || d.state == wantItem) && c == ']' && d.top().kind == arrayKind,
		(d.state == wantComma || d.state == wantMember) && c == '}' && d.top().kind == objectKind:
		d.closeContainer()
	case (d.state == wantName || d.state == wantMember) && c == '"':
		d.beginText(true)
	case d.state == wantValue || d.state == wantItem:
		d.beginValue(c)
	case d.state == ended:
		d.trailing = true
	default:
		d.state = failed
	}
}

func (d *decoder) beginValue(c byte) {
	switch {
	case c == '{':
		d.openContainer(objectKind, wantMember)
	case c == '[':
		d.openContainer(arrayKind, wantItem)
	case c == '"':
		d.beginText(false)
	case isLiteral(c):
		d.buf, d.state = append(d.buf[:0], c), inLiteral
	default:
		d.state = failed
	}
}

func (d *decoder) top() *frame { return &d.stack[len(d.stack)-1] }

func (d *decoder) openContainer(k kind, next state) {
	if len(d.stack) == maxDepth {
		d.state = failed
		return
	}
	d.stack = append(d.stack, frame{value: value{kind: k}, from: len(d.pending), counted: !d.keeps()})
	d.state = next
}

func (d *decoder) closeContainer() {
	last := len(d.stack) - 1
	done := d.stack[last]
	d.stack[last] = frame{}
	d.stack = d.stack[:last]
	if held := d.pending[done.from:]; len(held) > 0 {
		done.items = d.list(len(held))
		copy(done.items, held)
		clear(held)
		d.pending = d.pending[:done.from]
	}
	d.attach(done.value)
}

// list makes room for what a container holds. Short ones share it: events of streams have many of them.
func (d *decoder) list(n int) []value {
	if n > shortList {
		return make([]value, n)
	}
	if len(d.slab) < n {
		d.slab = make([]value, usualNodes)
	}
	list := d.slab[:n:n]
	d.slab = d.slab[n:]
	return list
}

// keeps tells whether the value about to be read will be kept.
func (d *decoder) keeps() bool {
	if len(d.stack) == 0 {
		return true
	}
	in := d.top()
	limit := maxNodes
	if in.kind == objectKind {
		limit *= 2
	}
	return !in.counted && d.nodes < limit
}

// attach gives a value that has been read to the container it stands in.
func (d *decoder) attach(v value) {
	if len(d.stack) == 0 {
		d.root, d.state = v, ended
		return
	}
	d.state = wantComma
	keeps := d.keeps()
	in := d.top()
	in.size++
	if keeps {
		v.key = in.name
		d.pending = append(d.pending, v)
		d.nodes++
	}
}

func isLiteral(c byte) bool {
	return c == '-' || c == '+' || c == '.' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || c == 'E'
}

func (d *decoder) readLiteral(p []byte) []byte {
	n := 0
	for n < len(p) && isLiteral(p[n]) {
		n++
	}
	d.buf = append(d.buf, p[:n]...)
	switch {
	case len(d.buf) > maxLiteral:
		d.state = failed
	case n < len(p):
		d.endLiteral()
	}
	return p[n:]
}

func (d *decoder) endLiteral() {
	if in := len(d.stack); in > 0 {
		if a := &d.stack[in-1]; a.kind == arrayKind && len(d.pending)-a.from >= d.numbers {
			a.size++ // one more number of a vector, which nobody reads
			d.state = wantComma
			return
		}
	}
	switch string(d.buf) {
	case "null":
		d.attach(value{kind: nullKind, text: "null"})
	case "true":
		d.attach(value{kind: boolKind, text: "true"})
	case "false":
		d.attach(value{kind: boolKind, text: "false"})
	default:
		if !json.Valid(d.buf) {
			d.state = failed
			return
		}
		d.attach(value{kind: numberKind, text: d.again(d.buf)})
	}
}
