package llmhttp

// A recognizer stands before the decoder of a framing: an event that fits the pattern of the last one decoded passes the
// decoder by. Of an event that arrives in pieces it holds a bounded beginning.
type recognizer struct {
	pattern

	isOff     bool
	isPatient bool   // events may wait before they are given out
	held      []byte // the beginning of an event that may fit
	tries     int    // to complete it
	raw       []byte // of the event being decoded
	torn      bool   // some of it is missing
}

// maxTries bounds how often the beginning of an event is compared: a stream may come byte by byte.
const maxTries = 4

func newRecognizer(b bounds) recognizer {
	return recognizer{pattern: pattern{text: b.text}, isOff: b.decodeAll || len(b.wraps) > 0}
}

// take takes an event that fits, of which p is the next bytes. isShort: all of p is held. isOther: nothing of p is taken, and
// what was held before is [recognizer.release]d.
func (r *recognizer) take(p []byte) (length int, rest []byte, f fit) {
	if len(r.held) == 0 {
		return r.takeFirst(p)
	}
	before := len(r.held)
	more := min(len(p), maxFitting-before)
	r.held = append(r.held, p[:more]...)
	switch length, f = r.compare(r.held); {
	case f == isSame:
		r.held = r.held[:0]
		return length, p[length-before:], isSame
	case f == isShort && r.tries < maxTries && len(r.held) <= maxPattern && more == len(p):
		r.tries++
		return 0, nil, isShort
	default:
		r.held = r.held[:before]
		return 0, p, isOther
	}
}

func (r *recognizer) takeFirst(p []byte) (length int, rest []byte, f fit) {
	switch length, f = r.compare(p); {
	case f == isSame:
		return length, p[length:], isSame
	case f == isShort && len(p) <= maxPattern:
		r.held = append(r.held, p...)
		r.tries = 1
		return 0, nil, isShort
	default:
		return 0, p, isOther
	}
}

// release gives out what is held. It stays as it is until the next take.
func (r *recognizer) release() []byte {
	held := r.held
	r.held = r.held[:0]
	return held
}

// begin says that the next bytes to be decoded are the first of an event.
func (r *recognizer) begin() { r.raw, r.torn = r.raw[:0], false }

// decoding tells the bytes of an event that are about to be decoded.
func (r *recognizer) decoding(p []byte) {
	r.torn = r.torn || r.isOff || len(r.raw)+len(p) > maxPattern
	if !r.torn {
		r.raw = append(r.raw, p...)
	}
}
