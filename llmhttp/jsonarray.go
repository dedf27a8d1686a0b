package llmhttp

// jsonArray is the framing of a stream that is one JSON array: each of its elements is an event, given out with its last
// byte. The closing bracket is given as an event that is done; what follows it says nothing. Nothing follows an element
// that is no JSON either, since nobody could tell where it ends.
type jsonArray struct {
	deliver func(event)
	element *decoder
	offset  int64 // bytes taken
	state   arrayState
}

type arrayState uint8

const (
	beforeArray arrayState = iota
	betweenElements
	inElement
	afterArray
)

func newJSONArray(offset int64, b bounds, deliver func(event)) framing {
	return &jsonArray{deliver: deliver, element: newDecoder(b), offset: offset}
}

func (a *jsonArray) write(p []byte) {
	for len(p) > 0 && a.state != afterArray {
		rest := p
		if a.state == inElement {
			rest = a.element.writeFirst(p)
		} else if a.readMark(p[0]) {
			rest = p[1:]
		}
		a.offset += int64(len(p) - len(rest))
		p = rest
		a.giveElement()
	}
}

// end gives nothing out: an element that lacks its last byte is cut.
func (a *jsonArray) end() {}

// readMark reads a byte outside of elements; false for the first byte of one, which is not taken.
func (a *jsonArray) readMark(c byte) bool {
	switch {
	case c == ' ', c == '\n', c == '\t', c == '\r':
	case a.state == beforeArray && c == '[':
		a.state = betweenElements
	case a.state == beforeArray:
		a.state = afterArray
	case c == ',':
	case c == ']':
		a.state = afterArray
		a.deliver(event{done: true, end: a.offset + 1})
	default:
		a.state = inElement
		return false
	}
	return true
}

func (a *jsonArray) giveElement() {
	switch {
	case a.state != inElement:
	case a.element.complete():
		e := event{data: a.element.endFirst(), end: a.offset}
		a.element.reset()
		a.state = betweenElements
		a.deliver(e)
	case a.element.state == failed:
		a.state = afterArray
	}
}
