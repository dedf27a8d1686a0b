package traceroot

import (
	"context"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/otel/codes"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/traceroot-ai/traceroot-go/internal/env"
)

const (
	liveInterval = 50 * time.Millisecond // between two requests
	liveGather   = 10 * time.Millisecond // from the first thing to tell to the request, so that more goes along
	liveTimeout  = time.Second           // of a request
	liveFailures = 3                     // in a row, after which nothing more is told

	maxLiveStarts = 1 << 10   // spans that wait to be told of, and as many that have ended since
	maxLiveHeld   = 256 << 10 // bytes of text that wait
)

// liveFeed tells a host that shows running traces which spans have begun, what is being said in them, and that they have
// ended. All of it is extra: what the host is too slow for is dropped and counted, and the finished spans say everything
// again.
//
// What spans call of it never waits, and does nothing on a nil feed or on one whose host takes no live messages. A feed
// owns one goroutine, from startLive to stopLive.
type liveFeed struct {
	client *Client
	http   *http.Client
	url    string
	own    *http.Transport // nil where the program brought a client

	closed  atomic.Bool // nothing is taken any more; set under mu
	dropped atomic.Int64
	wake    chan struct{} // has room for one
	cancel  context.CancelFunc
	done    chan struct{} // closed when the goroutine has ended

	mu     sync.Mutex
	starts []*Span     // to be told of; guarded by mu
	ends   []liveEnd   // likewise, of spans whose start was told; guarded by mu
	texts  []*liveText // that have something to tell; guarded by mu
	held   int         // bytes that wait in them; guarded by mu
}

// startLive asks the host whether it takes live messages, where that is wanted, and then tells it.
func (c *Client) startLive() {
	if !c.mayTellLive() {
		return
	}
	// No instrumentation of the client that makes the requests may record them: each record would make more of them.
	ctx, cancel := context.WithCancel(context.WithValue(context.Background(), clientKey{}, nothing))
	f := &liveFeed{
		client: c, url: c.baseURL() + "/api/live",
		wake: make(chan struct{}, 1), cancel: cancel, done: make(chan struct{}),
	}
	f.connect()
	c.feed = f
	go f.run(ctx)
}

// mayTellLive is false for every host that is not on this machine, unless the program says otherwise.
func (c *Client) mayTellLive() bool {
	switch {
	case c.endpoint == "":
		return false
	case c.wantsLive == env.Unset:
		return isLoopback(c.endpoint)
	default:
		return c.wantsLive == env.On
	}
}

// isOpen tells whether spans and texts are taken: while the host is being asked, and when it has said yes.
func (f *liveFeed) isOpen() bool { return f != nil && !f.closed.Load() }

// start has the host told that a span has begun. What is told of it is read later, when more is known of the span.
func (f *liveFeed) start(s *Span) {
	if !f.isOpen() || !f.takes(s) {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed.Load() {
		return
	}
	if len(f.starts) >= maxLiveStarts {
		f.dropped.Add(1)
		return
	}
	f.starts = append(f.starts, s)
	f.wakeUp()
}

// takes tells whether a span is one that will be sent when it ends.
func (f *liveFeed) takes(s *Span) bool {
	return !s.suppressed && s.otel.SpanContext().IsSampled()
}

// end has the host told that a span has ended, where it knows that the span began. The span itself waits for its batch.
func (f *liveFeed) end(s *Span, ro sdktrace.ReadOnlySpan) {
	if s == nil || !s.toldLive.Load() || !f.isOpen() {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed.Load() {
		return
	}
	if len(f.ends) >= maxLiveStarts {
		f.dropped.Add(1)
		return
	}
	f.ends = append(f.ends, liveEnd{s, ro.EndTime(), ro.Status().Code == codes.Error})
	f.wakeUp()
}

func (f *liveFeed) wakeUp() {
	select {
	case f.wake <- struct{}{}:
	default:
	}
}

func (f *liveFeed) run(ctx context.Context) {
	defer close(f.done)
	defer f.close()
	defer f.client.survive("live messages") // the client that makes the requests is the program's
	if f.ask(ctx) {
		f.tell(ctx)
	}
}

// tell sends what there is to tell, one request at a time, until it is stopped or the host does not want it any more.
func (f *liveFeed) tell(ctx context.Context) {
	for failures := 0; failures < liveFailures; {
		select {
		case <-ctx.Done():
			return
		case <-f.wake:
		}
		if !pause(ctx, liveGather) {
			return
		}
		began := time.Now()
		report := f.take()
		if report.messages > 0 {
			switch f.post(ctx, report.body) {
			case liveTaken:
				failures = 0
			case liveFailed:
				failures++
				f.lose(report)
			case liveRefused:
				f.lose(report)
				return
			}
		}
		if !pause(ctx, liveInterval-time.Since(began)) {
			return
		}
	}
}

// pause waits for d; false when ctx is done first.
func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}

// close lets go of all that waits, and of the connection.
func (f *liveFeed) close() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.closed.Store(true)
	f.starts, f.ends, f.texts = nil, nil, nil
	if f.own != nil {
		f.own.CloseIdleConnections()
	}
}

// stopLive ends the feeds of the client and of the one it replaced, without waiting for them. What they have not told yet
// is left to the finished spans.
func (c *Client) stopLive() {
	for _, f := range c.feeds() {
		f.cancel()
	}
}

// waitLive returns when the feeds have ended, or when ctx is done: an http.Client that ignores its context may be in the way.
func (c *Client) waitLive(ctx context.Context) {
	for _, f := range c.feeds() {
		select {
		case <-f.done:
		case <-ctx.Done():
		}
	}
}

func (c *Client) feeds() []*liveFeed {
	var feeds []*liveFeed
	for _, owner := range []*Client{c, c.retired} {
		if owner != nil && owner.feed != nil {
			feeds = append(feeds, owner.feed)
		}
	}
	return feeds
}

// lost is how many messages were dropped.
func (f *liveFeed) lost() int64 {
	if f == nil {
		return 0
	}
	return f.dropped.Load()
}
