package server

import (
	"errors"
	"log/slog"
	"net/http"
	"time"

	"github.com/traceroot-ai/traceroot-go"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// failed answers what went wrong on this side, and logs it. An answer that has begun is cut short.
func (s *Server) failed(w http.ResponseWriter, r *http.Request, what string, err error) {
	if r.Context().Err() != nil {
		panic(http.ErrAbortHandler) // who asked is gone
	}
	s.log.LogAttrs(r.Context(), slog.LevelError, "request failed", slog.String("request", what), slog.Any("error", err))
	status := http.StatusInternalServerError
	if errors.Is(err, store.ErrFull) {
		status = http.StatusServiceUnavailable
	}
	breakOff(w, func() { refuse(w, status, "Storage error: "+err.Error()) })
}

// deleteTraces deletes some traces of the caller's project.
func (s *Server) deleteTraces(w http.ResponseWriter, r *http.Request) {
	var wanted struct {
		TraceIDs []string `json:"trace_ids"`
	}
	if !readJSON(w, r, &wanted) {
		return
	}
	deleted, err := s.store.Delete(r.Context(), callerOf(r.Context()).project, wanted.TraceIDs)
	if err != nil {
		s.failed(w, r, "traces not deleted", err)
		return
	}
	answer(w, http.StatusOK, struct {
		Deleted int `json:"deleted"`
	}{deleted})
}

// backup sends a copy of the whole database, which a server can be started on.
func (s *Server) backup(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	header.Set("Content-Type", "application/vnd.sqlite3")
	header.Set("Content-Disposition", `attachment; filename="traceroot-`+time.Now().UTC().Format("20060102-150405")+`.db"`)
	if err := s.store.Backup(r.Context(), w); err != nil {
		header.Del("Content-Disposition")
		s.failed(w, r, "backup broke off", err)
	}
}

// statsJSON is what the server says of itself and its store.
type statsJSON struct {
	Version  string     `json:"version"`
	URL      string     `json:"url"`
	Data     string     `json:"data"`
	Started  time.Time  `json:"started"`
	Projects int        `json:"projects"`
	Traces   int64      `json:"traces"`
	Spans    int64      `json:"spans"`
	Texts    int64      `json:"texts"`
	Bytes    int64      `json:"bytes"`
	Oldest   *time.Time `json:"oldest"`
}

func (s *Server) stats(w http.ResponseWriter, r *http.Request) {
	held, err := s.store.Stats(r.Context())
	if err != nil {
		s.failed(w, r, "stats not read", err)
		return
	}
	shown := statsJSON{
		Version: traceroot.Version, URL: s.URL(), Data: s.config.Data, Started: s.started,
		Projects: held.Projects, Traces: held.Traces, Spans: held.Spans, Texts: held.Messages, Bytes: held.Bytes,
	}
	if !held.Oldest.IsZero() {
		shown.Oldest = &held.Oldest
	}
	answer(w, http.StatusOK, shown)
}

// signIn gives a browser a cookie for a key, so that no page holds the key itself.
func (s *Server) signIn(w http.ResponseWriter, r *http.Request) {
	var wanted struct {
		Key string `json:"key"`
	}
	if !readJSON(w, r, &wanted) {
		return
	}
	if !s.config.Keys {
		answer(w, http.StatusOK, struct{}{})
		return
	}
	hash := store.HashKey(wanted.Key)
	who, rejected := s.door.find(r.Context(), hash)
	switch {
	case rejected != nil:
		refuse(w, rejected.status, rejected.detail)
	case !who.may(store.ScopeRead):
		refuse(w, http.StatusForbidden, "This API key can only send spans: make one with the scope read")
	default:
		s.door.cookies.set(w, hash)
		answer(w, http.StatusOK, struct{}{})
	}
}

func (s *Server) signOut(w http.ResponseWriter, _ *http.Request) {
	if s.door.cookies != nil {
		s.door.cookies.clear(w)
	}
	answer(w, http.StatusOK, struct{}{})
}
