package ingest

import (
	"cmp"
	"time"
)

// Limits bounds what senders may cost. A zero field keeps its default. What exceeds one of the first group costs the
// request; the others cost only the span or the value that does.
type Limits struct {
	BodyBytes     int64         // of a request as sent; 32 MiB
	UnpackedBytes int64         // of a request after decompression; 128 MiB
	InFlightBytes int64         // of all requests being taken in, as sent and unpacked together; 64 MiB
	Wait          time.Duration // for room in flight, before a sender is told to come again; 2 s

	Spans  int // of a request; 20,000
	Values int // attributes, events, links and members of lists of a request; 1,000,000

	Attributes int // of a span, an event, a link or a resource; 10,000
	Events     int // of a span; 10,000
	Links      int // of a span; 1,000
	ValueBytes int // of an attribute or a status message, which is cut; 8 MiB
	NameBytes  int // of a name, which is cut, and of an attribute's key, which is left out; 4 KiB
	Depth      int // of lists and maps inside an attribute, which end there; 64
}

// retry is how long a sender is asked to wait when there is no room for its batch.
const retry = time.Second

// retryFull is longer: room on a disk is made by retention or by people.
const retryFull = 10 * time.Second

func (l Limits) orDefaults() Limits {
	return Limits{
		BodyBytes:     cmp.Or(l.BodyBytes, 32<<20),
		UnpackedBytes: cmp.Or(l.UnpackedBytes, 128<<20),
		InFlightBytes: cmp.Or(l.InFlightBytes, 64<<20),
		Wait:          cmp.Or(l.Wait, 2*time.Second),
		Spans:         cmp.Or(l.Spans, 20_000),
		Values:        cmp.Or(l.Values, 1_000_000),
		Attributes:    cmp.Or(l.Attributes, 10_000),
		Events:        cmp.Or(l.Events, 10_000),
		Links:         cmp.Or(l.Links, 1_000),
		ValueBytes:    cmp.Or(l.ValueBytes, 8<<20),
		NameBytes:     cmp.Or(l.NameBytes, 4<<10),
		Depth:         cmp.Or(l.Depth, 64),
	}
}
