package server

import (
	"context"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strconv"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/api"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/ingest"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/live"
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
		{ingest.OTLPPath, store.ScopeIngest, s.ingest.OTLP()},
		{"GET " + live.Path, store.ScopeIngest, s.live},
		{"POST " + live.Path, store.ScopeIngest, s.live},
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

// handler answers everything over HTTP.
func (s *Server) handler() http.Handler {
	mux := http.NewServeMux()
	for _, r := range s.routes() {
		handler := r.handler
		if r.scope != "" {
			handler = s.require(r.scope, handler)
		}
		mux.Handle(r.pattern, handler)
	}
	questions := api.New(api.Options{Store: s.store, UIURL: s.config.PublicURL, Log: s.log, Live: s.live, Closing: s.closing, Sources: s.config.Sources})
	mux.Handle("GET /health", questions)
	mux.Handle("/api/", s.require(store.ScopeRead, identified(questions)))
	mux.Handle("/", s.pages(questions))
	return s.guarded(mux)
}

// grpcHandler answers OTLP over gRPC alone.
func (s *Server) grpcHandler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle(ingest.GRPCPath, s.require(store.ScopeIngest, s.ingest.GRPC()))
	mux.HandleFunc("/", nowhere)
	return s.guarded(mux)
}

func nowhere(w http.ResponseWriter, _ *http.Request) { refuse(w, http.StatusNotFound, "Not found") }

func (s *Server) guarded(next http.Handler) http.Handler {
	next = s.guardOrigin(next)
	if !s.config.Keys {
		next = s.guardLoopback(next)
	}
	return s.watch(harden(next))
}

// require lets in who has the scope.
func (s *Server) require(scope store.Scope, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		who, rejected := s.door.identify(r)
		if rejected == nil && !who.may(scope) {
			rejected = &rejection{http.StatusForbidden, "This API key has the scope " + string(who.scope) + ", the request needs " + string(scope)}
		}
		if rejected != nil {
			if rejected.status == http.StatusUnauthorized {
				w.Header().Set("WWW-Authenticate", "Bearer")
			}
			s.turnAway(w, r, rejected.status, rejected.detail)
			return
		}
		inner := r.WithContext(context.WithValue(r.Context(), callerKey{}, who))
		next.ServeHTTP(w, inner)
		r.Pattern = inner.Pattern
	})
}

// turnAway refuses a request before the room that it is meant for has seen it. One with spans is remembered: people look
// for the reason why theirs do not show.
func (s *Server) turnAway(w http.ResponseWriter, r *http.Request, status int, detail string) {
	switch r.URL.Path {
	case ingest.Path, ingest.OTLPPath, ingest.GRPCPath:
		if r.Method == http.MethodPost {
			s.traffic.Refused(detail, status, r)
		}
	}
	refuse(w, status, detail)
}

// identified tells the API whose request it is.
func identified(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		who := callerOf(r.Context())
		inner := r.WithContext(api.WithIdentity(r.Context(), api.Identity{
			Project: who.project, ProjectName: who.project, Workspace: "local",
			KeyName: who.key.Name, KeyHint: who.key.Hint,
		}))
		next.ServeHTTP(w, inner)
		r.Pattern = inner.Pattern
	})
}

// watch counts requests, and turns a panic into an answer: a bug in one request is no reason to lose the others.
func (s *Server) watch(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began, seen := time.Now(), newResponse(w)
		r.Body = seen.patient(r.Body)
		defer func() {
			s.gauges.requests.WithLabelValues(r.Pattern, strconv.Itoa(seen.status)).Observe(time.Since(began).Seconds())
			s.log.LogAttrs(r.Context(), slog.LevelDebug, "request", slog.String("method", r.Method), slog.String("route", r.Pattern),
				slog.Int("status", seen.status), slog.Int64("duration_ms", time.Since(began).Milliseconds()))
			seen.end()
		}()
		defer func() {
			switch thrown := recover(); thrown {
			case nil:
			case http.ErrAbortHandler:
				panic(thrown)
			default:
				s.log.LogAttrs(r.Context(), slog.LevelError, "request panicked", slog.Any("panic", thrown),
					slog.String("path", r.URL.Path), slog.String("stack", string(debug.Stack())))
				breakOff(seen, func() { refuse(seen, http.StatusInternalServerError, "Internal error: see the server's log") })
			}
		}()
		next.ServeHTTP(seen, r)
	})
}

// healthz says that the process answers.
func (s *Server) healthz(w http.ResponseWriter, _ *http.Request) {
	answer(w, http.StatusOK, map[string]string{"status": "ok"})
}

// readyz says whether spans can be stored.
func (s *Server) readyz(w http.ResponseWriter, r *http.Request) {
	if err := s.readiness.ask(r.Context(), s.store); err != nil {
		refuse(w, http.StatusServiceUnavailable, "Storage error: "+err.Error())
		return
	}
	answer(w, http.StatusOK, map[string]string{"status": "ok"})
}

// readiness remembers for a moment whether a write would succeed. It takes a write to know, and everybody may ask.
type readiness struct {
	mu    sync.Mutex
	asked time.Time // guarded by mu, as the next
	err   error
}

func (r *readiness) ask(ctx context.Context, held store.Admin) error {
	const current = time.Second
	r.mu.Lock()
	defer r.mu.Unlock()
	if time.Since(r.asked) < current {
		return r.err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), headerTimeout) // the answer is not for this request alone
	defer cancel()
	r.err = held.Ping(ctx)
	r.asked = time.Now()
	return r.err
}
