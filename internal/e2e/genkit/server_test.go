package genkit_test

import (
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"
)

// server plays a model: it gives one answer a request, in order.
type server struct {
	*httptest.Server

	mu      sync.Mutex
	answers []answer // still to give; guarded by mu
	asked   []string // guarded by mu
}

// answer is a body in pieces that are sent one by one.
type answer struct {
	status int // 0: 200
	header http.Header
	pieces []string
	holds  bool // does not end before the client leaves
}

func serve(t *testing.T, answers ...answer) *server {
	t.Helper()
	s := newServer(answers...)
	t.Cleanup(s.Close)
	return s
}

// newServer is serve for who closes the server themselves.
func newServer(answers ...answer) *server {
	s := &server{answers: answers}
	s.Server = httptest.NewServer(s)
	return s
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	s.mu.Lock()
	s.asked = append(s.asked, fmt.Sprint(r.Method, " ", r.URL, " ", headers(r), " ", string(body)))
	var next answer
	if len(s.answers) > 0 {
		next, s.answers = s.answers[0], s.answers[1:]
	} else {
		next.status = http.StatusTeapot
	}
	s.mu.Unlock()

	maps.Copy(w.Header(), next.header)
	w.WriteHeader(max(next.status, http.StatusOK))
	for _, piece := range next.pieces {
		_, _ = io.WriteString(w, piece)
		_ = http.NewResponseController(w).Flush()
	}
	if next.holds {
		select {
		case <-r.Context().Done():
		case <-time.After(30 * time.Second):
		}
	}
}

// headers are those of a request, but for the name of the span that genkit's Google client sends with it.
func headers(r *http.Request) http.Header {
	sent := r.Header.Clone()
	sent.Del("Traceparent")
	return sent
}

// requests are those so far, as text.
func (s *server) requests() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.asked)
}
