// Package ingest is the door through which traces come in: the platform's public route as the TraceRoot SDKs use it, and
// OTLP as any OpenTelemetry exporter speaks it, over HTTP in protobuf or JSON and over gRPC. It bounds what a request may
// cost, refuses what is not one, keeps the good spans beside the bad, hands them to package vocab, and answers when the
// sink has taken the result.
//
// It asks for no key, reads no attribute, prices nothing and keeps nothing.
package ingest

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/vocab"
)

// Where senders send traces, below the address that they are given as host.
const (
	Path     = "/api/v1/public/traces"                                       // of the platform's public API
	OTLPPath = "/v1/traces"                                                  // of OTLP over HTTP
	GRPCPath = "/opentelemetry.proto.collector.trace.v1.TraceService/Export" // of OTLP over gRPC
)

// Errors of a [Sink] that tell a sender when to come again. They may be wrapped; any other is a failure of the storage.
var (
	ErrFull = errors.New("no room left to store traces")
	ErrBusy = errors.New("too much to store at once")
)

// Sink takes what came in. Once Write returns nil, the sender counts the batch as delivered. It is called by several
// requests at once, also for a batch without spans.
type Sink interface {
	Write(ctx context.Context, project string, batch vocab.Batch) error
}

// Observer is told how each request went. It is called by several requests at once and must not block.
type Observer interface {
	// Accepted is called when the batch is stored, before the sender is told.
	Accepted(r *http.Request, batch Accepted)
	// Refused is called with the status in terms of HTTP, whatever the sender spoke.
	Refused(reason string, status int, r *http.Request)
}

// Accepted is a batch that is stored.
type Accepted struct {
	Spans    int
	Rejected int    // spans of the batch that are not
	Reason   string // why they are not, as the sender is told; empty where none is
	Bytes    int64  // of the request, unpacked
}

// Config says what a server is made of. Only Sink is needed.
type Config struct {
	Sink     Sink
	Project  func(context.Context) string // whose traces a request brings; nil: those of "dev". Nothing sent can choose it
	Observer Observer                     // nil: nobody is told
	Log      *slog.Logger                 // of failures of our own; nil: not logged
	Limits   Limits
}

// Server takes batches of spans in. It is safe for concurrent use.
type Server struct {
	sink     Sink
	project  func(context.Context) string
	observer Observer
	log      *slog.Logger
	limits   Limits
	budget   *budget
	unpacker *unpacker
	now      func() time.Time
}

// New returns a server. Its handlers share one budget of bytes.
func New(config Config) *Server {
	s := &Server{
		sink:     config.Sink,
		project:  config.Project,
		observer: config.Observer,
		log:      config.Log,
		limits:   config.Limits.orDefaults(),
		now:      time.Now,
	}
	if s.project == nil {
		s.project = func(context.Context) string { return "dev" }
	}
	if s.observer == nil {
		s.observer = nobody{}
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	s.budget = newBudget(s.limits.InFlightBytes, s.limits.Wait)
	s.unpacker = newUnpacker(s.limits.UnpackedBytes)
	return s
}

type nobody struct{}

func (nobody) Accepted(*http.Request, Accepted)   {}
func (nobody) Refused(string, int, *http.Request) {}
