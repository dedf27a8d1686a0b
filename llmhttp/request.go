package llmhttp

import (
	"cmp"
	"encoding/json"
	"io"
	"strings"
	"sync"
)

// Limits bounds what is kept of one exchange. A zero field keeps its default.
type Limits struct {
	// Text is how many bytes are kept of each text that is written or read, 512 KiB by default; all texts of one body
	// together may take 16 MiB. The rest is counted in the Dropped fields. Ids, names and other short texts are kept anyway.
	Text int

	decodeAll bool // see bounds
}

const defaultText = 512 << 10

func (l Limits) bounds(d *dialect) bounds {
	b := bounds{text: cmp.Or(max(l.Text, 0), defaultText), numbers: maxNumbers, wraps: d.wraps, decodeAll: l.decodeAll}
	if d.vectors {
		b.numbers = 1
	}
	return b
}

// Request is what a program asks a provider for. Its zero fields are facts that the request does not have.
type Request struct {
	Route

	Model      string                     // the body's; else the address's; without a leading "models/"
	Streaming  bool                       // the answer is wanted piece by piece
	Parameters map[string]json.RawMessage // by canonical name (temperature, max_tokens, …), values as sent
	Tools      []Tool                     // in the order offered
	Messages   []Message                  // the conversation, system prompt first

	limits     Limits
	lacksUsage bool // a stream without a word about its usage
	documents  int  // to be ranked
	unproven   bool // the body is not what the path promised

	follow func(text string) // is told what a stream says; nil where nobody wants to know
}

// IsModelCall tells whether the request is what its address promised. Some paths (/responses, /api/chat) are other
// programs' too: on a host that is not known, the body has to show that it is meant for a model.
func (q *Request) IsModelCall() bool { return !q.unproven }

// Request reads the body of a request. It never fails: what cannot be read is not known. An empty body tells what the
// address alone tells. The body is not kept.
func (r Route) Request(body []byte, limits Limits) *Request {
	d := newDecoder(limits.bounds(r.spoken()))
	d.write(body)
	return r.request(d.end(), limits)
}

// ReadRequest is Request for a body that is read piece by piece, so that a large one is never in memory as a whole. The
// error is the reader's; the Request holds what had been read, which is nothing but the address's facts for JSON cut short.
func (r Route) ReadRequest(body io.Reader, limits Limits) (*Request, error) {
	reader := r.Reader(limits)
	buffer := copyBuffers.Get().(*[]byte) //nolint:errcheck,forcetypeassert // there is nothing else in it
	defer copyBuffers.Put(buffer)
	_, err := io.CopyBuffer(reader, body, *buffer)
	return reader.Request(), err
}

var copyBuffers = sync.Pool{New: func() any { return new(make([]byte, 16<<10)) }}

// A RequestReader reads the body of a request from its bytes as they are sent. It is for one goroutine at a time.
type RequestReader struct {
	route  Route
	limits Limits
	data   *decoder
}

// Reader is for the body of one request.
func (r Route) Reader(limits Limits) *RequestReader {
	return &RequestReader{route: r, limits: limits, data: newDecoder(limits.bounds(r.spoken()))}
}

// Write takes the next bytes of the body, cut anywhere. It takes all of them and never fails.
func (r *RequestReader) Write(p []byte) (int, error) {
	r.data.write(p)
	return len(p), nil
}

// Request says that no more bytes will come and returns what the request says.
func (r *RequestReader) Request() *Request { return r.route.request(r.data.end(), r.limits) }

func (r Route) request(body *value, limits Limits) *Request {
	q := &Request{Route: r, Streaming: r.streams, limits: limits}
	q.unproven = r.unsure && !r.spoken().proof(body)
	if r.spoken().request != nil {
		r.spoken().request(body, q)
	}
	q.Model = strings.TrimPrefix(cmp.Or(q.Model, r.Model), "models/")
	return q
}
