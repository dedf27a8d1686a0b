// Package ingest is the door through which traces come in: OTLP over HTTP as the TraceRoot SDKs send it, in the form of
// the platform's public API. It refuses what is not one, hands the rest to package vocab, and answers when the sink has
// taken the result.
//
// It asks for no key, speaks no gRPC and no OTLP in JSON, and keeps nothing.
package ingest

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"mime"
	"net/http"
	"time"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/vocab"
)

// Path is where SDKs send traces, below the address that they are given as host.
const Path = "/api/v1/public/traces"

const contentType = "application/x-protobuf"

// Sink takes what came in. Once Write returns nil, the sender counts the batch as delivered. It is called by several
// requests at once.
type Sink interface {
	Write(ctx context.Context, batch vocab.Batch) error
}

// Handler answers POST requests with a batch of spans. It is safe for concurrent use.
type Handler struct {
	sink   Sink
	log    *slog.Logger
	limits Limits
}

// Limits bounds one request. A zero field keeps its default.
type Limits struct {
	BodyBytes     int64 // as sent, 32 MiB
	UnpackedBytes int64 // after decompression, 128 MiB
}

// New returns a handler that writes to sink. It logs what went wrong on its own side, and spans it had to skip.
func New(sink Sink, log *slog.Logger, limits Limits) *Handler {
	return &Handler{sink: sink, log: log, limits: Limits{
		BodyBytes:     cmp.Or(limits.BodyBytes, 32<<20),
		UnpackedBytes: cmp.Or(limits.UnpackedBytes, 128<<20),
	}}
}

// ServeHTTP takes one batch. Its answer is JSON: "status" and "file_key" for a batch that is kept, else "detail".
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if err := h.take(w, r); err != nil {
		refused, ok := errors.AsType[*refusal](err)
		if !ok {
			h.log.LogAttrs(r.Context(), slog.LevelError, "batch not stored", slog.Any("error", err))
			refused = &refusal{http.StatusInternalServerError, "Storage error: " + err.Error()}
		}
		answer(w, refused.status, struct {
			Detail string `json:"detail"`
		}{refused.detail})
		return
	}
	answer(w, http.StatusOK, struct {
		Status  string `json:"status"`
		FileKey string `json:"file_key"`
	}{"ok", fileKey(time.Now())})
}

// refusal is an error of the sender's.
type refusal struct {
	status int
	detail string // a sentence for people, part of the public API
}

func (r *refusal) Error() string { return r.detail }

// take returns a refusal, or the error of the sink.
func (h *Handler) take(w http.ResponseWriter, r *http.Request) error {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		return &refusal{http.StatusMethodNotAllowed, "Method not allowed: send traces with POST"}
	}
	if got, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); got != contentType {
		return &refusal{http.StatusUnsupportedMediaType, fmt.Sprintf("Unsupported Content-Type %q. Expected: %s", got, contentType)}
	}
	body, err := h.read(w, r)
	if err != nil {
		return err
	}
	raws, skipped, err := decode(body)
	if err != nil {
		return &refusal{http.StatusBadRequest, "Failed to parse OTLP protobuf: " + err.Error()}
	}
	if skipped > 0 {
		h.log.LogAttrs(r.Context(), slog.LevelWarn, "spans without valid ids or start time skipped", slog.Int("span_count", skipped))
	}
	// A sender that hangs up now may already count the batch as delivered.
	return h.sink.Write(context.WithoutCancel(r.Context()), vocab.Read(raws))
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // the sender is gone; nobody is left to tell
}

// fileKey is a name for the batch, of the form that the platform gives the file in which it keeps one. Clients require it;
// nothing is kept under it here.
func fileKey(now time.Time) string {
	var id [16]byte
	_, _ = rand.Read(id[:])   // never fails
	id[6] = id[6]&0x0f | 0x40 // a UUID of version 4
	id[8] = id[8]&0x3f | 0x80
	return fmt.Sprintf("events/otel/local/%s/%x-%x-%x-%x-%x.json",
		now.UTC().Format("2006/01/02/15"), id[:4], id[4:6], id[6:8], id[8:10], id[10:])
}
