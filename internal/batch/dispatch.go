package batch

import (
	"context"
	"log/slog"
	"time"
)

// overflowPause is the least time between two warnings of a full queue: then spans are dropped one by one, and thousands
// of them deserve one line.
const overflowPause = time.Minute

// dispatcher is the queue's goroutine and what only that sees. It packs, starts requests, draws the consequences of their
// answers and keeps the spool.
type dispatcher struct {
	*Queue

	gate       gate
	limit      sizeLimit
	outbox     outbox       // packed, in memory
	lane       lane         // from the spool
	memoryNext bool         // of the two, the outbox is the one to try first
	flights    []*flight    // requests that have not landed
	landed     chan *flight // has room for all of them
	overflowAt time.Time    // when a full queue may be warned of again
}

func newDispatcher(q *Queue) *dispatcher {
	return &dispatcher{Queue: q, lane: newLane(q.sender, q.cfg.Spool), landed: make(chan *flight, q.cfg.Requests)}
}

func (d *dispatcher) run(ctx context.Context) {
	defer close(d.done)
	for ctx.Err() == nil {
		d.noteOverflow()
		if d.land(ctx) || d.depart(ctx) || d.spill() || d.pack() {
			continue
		}
		d.noteReplay()
		d.rest(ctx)
	}
	d.park()
	for range d.flights { // deaf to the end of their context, or they would have landed
		<-d.landed
	}
}

// rest waits until something is added, flushed or stopped, a request lands, or the clock says that something is due.
func (d *dispatcher) rest(ctx context.Context) {
	var due <-chan time.Time
	if at := d.nextEvent(); !at.IsZero() {
		timer := time.NewTimer(time.Until(at))
		defer timer.Stop()
		due = timer.C
	}
	select {
	case <-ctx.Done():
	case <-d.wake:
	case f := <-d.landed:
		d.landed <- f // has room: it was there just now
	case <-due:
	}
}

// nextEvent is when there is something to do though nobody calls; the zero time means never.
func (d *dispatcher) nextEvent() time.Time {
	next := d.nextSpill()
	if d.isFree() {
		opens, due := d.opens(), d.due()
		switch {
		case d.outbox.len() > 0:
			next = earlier(next, opens)
		case !due.IsZero():
			next = earlier(next, later(opens, due))
		}
		if d.lane.hasNext() {
			next = earlier(next, later(opens, d.lane.pausedUntil))
		}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.overflow > 0 {
		next = earlier(next, d.overflowAt)
	}
	return next
}

// due is when the spans that wait must go out though they do not fill a batch; the zero time if there are none.
func (d *dispatcher) due() time.Time {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.dueLocked()
}

// isFree reports whether another request may run beside those that do.
func (d *dispatcher) isFree() bool { return len(d.flights) < d.gate.width(d.cfg.Requests) }

// opens is when the next request may start.
func (d *dispatcher) opens() time.Time {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.gate.opens(d.hurry)
}

// noteReplay tells Shutdown whether it is of use to wait for the spool.
func (d *dispatcher) noteReplay() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if is := d.lane.isReplaying() && !d.gate.isTroubled(); is != d.replaying {
		d.replaying = is
		d.books.announce()
	}
}

// noteOverflow warns of a full queue, now and then.
func (d *dispatcher) noteOverflow() {
	if time.Now().Before(d.overflowAt) {
		return
	}
	d.mu.Lock()
	dropped := d.overflow
	d.overflow = 0
	d.mu.Unlock()
	if dropped == 0 {
		return
	}
	d.warn("spans dropped, queue is full", slog.Int64("span_count", dropped), slog.Int("queue_bytes", d.cfg.QueueBytes))
	// From when the warning was given: a limit of its own must not see the next one as too early.
	d.overflowAt = time.Now().Add(overflowPause)
}

func (q *Queue) warn(problem string, attrs ...slog.Attr) {
	apart(func() { q.cfg.Warn(problem, attrs...) })
}

// apart runs f, which is or calls what the user gave us, on a goroutine of its own and waits for it: it may panic, or end its
// goroutine as testing.T.FailNow does.
func apart(f func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer func() { _ = recover() }()
		f()
	}()
	<-done
}

// earlier is the first of two times; the zero time is none.
func earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
