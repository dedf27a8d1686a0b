package ingest

import (
	"context"
	"log/slog"
	"net/http"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/vocab"
)

// take stores the spans of a body. It returns a refusal when none of it is stored.
func (s *Server) take(r *http.Request, sent body, decode func(*decoder, []byte) error, held *share) (Accepted, error) {
	d := newDecoder(&s.limits)
	var accepted Accepted
	err := s.unpacker.use(r.Context(), sent, held, func(unpacked []byte) error {
		accepted.Bytes = int64(len(unpacked))
		return decode(d, unpacked)
	})
	if err != nil {
		return Accepted{}, err
	}
	// A sender that hangs up now may already count the batch as delivered.
	ctx := context.WithoutCancel(r.Context())
	if err := s.sink.Write(ctx, s.project(ctx), vocab.Read(d.spans)); err != nil {
		return Accepted{}, notStored(err)
	}
	accepted.Spans, accepted.Rejected, accepted.Reason = len(d.spans), d.rejected.count, d.rejected.String()
	if accepted.Rejected > 0 {
		s.log.LogAttrs(ctx, slog.LevelWarn, "spans refused",
			slog.Int("span_count", accepted.Rejected), slog.String("reason", accepted.Reason))
	}
	s.observer.Accepted(r, accepted)
	return accepted, nil
}
