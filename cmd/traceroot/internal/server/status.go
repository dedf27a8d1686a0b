package server

import (
	"net/http"
	"slices"
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
	Accepted *acceptedJSON `json:"accepted,omitempty"` // since the start, of all projects
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
	shown := statusJSON{Server: "traceroot", Version: traceroot.Version, Keys: s.config.Keys}
	if who, rejected := s.door.identify(r); rejected == nil && who.may(store.ScopeRead) {
		shown.Project, shown.HTTP, shown.GRPC, shown.Started = who.project, s.URL(), s.GRPCURL(), &s.started
		shown.Accepted, shown.Refused = s.traffic.report()
	}
	answer(w, http.StatusOK, shown)
}

// traffic remembers how requests with spans went. It is safe for concurrent use.
type traffic struct {
	gauges *gauges

	mu       sync.Mutex
	accepted acceptedJSON  // guarded by mu, as the next
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
	t.accepted.Requests++
	t.accepted.Spans += int64(batch.Spans)
	t.accepted.Last = &now
	if batch.Rejected > 0 {
		t.accepted.Rejected += int64(batch.Rejected)
		t.rememberLocked(now, http.StatusOK, batch.Reason, r)
	}
}

// Refused implements [ingest.Observer].
func (t *traffic) Refused(reason string, status int, r *http.Request) {
	t.gauges.refuse(status)
	t.mu.Lock()
	defer t.mu.Unlock()
	t.rememberLocked(time.Now().UTC(), status, reason, r)
}

func (t *traffic) rememberLocked(at time.Time, status int, reason string, r *http.Request) {
	const shown = 200
	agent := r.UserAgent()
	latest := refusalJSON{at, status, reason, r.URL.Path, agent[:min(len(agent), shown)], 1}
	if n := len(t.refused); n > 0 && t.refused[n-1].same(latest) {
		latest.Count += t.refused[n-1].Count
		t.refused = t.refused[:n-1]
	}
	t.refused = append(t.refused, latest)
	t.refused = t.refused[max(len(t.refused)-rememberedRefusals, 0):]
}

func (r refusalJSON) same(other refusalJSON) bool {
	return r.Status == other.Status && r.Reason == other.Reason && r.Path == other.Path && r.Agent == other.Agent
}

func (t *traffic) report() (*acceptedJSON, []refusalJSON) {
	t.mu.Lock()
	defer t.mu.Unlock()
	accepted, refused := t.accepted, slices.Clone(t.refused)
	slices.Reverse(refused)
	return &accepted, refused
}
