package server

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/api"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/ingest"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/vocab"
)

// export sends traces as lines of OTLP JSON, one a trace: those of ?trace_id=, which may be repeated, else those that
// ?q= finds, else all. What breaks it off cuts the answer short, so that nobody takes a part for the whole.
func (s *Server) export(w http.ResponseWriter, r *http.Request) {
	project, parameters := callerOf(r.Context()).project, r.URL.Query()
	query, err := api.ParseQuery(parameters.Get("q"), time.Now())
	if err != nil {
		refuse(w, http.StatusBadRequest, err.Error())
		return
	}
	w.Header().Set("Content-Type", "application/x-ndjson")
	next := s.find(project, query)
	if ids := parameters["trace_id"]; len(ids) > 0 {
		next = once(ids)
	}
	if err := s.writeLines(r.Context(), w, project, next); err != nil {
		s.failed(w, r, "export broke off", err)
	}
}

// pages gives ids of traces, some at a time, and none at the end.
type pages func(context.Context) ([]string, error)

func once(ids []string) pages {
	return func(context.Context) ([]string, error) {
		page := ids
		ids = nil
		return page, nil
	}
}

// find walks through the traces that match, oldest last.
func (s *Server) find(project string, query store.Query) pages {
	const pageRows = 200
	query.Limit = pageRows
	ended := false
	return func(ctx context.Context) ([]string, error) {
		if ended {
			return nil, nil
		}
		page, err := s.store.Traces(ctx, project, query)
		if err != nil {
			return nil, err
		}
		var ids []string
		for i := range page.Rows {
			ids = append(ids, page.Rows[i].TraceID)
		}
		query.After, ended = page.Next, page.Next == ""
		return ids, nil
	}
}

func (s *Server) writeLines(ctx context.Context, w http.ResponseWriter, project string, next pages) error {
	var line []byte
	for {
		ids, err := next(ctx)
		if err != nil || len(ids) == 0 {
			return err
		}
		for _, id := range ids {
			raws, err := s.sent(ctx, project, id)
			if errors.Is(err, store.ErrNotFound) {
				continue // it was deleted meanwhile
			}
			if err != nil {
				return err
			}
			line = ingest.AppendLine(line[:0], raws)
			if _, err := w.Write(line); err != nil {
				return err
			}
		}
	}
}

// sent is a trace as a sender would send it.
func (s *Server) sent(ctx context.Context, project, id string) ([]vocab.RawSpan, error) {
	_, spans, err := s.store.Trace(ctx, project, id, true)
	if err != nil {
		return nil, err
	}
	raws := make([]vocab.RawSpan, len(spans))
	for i := range spans {
		if call := spans[i].Call; call != nil {
			if call.In, err = s.bodies(ctx, project, call.In); err != nil {
				return nil, err
			}
			if call.Out, err = s.bodies(ctx, project, call.Out); err != nil {
				return nil, err
			}
		}
		raws[i] = vocab.Sent(&spans[i])
	}
	return raws, nil
}

func (s *Server) bodies(ctx context.Context, project string, messages []store.Message) ([]store.Message, error) {
	if len(messages) == 0 {
		return nil, nil
	}
	hashes := make([]store.Hash, len(messages))
	for i := range messages {
		hashes[i] = messages[i].Hash
	}
	return s.store.Messages(ctx, project, hashes)
}
