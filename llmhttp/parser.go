package llmhttp

import (
	"bytes"
	"net/http"
)

// A Parser reads the answer to one request from its bytes as they arrive, after any Content-Encoding is undone. It is
// for one goroutine at a time, and what it takes to keep is bounded by [Limits].
type Parser struct {
	exchange
	status   int
	framing  framing // nil until the body has shown what it is
	stream   stream  // nil unless the answer is a stream
	failure  []byte  // the body of an error, as far as it is kept
	skipped  int64   // bytes of the body before those that its framing is given
	terminal bool
	finished bool
}

// An exchange is what the dialect reads an answer into, and what it may look up on the way.
type exchange struct {
	Response

	request *Request
	header  http.Header
}

// A stream folds the events of an answer, in order, into the response of its exchange. It neither changes the values of an
// event nor keeps any: the next event overwrites them.
type stream interface {
	take(e event, x *exchange) mark
	finish(x *exchange)
}

// A repeater is a stream that knows how to take an event which differs from the one before in a single value, without a look
// at all the others. It is false where it does not.
type repeater interface{ repeat(varies *value) bool }

// A mark says what an event was.
type mark uint8

const (
	hasOutput  mark = 1 << iota // something that the model made came with it
	isTerminal                  // nothing but the end of the body follows
	isNoEvent                   // it stands between events, or in place of one, and is not counted
)

// maxFailure bounds what is kept of the body of an error.
const maxFailure = 64 << 10

// Parser is for the answer to the request that comes with this status and these headers. The headers are read only.
func (q *Request) Parser(status int, header http.Header) *Parser {
	return &Parser{exchange: exchange{request: q, header: header}, status: status}
}

// Follow has f told each piece of text that a stream brings, as it comes and as far as it is kept: what the first of the
// answers says, and neither what the model thinks nor what it wants to be run. Call it before Write, which calls f.
func (p *Parser) Follow(f func(text string)) {
	followed := *p.request
	followed.follow = f
	p.request = &followed
}

// Write takes the next bytes of the body, cut anywhere. It takes all of them and never fails.
func (p *Parser) Write(b []byte) (int, error) {
	switch {
	case p.finished:
	case p.status >= http.StatusBadRequest:
		p.failure = appendUpTo(p.failure, b, maxFailure)
	case p.status < http.StatusOK || p.status >= http.StatusMultipleChoices:
	case p.framing != nil:
		p.framing.write(b)
	default:
		p.begin(b)
	}
	return len(b), nil
}

// begin chooses the framing by the first byte, of JSON and of streams the first that is no space.
func (p *Parser) begin(b []byte) {
	if len(b) > 0 && p.isPlain(b[0]) {
		p.beginPlain()
		p.framing.write(b)
		return
	}
	body := bytes.TrimLeft(b, " \t\r\n")
	p.skipped += int64(len(b) - len(body))
	if len(body) == 0 {
		return
	}
	bounds := p.request.limits.bounds(p.request.spoken())
	switch newFraming := p.framingOf(body[0]); {
	case newFraming == nil:
		p.framing = &whole{deliver: p.takeWhole, data: newDecoder(bounds)}
	case p.isDoubtful(body[0]):
		p.framing = &doubtful{parser: p, bounds: bounds, first: newDecoder(bounds)}
	default:
		p.beginStream(newFraming, bounds)
	}
	p.framing.write(body)
}

// framingOf goes by what came more than by what was asked: gateways answer a request for a stream with a whole body, one
// for a whole body with a stream, and errors with the content type of a stream. Nil for a body that is one JSON value.
func (p *Parser) framingOf(first byte) newFraming {
	d := p.request.spoken()
	if d.stream == nil || !p.request.Streaming && !isStreamType(p.mediaType()) {
		return nil
	}
	return d.frames(first)
}

func (p *Parser) beginStream(newFraming newFraming, b bounds) {
	p.Stream = &Stream{FirstOutput: -1}
	p.stream = p.request.spoken().stream(p.request)
	p.framing = newFraming(p.skipped, b, p.takeEvent)
}

func (p *Parser) takeEvent(e event) {
	if e.varies != nil {
		if s, ok := p.stream.(repeater); ok && s.repeat(e.varies) {
			p.Stream.Events++
			return
		}
	}
	m := p.stream.take(e, &p.exchange)
	if m&hasOutput != 0 && p.Stream.FirstOutput < 0 {
		p.Stream.FirstOutput, p.Stream.FirstOutputOffset = p.Stream.Events, e.end
		p.relax()
	}
	if m&isNoEvent == 0 {
		p.Stream.Events++
	}
	p.terminal = p.terminal || m&isTerminal != 0
}

// relax lets events wait: until the first token each is looked at as it comes, and so it is where somebody follows, or a
// program reads the events itself.
func (p *Parser) relax() {
	_, isRegistered := p.stream.(*registeredStream)
	if framing, ok := p.framing.(interface{ mayWait() }); ok && !isRegistered && p.request.follow == nil {
		framing.mayWait()
	}
}

func (p *Parser) takeWhole(e event) {
	p.terminal = true
	if e.data.is(objectKind) {
		p.Complete = true
		p.request.spoken().answer(e.data, &p.exchange)
	}
}

// Terminal tells whether the answer has told its end: its body may go on, but what follows says nothing.
func (p *Parser) Terminal() bool { return p.terminal }

// HasOutput tells whether a stream has brought something that the model made: the moment it turns true is the time to
// the first token. It stays false for an answer that is no stream.
func (p *Parser) HasOutput() bool { return p.Stream != nil && p.Stream.FirstOutput >= 0 }

// Finish says that no more bytes will come and returns what the answer says. cut tells that the connection broke; an end
// of the body and a reader who had enough are no cuts. Later calls return the same Response.
func (p *Parser) Finish(cut bool) *Response {
	if p.finished {
		return &p.Response
	}
	p.finished = true
	switch {
	case p.status >= http.StatusBadRequest:
		p.Error = readFailure(p.failure, p.status, p.header)
		p.Complete = true
	case p.status < http.StatusOK || p.status >= http.StatusMultipleChoices:
		p.Complete = true
	default:
		p.finishAnswer()
	}
	p.Complete = p.Complete && !cut
	return &p.Response
}

func (p *Parser) finishAnswer() {
	switch {
	case p.framing != nil:
	case p.isPlain(0):
		p.beginPlain() // nothing is an answer, too
	case p.request.Streaming && p.request.spoken().stream != nil:
		p.beginStream(newSSE, bounds{}) // an empty stream is still one
	}
	if p.framing != nil {
		p.framing.end()
	}
	if p.stream != nil {
		p.stream.finish(&p.exchange)
	}
}

// whole is the framing of a body that is one JSON value. The value's last byte is its end, whatever may follow.
type whole struct {
	deliver   func(event)
	data      *decoder
	delivered bool
}

func (w *whole) write(b []byte) {
	if w.data.write(b); w.data.complete() {
		w.give()
	}
}

func (w *whole) end() { w.give() }

func (w *whole) give() {
	if !w.delivered {
		w.delivered = true
		w.deliver(event{data: w.data.endFirst()})
	}
}
