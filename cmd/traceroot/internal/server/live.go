package server

import (
	"context"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/live"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// openLive makes the room that takes what is told of running spans.
func (s *Server) openLive() {
	s.live = live.New(live.Config{
		Sink:    sink{s.store, s.prices},
		Project: func(ctx context.Context) string { return callerOf(ctx).project },
		Log:     s.log,
	})
}

// finishing is a sink that says which spans have ended, once they are stored.
type finishing struct {
	sink

	live *live.Server
}

// Write implements [ingest.Sink].
func (f finishing) Write(ctx context.Context, project string, batch store.Batch) error {
	err := f.sink.Write(ctx, project, batch)
	if err == nil {
		f.live.Finished(project, batch.Spans)
	}
	return err
}
