// Package api answers questions about stored traces: TraceRoot's public REST API, as its CLI and other clients of an API
// key know it, and the list that our own pages and commands show. It reads one project, the one that the request's key
// belongs to.
//
// It takes no spans in, checks no keys (whoever does says whose request it is, see [WithIdentity]) and keeps nothing.
package api

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// Options are what a handler needs. Store is required.
type Options struct {
	Store store.Reader
	UIURL string           // where links to traces point, without a slash at the end; empty: the host that was asked
	Log   *slog.Logger     // for failures that a client is not told of; nil: none
	Now   func() time.Time // nil: time.Now

	Live    LiveFeed        // what the store does not know of running spans; nil: nothing
	Closing <-chan struct{} // is closed when streams of events have to end; nil: they end with their requests
	Sources string          // the folder that code is shown from, as of /api/ui/source; empty: none is shown
}

// Identity says whose request it is.
type Identity struct {
	Project       string // its id, which chooses what is read
	ProjectName   string // empty where it has none
	Workspace     string // its id
	WorkspaceName string // empty where it has none
	KeyName       string // empty where no key was asked for
	KeyHint       string // the key with its middle left out
}

type identityKey struct{}

// WithIdentity returns a context for requests of that identity. A request without one is refused.
func WithIdentity(ctx context.Context, who Identity) context.Context {
	return context.WithValue(ctx, identityKey{}, who)
}

// New returns the handler of all routes below /api and of /health. Whoever takes in spans and manages the server serves
// theirs beside it, by longer patterns.
func New(options Options) http.Handler {
	s := &server{
		store: options.Store, uiURL: options.UIURL,
		log: cmp.Or(options.Log, slog.New(slog.DiscardHandler)), now: options.Now,
	}
	if s.now == nil {
		s.now = time.Now
	}
	s.live, s.closing, s.sources = options.Live, options.Closing, options.Sources
	s.views = newViews(s.store)
	s.started = s.now().UnixMicro()
	mux := http.NewServeMux()
	mux.HandleFunc("/", s.elsewhere(mux))
	for _, r := range s.routes() {
		if !r.shared {
			mux.HandleFunc(r.pattern, r.handle)
		}
	}
	mux.HandleFunc(sharedPattern, s.shared(mux))
	return mux
}

// Routes are the patterns that [New] serves.
func Routes() []string {
	var patterns []string
	for _, r := range new(server).routes() {
		patterns = append(patterns, r.pattern)
	}
	return patterns
}

type server struct {
	store store.Reader
	uiURL string
	log   *slog.Logger
	now   func() time.Time

	live    LiveFeed
	closing <-chan struct{}
	sources string
	views   *views
	started int64 // tells the replies of this process from those of one that may have been another version
}

type route struct {
	pattern string
	handle  http.HandlerFunc
	shared  bool // served under sharedPattern
}

const public = "GET /api/v1/public"

// sharedPattern stands for the two routes that both match filter-values/export, so that a mux refuses to have both. On
// the platform a name of a field wins over the id of a trace.
const sharedPattern = public + "/traces/{trace_id}/{part}"

func (s *server) routes() []route {
	return append([]route{
		{pattern: "GET /health", handle: health},
		{pattern: "GET /api/openapi.json", handle: openAPI},
		{pattern: public + "/whoami", handle: s.identified(s.whoami)},
		{pattern: public + "/traces", handle: s.identified(s.listTraces)},
		{pattern: public + "/traces/filter-values/{field}", handle: s.identified(s.filterValues), shared: true},
		{pattern: public + "/traces/{trace_id}", handle: s.identified(s.getTrace)},
		{pattern: public + "/traces/{trace_id}/export", handle: s.identified(s.exportTrace), shared: true},
		{pattern: public + "/sessions", handle: s.identified(s.listSessions)},
		{pattern: public + "/sessions/{session_id}", handle: s.identified(s.getSession)},
		{pattern: public + "/detectors", handle: s.identified(s.emptyList)},
		{pattern: public + "/detectors/findings", handle: s.identified(s.emptyList)},
		{pattern: public + "/detectors/findings/{finding_id}", handle: s.identified(absent("Finding not found"))},
		{pattern: public + "/detectors/traces/{trace_id}/finding", handle: s.identified(absent("Finding not found"))},
		{pattern: public + "/detectors/{detector_id}", handle: s.identified(absent("Detector not found"))},
		{pattern: "GET /api/ui/traces", handle: s.identified(s.rows)},
	}, s.pageRoutes()...)
}

func (s *server) shared(mux *http.ServeMux) http.HandlerFunc {
	filterValues, export, elsewhere := s.identified(s.filterValues), s.identified(s.exportTrace), s.elsewhere(mux)
	return func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.PathValue("trace_id") == "filter-values":
			r.SetPathValue("field", r.PathValue("part"))
			filterValues(w, r)
		case r.PathValue("part") == "export":
			export(w, r)
		default:
			elsewhere(w, r)
		}
	}
}

// handler answers a request of a project. The value is the reply's JSON; an error that is a [refusal] is told to the
// client, any other is a failure of ours.
type handler func(r *http.Request, who Identity) (any, error)

func (s *server) identified(handle handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		who, known := r.Context().Value(identityKey{}).(Identity)
		if !known {
			refuse(w, r, refusal{status: http.StatusUnauthorized, detail: "Missing Authorization header"})
			return
		}
		reply, err := inTime(r, who, handle)
		if err != nil {
			s.fail(w, r, err)
			return
		}
		if kept, ok := reply.(kept); ok {
			if kept.known(w, r) {
				return
			}
			reply = kept.reply
		}
		if raw, ok := reply.(rawReply); ok {
			raw.write(w, r)
			return
		}
		write(w, r, http.StatusOK, reply)
	}
}

// maxQueryTime bounds what one question may cost the others: a store reads with few connections.
const maxQueryTime = 30 * time.Second

func inTime(r *http.Request, who Identity, handle handler) (any, error) {
	ctx, cancel := context.WithTimeout(r.Context(), maxQueryTime)
	defer cancel()
	reply, err := handle(r.WithContext(ctx), who)
	if err != nil && ctx.Err() != nil && r.Context().Err() == nil {
		return nil, refusal{
			status: http.StatusServiceUnavailable,
			detail: fmt.Sprintf("No answer within %v. Ask for a shorter time or fewer traces", maxQueryTime),
		}
	}
	return reply, err
}

// elsewhere answers what no route does: a path that is not there, or one that is there by another method.
func (s *server) elsewhere(mux *http.ServeMux) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		asGet := r.Clone(r.Context())
		asGet.Method = http.MethodGet
		if _, pattern := mux.Handler(asGet); r.Method != http.MethodGet && strings.HasPrefix(pattern, http.MethodGet) {
			w.Header().Set("Allow", "GET, HEAD")
			refuse(w, r, refusal{status: http.StatusMethodNotAllowed, detail: "Method Not Allowed"})
			return
		}
		refuse(w, r, refusal{status: http.StatusNotFound, detail: "Not Found"})
	}
}

func health(w http.ResponseWriter, r *http.Request) {
	write(w, r, http.StatusOK, map[string]string{"status": "ok"})
}

// baseURL is how the client reached this server.
func baseURL(r *http.Request) string {
	if r.TLS != nil {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}

func (s *server) uiBaseURL(r *http.Request) string {
	return strings.TrimRight(cmp.Or(s.uiURL, baseURL(r)), "/")
}
