package llmhttp

import "bytes"

// sse is the framing of server-sent events (HTML standard, "Interpreting an event stream"). Lines end in LF, CRLF or
// CR. Data goes straight into a decoder, so a long line is never held.
type sse struct {
	recognizer

	deliver func(event)
	decoder *decoder
	offset  int64 // bytes taken
	blank   int64 // of them, up to the end of the last blank line

	line    linePart
	isEmpty bool   // nothing stands in this line so far
	field   []byte // the name before the colon, as far as it can matter
	afterCR bool   // a line has ended in CR; the LF that may follow belongs to it

	name    []byte // of the event
	hasData bool   // a data line has begun
	head    []byte // of the data, enough to know the doneMark
}

type linePart uint8

const (
	lineField linePart = iota
	lineSpace          // after the colon, where one space does not count
	lineData
	lineName
	lineIgnored
)

const (
	maxField = 16 // longer than a byte order mark and any field's name
	maxName  = 64
)

func newSSE(offset int64, b bounds, deliver func(event)) framing { return beginSSE(offset, b, deliver) }

func beginSSE(offset int64, b bounds, deliver func(event)) *sse {
	return &sse{recognizer: newRecognizer(b), deliver: deliver, decoder: newDecoder(b), offset: offset, isEmpty: true}
}

func (s *sse) write(p []byte) {
	for len(p) > 0 {
		p = s.next(p)
	}
}

// next takes an event, a line or the end of one, or all of p, and returns what follows.
func (s *sse) next(p []byte) (rest []byte) {
	if !s.isBetweenEvents() {
		return s.decodeLine(p)
	}
	length, rest, f := s.take(p)
	switch f {
	case isShort:
		return rest
	case isSame:
		s.offset += int64(length)
		s.blank = s.offset
		s.give(s.deliver, s.offset)
		return rest
	default:
		s.giveAll(s.deliver)
		s.decodeHeld()
		return s.decodeLine(p)
	}
}

// isBetweenEvents tells that nothing that was decoded matters for what comes next.
func (s *sse) isBetweenEvents() bool {
	return s.isEmpty && !s.hasData && !s.afterCR && len(s.name) == 0
}

func (s *sse) decodeHeld() {
	for held := s.release(); len(held) > 0; {
		held = s.decodeLine(held)
	}
}

// decodeLine takes bytes up to the end of a line.
func (s *sse) decodeLine(p []byte) (rest []byte) {
	if s.isBetweenEvents() {
		s.begin()
	}
	if s.afterCR {
		s.afterCR = false
		if p[0] == '\n' {
			s.decoding(p[:1])
			s.offset++
			s.endLine()
			return p[1:]
		}
		s.endLine()
	}
	n := bytes.IndexAny(p, "\r\n")
	if n < 0 {
		s.decoding(p)
		s.offset += int64(len(p))
		s.readLine(p)
		return nil
	}
	s.decoding(p[:n+1])
	s.readLine(p[:n])
	s.offset += int64(n) + 1
	if p[n] == '\n' {
		s.endLine()
	} else {
		s.afterCR = true
	}
	return p[n+1:]
}

func (s *sse) end() {
	s.giveAll(s.deliver)
	s.decodeHeld()
	if s.afterCR {
		s.afterCR = false
		s.endLine()
	}
	if !s.isEmpty {
		// The last line may be cut anywhere; what it says counts when it says it wholly.
		if done := string(bytes.TrimSpace(s.head)) == doneMark; s.hasData && (done || s.decoder.complete()) {
			s.dispatch()
		}
		return
	}
	if s.hasData {
		s.dispatch()
	}
}

func (s *sse) readLine(p []byte) {
	for len(p) > 0 {
		s.isEmpty = false
		switch s.line {
		case lineField:
			n := bytes.IndexByte(p, ':')
			if n < 0 {
				s.field = appendUpTo(s.field, p, maxField)
				return
			}
			s.field = appendUpTo(s.field, p[:n], maxField)
			s.line = lineSpace
			p = p[n+1:]
		case lineSpace:
			if p[0] == ' ' {
				p = p[1:]
			}
			s.beginField()
		case lineData:
			s.head = appendUpTo(s.head, p, len(doneMark)+2)
			s.decoder.write(p)
			return
		case lineName:
			s.name = appendUpTo(s.name, p, maxName)
			return
		default:
			return
		}
	}
}

func (s *sse) beginField() {
	switch string(bytes.TrimPrefix(s.field, []byte("\xEF\xBB\xBF"))) {
	case "data":
		s.line = lineData
		if s.hasData {
			s.decoder.write([]byte{'\n'})
		}
		s.hasData = true
	case "event":
		s.line = lineName
		s.name = s.name[:0]
	default:
		s.line = lineIgnored
	}
}

func (s *sse) endLine() {
	if s.isEmpty {
		if s.hasData {
			s.dispatch()
		}
		s.blank, s.name = s.offset, s.name[:0]
		return
	}
	if s.line == lineField || s.line == lineSpace {
		s.beginField() // a field without a value is one with an empty value
	}
	s.line, s.isEmpty, s.field = lineField, true, s.field[:0]
}

func (s *sse) dispatch() {
	e := event{name: string(s.name), data: s.decoder.end(), end: s.offset}
	e.done = e.data == nil && string(bytes.TrimSpace(s.head)) == doneMark
	if from, to, ok := dataOf(s.raw); ok && !s.torn {
		s.learn(s.raw, from, to, e.name, e.data)
	}
	s.decoder.reset()
	s.hasData, s.head = false, s.head[:0]
	s.deliver(e)
}

// dataOf is the place of the data in the bytes of an event that has one line of it and ends with its last byte.
func dataOf(raw []byte) (from, to int, ok bool) {
	const field = "data:"
	if !bytes.HasSuffix(raw, []byte{'\n'}) || bytes.Count(raw, []byte{'\r'}) != bytes.Count(raw, []byte("\r\n")) {
		return 0, 0, false
	}
	at := 0
	for line := range bytes.Lines(raw) {
		if bytes.HasPrefix(line, []byte(field)) {
			if ok {
				return 0, 0, false
			}
			from, to, ok = at+len(field), at+len(line), true
		}
		at += len(line)
	}
	return from, to, ok
}
