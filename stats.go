package traceroot

import "time"

// Stats counts what a client did since it was made. At any time Ended = Exported + Dropped + Suppressed + Spooled + Queued.
type Stats struct {
	Started    int64 // spans
	Ended      int64 // spans
	Exported   int64 // spans accepted by the backend, or by the exporter given instead
	Dropped    int64 // spans that are lost
	Suppressed int64 // spans that were not to be exported: under [Suppress], or not sampled
	Spooled    int64 // spans that wait on disk

	DroppedBy Drops // why, of Dropped
	Unsampled int64 // of Suppressed, those that were not sampled

	// Spans that earlier processes left in the spool are in none of the other counts.
	Recoverable int64 // wait on disk
	Recovered   int64 // accepted by the backend
	Unrecovered int64 // lost: refused, pushed out of the spool, or damaged there

	Queued      int   // spans that wait in memory, those on their way included
	QueuedBytes int64 // what they hold, encoded
	BytesSent   int64 // after compression, retries included

	Requests  int64
	Retries   int64 // requests that sent a batch again
	MaskFails int64 // values replaced because a mask panicked

	LiveDropped int64 // messages about running spans that the host was too slow for, or refused

	LastError     error // of the newest request that failed
	LastErrorTime time.Time
}

// Drops counts lost spans by the reason of their loss. [Stats].Dropped is their sum.
type Drops struct {
	QueueFull    int64 // found [Limits].QueueBytes of others waiting
	Refused      int64 // refused for good, by the backend or by the exporter given instead
	Unauthorized int64 // sent with a key that the backend does not take
	TooLarge     int64 // for the backend, even alone and with their values cut
	Faulty       int64 // could not be encoded, or a mask or an http.Client ended the goroutine that had them
	SpoolFull    int64 // pushed out of the spool by newer ones, or damaged there
	Shutdown     int64 // left when the time of Shutdown was over
}

// Stats returns the counts so far; all zero for a client that is off.
func (c *Client) Stats() Stats {
	if c == nil || c.err != nil {
		return Stats{}
	}
	s := Stats{
		Exported:  c.handedOver.Load(),
		Unsampled: c.unsampled.Load(),
		MaskFails: c.redactor.Fails(),

		LiveDropped: c.feed.lost(),
	}
	s.Suppressed = s.Unsampled + c.suppressed.Load()
	s.Ended = s.Suppressed + s.Exported // and not a count of its own, since spans end meanwhile
	if c.queue != nil {
		q := c.queue.Stats()
		s.Ended += q.Added
		s.Exported += q.Exported
		s.Dropped, s.DroppedBy, s.Spooled = q.Dropped, Drops(q.Drops), q.Spooled
		s.Recoverable, s.Recovered, s.Unrecovered = q.Recoverable, q.Recovered, q.Unrecovered
		s.Queued, s.QueuedBytes = int(q.Queued), q.QueuedBytes
		s.BytesSent, s.Requests, s.Retries = q.BytesSent, q.Requests, q.Retries
		s.LastError, s.LastErrorTime = q.LastError, q.LastErrorTime
	}
	s.Started = c.started.Load() // last: all of the others have started
	return s
}
