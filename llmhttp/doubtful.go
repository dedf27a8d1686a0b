package llmhttp

import "bytes"

// isDoubtful tells whether a body that begins like a line of JSON is called something else by its header.
func (p *Parser) isDoubtful(first byte) bool {
	t := p.mediaType()
	return p.request.spoken().lines && first == '{' && (t == "application/json" || t == "text/event-stream")
}

// doubtful is the framing of a body that begins with an object: a stream of lines if another one follows, else one value.
type doubtful struct {
	parser *Parser
	bounds bounds
	first  *decoder
	size   int64 // bytes taken
}

func (d *doubtful) write(p []byte) {
	rest := p
	if !d.first.complete() {
		rest = d.first.writeFirst(p)
	}
	if d.first.complete() {
		rest = bytes.TrimLeft(rest, " \t\r\n")
	}
	d.size += int64(len(p) - len(rest))
	switch {
	case len(rest) == 0:
	case rest[0] == '{' && d.first.complete():
		d.beginLines(rest)
	default:
		d.beginWhole(rest)
	}
}

// beginLines makes the parser go on with the second line.
func (d *doubtful) beginLines(second []byte) {
	p := d.parser
	p.skipped += d.size
	p.beginStream(newNDJSON, d.bounds)
	p.takeEvent(event{data: d.first.endFirst(), end: p.skipped})
	p.framing.write(second)
}

func (d *doubtful) beginWhole(rest []byte) {
	d.parser.framing = &whole{deliver: d.parser.takeWhole, data: d.first}
	d.parser.framing.write(rest)
}

func (d *doubtful) end() { d.parser.takeWhole(event{data: d.first.endFirst()}) }
