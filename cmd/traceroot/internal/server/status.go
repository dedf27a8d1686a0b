package server

import (
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/traceroot-ai/traceroot-go"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/ingest"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// statusJSON is what a page needs to say how spans get here, and why some did not. Without a key, those who need one
// learn no more than that this is a traceroot server.
type statusJSON struct {
	Server  string `json:"server"` // always traceroot
	Version string `json:"version"`
	Keys    bool   `json:"keys"` // requests need a key

	Project  string        `json:"project,omitempty"`
	HTTP     string        `json:"http,omitempty"`
	GRPC     string        `json:"grpc,omitempty"`
	Started  *time.Time    `json:"started,omitempty"`
	Accepted *acceptedJSON `json:"accepted,omitempty"` // since the start
	Refused  []refusalJSON `json:"refused,omitempty"`  // the last ones, newest first
}

type acceptedJSON struct {
	Requests int64      `json:"requests"`
	Spans    int64      `json:"spans"`
	Rejected int64      `json:"rejected"`
	Last     *time.Time `json:"last"`
}

type refusalJSON struct {
	At     time.Time `json:"at"`
	Status int       `json:"status"`
	Reason string    `json:"reason"`
	Path   string    `json:"path"`
	Agent  string    `json:"agent"` // the sender's User-Agent
	Count  int       `json:"count"` // of the same, one after the other
}

func (s *Server) status(w http.ResponseWriter, r *http.Request) {
	answer(w, http.StatusOK, s.statusFor(r))
}

func (s *Server) statusFor(r *http.Request) statusJSON {
	shown := statusJSON{Server: "traceroot", Version: traceroot.Version, Keys: s.config.Keys}
	if who, rejected := s.door.identify(r); rejected == nil && who.may(store.ScopeRead) {
		shown.Project, shown.HTTP, shown.GRPC, shown.Started = who.project, s.URL(), s.GRPCURL(), &s.started
		shown.Accepted, shown.Refused = s.traffic.report(who)
	}
	return shown
}

// traffic remembers how requests with spans went, of each project by itself. It is safe for concurrent use.
type traffic struct {
	gauges *gauges

	mu       sync.Mutex
	projects map[string]*record // guarded by mu; "" has what was turned away before anybody knew its project
}

// record is what traffic remembers of a project.
type record struct {
	accepted acceptedJSON
	refused  []refusalJSON // oldest first
}

var _ ingest.Observer = (*traffic)(nil)

// rememberedRefusals is enough to find out what a sender does wrong.
const rememberedRefusals = 20

// Accepted implements [ingest.Observer].
func (t *traffic) Accepted(r *http.Request, batch ingest.Accepted) {
	t.gauges.accept(batch)
	now := time.Now().UTC()
	t.mu.Lock()
	defer t.mu.Unlock()
	to := t.recordLocked(callerOf(r.Context()).project)
	to.accepted.Requests++
	to.accepted.Spans += int64(batch.Spans)
	to.accepted.Last = &now
	if batch.Rejected > 0 {
		to.accepted.Rejected += int64(batch.Rejected)
		to.remember(newRefusal(now, http.StatusOK, batch.Reason, r))
	}
}

// Refused implements [ingest.Observer].
func (t *traffic) Refused(reason string, status int, r *http.Request) {
	t.gauges.refuse(status)
	t.mu.Lock()
	defer t.mu.Unlock()
	t.recordLocked(callerOf(r.Context()).project).remember(newRefusal(time.Now().UTC(), status, reason, r))
}

func (t *traffic) recordLocked(project string) *record {
	found := t.projects[project]
	if found == nil {
		found = &record{}
		t.projects[project] = found
	}
	return found
}

func newRefusal(at time.Time, status int, reason string, r *http.Request) refusalJSON {
	const shown = 200
	agent := r.UserAgent()
	return refusalJSON{at, status, reason, r.URL.Path, strings.ToValidUTF8(agent[:min(len(agent), shown)], ""), 1}
}

// remember keeps the latest refusals, those of the same kind in a row as one.
func (r *record) remember(latest refusalJSON) {
	if n := len(r.refused); n > 0 && r.refused[n-1].same(latest) {
		latest.Count += r.refused[n-1].Count
		r.refused = r.refused[:n-1]
	}
	r.refused = append(r.refused, latest)
	r.refused = r.refused[max(len(r.refused)-rememberedRefusals, 0):]
}

func (r refusalJSON) same(other refusalJSON) bool {
	return r.Status == other.Status && r.Reason == other.Reason && r.Path == other.Path && r.Agent == other.Agent
}

// report is for a reader of a project. Who may do everything also learns of those whom nobody knew.
func (t *traffic) report(who caller) (*acceptedJSON, []refusalJSON) {
	t.mu.Lock()
	defer t.mu.Unlock()
	own := t.recordLocked(who.project)
	accepted, refused := own.accepted, slices.Clone(own.refused)
	if who.may(store.ScopeAdmin) {
		refused = append(refused, t.recordLocked("").refused...)
	}
	slices.SortFunc(refused, func(a, b refusalJSON) int { return b.At.Compare(a.At) })
	return &accepted, refused[:min(len(refused), rememberedRefusals)]
}
