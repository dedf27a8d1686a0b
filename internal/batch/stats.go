package batch

import "time"

// Stats counts what became of the spans that were added: they are Exported, Dropped, Spooled or still Queued.
type Stats struct {
	Added    int64
	Exported int64
	Dropped  int64
	Drops    Drops // why, of Dropped
	Spooled  int64 // wait on disk
	Queued   int64 // in memory and not delivered yet, the batches in flight included

	// Spans that earlier processes left on disk are in none of the other fields.
	Recoverable int64 // still wait on disk
	Recovered   int64 // accepted
	Unrecovered int64 // refused for good, damaged, or pushed out by the spool's bound

	QueuedBytes   int64 // encoded and not compressed, by estimate
	BytesSent     int64 // bodies of requests, compressed, repeated ones included; 0 for an exporter
	Requests      int64 // attempts, or calls of the exporter
	Retries       int64 // of Requests, those that repeated an earlier one
	LastError     error // of the newest attempt that failed; nil if there was none
	LastErrorTime time.Time
}

// Drops counts lost spans by the reason of their loss.
type Drops struct {
	QueueFull    int64 // found no room
	Refused      int64 // refused for good, by the server or by the exporter
	Unauthorized int64 // the server does not take the key
	TooLarge     int64 // for the server, even alone and cut
	Faulty       int64 // could not be encoded, or a callback ended the goroutine that had them
	SpoolFull    int64 // pushed out of the spool by newer ones, or damaged there
	Shutdown     int64 // left when Shutdown had no more time, or came after it
}

type reason int

const (
	queueFull reason = iota
	refused
	unauthorized
	tooLarge
	faulty
	spoolFull
	afterShutdown
)

func (d *Drops) count(why reason, spans int64) {
	switch why {
	case queueFull:
		d.QueueFull += spans
	case unauthorized:
		d.Unauthorized += spans
	case tooLarge:
		d.TooLarge += spans
	case faulty:
		d.Faulty += spans
	case spoolFull:
		d.SpoolFull += spans
	case afterShutdown:
		d.Shutdown += spans
	default:
		d.Refused += spans
	}
}
