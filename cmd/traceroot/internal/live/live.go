// Package live takes what SDKs tell of spans that still run, and hands it on to pages that watch: that a span has begun,
// which is also stored, as a span without an end; the text that its model or its stream has said so far; and that it has
// ended. Texts and ends are kept in memory alone, within bounds, until the finished span is stored.
//
// All of it may be lost: senders drop what they cannot send in time, and finished spans come by package ingest and say
// everything again. The package checks no keys and prices nothing.
package live

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"net/http"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/api"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/vocab"
)

// Path is where SDKs ask whether live messages are taken, by GET, and send them, by POST.
const Path = "/api/live"

// Sink stores spans that have begun. It is called by several requests at once.
type Sink interface {
	Write(ctx context.Context, project string, batch vocab.Batch) error
}

// Config says what a server is made of. Only Sink is needed.
type Config struct {
	Sink    Sink
	Project func(context.Context) string // whose spans a request tells of; nil: those of "dev". Nothing sent can choose it
	Log     *slog.Logger                 // of failures of our own; nil: not logged
}

const (
	maxBody     = 1 << 20 // bytes of a request
	maxMessages = 10_000  // of a request; more are left out
	maxRequests = 8       // at once; more are told to come again
)

// Server takes live messages and has them followed. It is safe for concurrent use.
type Server struct {
	sink     Sink
	project  func(context.Context) string
	log      *slog.Logger
	feed     *feed
	requests chan struct{} // holds one for each that is being taken in
}

var _ api.LiveFeed = (*Server)(nil)

// New returns a server that nobody follows yet.
func New(config Config) *Server {
	s := &Server{
		sink: config.Sink, project: config.Project, log: config.Log,
		feed: newFeed(), requests: make(chan struct{}, maxRequests),
	}
	if s.project == nil {
		s.project = func(context.Context) string { return "dev" }
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	return s
}

// Subscribe implements [api.LiveFeed]: it returns what happens to running spans of a project from now on, after what is
// known of them so far. A subscriber that is slow gets less often more at once, and holds up nobody. The function ends it,
// which closes the channel; it may be called again.
func (s *Server) Subscribe(project string) (<-chan api.LiveEvent, func()) {
	return s.feed.subscribe(project)
}

// Tell has the subscribers of a project told of something else.
func (s *Server) Tell(project string, event api.LiveEvent) { s.feed.notify(project, event) }

// Finished says that spans have been stored. What is kept of those that have ended is given up.
func (s *Server) Finished(project string, spans []store.Span) { s.feed.finish(project, spans) }

// ServeHTTP answers GET and POST requests to [Path].
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch r.Method {
	case http.MethodGet, http.MethodHead:
		answer(w, http.StatusOK, struct {
			Live bool `json:"live"`
		}{true})
	case http.MethodPost:
		s.take(w, r)
	default:
		w.Header().Set("Allow", "GET, HEAD, POST")
		refuse(w, http.StatusMethodNotAllowed, "Method Not Allowed")
	}
}

// take stores and hands on the messages of one request.
func (s *Server) take(w http.ResponseWriter, r *http.Request) {
	select {
	case s.requests <- struct{}{}:
		defer func() { <-s.requests }()
	default:
		w.Header().Set("Retry-After", "1")
		refuse(w, http.StatusTooManyRequests, "Too much to take in at once")
		return
	}
	body, ok := read(w, r)
	if !ok {
		return
	}
	project := s.project(r.Context())
	told := parse(body)
	begun := batchOf(s.feed.running(project, told.starts))
	if len(begun.Spans) > 0 {
		// The sender may hang up: what it counts as told is stored all the same.
		if err := s.sink.Write(context.WithoutCancel(r.Context()), project, begun); err != nil {
			s.log.LogAttrs(r.Context(), slog.LevelError, "running spans not stored",
				slog.Int("span_count", len(begun.Spans)), slog.Any("error", err))
			refuse(w, http.StatusServiceUnavailable, "Storage error: "+err.Error())
			return
		}
	}
	s.feed.tell(project, begun.Spans, told)
	answer(w, http.StatusOK, struct {
		Accepted int    `json:"accepted"`
		Rejected int    `json:"rejected"`
		Reason   string `json:"reason,omitempty"`
	}{len(begun.Spans) + len(told.ends) + len(told.texts), told.rejected, told.reason})
}

// read reads the body, or refuses it. The type of the content is one that no form of a page can send.
func read(w http.ResponseWriter, r *http.Request) (body []byte, ok bool) {
	media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || media != "application/x-ndjson" {
		refuse(w, http.StatusUnsupportedMediaType, "Unsupported Content-Type. Expected: application/x-ndjson")
		return nil, false
	}
	if r.Header.Get("Content-Encoding") != "" {
		refuse(w, http.StatusUnsupportedMediaType, "Unsupported Content-Encoding. Expected: none")
		return nil, false
	}
	body, err = io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if _, exceeded := errors.AsType[*http.MaxBytesError](err); exceeded {
		refuse(w, http.StatusRequestEntityTooLarge, fmt.Sprintf("Request body exceeds %d bytes", maxBody))
		return nil, false
	}
	if err != nil {
		refuse(w, http.StatusBadRequest, "Request body incomplete: "+err.Error())
		return nil, false
	}
	return body, true
}

// refuse answers with the API's form of an error.
func refuse(w http.ResponseWriter, status int, detail string) {
	answer(w, status, struct {
		Detail string `json:"detail"`
	}{detail})
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // the sender is gone; nobody is left to tell
}
