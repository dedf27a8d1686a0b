package server

import (
	"log/slog"
	"net/http"
	"runtime/debug"

	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/api"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/ingest"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

type route struct {
	pattern string
	scope   store.Scope // empty: everybody may
	handler http.Handler
}

func (s *Server) routes() []route {
	f := func(h http.HandlerFunc) http.Handler { return h }
	return []route{
		{"POST " + ingest.Path, store.ScopeIngest, s.ingest.Public()},
		{"POST " + ingest.OTLPPath, store.ScopeIngest, s.ingest.OTLP()},
		{"GET /healthz", "", f(s.healthz)},
		{"GET /readyz", "", f(s.readyz)},
		{"GET /metrics", store.ScopeRead, promhttp.HandlerFor(s.gauges.registry, promhttp.HandlerOpts{})},
		{"GET /api/ui/status", "", f(s.status)},
		{"POST /api/ui/sign-in", "", f(s.signIn)},
		{"POST /api/ui/sign-out", "", f(s.signOut)},
		{"GET /api/admin/keys", store.ScopeAdmin, f(s.listKeys)},
		{"POST /api/admin/keys", store.ScopeAdmin, f(s.createKey)},
		{"DELETE /api/admin/keys/{id}", store.ScopeAdmin, f(s.revokeKey)},
		{"DELETE /api/admin/traces", store.ScopeAdmin, f(s.deleteTraces)},
		{"POST /api/admin/import", store.ScopeAdmin, s.ingest.Lines()},
		{"GET /api/admin/export", store.ScopeAdmin, f(s.export)},
		{"GET /api/admin/backup", store.ScopeAdmin, f(s.backup)},
		{"GET /api/admin/stats", store.ScopeAdmin, f(s.stats)},
	}
}

// Handler answers everything over HTTP.
func (s *Server) Handler() http.Handler {
	mux := http.NewServeMux()
	for _, r := range s.routes() {
		handler := r.handler
		if r.scope != "" {
			handler = s.door.require(r.scope, handler)
		}
		mux.Handle(r.pattern, handler)
	}
	questions := api.New(api.Options{Store: s.store, UIURL: s.config.PublicURL, Log: s.log})
	mux.Handle("GET /health", questions)
	mux.Handle("/api/", s.door.require(store.ScopeRead, identified(questions)))
	return s.guarded(mux)
}

// grpcHandler answers OTLP over gRPC alone.
func (s *Server) grpcHandler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle(ingest.GRPCPath, s.door.require(store.ScopeIngest, s.ingest.GRPC()))
	return s.guarded(mux)
}

func (s *Server) guarded(next http.Handler) http.Handler {
	next = guardOrigin(next)
	if !s.config.Keys {
		next = guardLoopback(next)
	}
	return s.watch(harden(next))
}

// identified tells the API whose request it is.
func identified(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		who := callerOf(r.Context())
		next.ServeHTTP(w, r.WithContext(api.WithIdentity(r.Context(), api.Identity{
			Project: who.project, ProjectName: who.project, Workspace: "local",
			KeyName: who.key.Name, KeyHint: who.key.Hint,
		})))
	})
}

// watch counts requests, and turns a panic into an answer: a bug in one request is no reason to lose the others.
func (s *Server) watch(next http.Handler) http.Handler {
	return s.gauges.count(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			switch thrown := recover(); thrown {
			case nil:
			case http.ErrAbortHandler:
				panic(thrown)
			default:
				s.log.LogAttrs(r.Context(), slog.LevelError, "request panicked", slog.Any("panic", thrown),
					slog.String("path", r.URL.Path), slog.String("stack", string(debug.Stack())))
				refuse(w, http.StatusInternalServerError, "Internal error: see the server's log")
			}
		}()
		next.ServeHTTP(w, r)
	}))
}

// healthz says that the process answers.
func (s *Server) healthz(w http.ResponseWriter, _ *http.Request) {
	answer(w, http.StatusOK, map[string]string{"status": "ok"})
}

// readyz says whether spans can be stored.
func (s *Server) readyz(w http.ResponseWriter, r *http.Request) {
	if err := s.store.Ping(r.Context()); err != nil {
		refuse(w, http.StatusServiceUnavailable, "Storage error: "+err.Error())
		return
	}
	answer(w, http.StatusOK, map[string]string{"status": "ok"})
}
