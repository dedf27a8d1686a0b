package llmhttp

import "bytes"

// ndjson is the framing of newline-delimited JSON: each line that is not blank is one event. A line that is no JSON ends
// the reading, for nothing says where the stream goes on. A line goes straight into a decoder and is never held.
type ndjson struct {
	recognizer

	deliver func(event)
	line    *decoder
	offset  int64 // bytes taken
	isBlank bool  // nothing but space stands in this line so far
	broken  bool
}

func newNDJSON(offset int64, b bounds, deliver func(event)) framing {
	return &ndjson{recognizer: newRecognizer(b), deliver: deliver, line: newDecoder(b), offset: offset, isBlank: true}
}

func (n *ndjson) write(p []byte) {
	for len(p) > 0 && !n.broken {
		p = n.next(p)
	}
}

// next takes an event, or bytes up to the end of a line, and returns what follows.
func (n *ndjson) next(p []byte) (rest []byte) {
	if !n.isBlank {
		return n.decode(p)
	}
	length, rest, f := n.take(p)
	switch f {
	case isShort:
		return rest
	case isSame:
		n.offset += int64(length)
		n.give(n.deliver, n.offset)
		return rest
	default:
		n.giveAll(n.deliver)
		n.decode(n.release()) // less than a line
		return n.decode(p)
	}
}

func (n *ndjson) decode(p []byte) (rest []byte) {
	if n.isBlank {
		n.begin()
	}
	line, rest, ended := bytes.Cut(p, []byte{'\n'})
	n.decoding(p[:len(p)-len(rest)])
	n.read(line)
	if ended {
		n.offset++
		n.endLine()
	}
	return rest
}

// end counts a last line that lacks only its newline; one that was cut is no JSON.
func (n *ndjson) end() {
	n.giveAll(n.deliver)
	n.decode(n.release())
	if !n.broken {
		n.endLine()
	}
}

func (n *ndjson) read(p []byte) {
	n.offset += int64(len(p))
	n.isBlank = n.isBlank && len(bytes.TrimLeft(p, " \t\r")) == 0
	if !n.isBlank {
		n.line.write(p)
	}
}

func (n *ndjson) endLine() {
	if n.isBlank {
		return
	}
	data := n.line.end()
	n.line.reset()
	n.isBlank, n.broken = true, data == nil
	if !n.broken {
		if !n.torn {
			n.learn(n.raw, 0, len(n.raw), "", data)
		}
		n.deliver(event{data: data, end: n.offset})
	}
}
