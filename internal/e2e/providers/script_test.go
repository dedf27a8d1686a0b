package providers_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
)

// script is a server that plays a model: it gives one answer a request, in order.
type script struct {
	*httptest.Server

	mu      sync.Mutex
	answers []answer  // still to give; guarded by mu
	asked   []request // guarded by mu
}

// answer is a status, or 200, with headers in pairs and a body in pieces that are sent one by one.
type answer struct {
	status  int
	headers []string
	pieces  []string
	hold    <-chan struct{} // when not nil, the answer does not end before this is closed
}

// request is a request as it came.
type request struct {
	method, path, query string
	header              http.Header
	body                string
}

func play(t *testing.T, answers ...answer) *script {
	t.Helper()
	s := newScript(answers...)
	t.Cleanup(s.Close)
	return s
}

// newScript is play for who closes the server themselves.
func newScript(answers ...answer) *script {
	s := &script{answers: answers}
	s.Server = httptest.NewServer(http.HandlerFunc(s.serve))
	return s
}

// anyHost is a transport to the server for which every host is the server: a provider is known by its host.
func (s *script) anyHost() *http.Transport {
	return &http.Transport{DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, s.Listener.Addr().String())
	}}
}

func (s *script) serve(w http.ResponseWriter, r *http.Request) {
	next, ok := s.take(r)
	if !ok {
		http.Error(w, "the script has no answer left", http.StatusTeapot)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("X-Request-Id", "req_1")
	w.Header().Set("Date", "Wed, 08 Oct 2025 08:00:00 GMT") // clients hand out headers, which are compared
	for pair := range slices.Chunk(next.headers, 2) {
		w.Header().Set(pair[0], pair[1])
	}
	w.WriteHeader(max(next.status, http.StatusOK))
	for _, piece := range next.pieces {
		_, _ = io.WriteString(w, piece)
		_ = http.NewResponseController(w).Flush()
	}
	if next.hold == nil {
		return
	}
	select {
	case <-next.hold:
	case <-r.Context().Done():
	}
}

func (s *script) take(r *http.Request) (answer, bool) {
	body, _ := io.ReadAll(r.Body)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked = append(s.asked, request{r.Method, r.URL.Path, r.URL.RawQuery, r.Header, string(body)})
	if len(s.answers) == 0 {
		return answer{}, false
	}
	next := s.answers[0]
	s.answers = s.answers[1:]
	return next, true
}

// requests are those so far.
func (s *script) requests() []request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.asked)
}

// says is an answer in one piece.
func says(body string) answer { return answer{pieces: []string{oneLine(body)}} }

// events is an answer that comes as server-sent events.
func events(data ...string) answer {
	s := answer{headers: []string{"Content-Type", "text/event-stream"}}
	for _, event := range data {
		s.pieces = append(s.pieces, "data: "+oneLine(event)+"\n\n")
	}
	return s
}

// named is like events, for events that are named by the type in their data.
func named(data ...string) answer {
	s := events(data...)
	for i, event := range data {
		var is struct{ Type string }
		if json.Unmarshal([]byte(event), &is) == nil {
			s.pieces[i] = "event: " + is.Type + "\n" + s.pieces[i]
		}
	}
	return s
}

// lines is an answer that comes as JSON lines.
func lines(data ...string) answer {
	s := answer{headers: []string{"Content-Type", "application/x-ndjson"}}
	for _, line := range data {
		s.pieces = append(s.pieces, oneLine(line)+"\n")
	}
	return s
}

func oneLine(event string) string {
	var line bytes.Buffer
	if json.Compact(&line, []byte(event)) != nil {
		return event // the end mark
	}
	return line.String()
}
