package traceroot

import "time"

// Stats counts what a client did since it was made. Once Flush returns, Ended = Exported + Dropped + Suppressed +
// Spooled + Queued.
type Stats struct {
	Started    int64 // spans
	Ended      int64 // spans
	Exported   int64 // spans accepted by the backend, or by the exporter given instead
	Dropped    int64 // spans refused for good, or pushed out by the bounds of the queue
	Suppressed int64 // spans that were not to be exported: under [Suppress], or not sampled
	Spooled    int64 // spans that wait on disk; 0, since there is no spool yet

	Queued      int   // spans that wait in memory
	QueuedBytes int64 // what they hold, encoded
	BytesSent   int64 // after compression, retries included

	Requests  int64
	Retries   int64 // requests that sent a batch again
	MaskFails int64 // values replaced because a mask panicked

	LiveDropped int64 // messages about running spans that the host was too slow for, or refused

	LastError     error // of the newest request that failed
	LastErrorTime time.Time
}

// Stats returns the counts so far; all zero for a client that is off.
func (c *Client) Stats() Stats {
	if c == nil || c.err != nil {
		return Stats{}
	}
	s := Stats{
		Started:    c.started.Load(),
		Suppressed: c.suppressed.Load(),
		Exported:   c.handedOver.Load(),
		MaskFails:  c.redactor.Fails(),

		LiveDropped: c.feed.lost(),
	}
	if c.queue != nil {
		q := c.queue.Stats()
		s.Exported += q.Exported
		s.Dropped, s.Queued, s.QueuedBytes = q.Dropped, q.Queued, q.QueuedBytes
		s.BytesSent, s.Requests, s.Retries = q.BytesSent, q.Requests, q.Retries
		s.LastError, s.LastErrorTime = q.LastError, q.LastErrorTime
	}
	s.Ended = c.ended.Load()
	return s
}
