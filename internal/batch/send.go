package batch

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"time"
)

// flight is a request on its way.
type flight struct {
	batch
	round int // of the gate, when it left
	err   error
}

// depart starts a request with the next batch, and reports whether it did.
func (d *dispatcher) depart(ctx context.Context) bool {
	if !d.isFree() || time.Now().Before(d.opens()) {
		return false
	}
	b, ok := d.next()
	if !ok {
		return false
	}
	if b.spans > 1 && d.limit.excludes(b) && d.divide(b) {
		return true
	}
	d.mu.Lock()
	d.books.stats.Requests++
	d.books.stats.BytesSent += int64(len(b.payload.Body()))
	if b.attempts > 0 {
		d.books.stats.Retries++
	}
	d.mu.Unlock()
	f := &flight{batch: b, round: d.gate.round}
	d.flights = append(d.flights, f)
	go d.fly(ctx, f)
	return true
}

// next takes a batch: of what is on disk, since that is older, one at a time; otherwise of what is in memory. After a failure
// it is the other's turn, so that no batch, wherever it is, holds up the rest.
func (d *dispatcher) next() (batch, bool) {
	if d.memoryNext && d.outbox.len() > 0 {
		return d.outbox.take(0), true
	}
	if b, ok := d.fromSpool(); ok {
		return b, true
	}
	if d.outbox.len() > 0 {
		return d.outbox.take(0), true
	}
	return batch{}, false
}

// fly makes one attempt.
func (d *dispatcher) fly(ctx context.Context, f *flight) {
	f.err = Final(errEnded)
	defer func() {
		if v := recover(); v != nil {
			f.err = Final(fmt.Errorf("send %d spans: panic: %v", f.spans, v))
		}
		d.landed <- f
	}()
	late := fmt.Errorf("no answer within %v: %w", d.cfg.Timeout, context.DeadlineExceeded)
	ctx, cancel := context.WithTimeoutCause(ctx, d.cfg.Timeout, late)
	defer cancel()
	f.err = f.payload.Send(ctx)
}

// land draws the consequences of a request that is over, and reports whether there was one.
func (d *dispatcher) land(ctx context.Context) bool {
	select {
	case f := <-d.landed:
		d.settle(f, ctx.Err() != nil)
		return true
	default:
		return false
	}
}

// settle decides what becomes of the spans of a request that is over. Cancelled requests failed for no reason of their own,
// unless they have an answer.
func (d *dispatcher) settle(f *flight, cancelled bool) {
	i := slices.Index(d.flights, f)
	d.flights = slices.Delete(d.flights, i, i+1)
	switch err := f.err; {
	case err == nil:
		d.gate.answered(f.round)
		d.limit.accept(f.batch)
		d.fit()
		d.accept(f.batch)
	case cancelled && !isAnswer(err):
		d.putBack(f.batch)
	case isTooLarge(err) && d.split(f.batch, err):
		d.gate.answered(f.round)
	case isUnauthorized(err):
		d.gate.refused(f.round)
		d.calm()
		d.lose(f.batch, unauthorized, err)
	case isTooLarge(err):
		d.gate.answered(f.round)
		d.lose(f.batch, tooLarge, err)
	case errors.Is(err, errEnded):
		d.lose(f.batch, faulty, err)
	case isFinal(err):
		d.gate.answered(f.round)
		d.lose(f.batch, refused, err)
	default:
		d.retryLater(f)
	}
}

func (d *dispatcher) accept(b batch) {
	d.mu.Lock()
	d.books.accept(b)
	d.mu.Unlock()
	d.finished(b)
}

// lose gives up spans that no attempt will deliver.
func (d *dispatcher) lose(b batch, why reason, cause error) {
	attrs := []slog.Attr{slog.Int("span_count", b.spans), slog.Any("error", cause)}
	if answer, ok := errors.AsType[*StatusError](cause); ok {
		attrs = append(attrs, slog.Int("status", answer.Status))
	}
	d.warn(loss(why, cause), attrs...)
	d.mu.Lock()
	d.books.fail(cause)
	d.books.lose(b, why, cause)
	d.mu.Unlock()
	d.finished(b)
}

// loss names the problem, so that one of them does not hide another from whoever limits warnings.
func loss(why reason, cause error) string {
	answer, answered := errors.AsType[*StatusError](cause)
	switch {
	case errors.Is(cause, errEnded):
		return "spans dropped, delivery was ended by a callback"
	case !answered:
		return "spans dropped, export failed"
	case why == unauthorized:
		return "spans dropped, API key refused"
	case why == tooLarge:
		return "span dropped, too large for the server"
	case answer.Status == http.StatusPaymentRequired:
		return "spans dropped, limit of the plan reached"
	case answer.Status/100 == 3:
		return "spans dropped, host URL leads elsewhere"
	default:
		return "spans dropped, refused by the server"
	}
}

// split draws the consequences of a batch that was too large for the server. It reports false if it cannot be made smaller.
func (d *dispatcher) split(b batch, cause error) bool {
	d.limit.refuse(b)
	d.fit()
	if !d.divide(b) {
		return false
	}
	problem := "batch too large for the server, sent in parts"
	if b.spans == 1 {
		problem = "span too large for the server, sent with its values cut"
	}
	d.warn(problem, slog.Int("body_bytes", len(b.payload.Body())), slog.Int("span_count", b.spans))
	d.mu.Lock()
	defer d.mu.Unlock()
	d.books.fail(cause)
	return true
}

// divide puts smaller parts in the place of a batch. It reports false if there are none.
func (d *dispatcher) divide(b batch) bool {
	parts := b.payload.Smaller()
	if len(parts) == 0 {
		return false
	}
	smaller := make([]batch, len(parts))
	rest := b.size
	for i, part := range parts {
		smaller[i] = b
		smaller[i].payload, smaller[i].spans, smaller[i].attempts = part, part.Spans(), 0
		smaller[i].size = b.size * part.Spans() / b.spans
		rest -= smaller[i].size
	}
	smaller[0].size += rest // what rounding left
	d.putBack(smaller...)
	return true
}

func (d *dispatcher) retryLater(f *flight) {
	f.attempts++
	said := []slog.Attr{slog.Int("span_count", f.spans), slog.Int("attempt", f.attempts), slog.Any("error", f.err)}
	var asked time.Duration
	if answer, ok := errors.AsType[*StatusError](f.err); ok {
		said = append(said, slog.Int("status", answer.Status))
		asked = answer.RetryAfter
	}
	d.warn("export failed, will be retried", said...)
	d.gate.failed(f.round, asked)
	d.memoryNext = f.lot == nil
	if f.lot == nil {
		d.lane.returned(f.batch)
	} else {
		d.outbox.pushBack(f.batch)
	}
	d.calm()
	d.mu.Lock()
	defer d.mu.Unlock()
	d.books.fail(f.err)
	d.books.obstacle = f.err
}

// calm ends the hurry of those who wait: they have had this attempt.
func (d *dispatcher) calm() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.hurry = false
}

// putBack has batches wait again where they came from, before all others.
func (d *dispatcher) putBack(batches ...batch) {
	if batches[0].lot == nil {
		d.lane.returned(batches...)
		return
	}
	d.outbox.pushFront(batches...)
}
