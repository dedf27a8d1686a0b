package ingest

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"mime"
	"net/http"
	"time"
)

// The types of content that are understood.
const (
	typeProtobuf = "application/x-protobuf"
	typeJSON     = "application/json"
)

// Public answers POST requests to [Path] in the way of the platform's public API: JSON with "status" and "file_key" for a
// batch that is kept, and "rejected_spans" and "error_message" where not all of it is; else with "detail".
func (s *Server) Public() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		accepted, err := s.takePublic(w, r)
		if err != nil {
			s.answerRefused(w, r, err)
			return
		}
		answerJSON(w, http.StatusOK, struct {
			Status        string `json:"status"`
			FileKey       string `json:"file_key"`
			RejectedSpans int    `json:"rejected_spans,omitempty"`
			ErrorMessage  string `json:"error_message,omitempty"`
		}{"ok", fileKey(s.project(r.Context()), s.now()), accepted.Rejected, accepted.Reason})
	})
}

// answerRefused says why in the form of the platform's API.
func (s *Server) answerRefused(w http.ResponseWriter, r *http.Request, err error) {
	refused := s.refused(r, err)
	refused.setRetryAfter(w.Header())
	answerJSON(w, refused.status, struct {
		Detail string `json:"detail"`
	}{refused.detail})
}

func (s *Server) takePublic(w http.ResponseWriter, r *http.Request) (Accepted, error) {
	if err := onlyPOST(w, r); err != nil {
		return Accepted{}, err
	}
	if got := contentType(r); got != typeProtobuf {
		return Accepted{}, unsupportedType(got, typeProtobuf)
	}
	held := s.budget.share()
	defer held.release()
	sent, err := s.readBody(w, r, held)
	if err != nil {
		return Accepted{}, err
	}
	if len(sent.bytes) == 0 {
		return Accepted{}, badRequest("Empty request body")
	}
	return s.take(r, sent, (*decoder).protobuf, held)
}

func onlyPOST(w http.ResponseWriter, r *http.Request) error {
	if r.Method == http.MethodPost {
		return nil
	}
	w.Header().Set("Allow", http.MethodPost)
	return &refusal{status: http.StatusMethodNotAllowed, detail: "Method not allowed: send traces with POST"}
}

// contentType is without parameters, in lower case.
func contentType(r *http.Request) string {
	media, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return media
}

func unsupportedType(got, expected string) *refusal {
	return &refusal{
		status: http.StatusUnsupportedMediaType,
		detail: fmt.Sprintf("Unsupported Content-Type %q. Expected: %s", clip(got), expected),
	}
}

func answerJSON(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", typeJSON)
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // the sender is gone; nobody is left to tell
}

// fileKey is a name for the batch, of the form that the platform gives the file in which it keeps one. Clients require it;
// nothing is kept under it here.
func fileKey(project string, now time.Time) string {
	var id [16]byte
	_, _ = rand.Read(id[:])   // never fails
	id[6] = id[6]&0x0f | 0x40 // a UUID of version 4
	id[8] = id[8]&0x3f | 0x80
	return fmt.Sprintf("events/otel/%s/%s/%x-%x-%x-%x-%x.json", project,
		now.UTC().Format("2006/01/02/15"), id[:4], id[4:6], id[6:8], id[8:10], id[10:])
}
