package batch

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// Sender makes spans ready to travel. A [Queue] calls Pack from one goroutine at a time, since masks run there; payloads
// that it made are sent at the same time, except those of an [Exporter].
type Sender interface {
	// Pack masks and encodes spans, once: what it returns is the same at each attempt to send it. The slice is the sender's
	// to keep.
	Pack(spans []sdktrace.ReadOnlySpan) (Payload, error)

	// Shutdown releases what the sender holds. It comes after the last Pack and Send.
	Shutdown(ctx context.Context) error
}

// Restorer is a [Sender] whose payloads can wait on disk.
type Restorer interface {
	// Restore returns the payload of so many spans whose Body was body. It may be another process's.
	Restore(spans int, body []byte) Payload
}

// Payload is one batch, ready to travel.
type Payload interface {
	// Send makes one attempt and obeys ctx. An error is final if it is a [*StatusError] whose Retryable is false, or wrapped
	// by [Final]; after any other the payload is sent again.
	Send(ctx context.Context) error

	// Spans is the number of spans, one or more.
	Spans() int

	// Body is what Send sends, to be read only; nil if that is not bytes. It may be asked for while Send runs.
	Body() []byte

	// Smaller returns payloads that hold the same spans in their order and are each smaller than this one, or none if that
	// cannot be. A payload of one span may lose parts of its values.
	Smaller() []Payload
}

type uploadKey struct{}

// IsUpload reports whether ctx belongs to a delivery of spans, which must not be traced itself: its spans would be delivered
// in turn, for ever.
func IsUpload(ctx context.Context) bool {
	return ctx.Value(uploadKey{}) != nil
}

// Final wraps err as one after which sending again is of no use. Final(nil) is nil.
func Final(err error) error {
	if err == nil {
		return nil
	}
	return &finalError{err}
}

type finalError struct{ err error }

func (e *finalError) Error() string { return e.err.Error() }
func (e *finalError) Unwrap() error { return e.err }

// StatusError is an answer other than success.
type StatusError struct {
	Status     int           // such as 429
	Detail     string        // what the server said about it, shortened; may be empty
	RetryAfter time.Duration // how long the server wants to be left alone; 0 if it did not say
}

func (e *StatusError) Error() string {
	text := fmt.Sprintf("server answered %d %s", e.Status, http.StatusText(e.Status))
	if e.Detail != "" {
		text += ": " + e.Detail
	}
	return text
}

// Retryable reports whether the same request may be accepted later: after a timeout, a rate limit and every server fault,
// 500 included, since a batch that arrives twice is stored once.
func (e *StatusError) Retryable() bool {
	return e.Status == http.StatusRequestTimeout || e.Status == http.StatusTooManyRequests || e.Status/100 == 5
}

func isAnswer(err error) bool {
	_, ok := errors.AsType[*StatusError](err)
	return ok
}

func isTooLarge(err error) bool { return hasStatus(err, http.StatusRequestEntityTooLarge) }

func isUnauthorized(err error) bool {
	return hasStatus(err, http.StatusUnauthorized, http.StatusForbidden)
}

func hasStatus(err error, statuses ...int) bool {
	answer, ok := errors.AsType[*StatusError](err)
	return ok && slices.Contains(statuses, answer.Status)
}

func isFinal(err error) bool {
	if _, ok := errors.AsType[*finalError](err); ok {
		return true
	}
	answer, ok := errors.AsType[*StatusError](err)
	return ok && !answer.Retryable()
}
