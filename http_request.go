package traceroot

import (
	"bytes"
	"errors"
	"hash/maphash"
	"io"
	"net/http"
	"strings"
	"sync"

	"github.com/traceroot-ai/traceroot-go/llmhttp"
)

// maxModelRequest bounds how much of a request's body is read. Providers refuse larger ones.
const maxModelRequest = 64 << 20

// modelQuestion is what a model request says, and what to send in its place.
type modelQuestion struct {
	asked *llmhttp.Request // the address's facts alone while the body is still to be sent
	sent  *http.Request    // says the same as the caller's request
	sum   uint64           // of the body's bytes; 0 where they have not been read
	along *bodyAlong       // reads the body as it is sent; nil where there is nothing left to read
}

// readModelRequest reads the body of a request where it can be had twice, and otherwise as it is sent.
func (c *Client) readModelRequest(req *http.Request, route llmhttp.Route) *modelQuestion {
	q := &modelQuestion{sent: req}
	limits := llmhttp.Limits{Text: c.limits.ValueBytes}
	switch {
	case !hasReadableBody(req):
		q.asked = route.Request(nil, limits)
	case req.GetBody != nil:
		q.readCopy(route, limits)
		q.rewind()
	case c.streamUsage:
		q.readAhead(route, limits)
	default:
		q.readAlong(route, limits)
	}
	return q
}

// readCopy reads the body that GetBody gives, and has another one sent: some clients (anthropic-sdk-go on Bedrock and on
// Vertex AI) give out one reader every time, rewound, so that what was read is missing from the request's own body.
func (q *modelQuestion) readCopy(route llmhttp.Route, limits llmhttp.Limits) {
	defer func() {
		if recover() != nil { // GetBody is the program's
			q.asked = route.Request(nil, limits)
		}
	}()
	body, err := q.sent.GetBody()
	if err != nil || body == nil {
		q.asked = route.Request(nil, limits)
		return
	}
	defer func() { _ = body.Close() }()
	var sum maphash.Hash
	sum.SetSeed(bodySeed)
	bounded := io.TeeReader(io.LimitReader(body, maxModelRequest), &sum)
	if form := q.sent.Header.Get("Content-Type"); isForm(form) {
		q.asked, err = route.ReadForm(bounded, form, limits)
	} else {
		q.asked, err = route.ReadRequest(bounded, limits)
	}
	if err != nil {
		q.asked = route.Request(nil, limits)
		return
	}
	q.sum = sum.Sum64()
}

// rewind has a fresh body sent in place of one that may have been read.
func (q *modelQuestion) rewind() {
	defer func() { _ = recover() }() // GetBody is the program's
	fresh, err := q.sent.GetBody()
	if err != nil || fresh == nil {
		return
	}
	copied := *q.sent
	copied.Body = freshBody{fresh, q.sent.Body}
	q.sent = &copied
}

// freshBody is sent in the place of another body, which is closed with it.
type freshBody struct {
	io.ReadCloser

	instead io.Closer
}

func (b freshBody) Close() error { return errors.Join(b.ReadCloser.Close(), b.instead.Close()) }

var bodySeed = maphash.MakeSeed()

// readAhead reads the whole body before it is sent, since it may have to say more than it does.
func (q *modelQuestion) readAhead(route llmhttp.Route, limits llmhttp.Limits) {
	body := q.sent.Body
	read, err := io.ReadAll(io.LimitReader(body, maxModelRequest))
	rest := io.Reader(body)
	if err != nil {
		rest = failingReader{err}
	}
	copied := *q.sent
	copied.Body = replay(read, rest, body)
	q.sent, q.asked, q.sum = &copied, route.Request(read, limits), maphash.Bytes(bodySeed, read)
}

// readAlong reads the body as it is sent, so that it is neither held nor delayed. What it says is known with the answer.
func (q *modelQuestion) readAlong(route llmhttp.Route, limits llmhttp.Limits) {
	q.asked = route.Request(nil, limits)
	q.along = &bodyAlong{body: q.sent.Body, reader: route.Reader(limits)}
	copied := *q.sent
	copied.Body = q.along
	q.sent = &copied
}

// settle says that the request has been sent, as far as it ever will be.
func (q *modelQuestion) settle() (news bool) {
	if q.along == nil {
		return false
	}
	q.asked = q.along.request()
	q.along = nil
	return true
}

// bodyAlong is the body of a request, read along as net/http sends it, which may be on another goroutine than the call's.
type bodyAlong struct {
	body io.ReadCloser

	mu     sync.Mutex
	reader *llmhttp.RequestReader // nil when nobody wants to know more; guarded by mu
	read   int                    // guarded by mu
}

func (b *bodyAlong) Read(p []byte) (int, error) {
	n, err := b.body.Read(p)
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.read += max(n, 0); b.reader != nil && b.read <= maxModelRequest {
		_, _ = b.reader.Write(p[:max(n, 0)])
	}
	return n, err
}

func (b *bodyAlong) Close() error { return b.body.Close() }

func (b *bodyAlong) request() *llmhttp.Request {
	b.mu.Lock()
	defer b.mu.Unlock()
	asked := b.reader.Request()
	b.reader = nil
	return asked
}

// hasReadableBody tells whether there is a body worth reading: not so large that it would be no model call, not packed, and
// a form only where its files can be read twice.
func hasReadableBody(req *http.Request) bool {
	return req.Body != nil && req.Body != http.NoBody && req.ContentLength <= maxModelRequest &&
		req.Header.Get("Content-Encoding") == "" && (req.GetBody != nil || !isForm(req.Header.Get("Content-Type")))
}

func isForm(contentType string) bool { return strings.HasPrefix(contentType, "multipart/") }

// replay is a body of bytes that were read already, with what is still to come behind them.
func replay(read []byte, rest io.Reader, closer io.Closer) io.ReadCloser {
	return struct {
		io.Reader
		io.Closer
	}{io.MultiReader(bytes.NewReader(read), rest), closer}
}

// failingReader gives the error that a reader gave earlier.
type failingReader struct{ err error }

func (r failingReader) Read([]byte) (int, error) { return 0, r.err }
