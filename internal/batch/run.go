package batch

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"time"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// overflowPause is the least time between two warnings of a full queue: then spans are dropped one by one, and thousands
// of them deserve one line.
const overflowPause = time.Minute

// worker is the queue's goroutine and what only that sees.
type worker struct {
	*Queue

	outbox     []batch   // packed, oldest first
	failures   int       // of the oldest, in a row
	retryAt    time.Time // when to try the oldest again by our own choice
	notBefore  time.Time // when to try it at the earliest, by the server's wish
	overflowAt time.Time // when a full queue may be warned of again
}

// batch is a payload and what it counts for in the queue's bounds.
type batch struct {
	payload Payload
	size    int
}

func (w *worker) run(ctx context.Context) {
	defer w.leave(ctx)
	for ctx.Err() == nil {
		w.warnOfOverflow()
		switch {
		case len(w.outbox) == 0:
			if !w.pack(true) {
				w.rest(ctx)
			}
		case !time.Now().Before(w.nextAttempt()):
			w.attempt(ctx)
		case w.pack(false): // waits compressed; a partial batch may still grow
		default:
			w.rest(ctx)
		}
	}
}

// leave ends the worker when the queue was stopped. Otherwise a mask, a round tripper or an exporter has ended its
// goroutine, as testing.T.FailNow does: then another takes its place. What was queued is lost, for there is no telling
// which of it would do so again.
func (w *worker) leave(ctx context.Context) {
	w.abandon("spans dropped, delivery was ended by a callback", errStopped)
	if ctx.Err() != nil {
		close(w.done)
		return
	}
	w.mu.Lock()
	w.closed = w.shutdown.Load()
	w.mu.Unlock()
	w.outbox, w.failures = nil, 0
	go w.run(ctx)
}

// rest waits until something is added, flushed or stopped, or until the clock says that something is due.
func (w *worker) rest(ctx context.Context) {
	var due <-chan time.Time
	if at := w.nextEvent(); !at.IsZero() {
		timer := time.NewTimer(time.Until(at))
		defer timer.Stop()
		due = timer.C
	}
	select {
	case <-ctx.Done():
	case <-w.wake:
	case <-due:
	}
}

// nextEvent is when there is something to do though nobody calls; the zero time means never.
func (w *worker) nextEvent() time.Time {
	var at time.Time
	if len(w.outbox) > 0 {
		at = w.nextAttempt()
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.outbox) == 0 && len(w.waiting) > 0 {
		at = w.waiting[0].at.Add(w.cfg.FlushInterval)
	}
	if w.overflow > 0 && (at.IsZero() || w.overflowAt.Before(at)) {
		at = w.overflowAt
	}
	return at
}

// nextAttempt is when the oldest batch may be sent.
func (w *worker) nextAttempt() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.hurry {
		return w.notBefore
	}
	return w.retryAt
}

// pack moves the spans of one batch to the outbox and reports whether there was one: a full batch, or, if partial, also
// a smaller one that is due.
func (w *worker) pack(partial bool) bool {
	spans, size := w.take(partial)
	if len(spans) == 0 {
		return false
	}
	n := len(spans)
	payload, err := w.payload(spans)
	if err != nil {
		w.refuse(n, size, err)
		return true
	}
	w.outbox = append(w.outbox, batch{payload, size})
	return true
}

func (w *worker) payload(spans []sdktrace.ReadOnlySpan) (p Payload, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("encode %d spans: panic: %v", len(spans), v)
		}
	}()
	return w.sender.Pack(spans)
}

// attempt sends the oldest batch once and draws the consequences.
func (w *worker) attempt(ctx context.Context) {
	oldest := w.outbox[0]
	err := w.send(ctx, oldest.payload)
	switch {
	case err == nil:
		w.next()
		w.accept(oldest)
	case ctx.Err() != nil:
		// Cancelled by Shutdown, which says so by itself.
	case isTooLarge(err) && w.split(oldest):
		w.note(err)
	case isFinal(err):
		w.next()
		w.refuse(oldest.payload.Spans(), oldest.size, err)
	default:
		w.retryLater(oldest, err)
	}
}

