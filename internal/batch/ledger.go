package batch

import (
	"errors"
	"time"

	"github.com/traceroot-ai/traceroot-go/internal/spool"
)

var (
	errQueueFull = errors.New("queue is full")
	errSpoolFull = errors.New("spool is full")
	errStopped   = errors.New("queue was shut down")
	errEnded     = errors.New("a callback ended the goroutine")
)

// ledger knows what became of every span. Each step keeps the sum of [Stats]. It is guarded by the queue's mutex.
//
// Spans have sequence numbers, so that a Flush can tell its own from those that came after it. Batches settle in any order.
type ledger struct {
	stats Stats

	admitted int64         // spans ever taken in: the sequence number of the newest
	taken    int64         // the newest of them that was put in a lot
	lots     []*lot        // by number; settled ones are taken off the front
	progress chan struct{} // closed and replaced whenever something settles

	obstacle error // why the last attempt failed; nil when nothing is wrong
	lost     int64 // spans dropped while somebody may still ask for them
	lostTo   error // the last cause for that
	told     int64 // of lost, how many a Flush has reported
}

// lot is the spans of one batch, from when they are taken to be packed until none of them is left in memory.
type lot struct {
	first int64 // sequence number of its first span
	left  int64 // spans that are not settled
}

// batch is spans on their way: a lot or, after a split, a part of one; or, without a lot, a batch on disk or a part of one.
type batch struct {
	payload  Payload // nil until it is packed
	spans    int
	size     int // what it counts for in the queue's bounds
	attempts int // that failed
	lot      *lot
	earlier  bool // an earlier process put it on disk
	tooLong  bool // for the spool
}

func newLedger() ledger { return ledger{progress: make(chan struct{})} }

// admit takes in a span.
func (l *ledger) admit(size int) {
	l.admitted++
	l.stats.Added++
	l.stats.Queued++
	l.stats.QueuedBytes += int64(size)
}

// refuse counts a span that was not taken in.
func (l *ledger) refuse(why reason, cause error) {
	l.stats.Added++
	l.stats.Dropped++
	l.stats.Drops.count(why, 1)
	if why != afterShutdown { // nobody asks any more
		l.mourn(1, cause)
	}
}

// take puts the next spans that wait in a lot.
func (l *ledger) take(spans int) *lot {
	next := &lot{first: l.taken + 1, left: int64(spans)}
	l.taken += int64(spans)
	l.lots = append(l.lots, next)
	return next
}

// accept counts b as delivered.
func (l *ledger) accept(b batch) {
	n, counts := l.settle(b)
	switch {
	case b.earlier:
		l.stats.Recovered += n
	case counts:
		l.stats.Exported += n
	}
}

// lose counts b as lost.
func (l *ledger) lose(b batch, why reason, cause error) {
	n, counts := l.settle(b)
	switch {
	case b.earlier:
		l.stats.Unrecovered += n
	case counts:
		l.drop(n, why, cause)
	}
}

// store counts b as on disk.
func (l *ledger) store(b batch) {
	if n, counts := l.settle(b); counts {
		l.stats.Spooled += n
	}
}

// evict counts spans that are on disk no more.
func (l *ledger) evict(gone spool.Evicted) {
	l.stats.Recoverable -= gone.Earlier
	l.stats.Unrecovered += gone.Earlier
	l.stats.Spooled -= gone.Own
	if gone.Own > 0 {
		l.drop(gone.Own, spoolFull, errSpoolFull)
	}
}

// abandon counts everything in memory as lost, and returns how much that is. What comes back later does not count again.
func (l *ledger) abandon(cause error) (spans int64) {
	spans = l.stats.Queued
	for _, open := range l.lots {
		open.left = 0
	}
	l.lots, l.taken = nil, l.admitted
	l.stats.Queued, l.stats.QueuedBytes = 0, 0
	if spans > 0 {
		l.drop(spans, afterShutdown, join(cause, l.obstacle))
	}
	l.announce()
	return spans
}

// settle takes b's spans from where they are. They do not count when they have been given up before: their sender came back
// too late.
func (l *ledger) settle(b batch) (spans int64, counts bool) {
	spans = int64(b.spans)
	l.obstacle = nil
	switch {
	case b.lot == nil && b.earlier:
		l.stats.Recoverable -= spans
	case b.lot == nil:
		l.stats.Spooled -= spans
	case b.lot.left == 0:
		return spans, false
	default:
		b.lot.left -= spans
		l.stats.Queued -= spans
		l.stats.QueuedBytes -= int64(b.size)
	}
	for len(l.lots) > 0 && l.lots[0].left == 0 {
		l.lots[0] = nil
		l.lots = l.lots[1:]
	}
	l.announce()
	return spans, true
}

func (l *ledger) announce() {
	close(l.progress)
	l.progress = make(chan struct{})
}

func (l *ledger) drop(spans int64, why reason, cause error) {
	l.stats.Dropped += spans
	l.stats.Drops.count(why, spans)
	l.mourn(spans, cause)
}

// mourn notes a loss for the next Flush to tell.
func (l *ledger) mourn(spans int64, cause error) {
	l.lost += spans
	l.lostTo = cause
}

// fail keeps the error of an attempt.
func (l *ledger) fail(err error) {
	l.stats.LastError = err
	l.stats.LastErrorTime = time.Now()
}

// settled is the sequence number up to which no span is in memory any more.
func (l *ledger) settled() int64 {
	if len(l.lots) > 0 {
		return l.lots[0].first - 1
	}
	return l.taken
}

// unsettled is how many spans up to the sequence number target are still in memory. Of a batch that was split it may count
// some that came after target.
func (l *ledger) unsettled(target int64) int64 {
	n := max(target-l.taken, 0)
	for _, open := range l.lots {
		n += max(min(open.left, target-open.first+1), 0)
	}
	return n
}

// tell returns the losses since so many were told, with the cause of the last.
func (l *ledger) tell(told int64) (lost int64, cause error) {
	lost = l.lost - told
	if lost > 0 {
		cause = l.lostTo
	}
	l.told = l.lost
	return lost, cause
}
