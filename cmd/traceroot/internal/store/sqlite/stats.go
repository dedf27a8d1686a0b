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
	var oldest any
	err := s.read.QueryRowContext(ctx, `SELECT (SELECT count(*) FROM projects), (SELECT count(*) FROM traces),
		(SELECT coalesce(sum(spans), 0) FROM traces), (SELECT count(*) FROM pieces),
		(SELECT min(start) FROM traces)`).Scan(&stats.Projects, &stats.Traces, &stats.Spans, &stats.Messages, &oldest)
	if err != nil {
		return store.Stats{}, fmt.Errorf("count what is stored: %w", err)
	}
	stats.Oldest = timeOf(oldest)
	for _, suffix := range []string{"", "-wal"} {
		if info, err := os.Stat(s.path + suffix); err == nil {
			stats.Bytes += info.Size()
		}
	}
	return stats, nil
}
