package llmhttp_test

import (
	"iter"
	"net/http"
	"testing"

	"github.com/traceroot-ai/traceroot-go/llmhttp"
)

const (
	chatURL       = "https://api.openai.com/v1/chat/completions"
	embeddingsURL = "https://api.openai.com/v1/embeddings"
)

// An exchange to be read. What is empty is an answer of status 200 to an empty request for a chat completion.
type exchange struct {
	url     string
	sent    http.Header // the request's
	request string
	limits  llmhttp.Limits
	status  int
	header  http.Header
	answer  string
	size    int  // of one read; the whole answer at once by default
	cut     bool // the connection breaks after the answer
}

// read reads an exchange as a program would see it.
func (e exchange) read(tb testing.TB) (*llmhttp.Request, *llmhttp.Response) {
	tb.Helper()
	q := e.ask(tb)
	status := e.status
	if status == 0 {
		status = http.StatusOK
	}
	p := q.Parser(status, e.header)
	for chunk := range chunks([]byte(e.answer), e.size) {
		if n, err := p.Write(chunk); n != len(chunk) || err != nil {
			tb.Fatalf("Write = %d, %v for %d bytes", n, err, len(chunk))
		}
	}
	return q, p.Finish(e.cut)
}

func (e exchange) ask(tb testing.TB) *llmhttp.Request {
	tb.Helper()
	address := e.url
	if address == "" {
		address = chatURL
	}
	route, ok := match(tb, http.MethodPost, address, e.sent)
	if !ok {
		tb.Fatalf("%s is not recognised", address)
	}
	return route.Request([]byte(e.request), e.limits)
}

// match recognises a request by its address and headers.
func match(tb testing.TB, method, address string, header http.Header) (llmhttp.Route, bool) {
	tb.Helper()
	req, err := http.NewRequestWithContext(tb.Context(), method, address, http.NoBody)
	if err != nil {
		tb.Fatal(err)
	}
	if header != nil {
		req.Header = header
	}
	return llmhttp.Match(req)
}

// chunks cuts a body into reads of a size; one read for size 0.
func chunks(body []byte, size int) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		for len(body) > 0 {
			n := len(body)
			if size > 0 {
				n = min(size, n)
			}
			if !yield(body[:n]) {
				return
			}
			body = body[n:]
		}
	}
}

// messages are messages as spans carry them.
func messages(list []llmhttp.Message) string { return string(llmhttp.AppendMessages(nil, list)) }
