package sqlite

import (
	"context"
	"fmt"
	"os"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// Stats is what the store holds. Counting costs a walk over an index.
func (s *Store) Stats(ctx context.Context) (store.Stats, error) {
	var stats store.Stats
	err := s.read.do(ctx, func(c *conn) error {
		return c.queryContext(ctx, func(row []any) error {
			stats = store.Stats{
				Projects: int(intOf(row[0])), Traces: intOf(row[1]), Spans: intOf(row[2]), Messages: intOf(row[3]),
				Oldest: timeOf(row[4]),
			}
			return nil
		}, `SELECT (SELECT count(*) FROM projects), (SELECT count(*) FROM traces),
			(SELECT coalesce(sum(spans), 0) FROM traces), (SELECT count(*) FROM pieces),
			(SELECT min(start) FROM traces)`)
	})
	if err != nil {
		return store.Stats{}, fmt.Errorf("count what is stored: %w", err)
	}
	for _, suffix := range []string{"", "-wal"} {
		if info, err := os.Stat(s.path + suffix); err == nil {
			stats.Bytes += info.Size()
		}
	}
	return stats, nil
}
