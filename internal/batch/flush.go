package batch

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"
)

// replayTime is how long Shutdown lets what earlier processes left on disk go out, if the host takes it: programs that never
// run for long could not get rid of it otherwise.
const replayTime = time.Second

// joinGrace is how long Shutdown stays beyond the end of its context: for requests that are being cancelled, and for what
// is left to reach the disk.
const joinGrace = 75 * time.Millisecond

// UnsentError tells how many spans were neither delivered nor put on disk.
type UnsentError struct {
	Spans int64 // lost since an earlier Flush told, and still waiting in memory
	Err   error // why: the last cause of each
}

func (e *UnsentError) Error() string { return fmt.Sprintf("%d spans not sent: %v", e.Spans, e.Err) }
func (e *UnsentError) Unwrap() error { return e.Err }

// Flush sends what waits and returns when every span added before the call was accepted, put on disk or dropped, or when ctx
// is done; a context without deadline is bounded by Timeout. It cuts a wait between attempts short, unless the server asked
// for it. With a spool, what is left shortly before the deadline goes there.
//
// The error is an [*UnsentError] that counts the spans of before the call which still wait, and every span dropped since the
// last Flush: what was lost in between is told once. Calls may overlap; each is told what was lost while it waited. After
// Shutdown it returns nil.
func (q *Queue) Flush(ctx context.Context) error {
	ctx, cancel := q.bounded(ctx, "flush")
	defer cancel()
	target, told := q.hasten(ctx)
	return q.unsent(target, told, q.await(ctx, target))
}

// Shutdown flushes, then ends the queue's goroutines and the sender. When ctx (or, if that has no deadline, Timeout) ends before
// everything is delivered, the requests in flight are cancelled, and what is left goes to the spool. What does not get there,
// or has none, is dropped and counted, in an [*UnsentError]. Spans added from now on are dropped. Later calls return nil at
// once.
//
// Shutdown returns less than a tenth of a second after ctx ends, with its goroutines ended, with one exception: a round
// tripper or exporter that ignores its context keeps the goroutine that called it for as long as it likes, and the sender is
// left alone.
func (q *Queue) Shutdown(ctx context.Context) error {
	if q.shutdown.Swap(true) {
		return nil
	}
	ctx, cancel := q.bounded(ctx, "shutdown")
	defer cancel()

	q.mu.Lock()
	q.closed = true
	q.mu.Unlock()
	target, told := q.hasten(ctx)
	cut := q.await(ctx, target)
	if cut == nil {
		q.awaitReplay(ctx)
	}
	q.stop()
	late, release := prolonged(ctx, joinGrace)
	defer release()
	joined := ends(late, q.done)
	q.abandon(cut)
	err := q.unsent(target, told, nil)
	if !joined {
		return err
	}
	return errors.Join(err, q.shutDownSender(ctx, late))
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

// hasten makes everything added so far go out now, or to the spool before ctx ends. It returns the sequence number of the
// newest of these spans, and how many losses have been told before.
func (q *Queue) hasten(ctx context.Context) (target, told int64) {
	deadline, _ := ctx.Deadline() // bounded has seen to that
	spillAt := deadline.Add(-spillTime(time.Until(deadline)))

	q.mu.Lock()
	defer q.mu.Unlock()
	q.flushTo = q.books.admitted
	q.hurry = true
	if q.spillAt.IsZero() || spillAt.Before(q.spillAt) {
		q.spillAt = spillAt
	}
	q.signal()
	return q.flushTo, q.books.told
}

// await waits until the spans up to the sequence number target are settled. Its error tells why ctx ended first.
func (q *Queue) await(ctx context.Context, target int64) error {
	return q.awaitThat(ctx, func() bool { return q.books.settled() >= target })
}

// awaitReplay waits while the host takes what is on disk: for spans of this process as long as ctx allows, since nobody
// knows whether there will be another, and for those of earlier ones a moment.
func (q *Queue) awaitReplay(ctx context.Context) {
	moment, cancel := context.WithTimeout(ctx, replayTime)
	defer cancel()
	_ = q.awaitThat(moment, func() bool { return !q.replaying })
	_ = q.awaitThat(ctx, func() bool { return !q.replaying || q.books.stats.Spooled == 0 })
}

// awaitThat waits until the condition holds, which is asked with the mutex held whenever something has settled.
func (q *Queue) awaitThat(ctx context.Context, holds func() bool) error {
	for {
		q.mu.Lock()
		held, progress := holds(), q.books.progress
		q.mu.Unlock()
		if held {
			return nil
		}
		select {
		case <-progress:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// abandon counts everything that is left in memory as lost, and says so.
func (q *Queue) abandon(cut error) {
	if cut == nil {
		cut = errStopped
	}
	q.mu.Lock()
	q.waiting, q.waitingBytes = nil, 0
	lost := q.books.abandon(cut)
	cause := q.books.lostTo
	q.mu.Unlock()
	if lost > 0 {
		q.warn("spans dropped, shut down before they were sent", slog.Int64("span_count", lost), slog.Any("error", cause))
	}
}

// unsent tells of the losses that are not told yet, and, if a wait was cut, of the spans up to target that still wait.
func (q *Queue) unsent(target, told int64, cut error) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	lost, cause := q.books.tell(told)
	waiting := q.books.unsettled(target)
	if waiting > 0 {
		cause = join(cause, join(cut, q.books.obstacle))
	}
	if lost+waiting == 0 {
		return nil
	}
	return &UnsentError{Spans: lost + waiting, Err: cause}
}

// shutDownSender tells the sender that ctx bounds, and does not wait beyond late.
func (q *Queue) shutDownSender(ctx, late context.Context) error {
	result := make(chan error, 1)
	go func() {
		err := fmt.Errorf("shut down: %w", errEnded)
		defer func() { result <- err }()
		err = q.sender.Shutdown(ctx)
	}()
	select {
	case err := <-result:
		return err
	case <-late.Done():
		return fmt.Errorf("shut down: %w", context.Cause(ctx))
	}
}

// prolonged returns a context that ends so long after ctx.
func prolonged(ctx context.Context, by time.Duration) (context.Context, context.CancelFunc) {
	late, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		timer := time.NewTimer(by)
		defer timer.Stop()
		select {
		case <-timer.C:
			cancel()
		case <-late.Done():
		}
	})
	return late, func() {
		stop()
		cancel()
	}
}

// ends reports whether done is closed before late ends.
func ends(late context.Context, done <-chan struct{}) bool {
	select {
	case <-done:
		return true
	case <-late.Done():
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
