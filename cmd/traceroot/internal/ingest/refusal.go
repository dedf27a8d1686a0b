package ingest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"time"
)

// refusal is why a batch is not taken.
type refusal struct {
	status     int           // of HTTP
	detail     string        // a sentence for people, part of the public API
	retryAfter time.Duration // zero where the same batch will not be taken later either, or nobody knows when

	storage bool // it is our own storage that failed, not the sender
}

func (r *refusal) Error() string { return r.detail }

func hungUp(err error) *refusal {
	return &refusal{status: http.StatusBadRequest, detail: "Request body incomplete: " + err.Error()}
}

func badRequest(format string, args ...any) *refusal {
	return &refusal{status: http.StatusBadRequest, detail: fmt.Sprintf(format, args...)}
}

func tooLarge(format string, args ...any) *refusal {
	return &refusal{status: http.StatusRequestEntityTooLarge, detail: fmt.Sprintf(format, args...)}
}

// notStored is the refusal for an error of the sink.
func notStored(err error) *refusal {
	r := &refusal{status: http.StatusInternalServerError, detail: "Storage error: " + err.Error(), storage: true}
	switch {
	case errors.Is(err, ErrFull):
		r.status, r.retryAfter = http.StatusServiceUnavailable, retryFull
	case errors.Is(err, ErrBusy):
		r.status, r.retryAfter = http.StatusTooManyRequests, retry
	}
	return r
}

// refused is the refusal that err is, reported.
func (s *Server) refused(r *http.Request, err error) *refusal {
	refused, ok := errors.AsType[*refusal](err)
	if !ok { // there is none; but what cannot be named must not look like success
		refused = notStored(err)
	}
	level := slog.LevelDebug
	if refused.storage {
		level = slog.LevelError
	}
	s.log.LogAttrs(context.WithoutCancel(r.Context()), level, "batch not taken",
		slog.Int("status", refused.status), slog.String("reason", refused.detail))
	s.observer.Refused(refused.detail, refused.status, r)
	return refused
}

// setRetryAfter says when to come again, in whole seconds as all senders understand.
func (r *refusal) setRetryAfter(header http.Header) {
	if r.retryAfter > 0 {
		seconds := (r.retryAfter + time.Second - 1) / time.Second
		header.Set("Retry-After", strconv.FormatInt(int64(seconds), 10))
	}
}
