package traceroot

import (
	"bytes"
	"io"
	"net/http"
	"strings"

	"github.com/traceroot-ai/traceroot-go/llmhttp"
)

// maxModelRequest bounds how much of a request's body is read. Providers refuse larger ones.
const maxModelRequest = 64 << 20

// readModelRequest reads the body of a request and returns the request to send in its place: the same one where its body
// can be had twice, else a copy that replays what was read.
func readModelRequest(req *http.Request, route llmhttp.Route, limits llmhttp.Limits) (*llmhttp.Request, *http.Request) {
	if !hasReadableBody(req) {
		return route.Request(nil, limits), req
	}
	if req.GetBody != nil {
		return readCopy(req, route, limits), req
	}
	var kept bytes.Buffer
	_, err := io.Copy(&kept, io.LimitReader(req.Body, maxModelRequest))
	rest := io.Reader(req.Body)
	if err != nil {
		rest = failingReader{err}
	}
	copied := *req
	copied.Body = replay(kept.Bytes(), rest, req.Body)
	return route.Request(kept.Bytes(), limits), &copied
}

// readCopy reads the body that GetBody gives.
func readCopy(req *http.Request, route llmhttp.Route, limits llmhttp.Limits) (asked *llmhttp.Request) {
	defer func() {
		if recover() != nil { // GetBody is the program's
			asked = route.Request(nil, limits)
		}
	}()
	body, err := req.GetBody()
	if err != nil || body == nil {
		return route.Request(nil, limits)
	}
	defer func() { _ = body.Close() }()
	asked, err = route.ReadRequest(io.LimitReader(body, maxModelRequest), limits)
	if err != nil {
		return route.Request(nil, limits)
	}
	return asked
}

// hasReadableBody tells whether there is a body worth reading: JSON, and not so large that it would be no model call.
func hasReadableBody(req *http.Request) bool {
	return req.Body != nil && req.Body != http.NoBody && req.ContentLength <= maxModelRequest &&
		req.Header.Get("Content-Encoding") == "" &&
		!strings.HasPrefix(req.Header.Get("Content-Type"), "multipart/")
}

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
