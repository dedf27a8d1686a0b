package server

import "net/http"

// Guarded puts before a handler what the server puts before its own.
func (s *Server) Guarded(next http.Handler) http.Handler { return s.guarded(next) }

// Patient gives a handler the server's patience with clients, and nothing else.
func Patient(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen := newResponse(w)
		r.Body = seen.patient(r.Body)
		next.ServeHTTP(seen, r)
		seen.end()
	})
}

// BreakListener has the listener for requests fail.
func (s *Server) BreakListener() error { return s.listeners.web.Close() }
