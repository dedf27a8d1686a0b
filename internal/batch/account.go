package batch

import (
	"log/slog"
	"time"
)

// accept counts a batch as delivered.
func (q *Queue) accept(b batch) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.settleLocked(int64(b.payload.Spans()), int64(b.size)) {
		q.stats.Exported += int64(b.payload.Spans())
	}
}

// drop counts so many of the oldest spans, of that size together, as lost after an attempt that failed for good.
func (q *Queue) drop(spans, size int, reason error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.failLocked(reason)
	if q.settleLocked(int64(spans), int64(size)) {
		q.loseLocked(int64(spans), reason)
	}
}

// abandon counts everything that is left as lost, says so and closes the queue. Doing so again changes nothing.
func (q *Queue) abandon(problem string, reason error) {
	if n := q.giveUp(reason); n > 0 {
		q.cfg.Warn(problem, slog.Int64("span_count", n), slog.Any("error", reason))
	}
}

func (q *Queue) giveUp(reason error) (lost int64) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	q.waiting, q.waitingBytes = nil, 0
	reason = join(reason, q.obstacle)
	n := q.added - q.settled
	if n == 0 || !q.settleLocked(n, q.stats.QueuedBytes) {
		return 0
	}
	q.loseLocked(n, reason)
	return n
}

// settleLocked takes the oldest spans off the books and wakes those who wait for that. It reports false when the queue has
// given these spans up before: their sender came back too late.
func (q *Queue) settleLocked(spans, size int64) bool {
	if q.settled == q.added {
		return false
	}
	q.settled += spans
	q.stats.QueuedBytes -= size
	q.obstacle = nil
	close(q.progress)
	q.progress = make(chan struct{})
	return true
}

// loseLocked counts a loss, and notes it for the next Flush to tell.
func (q *Queue) loseLocked(spans int64, reason error) {
	q.stats.Dropped += spans
	q.lost += spans
	q.lostTo = reason
}

// hinder notes that the oldest batch was not delivered, this time.
func (q *Queue) hinder(obstacle error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.obstacle = obstacle
	q.hurry = false // whoever waited in a hurry has had this attempt
	q.failLocked(obstacle)
}

func (q *Queue) failLocked(err error) {
	q.stats.LastError = err
	q.stats.LastErrorTime = time.Now()
}

// note keeps the error of an attempt after which the spans go on their way in another form.
func (q *Queue) note(err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.failLocked(err)
}
