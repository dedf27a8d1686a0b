package traceroot

import (
	"github.com/traceroot-ai/traceroot-go/internal/batch"
)

// Limits bounds what a client keeps and sends. A zero field keeps its default; so does a negative one,
// with a warning.
type Limits struct {
	// ValueBytes is the longest captured value, 512 KiB. A longer one is cut at a rune boundary and flagged with its size.
	ValueBytes int
	// BatchBytes is the largest upload before compression, 4 MiB. A larger span travels alone.
	BatchBytes int
	// QueueBytes is what spans that wait in memory may hold, encoded: 256 MiB, but by default at most an eighth of GOMEMLIMIT
	// or of the cgroup's memory limit. Batches wait compressed, so memory holds less. Beyond half of it batches go to the
	// spool, if there is one; beyond all of it the newest span is dropped and counted.
	QueueBytes int
	// SpoolBytes is what undelivered batches may hold on disk, compressed: 256 MiB for each process. Beyond it the oldest are
	// dropped and counted. Without a spool ([WithSpool]) it has no effect.
	SpoolBytes int
	// StreamItems is how many items of a stream are kept as its output, 10 000. The count goes on.
	StreamItems int
}

const mib = 1 << 20

func defaultLimits() Limits {
	return Limits{
		ValueBytes:  512 << 10,
		BatchBytes:  batch.DefaultBatchBytes,
		QueueBytes:  batch.DefaultQueueBytes(),
		SpoolBytes:  256 * mib,
		StreamItems: 10_000,
	}
}

func (c *config) setLimits(l Limits) {
	for _, limit := range []struct {
		name  string
		field *int
		given int
	}{
		{"Limits.ValueBytes", &c.limits.ValueBytes, l.ValueBytes},
		{"Limits.BatchBytes", &c.limits.BatchBytes, l.BatchBytes},
		{"Limits.QueueBytes", &c.limits.QueueBytes, l.QueueBytes},
		{"Limits.SpoolBytes", &c.limits.SpoolBytes, l.SpoolBytes},
		{"Limits.StreamItems", &c.limits.StreamItems, l.StreamItems},
	} {
		if limit.given != 0 {
			setPositive(c, limit.field, limit.given, limit.name)
		}
	}
}
