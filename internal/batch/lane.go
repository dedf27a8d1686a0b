package batch

import (
	"log/slog"
	"time"

	"github.com/traceroot-ai/traceroot-go/internal/spool"
)

// spoolPause is how long the spool is left alone after it has failed.
const spoolPause = 30 * time.Second

// lane is the way back from the spool: one batch at a time, the oldest first. It is taken off the disk when all of it was
// accepted or lost, so that a crash in between sends it again.
type lane struct {
	spool  Spool // nil without one
	sender Restorer

	parts       []batch // of the batch that was read: that itself or, after a split, what is left of it
	flying      bool    // one of the parts is on its way
	empty       bool    // there is nothing behind it
	failing     bool    // the disk does; told once
	pausedUntil time.Time
	damaged     spool.Evicted // spans lost to damage that were counted
}

func newLane(sender Sender, from Spool) lane {
	if from == nil {
		return lane{}
	}
	return lane{
		spool:   from,
		sender:  sender.(Restorer), //nolint:errcheck // New has seen to that
		damaged: from.Stats().Lost,
	}
}

// hasNext reports whether there may be something to send.
func (l *lane) hasNext() bool {
	return l.spool != nil && !l.flying && (len(l.parts) > 0 || !l.empty)
}

// isReplaying reports whether something is on its way back.
func (l *lane) isReplaying() bool {
	return l.flying || l.hasNext() && !time.Now().Before(l.pausedUntil)
}

// fromSpool takes the next batch, or part of one, that waits on disk.
func (d *dispatcher) fromSpool() (batch, bool) {
	l := &d.lane
	if !l.hasNext() || time.Now().Before(l.pausedUntil) {
		return batch{}, false
	}
	if len(l.parts) == 0 && !d.read() {
		return batch{}, false
	}
	b := l.parts[0]
	l.parts = l.parts[1:]
	l.flying = true
	return b, true
}

// read brings the oldest batch on disk into memory, and reports whether there is one.
func (d *dispatcher) read() bool {
	l := &d.lane
	record, ok, err := l.spool.Next()
	d.countDamage()
	switch {
	case err != nil:
		d.spoolFailed("spool cannot be read, what is in it waits", err)
		return false
	case !ok:
		l.empty = true
		return false
	}
	l.parts = []batch{{
		payload: l.sender.Restore(record.Spans, record.Body),
		spans:   record.Spans,
		size:    record.Size,
		earlier: record.Earlier,
	}}
	return true
}

// returned has batches that did not get through wait again, if they came from the spool.
func (l *lane) returned(parts ...batch) {
	l.flying = false
	l.parts = append(parts, l.parts...)
}

// finished takes the batch off the disk that b is the last part of, if b came from there.
func (d *dispatcher) finished(b batch) {
	l := &d.lane
	if b.lot != nil {
		return
	}
	l.flying = false
	if len(l.parts) > 0 {
		return
	}
	if err := l.spool.Remove(); err != nil {
		d.warn("spool cannot be written, what was sent may be sent again", slog.Any("error", err))
	}
}

func (d *dispatcher) spoolFailed(problem string, err error) {
	if !d.lane.failing {
		d.warn(problem, slog.Any("error", err))
	}
	d.lane.failing = true
	d.lane.pausedUntil = time.Now().Add(spoolPause)
}

// countDamage counts the spans in damaged batches that the spool has met.
func (d *dispatcher) countDamage() {
	now, before := d.lane.spool.Stats().Lost, d.lane.damaged
	d.lane.damaged = now
	d.evict(spool.Evicted{Own: now.Own - before.Own, Earlier: now.Earlier - before.Earlier})
}

// evict counts spans that left the spool undelivered.
func (d *dispatcher) evict(gone spool.Evicted) {
	if gone == (spool.Evicted{}) {
		return
	}
	d.warn("spans dropped, spool is full or damaged", slog.Int64("span_count", gone.Own+gone.Earlier))
	d.mu.Lock()
	defer d.mu.Unlock()
	d.books.evict(gone)
}
