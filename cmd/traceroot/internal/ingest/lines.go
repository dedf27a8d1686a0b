package ingest

import (
	"bytes"
	"net/http"
	"strconv"
	"time"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/vocab"
)

// typeLines is a file of requests, as OpenTelemetry's collector writes them.
const typeLines = "application/x-ndjson"

// Lines answers POST requests with lines of OTLP JSON, each an ExportTraceServiceRequest: an import.
func (s *Server) Lines() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		accepted, err := s.takeLines(w, r)
		if err != nil {
			s.answerRefused(w, r, err)
			return
		}
		reply := struct {
			Spans    int      `json:"spans"`
			Rejected int      `json:"rejected"`
			Errors   []string `json:"errors"`
		}{accepted.Spans, accepted.Rejected, []string{}}
		if accepted.Reason != "" {
			reply.Errors = append(reply.Errors, accepted.Reason)
		}
		answerJSON(w, http.StatusOK, reply)
	})
}

func (s *Server) takeLines(w http.ResponseWriter, r *http.Request) (Accepted, error) {
	if err := onlyPOST(w, r); err != nil {
		return Accepted{}, err
	}
	if got := contentType(r); got != typeLines && got != typeJSON {
		return Accepted{}, unsupportedType(got, typeLines)
	}
	held := s.budget.share()
	defer held.release()
	sent, err := s.readBody(w, r, held)
	if err != nil {
		return Accepted{}, err
	}
	return s.take(r, sent, (*decoder).lines, held)
}

func (d *decoder) lines(body []byte) error {
	for line := range bytes.Lines(body) {
		if line = bytes.TrimSpace(line); len(line) == 0 {
			continue
		}
		if err := d.json(line); err != nil {
			return err
		}
	}
	return nil
}

// AppendLine appends spans as one line of OTLP JSON, which Lines takes in again.
func AppendLine(dst []byte, spans []vocab.RawSpan) []byte {
	e := encoder{append(dst, `{"resourceSpans":[`...)}
	for i := range spans {
		e.comma(i)
		e.raw(`{"resource":{"attributes":`)
		e.attributes(spans[i].Resource)
		e.raw(`},"scopeSpans":[{"scope":{"name":`)
		e.text(spans[i].Scope)
		e.raw(`,"version":`)
		e.text(spans[i].ScopeVersion)
		e.raw(`},"spans":[`)
		e.span(&spans[i])
		e.raw(`]}]}`)
	}
	return append(e.dst, "]}\n"...)
}

func unixNano(t time.Time) string {
	if t.IsZero() {
		return "0"
	}
	return strconv.FormatInt(t.UnixNano(), 10)
}
