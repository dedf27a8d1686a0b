package traceroot

import (
	"bytes"
	"io"
	"net/http"
	"strings"

	"github.com/traceroot-ai/traceroot-go/llmhttp"
)

// askForStreamUsage returns the request to send so that a stream ends with its usage: a copy with one member more in its
// body, or, with false, one that says what the given request says. The given one must not be sent any more.
func askForStreamUsage(asked *llmhttp.Request, req *http.Request) (sent *http.Request, added bool) {
	if !asked.MayAskForUsage() || !mayChange(req) {
		return req, false
	}
	copied := *req
	body, err := io.ReadAll(req.Body) // no larger than maxModelRequest, or nothing of it would be known
	if err != nil {
		copied.Body = replay(body, failingReader{err}, req.Body)
		return &copied, false
	}
	body = llmhttp.AskForUsage(body)
	copied.Body = replay(body, http.NoBody, req.Body)
	copied.ContentLength = int64(len(body))
	if req.GetBody != nil {
		copied.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
	}
	return &copied, true
}

// mayChange tells whether a request may say more than it did: AWS signs its bytes, and of an answer that comes packed
// nothing could be taken out again.
func mayChange(req *http.Request) bool {
	return !strings.HasPrefix(req.Header.Get("Authorization"), "AWS4-") && req.Header.Get("Accept-Encoding") == ""
}

// withoutUsage is a stream of which the caller does not see the chunk that the SDK has asked for.
type withoutUsage struct {
	io.ReadCloser

	filter *llmhttp.UsageFilter
	buf    []byte // that the stream is read into
	ready  []byte // for the caller
	err    error
}

// hideUsage takes the chunk that was asked for out of an answer.
func hideUsage(res *http.Response) {
	if !strings.HasPrefix(res.Header.Get("Content-Type"), "text/event-stream") {
		return
	}
	res.Body = &withoutUsage{ReadCloser: res.Body, filter: llmhttp.NewUsageFilter(), buf: make([]byte, 16<<10)}
	res.ContentLength = -1
	res.Header.Del("Content-Length")
}

// Read reads what is left of the stream, event by event.
func (w *withoutUsage) Read(p []byte) (int, error) {
	for len(w.ready) == 0 && w.err == nil {
		n, err := w.ReadCloser.Read(w.buf)
		w.ready = w.filter.Append(w.ready[:0], w.buf[:max(n, 0)])
		if err != nil {
			w.ready, w.err = w.filter.AppendRest(w.ready), err
		}
	}
	n := copy(p, w.ready)
	w.ready = w.ready[n:]
	if n == 0 && len(w.ready) == 0 {
		return 0, w.err
	}
	return n, nil
}
