package ingest

import (
	"context"
	"net/http"
	"time"

	"golang.org/x/sync/semaphore"
)

// budget is the memory that all requests together may hold.
type budget struct {
	bytes int64
	wait  time.Duration
	free  *semaphore.Weighted
}

func newBudget(bytes int64, wait time.Duration) *budget {
	return &budget{bytes, wait, semaphore.NewWeighted(bytes)}
}

// share is what one request holds of a budget. It belongs to one goroutine.
type share struct {
	budget *budget
	held   int64
}

func (b *budget) share() *share { return &share{budget: b} }

// grow takes n bytes more, and waits for them a moment. One request never needs more than there is: what is larger than
// the budget gets through alone.
func (s *share) grow(ctx context.Context, n int64) error {
	n = min(n, s.budget.bytes-s.held)
	if n <= 0 || s.budget.free.TryAcquire(n) {
		s.held += max(n, 0)
		return nil
	}
	waiting, cancel := context.WithTimeout(ctx, s.budget.wait)
	defer cancel()
	if err := s.budget.free.Acquire(waiting, n); err != nil {
		if ctx.Err() != nil {
			return hungUp(ctx.Err())
		}
		return &refusal{
			status: http.StatusTooManyRequests, retryAfter: retry,
			detail: "Too much to take in at once. Retry after the time in Retry-After",
		}
	}
	s.held += n
	return nil
}

func (s *share) release() {
	s.budget.free.Release(s.held)
	s.held = 0
}
