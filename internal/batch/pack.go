package batch

import (
	"fmt"
	"time"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// pack moves the spans of one batch to the outbox and reports whether there was one: of a full batch at any time, of a
// smaller one that is due when it can leave at once, since until then others may join it.
func (d *dispatcher) pack() bool {
	if d.isSpilling() || d.outbox.len() == 0 && d.isFree() && !time.Now().Before(d.opens()) {
		return d.packUntil(time.Now())
	}
	return d.packUntil(time.Time{})
}

// packUntil packs a full batch, or a smaller one that is due by then.
func (d *dispatcher) packUntil(then time.Time) bool {
	d.limit.regrow(d.cfg.BatchBytes)
	spans, b := d.take(then)
	if len(spans) == 0 {
		return false
	}
	err := fmt.Errorf("encode %d spans: %w", b.spans, errEnded)
	apart(func() {
		defer func() {
			if v := recover(); v != nil {
				err = fmt.Errorf("encode %d spans: panic: %v", b.spans, v)
			}
		}()
		b.payload, err = d.sender.Pack(spans)
	})
	if err != nil {
		d.lose(b, faulty, err)
		return true
	}
	d.limit.packed(b)
	d.fit()
	d.outbox.pushBack(b)
	return true
}

// take removes the spans of the next batch from those that wait, if they fill one or are due by then.
func (d *dispatcher) take(then time.Time) ([]sdktrace.ReadOnlySpan, batch) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if due := d.dueLocked(); !d.fullLocked() && (due.IsZero() || then.Before(due)) {
		return nil, batch{}
	}
	n, size := 0, 0
	for n < min(len(d.waiting), d.cfg.FlushAt) && (n == 0 || size+d.waiting[n].size <= d.batchBytes) {
		size += d.waiting[n].size
		n++
	}
	spans := make([]sdktrace.ReadOnlySpan, n)
	for i, next := range d.waiting[:n] {
		spans[i] = next.span
	}
	clear(d.waiting[:n]) // lets go of the spans
	d.waiting = d.waiting[n:]
	d.waitingBytes -= size
	return spans, batch{spans: n, size: size, lot: d.books.take(n)}
}

// outbox is packed batches that wait, in the order in which they are to be sent.
type outbox struct {
	batches []batch
	bytes   int // their sizes
}

func (o *outbox) len() int { return len(o.batches) }

func (o *outbox) pushBack(b batch) {
	o.batches = append(o.batches, b)
	o.bytes += b.size
}

func (o *outbox) pushFront(batches ...batch) {
	o.batches = append(batches, o.batches...)
	for _, b := range batches {
		o.bytes += b.size
	}
}

// take removes the batch at i.
func (o *outbox) take(i int) batch {
	b := o.batches[i]
	o.bytes -= b.size
	if i == 0 {
		o.batches[0] = batch{} // lets go of the payload
		o.batches = o.batches[1:]
		return b
	}
	o.batches = append(o.batches[:i], o.batches[i+1:]...)
	return b
}
