package batch

import (
	"errors"
	"log/slog"
	"slices"
	"time"

	"github.com/traceroot-ai/traceroot-go/internal/spool"
)

const (
	// patience is how often in a row the host may fail before everything goes to disk that waits for it: in memory it would
	// take room for nothing, a crash would lose it, and when the program ends there is little time to save it.
	patience = 3

	// patientBatches and patientBytes, encoded and not compressed, are what waits in memory until then.
	patientBatches = 32
	patientBytes   = 16 << 20

	// maxSpillTime is how long before the end of somebody's time what is left begins to go to disk.
	maxSpillTime = 2 * time.Second

	// flightGrace is how long a cancelled request has to tell that it was accepted after all.
	flightGrace = 20 * time.Millisecond
)

// spillTime is how much of the time left is kept for the disk.
func spillTime(left time.Duration) time.Duration { return min(max(left, 0)/2, maxSpillTime) }

// spill puts the oldest batch in memory on disk if more wait than may, and reports whether it did.
func (d *dispatcher) spill() bool {
	if !d.isOverfull() || time.Now().Before(d.lane.pausedUntil) {
		return false
	}
	return d.spillOldest()
}

// isOverfull reports whether more waits in memory than should.
func (d *dispatcher) isOverfull() bool {
	half := d.cfg.QueueBytes / 2 // the rest is for spans that are not packed yet, and for batches in flight
	switch {
	case d.isSpilling(), d.gate.troubles() >= patience:
		return d.outbox.len() > 0
	case d.gate.isTroubled():
		return d.outbox.bytes > min(half, patientBytes) || d.outbox.len() > patientBatches
	default:
		return d.outbox.bytes > half
	}
}

// isSpilling reports whether somebody's time is nearly over, so that what they wait for goes to disk.
func (d *dispatcher) isSpilling() bool {
	at := d.spillStart()
	return !at.IsZero() && !time.Now().Before(at)
}

// spillStart is from when on that is so; the zero time if nobody waits or there is no spool.
func (d *dispatcher) spillStart() time.Time {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.lane.spool == nil || d.books.settled() >= d.flushTo {
		d.spillAt = time.Time{}
	}
	return d.spillAt
}

// nextSpill is when there will be something to put on disk, or to pack for it; the zero time means never.
func (d *dispatcher) nextSpill() time.Time {
	start, due := d.spillStart(), d.due()
	var next time.Time
	switch {
	case d.spoolable() < 0:
	case d.isOverfull():
		next = later(d.lane.pausedUntil, time.Now())
	case !start.IsZero():
		next = later(d.lane.pausedUntil, start)
	}
	if !start.IsZero() && !due.IsZero() {
		next = earlier(next, later(start, due))
	}
	return next
}

// park puts everything on disk that is left when the queue is stopped, and closes the spool. Without one it only takes in
// the last answers.
func (d *dispatcher) park() {
	if d.lane.spool != nil {
		defer func() { _ = d.lane.spool.Close() }()
		for d.packUntil(time.Now().Add(d.cfg.FlushInterval)) {
		}
		d.spillAll()
	}
	d.awaitFlights()
	for _, f := range d.flights { // deaf to the end of their context
		if f.lot != nil {
			d.outbox.pushBack(f.batch)
		}
	}
	d.spillAll()
}

func (d *dispatcher) awaitFlights() {
	grace := time.NewTimer(flightGrace)
	defer grace.Stop()
	for len(d.flights) > 0 {
		select {
		case f := <-d.landed:
			d.settle(f, true)
		case <-grace.C:
			return
		}
	}
}

func (d *dispatcher) spillAll() {
	for d.spillOldest() {
	}
}

// spillOldest puts the oldest batch that can be stored on disk. It reports false when there is none and when the disk fails;
// then the batch stays where it is.
func (d *dispatcher) spillOldest() bool {
	i := d.spoolable()
	if i < 0 {
		return false
	}
	b := &d.outbox.batches[i]
	gone, err := d.lane.spool.Append(b.spans, b.size, b.payload.Body())
	d.evict(gone)
	switch {
	case errors.Is(err, spool.ErrTooLarge):
		b.tooLong = true
		d.warn("batch larger than the spool, waits in memory", slog.Int("body_bytes", len(b.payload.Body())))
	case err != nil:
		d.spoolFailed("spool cannot be written, spans wait in memory", err)
		return false
	default:
		d.lane.empty, d.lane.failing = false, false
		d.mu.Lock()
		defer d.mu.Unlock()
		d.books.store(d.outbox.take(i))
	}
	return true
}

// spoolable is the index of the oldest batch in memory that can wait on disk, or -1.
func (d *dispatcher) spoolable() int {
	if d.lane.spool == nil {
		return -1
	}
	return slices.IndexFunc(d.outbox.batches, func(b batch) bool { return !b.tooLong && b.payload.Body() != nil })
}
