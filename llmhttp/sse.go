package llmhttp

import "bytes"

// sse is the framing of server-sent events (HTML standard, "Interpreting an event stream"). Lines end in LF, CRLF or
// CR. Data goes straight into a decoder, so a long line is never held.
type sse struct {
	deliver func(event)
	data    *decoder
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
	return &sse{deliver: deliver, data: newDecoder(b), offset: offset, isEmpty: true}
}

func (s *sse) write(p []byte) {
	for len(p) > 0 {
		if s.afterCR {
			s.afterCR = false
			if p[0] == '\n' {
				s.offset++
				p = p[1:]
			}
			s.endLine()
			continue
		}
		n := bytes.IndexAny(p, "\r\n")
		if n < 0 {
			s.offset += int64(len(p))
			s.readLine(p)
			return
		}
		s.readLine(p[:n])
		s.offset += int64(n) + 1
		if p[n] == '\n' {
			s.endLine()
		} else {
			s.afterCR = true
		}
		p = p[n+1:]
	}
}

func (s *sse) end() {
	if s.afterCR {
		s.afterCR = false
		s.endLine()
	}
	if !s.isEmpty {
		// The last line may be cut anywhere; what it says counts when it says it wholly.
		if done := string(bytes.TrimSpace(s.head)) == doneMark; s.hasData && (done || s.data.complete()) {
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
			s.data.write(p)
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
			s.data.write([]byte{'\n'})
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
	e := event{name: string(s.name), data: s.data.end(), end: s.offset}
	e.done = e.data == nil && string(bytes.TrimSpace(s.head)) == doneMark
	s.data.reset()
	s.hasData, s.head = false, s.head[:0]
	s.deliver(e)
}
