package store

import (
	"context"
	"errors"
	"io"
	"time"
)

// Errors of a store. Others are failures of the engine.
var (
	ErrNotFound = errors.New("not found")
	ErrFull     = errors.New("no room left on the disk") // what was acknowledged stays; later writes may succeed
	ErrCursor   = errors.New("the page's cursor is of another query")
)

// Batch is what one request tells: a row for each trace in it, in the order in which they were first mentioned, and a
// row for each span, in the order sent.
type Batch struct {
	Traces []Trace
	Spans  []Span
}

// Store keeps the traces of any number of projects. All methods are safe for concurrent use. A project is there as soon
// as something is written to it; reading one that is not there finds nothing.
type Store interface {
	Writer
	Reader
	Keyring
	Admin
}

// Writer takes spans in.
type Writer interface {
	// Write returns when the batch is durable: what was written before a crash is there after it. A span that is sent
	// again replaces the earlier one field by field: what the later one does not know stays. Traces merge as Merge says.
	Write(ctx context.Context, project string, batch Batch) error
}

// Reader reads one project. What a finished Write wrote is seen by every later read.
type Reader interface {
	// Traces is a page of the traces that match.
	Traces(ctx context.Context, project string, query Query) (Page[Summary], error)

	// Trace is one trace with its spans, ordered by start, end and id; ErrNotFound. Without payload, Payload, Input,
	// Output and Metadata of its spans are empty. Messages have no bodies.
	Trace(ctx context.Context, project, traceID string, payload bool) (Summary, []Span, error)

	// Previews are the previews of those of the traces that are there, in the order asked for.
	Previews(ctx context.Context, project string, traceIDs []string) ([]Preview, error)

	// Span is one span with its payload; ErrNotFound. The trace id may be empty.
	Span(ctx context.Context, project, traceID, spanID string) (Span, error)

	// Messages are those with the given hashes, in that order; one that is not there has no body.
	Messages(ctx context.Context, project string, hashes []Hash) ([]Message, error)

	Sessions(ctx context.Context, project string, query SessionQuery) (Page[Session], error)

	// Session is one session with its traces, oldest first; ErrNotFound. Search and paging of the query do not count.
	Session(ctx context.Context, project, id string, query SessionQuery) (Session, []Summary, error)

	// Facets counts the traces that match, by the values of each field, most frequent first, at most limit each.
	Facets(ctx context.Context, project string, query Query, fields []Field, limit int) (map[Field][]Count, error)

	// SpanValues counts the spans that started in the window by FieldModel or FieldEnvironment, most frequent first.
	SpanValues(ctx context.Context, project string, field Field, from, to time.Time, limit int) ([]Count, error)

	// Metrics are the hours of one dimension, ordered by hour and value.
	Metrics(ctx context.Context, project string, query MetricsQuery) ([]Metric, error)

	// MetricsOf are the metrics of the traces that match, for each step of time and each value of a dimension, ordered
	// by both. A trace, or the call of a model or tool in it, counts in the step in which it starts.
	MetricsOf(ctx context.Context, project string, query Query, by Dimension, step time.Duration) ([]Metric, error)

	// Seq is the Seq of the last change of any project; zero before the first.
	Seq(ctx context.Context) (int64, error)

	// Changes are at most limit changes after seq, ordered. Of several changes of a trace only the last is told.
	Changes(ctx context.Context, project string, after int64, limit int) ([]Change, error)

	// Changed is closed by the next change of any project.
	Changed() <-chan struct{}
}

// Keyring keeps keys.
type Keyring interface {
	AddKey(ctx context.Context, key Key, hash KeyHash) error
	Keys(ctx context.Context, project string) ([]Key, error) // of all projects for an empty one; revoked ones too
	RevokeKey(ctx context.Context, id string, at time.Time) (Key, error)
	FindKey(ctx context.Context, hash KeyHash) (Key, error) // ErrNotFound also for a revoked one
}

// Admin looks after the store itself.
type Admin interface {
	// Delete deletes traces with all that only they hold, and says how many there were.
	Delete(ctx context.Context, project string, traceIDs []string) (int, error)

	// Stats is what the store holds.
	Stats(ctx context.Context) (Stats, error)

	// Backup writes a copy of the store as it is at some moment of the call, which a store can be opened on.
	Backup(ctx context.Context, to io.Writer) error

	Ping(ctx context.Context) error // whether a write would succeed now
	Close() error                   // finishes what was begun
}

// Stats is what a store holds.
type Stats struct {
	Projects int
	Traces   int64
	Spans    int64
	Messages int64 // distinct texts
	Bytes    int64 // on disk
	Oldest   time.Time
}
