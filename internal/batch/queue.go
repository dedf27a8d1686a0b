package batch

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/traceroot-ai/traceroot-go/internal/otlp"
)

// Defaults of [Config]; for QueueBytes see [DefaultQueueBytes].
const (
	DefaultFlushAt       = 100
	DefaultFlushInterval = 5 * time.Second
	DefaultTimeout       = 30 * time.Second
	DefaultBatchBytes    = 4 << 20
)

// Config bounds batches, requests and the queue. A field that is zero or negative keeps its default.
type Config struct {
	FlushAt       int           // spans of a batch
	FlushInterval time.Duration // how long a span waits for others before its batch goes out
	Timeout       time.Duration // of one request; also of a Flush or Shutdown whose context has no deadline
	BatchBytes    int           // of a batch, encoded and not compressed, by estimate; a larger span travels alone
	QueueBytes    int           // of all spans not delivered yet, counted likewise

	// Warn is told of each problem in a constant text with its particulars; nil tells nobody. It is called on the queue's
	// goroutine, for every batch that has the problem: limiting is its own business.
	Warn func(problem string, attrs ...slog.Attr)
}

// Queue holds ended spans until they are delivered, in the order in which they were added.
//
// A batch goes out when it has FlushAt spans or BatchBytes, when its oldest span has waited for FlushInterval, or when
// somebody flushes. There is one request at a time. A request that fails is repeated with the same bytes after a growing wait,
// not before the time that the server asked for (five minutes at most), until it is accepted or refused for good; meanwhile
// the next full batches are packed and wait compressed. Beyond QueueBytes the newest span is dropped: so is one that alone is
// larger. There is no bound in spans beside that: a span counts for a hundred bytes at the least.
//
// A Queue owns one goroutine, which New starts and Shutdown joins. Its methods are safe for concurrent use.
type Queue struct {
	sender Sender
	cfg    Config

	wake     chan struct{} // holds one token: the goroutine has something to look at
	stop     context.CancelFunc
	done     chan struct{} // closed when the goroutine has returned
	shutdown atomic.Bool   // Shutdown was called

	mu           sync.Mutex
	closed       bool // spans are dropped at once
	waiting      []item
	waitingBytes int
	added        int64         // spans ever taken in; the sequence number of the newest
	settled      int64         // spans accepted or dropped: those with sequence numbers up to here, since they go in order
	flushTo      int64         // spans up to this sequence number go out without waiting for others
	hurry        bool          // somebody waits: a wait of our own choice is cut short
	progress     chan struct{} // closed and replaced whenever settled grows
	obstacle     error         // why the oldest batch was not delivered yet; nil when nothing is wrong
	lost         int64         // spans dropped while the queue was open
	lostTo       error         // the last reason for that
	told         int64         // of lost, how many a Flush has reported
	overflow     int64         // of lost, those dropped by a full queue and not yet warned of
	stats        Stats
}

// item is a span that waits to be packed.
type item struct {
	span sdktrace.ReadOnlySpan
	size int
	at   time.Time
}

// Stats counts what became of the spans that were added: they are Exported, Dropped or still Queued.
type Stats struct {
	Exported      int64
	Dropped       int64
	Queued        int   // not delivered yet, the batch in flight included
	QueuedBytes   int64 // encoded and not compressed, by estimate
	BytesSent     int64 // bodies of requests, compressed, repeated ones included; 0 for an exporter
	Requests      int64 // attempts, or calls of the exporter
	Retries       int64 // of Requests, those that repeated an earlier one
	LastError     error // of the newest attempt that failed; nil if there was none
	LastErrorTime time.Time
}

var (
	errQueueFull = errors.New("queue is full")
	errStopped   = errors.New("queue was shut down")
)

