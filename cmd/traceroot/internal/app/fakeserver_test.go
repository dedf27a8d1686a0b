package app_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
)

// fakeServer answers requests with what it was told to, and remembers them.
type fakeServer struct {
	url string

	mu       sync.Mutex
	requests []string // as METHOD /path?query, and the body behind a space
}

// startFake takes answers by pattern of http.ServeMux. One that begins with a number and a space has that status.
func startFake(t *testing.T, answers map[string]string) *fakeServer {
	t.Helper()
	f := new(fakeServer)
	mux := http.NewServeMux()
	for pattern, body := range answers {
		status := http.StatusOK
		if rest, ok := strings.CutPrefix(body, "404 "); ok {
			status, body = http.StatusNotFound, rest
		} else if rest, ok := strings.CutPrefix(body, "401 "); ok {
			status, body = http.StatusUnauthorized, rest
		}
		mux.HandleFunc(pattern, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(status)
			_, _ = io.WriteString(w, body)
		})
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		f.remember(strings.TrimSpace(r.Method + " " + r.URL.RequestURI() + " " + string(body)))
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	f.url = server.URL
	return f
}

func (f *fakeServer) remember(request string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.requests = append(f.requests, request)
}

func (f *fakeServer) asked() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.requests)
}

// changingServer gives one answer after the other, and the last one for ever.
type changingServer struct {
	url string

	mu      sync.Mutex
	answers []string
	given   int
	reached func(given int)
}

func startChanging(t *testing.T, answers ...string) *changingServer {
	t.Helper()
	s := &changingServer{answers: answers}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	s.url = server.URL
	return s
}

// until is a context that ends when so many answers were asked for.
func (s *changingServer) until(t *testing.T, requests int) context.Context {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	s.reached = func(given int) {
		if given >= requests {
			cancel()
		}
	}
	return ctx
}

func (s *changingServer) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	answer := s.answers[min(s.given, len(s.answers)-1)]
	s.given++
	w.Header().Set("Content-Type", "application/json")
	_, _ = io.WriteString(w, answer)
	s.reached(s.given)
}
