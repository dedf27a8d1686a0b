package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/klauspost/compress/gzip"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// refusal is an error that the client is told.
type refusal struct {
	status int
	detail string
	where  *[2]int // in the query that was asked, where it is one; see [QueryError]
}

// Error is what the client is told.
func (r refusal) Error() string { return r.detail }

func invalid(format string, args ...any) error {
	return refusal{status: http.StatusBadRequest, detail: fmt.Sprintf(format, args...)}
}

// fail tells a client what it did wrong. Of a failure of ours it learns no more than that there was one.
func (s *server) fail(w http.ResponseWriter, r *http.Request, err error) {
	if told, ok := errors.AsType[refusal](err); ok {
		refuse(w, r, told)
		return
	}
	if errors.Is(err, store.ErrCursor) {
		refuse(w, r, refusal{status: http.StatusBadRequest, detail: "cursor: it belongs to another query or sort order"})
		return
	}
	if r.Context().Err() != nil && errors.Is(err, context.Canceled) {
		return // nobody waits for a reply
	}
	s.log.LogAttrs(r.Context(), slog.LevelError, "request failed", slog.String("path", r.URL.Path), slog.Any("error", err))
	refuse(w, r, refusal{status: http.StatusInternalServerError, detail: "The server failed to answer; its log says why"})
}

func refuse(w http.ResponseWriter, r *http.Request, told refusal) {
	write(w, r, told.status, problem{told.detail, told.where})
}

// problem is the body of every error.
type problem struct {
	Detail string  `json:"detail"`
	Where  *[2]int `json:"where,omitempty"` // of a query
}

// minPacked is the size from which a reply is compressed.
const minPacked = 1024

func write(w http.ResponseWriter, r *http.Request, status int, reply any) {
	var body bytes.Buffer
	encoder := json.NewEncoder(&body)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(reply); err != nil {
		http.Error(w, `{"detail":"The reply has no JSON"}`, http.StatusInternalServerError)
		return
	}
	header := w.Header()
	header.Set("Content-Type", "application/json")
	if header.Get("Cache-Control") == "" {
		header.Set("Cache-Control", "no-store")
	}
	header.Set("X-Content-Type-Options", "nosniff")
	header.Add("Vary", "Accept-Encoding")
	if body.Len() < minPacked || !acceptsGzip(r.Header) {
		header.Set("Content-Length", strconv.Itoa(body.Len()))
		w.WriteHeader(status)
		_, _ = w.Write(body.Bytes()) // a client that went away is no failure of ours
		return
	}
	header.Set("Content-Encoding", "gzip")
	w.WriteHeader(status)
	if r.Method == http.MethodHead {
		return
	}
	packed := packers.Get().(*gzip.Writer) //nolint:errcheck // it holds nothing else
	defer packers.Put(packed)
	packed.Reset(w)
	_, _ = packed.Write(body.Bytes())
	_ = packed.Close()
	packed.Reset(io.Discard) // lets go of w
}

// packers are used again: each has tables of some hundred kilobytes.
var packers = sync.Pool{New: func() any {
	packer, _ := gzip.NewWriterLevel(io.Discard, gzip.BestSpeed) // refuses unknown levels alone
	return packer
}}

func acceptsGzip(header http.Header) bool {
	for _, line := range header.Values("Accept-Encoding") {
		for choice := range strings.SplitSeq(line, ",") {
			name, quality, _ := strings.Cut(strings.ReplaceAll(choice, " ", ""), ";q=")
			if weight, err := strconv.ParseFloat(quality, 64); strings.EqualFold(name, "gzip") && (err != nil || weight > 0) {
				return true
			}
		}
	}
	return false
}