func (w *worker) send(ctx context.Context, p Payload) error {
	w.mu.Lock()
	w.stats.Requests++
	w.stats.BytesSent += int64(p.Bytes())
	if w.failures > 0 {
		w.stats.Retries++
	}
	w.mu.Unlock()

	late := fmt.Errorf("no answer within %v: %w", w.cfg.Timeout, context.DeadlineExceeded)
	ctx, cancel := context.WithTimeoutCause(ctx, w.cfg.Timeout, late)
	defer cancel()
	return p.Send(ctx)
}

// next forgets the oldest batch.
func (w *worker) next() {
	w.outbox[0] = batch{} // lets go of the payload
	w.outbox = w.outbox[1:]
	w.failures = 0
	w.retryAt, w.notBefore = time.Time{}, time.Time{}
}

// split puts smaller parts in the place of a batch that is too large for the server. It reports false if there are none.
func (w *worker) split(b batch) bool {
	parts := b.payload.Smaller()
	if len(parts) == 0 {
		return false
	}
	problem := "batch too large for the server, sent in parts"
	if b.payload.Spans() == 1 {
		problem = "span too large for the server, sent with its values cut"
	}
	w.warn(problem, slog.Int("body_bytes", b.payload.Bytes()), slog.Int("span_count", b.payload.Spans()))

	smaller := make([]batch, len(parts))
	rest := b.size
	for i, part := range parts {
		size := b.size * part.Spans() / b.payload.Spans()
		rest -= size
		smaller[i] = batch{part, size}
	}
	smaller[0].size += rest // what rounding left
	w.next()
	w.outbox = slices.Insert(w.outbox, 0, smaller...)
	return true
}

// refuse gives up spans that no attempt will deliver.
func (w *worker) refuse(spans, size int, reason error) {
	attrs := []slog.Attr{slog.Int("span_count", spans), slog.Any("error", reason)}
	if answer, ok := errors.AsType[*StatusError](reason); ok {
		attrs = append(attrs, slog.Int("status", answer.Status))
	}
	w.warn(refusal(reason), attrs...)
	w.drop(spans, size, reason)
}

// refusal names the problem, so that one of them does not hide another from whoever limits warnings.
func refusal(reason error) string {
	answer, ok := errors.AsType[*StatusError](reason)
	switch {
	case !ok:
		return "spans dropped, export failed"
	case answer.Status == http.StatusUnauthorized, answer.Status == http.StatusForbidden:
		return "spans dropped, API key refused"
	case answer.Status == http.StatusPaymentRequired:
		return "spans dropped, limit of the plan reached"
	case answer.Status == http.StatusRequestEntityTooLarge:
		return "span dropped, too large for the server"
	case answer.Status/100 == 3:
		return "spans dropped, host URL leads elsewhere"
	default:
		return "spans dropped, refused by the server"
	}
}

func (w *worker) retryLater(b batch, reason error) {
	w.failures++
	now := time.Now()
	w.retryAt, w.notBefore = now.Add(backoff(w.failures)), now
	said := []slog.Attr{
		slog.Int("span_count", b.payload.Spans()), slog.Int("attempt", w.failures), slog.Any("error", reason),
	}
	if answer, ok := errors.AsType[*StatusError](reason); ok {
		said = append(said, slog.Int("status", answer.Status))
		w.notBefore = now.Add(answer.RetryAfter)
		if w.retryAt.Before(w.notBefore) {
			w.retryAt = w.notBefore
		}
	}
	w.hinder(reason)
	w.warn("export failed, will be retried", said...)
}

func (w *worker) warnOfOverflow() {
	if time.Now().Before(w.overflowAt) {
		return
	}
	w.mu.Lock()
	dropped := w.overflow
	w.overflow = 0
	w.mu.Unlock()
	if dropped == 0 {
		return
	}
	w.warn("spans dropped, queue is full", slog.Int64("span_count", dropped), slog.Int("queue_bytes", w.cfg.QueueBytes))
	// From when the warning was given: a limit of its own must not see the next one as too early.
	w.overflowAt = time.Now().Add(overflowPause)
}

// warn survives a panicking logger.
func (w *worker) warn(problem string, attrs ...slog.Attr) {
	defer func() { _ = recover() }()
	w.cfg.Warn(problem, attrs...)
}