// New returns a running queue that delivers by sender, which is the queue's from now on.
func New(sender Sender, cfg Config) *Queue {
	// Deliveries outlive whatever ended the spans; only Shutdown cancels them.
	ctx, stop := context.WithCancel(context.WithValue(context.Background(), uploadKey{}, true))
	q := &Queue{
		sender:   sender,
		cfg:      withDefaults(cfg),
		wake:     make(chan struct{}, 1),
		stop:     stop,
		done:     make(chan struct{}),
		progress: make(chan struct{}),
	}
	w := worker{Queue: q}
	go w.run(ctx)
	return q
}

func withDefaults(cfg Config) Config {
	if cfg.FlushAt <= 0 {
		cfg.FlushAt = DefaultFlushAt
	}
	if cfg.FlushInterval <= 0 {
		cfg.FlushInterval = DefaultFlushInterval
	}
	if cfg.Timeout <= 0 {
		cfg.Timeout = DefaultTimeout
	}
	if cfg.BatchBytes <= 0 {
		cfg.BatchBytes = DefaultBatchBytes
	}
	if cfg.QueueBytes <= 0 {
		cfg.QueueBytes = DefaultQueueBytes()
	}
	if cfg.Warn == nil {
		cfg.Warn = func(string, ...slog.Attr) {}
	}
	return cfg
}

// Add queues an ended span. It never waits for a delivery: a span that finds the queue full, or shut down, is dropped and
// counted.
func (q *Queue) Add(s sdktrace.ReadOnlySpan) {
	next := item{span: s, size: otlp.Size(s), at: time.Now()}

	q.mu.Lock()
	defer q.mu.Unlock()
	switch {
	case q.closed:
		q.stats.Dropped++
		return
	case q.stats.QueuedBytes+int64(next.size) > int64(q.cfg.QueueBytes):
		q.overflow++
		q.loseLocked(1, errQueueFull)
		if q.overflow == 1 {
			q.signal()
		}
	default:
		wasFull := q.fullLocked()
		q.waiting = append(q.waiting, next)
		q.waitingBytes += next.size
		q.stats.QueuedBytes += int64(next.size)
		q.added++
		// The goroutine need not look at each span: the first one starts the clock of a batch, another fills it.
		if len(q.waiting) == 1 || !wasFull && q.fullLocked() {
			q.signal()
		}
	}
}

// Stats returns the counters of this moment.
func (q *Queue) Stats() Stats {
	q.mu.Lock()
	defer q.mu.Unlock()
	stats := q.stats
	stats.Queued = int(q.added - q.settled)
	return stats
}

// signal makes the goroutine look around. It never blocks: one token is enough.
func (q *Queue) signal() {
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// fullLocked reports whether the waiting spans fill a batch.
func (q *Queue) fullLocked() bool {
	return len(q.waiting) >= q.cfg.FlushAt || q.waitingBytes >= q.cfg.BatchBytes
}

// dueLocked reports whether the waiting spans must go out though they do not fill a batch.
func (q *Queue) dueLocked() bool {
	if len(q.waiting) == 0 {
		return false
	}
	oldest := q.added - int64(len(q.waiting)) + 1
	return oldest <= q.flushTo || time.Since(q.waiting[0].at) >= q.cfg.FlushInterval
}

// take removes the spans of the next batch from those that wait, and returns them with their size: a full batch, or, if
// partial, also a smaller one that is due; nothing if there is none such.
func (q *Queue) take(partial bool) ([]sdktrace.ReadOnlySpan, int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if !q.fullLocked() && (!partial || !q.dueLocked()) {
		return nil, 0
	}
	n, size := 0, 0
	for n < min(len(q.waiting), q.cfg.FlushAt) && (n == 0 || size+q.waiting[n].size <= q.cfg.BatchBytes) {
		size += q.waiting[n].size
		n++
	}
	spans := make([]sdktrace.ReadOnlySpan, n)
	for i, next := range q.waiting[:n] {
		spans[i] = next.span
	}
	clear(q.waiting[:n]) // lets go of the spans
	q.waiting = q.waiting[n:]
	q.waitingBytes -= size
	return spans, size
}
