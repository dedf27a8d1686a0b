package batch

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// joinGrace is how long Shutdown waits for its goroutine after cancelling the request in flight.
const joinGrace = time.Second

// UnsentError tells how many spans were not delivered.
type UnsentError struct {
	Spans int64 // lost since an earlier Flush told, and still waiting
	Err   error // why: the last cause of each
}

func (e *UnsentError) Error() string { return fmt.Sprintf("%d spans not sent: %v", e.Spans, e.Err) }
func (e *UnsentError) Unwrap() error { return e.Err }

// Flush sends what waits and returns when every span added before the call was accepted or dropped, or when ctx is done; a
// context without deadline is bounded by Timeout. It cuts a wait between attempts short, unless the server asked for it.
//
// The error is an [*UnsentError] that counts the spans of before the call which still wait, and every span dropped since the
// last Flush: what was lost in between is told once. Calls may overlap; each is told what was lost while it waited. After
// Shutdown it returns nil.
func (q *Queue) Flush(ctx context.Context) error {
	ctx, cancel := q.bounded(ctx, "flush")
	defer cancel()
	target, told := q.hasten()
	return q.unsent(target, told, q.await(ctx, target))
}

// Shutdown flushes, then ends the queue's goroutine and the sender. When ctx (or, if that has no deadline, Timeout) ends before
// everything is delivered, the request in flight is cancelled and what is left is dropped and counted, in an [*UnsentError].
// Spans added from now on are dropped. Later calls return nil at once.
//
// Shutdown returns with its goroutine ended, with one exception: a round tripper or exporter that ignores its context keeps
// that goroutine for as long as it likes; Shutdown waits a second for it, and leaves the sender alone.
func (q *Queue) Shutdown(ctx context.Context) error {
	if q.shutdown.Swap(true) {
		return nil
	}
	ctx, cancel := q.bounded(ctx, "shutdown")
	defer cancel()

	q.mu.Lock()
	q.closed = true
	q.mu.Unlock()
	target, told := q.hasten()
	if cut := q.await(ctx, target); cut != nil {
		q.abandon("spans dropped, shut down before they were sent", cut)
	}
	q.stop()
	joined := q.join()
	err := q.unsent(target, told, nil)
	if !joined {
		return err
	}
	return errors.Join(err, q.sender.Shutdown(ctx))
}

// bounded gives ctx a deadline if it has none, and every end a cause that names what ran out of time.
func (q *Queue) bounded(ctx context.Context, what string) (context.Context, context.CancelFunc) {
	if ctx == nil {
		ctx = context.Background()
	}
	if _, ok := ctx.Deadline(); ok {
		return context.WithCancel(ctx)
	}
	return context.WithTimeoutCause(ctx, q.cfg.Timeout,
		fmt.Errorf("%s was not done within %v: %w", what, q.cfg.Timeout, context.DeadlineExceeded))
}

// hasten makes everything added so far go out now. It returns the sequence number of the newest of these spans, and how many
// losses have been told before.
func (q *Queue) hasten() (target, told int64) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.flushTo = q.added
	q.hurry = true
	q.signal()
	return q.added, q.told
}

// await waits until the spans up to the sequence number target are settled; at the latest they are when the goroutine ends.
// Its error tells why ctx ended first.
func (q *Queue) await(ctx context.Context, target int64) error {
	for {
		q.mu.Lock()
		settled, progress := q.settled >= target, q.progress
		q.mu.Unlock()
		if settled {
			return nil
		}
		select {
		case <-progress:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// unsent tells of the losses that are not told yet, and, if a wait was cut, of the spans up to target that still wait.
func (q *Queue) unsent(target, told int64, cut error) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	var reason error
	lost := q.lost - told
	if lost > 0 {
		reason = q.lostTo
	}
	waiting := max(target-q.settled, 0)
	if waiting > 0 {
		reason = join(reason, join(cut, q.obstacle))
	}
	q.told = q.lost
	if lost+waiting == 0 {
		return nil
	}
	return &UnsentError{Spans: lost + waiting, Err: reason}
}

// join ends the queue's goroutine and reports whether it ended in time.
func (q *Queue) join() bool {
	grace := time.NewTimer(joinGrace)
	defer grace.Stop()
	select {
	case <-q.done:
		return true
	case <-grace.C:
		return false
	}
}

// join makes one line of two errors, either of which may be nil.
func join(first, second error) error {
	switch {
	case first == nil:
		return second
	case second == nil:
		return first
	}
	return fmt.Errorf("%w; %w", first, second)
}
