package server

import (
	"errors"
	"io"
	"net/http"
	"time"
)

const (
	patience  = 30 * time.Second // for the next bytes of a request, or until the next of an answer are taken
	leastRate = 8 << 10          // bytes a second that a request comes at in the long run
	portion   = 256 << 10        // of an answer; patience is for each
)

// response remembers how a request was answered, and ends it when the other side no longer takes part.
type response struct {
	http.ResponseWriter

	control *http.ResponseController
	status  int
	begun   bool // the status is sent
}

func newResponse(w http.ResponseWriter) *response {
	r := &response{ResponseWriter: w, control: http.NewResponseController(w), status: http.StatusOK}
	r.until(time.Time{}) // the connection may have one of an earlier request
	return r
}

// until sets the deadline of writing. Connections that have none are no worse for it.
func (w *response) until(deadline time.Time) { _ = w.control.SetWriteDeadline(deadline) }

// WriteHeader implements [http.ResponseWriter].
func (w *response) WriteHeader(status int) {
	w.status, w.begun = status, w.begun || status >= http.StatusOK
	w.ResponseWriter.WriteHeader(status)
}

// Write implements [http.ResponseWriter].
func (w *response) Write(p []byte) (written int, err error) {
	w.begun = true
	for first := true; first || len(p) > 0; first = false {
		w.until(time.Now().Add(patience))
		n, err := w.ResponseWriter.Write(p[:min(len(p), portion)])
		written += n
		if err != nil {
			return written, err
		}
		p = p[n:]
	}
	return written, nil
}

// FlushError is what [http.ResponseController.Flush] calls.
func (w *response) FlushError() error {
	w.until(time.Now().Add(patience))
	return w.control.Flush()
}

// Flush implements [http.Flusher].
func (w *response) Flush() { _ = w.FlushError() }

// Unwrap is how [http.ResponseController] reaches what the server can do beyond the interface.
func (w *response) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// end lets the last bytes go out.
func (w *response) end() { w.until(time.Now().Add(patience)) }

// breakOff tells of a failure, or cuts the answer short when one of success has begun: nobody is to take a part for the
// whole.
func breakOff(w http.ResponseWriter, tell func()) {
	if seen, ok := w.(*response); ok && seen.begun {
		panic(http.ErrAbortHandler)
	}
	tell()
}

// patient is body, which fails when the sender is too slow.
func (w *response) patient(body io.ReadCloser) io.ReadCloser {
	if body == nil || body == http.NoBody {
		return body
	}
	return &patientBody{ReadCloser: body, control: w.control}
}

type patientBody struct {
	io.ReadCloser

	control *http.ResponseController
	read    int64
	waited  time.Duration // for the sender
}

// Read implements [io.Reader].
func (b *patientBody) Read(p []byte) (int, error) {
	began := time.Now()
	left := patience + time.Duration(b.read)*time.Second/leastRate - b.waited
	_ = b.control.SetReadDeadline(began.Add(min(left, patience)))
	n, err := b.ReadCloser.Read(p)
	b.read += int64(n)
	b.waited += time.Since(began)
	if errors.Is(err, io.EOF) {
		// From here on the connection is read to notice that the sender hangs up, however long the answer takes.
		_ = b.control.SetReadDeadline(time.Time{})
	}
	return n, err
}
