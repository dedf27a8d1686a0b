package batch

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/traceroot-ai/traceroot-go/internal/otlp"
	"github.com/traceroot-ai/traceroot-go/internal/spool"
)

// Defaults of [Config]; for QueueBytes see [DefaultQueueBytes].
const (
	DefaultFlushAt       = 100
	DefaultFlushInterval = 5 * time.Second
	DefaultTimeout       = 30 * time.Second
	DefaultBatchBytes    = 4 << 20
	DefaultRequests      = 4
)

// Config bounds batches, requests and the queue. A number that is zero or negative keeps its default.
type Config struct {
	FlushAt       int           // spans of a batch
	FlushInterval time.Duration // how long a span waits for others before its batch goes out
	Timeout       time.Duration // of one request; also of a Flush or Shutdown whose context has no deadline
	BatchBytes    int           // of a batch, encoded and not compressed, by estimate; a larger span travels alone
	QueueBytes    int           // of all spans in memory that are not delivered yet, counted likewise
	Requests      int           // at once; an [Exporter] is called one at a time in any case

	// Spool takes what cannot be sent; nil keeps it in memory. It is the queue's from now on, which closes it. A sender that
	// is no [Restorer] has no use for one.
	Spool Spool

	// Warn is told of each problem in a constant text with its particulars; nil tells nobody. It is called on the queue's
	// goroutine, for every batch that has the problem: limiting is its own business.
	Warn func(problem string, attrs ...slog.Attr)
}

// Spool keeps batches on disk. [spool.Spool] is one, and says what the methods promise. They are called by one goroutine.
type Spool interface {
	Append(spans, size int, body []byte) (spool.Evicted, error)
	Next() (spool.Record, bool, error)
	Remove() error
	Stats() spool.Stats
	Close() error
}

// Queue holds ended spans until they are delivered.
//
// A batch is made when there are FlushAt spans or BatchBytes, when the oldest span has waited for FlushInterval, or when
// somebody flushes. Full batches are masked, encoded and compressed at once, so that spans do not pile up as they are; a
// smaller one is made when it can go out. Several requests run at once, so that batches may arrive in any order. One that
// fails is repeated with the same bytes until it is accepted or refused for good, behind the others, so that no single batch
// holds up the rest. Failures make all of them wait, for a growing time and at least as long as the server asked for (five
// minutes at most); then one at a time tries, until one is accepted.
//
// Beyond QueueBytes the newest span is dropped: so is one that alone is larger. There is no bound in spans beside that: a
// span counts for a hundred bytes at the least. With a spool, half of QueueBytes at the most waits in memory once it is
// encoded, and less while the host fails; what is more goes to disk, oldest first, and comes back from there, oldest first.
//
// A Queue owns one goroutine, which New starts and Shutdown joins, and another for each request and each call of a mask or a
// logger, for as long as that takes. Its methods are safe for concurrent use.
type Queue struct {
	sender Sender
	cfg    Config

	wake     chan struct{} // holds one token: the goroutine has something to look at
	stop     context.CancelFunc
	done     chan struct{} // closed when the goroutine has returned, and with it every request
	shutdown atomic.Bool   // Shutdown was called

	mu           sync.Mutex
	closed       bool // spans are dropped at once
	waiting      []item
	waitingBytes int
	batchBytes   int       // of a batch: what the configuration says, or less where the server takes less
	flushTo      int64     // spans up to this sequence number go out without waiting for others
	hurry        bool      // somebody waits: a wait of our own choice is cut short
	spillAt      time.Time // when what is left up to flushTo goes to the spool, since somebody's time is nearly over
	overflow     int64     // spans dropped by a full queue and not yet warned of
	replaying    bool      // what was on disk is being sent, and the host takes it
	books        ledger
}

// item is a span that waits to be packed.
type item struct {
	span sdktrace.ReadOnlySpan
	size int
	at   time.Time
}

// New returns a running queue that delivers by sender, which is the queue's from now on.
func New(sender Sender, cfg Config) *Queue {
	// Deliveries outlive whatever ended the spans; only Shutdown cancels them.
	ctx, stop := context.WithCancel(context.WithValue(context.Background(), uploadKey{}, true))
	q := &Queue{
		sender: sender,
		cfg:    withDefaults(sender, cfg),
		wake:   make(chan struct{}, 1),
		stop:   stop,
		done:   make(chan struct{}),
		books:  newLedger(),
	}
	q.batchBytes = q.cfg.BatchBytes
	if q.cfg.Spool != nil {
		q.books.stats.Recoverable = q.cfg.Spool.Stats().Earlier
		q.replaying = q.books.stats.Recoverable > 0
	}
	go newDispatcher(q).run(ctx)
	return q
}

func withDefaults(sender Sender, cfg Config) Config {
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
	if cfg.Requests <= 0 {
		cfg.Requests = DefaultRequests
	}
	if _, serial := sender.(*Exporter); serial {
		cfg.Requests = 1
	}
	if _, restores := sender.(Restorer); !restores && cfg.Spool != nil {
		_ = cfg.Spool.Close()
		cfg.Spool = nil
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
		q.books.refuse(afterShutdown, errStopped)
	case q.books.stats.QueuedBytes+int64(next.size) > int64(q.cfg.QueueBytes):
		q.books.refuse(queueFull, errQueueFull)
		if q.overflow++; q.overflow == 1 {
			q.signal()
		}
	default:
		wasFull := q.fullLocked()
		q.waiting = append(q.waiting, next)
		q.waitingBytes += next.size
		q.books.admit(next.size)
		// The goroutine need not look at each span: the first one starts the clock of a batch, another fills it.
		if len(q.waiting) == 1 || !wasFull && q.fullLocked() {
			q.signal()
		}
	}
}

// Stats returns the counters of this moment: Added is the sum of Exported, Dropped, Spooled and Queued at any time.
func (q *Queue) Stats() Stats {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.books.stats
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
	return len(q.waiting) >= q.cfg.FlushAt || q.waitingBytes >= q.batchBytes
}

// dueLocked reports when the waiting spans must go out though they do not fill a batch; the zero time if there are none.
func (q *Queue) dueLocked() time.Time {
	switch {
	case len(q.waiting) == 0:
		return time.Time{}
	case q.books.taken < q.flushTo:
		return q.waiting[0].at
	default:
		return q.waiting[0].at.Add(q.cfg.FlushInterval)
	}
}
