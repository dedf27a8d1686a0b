package api_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/api"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store/storetest/memory"
)

// start is when the first trace of a test starts, and now a while after it.
var (
	start = time.Date(2025, 10, 9, 8, 53, 20, 0, time.UTC)
	now   = start.Add(time.Hour)
)

// service is the API as one project's client meets it, in a test.
type service struct {
	*testing.T

	store   store.Store
	handler http.Handler
	who     *api.Identity // nil: nobody knows the client
}

func serve(t *testing.T, engine store.Store) *service {
	t.Helper()
	return &service{
		T: t, store: engine,
		handler: api.New(api.Options{
			Store: engine, UIURL: "https://ui.example/", Now: func() time.Time { return now },
		}),
		who: &api.Identity{
			Project: "proj_demo", ProjectName: "Demo", Workspace: "ws_demo", WorkspaceName: "Demo workspace",
			KeyName: "dev key", KeyHint: "tr-d0a3-57e3",
		},
	}
}

// as is the same service for a client of another project.
func (s *service) as(project string) *service {
	other := *s
	other.who = &api.Identity{Project: project}
	return &other
}

func (s *service) write(batches ...store.Batch) {
	s.Helper()
	for _, batch := range batches {
		if err := s.store.Write(s.Context(), s.who.Project, batch); err != nil {
			s.Fatal(err)
		}
	}
}

func (s *service) do(method, target string, header ...string) *httptest.ResponseRecorder {
	s.Helper()
	r := httptest.NewRequestWithContext(s.Context(), method, target, nil)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	if s.who != nil {
		r = r.WithContext(api.WithIdentity(r.Context(), *s.who))
	}
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, r)
	return w
}

// object is a JSON object.
type object = map[string]any

// get asks for a reply with that status.
func (s *service) get(target string, status int) object {
	s.Helper()
	w := s.do(http.MethodGet, target)
	if w.Code != status {
		s.Fatalf("GET %s: status %d %s, want %d", target, w.Code, w.Body, status)
	}
	if got := w.Header().Get("Content-Type"); got != "application/json" {
		s.Errorf("GET %s: Content-Type %q", target, got)
	}
	var reply object
	if err := json.Unmarshal(w.Body.Bytes(), &reply); err != nil {
		s.Fatalf("GET %s: %v in %s", target, err, w.Body)
	}
	return reply
}

// refused asks for an error, and returns its sentence.
func (s *service) refused(target string, status int) string {
	s.Helper()
	reply := s.get(target, status)
	detail, ok := reply["detail"].(string)
	if !ok || detail == "" || len(reply) > 1 && reply["where"] == nil {
		s.Errorf("GET %s: %v is no error with a detail", target, reply)
	}
	return detail
}

// data are the rows of a list.
func data(t *testing.T, reply object) []object {
	t.Helper()
	list, ok := reply["data"].([]any)
	if !ok {
		t.Fatalf("no data in %v", reply)
	}
	rows := make([]object, len(list))
	for i := range list {
		if rows[i], ok = list[i].(object); !ok {
			t.Fatalf("row %v", list[i])
		}
	}
	return rows
}

// names are one member of each row.
func names(t *testing.T, reply object, member string) string {
	t.Helper()
	var all []string
	for _, row := range data(t, reply) {
		all = append(all, fmt.Sprint(row[member]))
	}
	return strings.Join(all, " ")
}

// query makes a target of a path and parameters in turn.
func query(path string, params ...string) string {
	values := url.Values{}
	for i := 0; i < len(params); i += 2 {
		values.Set(params[i], params[i+1])
	}
	return path + "?" + values.Encode()
}

func traceID(n int) string { return fmt.Sprintf("%032x", n) }

func spanID(n, i int) string { return fmt.Sprintf("%08x%08x", n, i) }

// run is a trace of an agent that asks a model, n minutes after start: spans 0 and 1.
func run(n int, changes ...func(*store.Batch)) store.Batch {
	at := start.Add(time.Duration(n) * time.Minute)
	batch := store.Batch{
		Traces: []store.Trace{{
			TraceID: traceID(n), Name: fmt.Sprint("run-", n), Start: at, HasRoot: true, Input: new("in"), Output: new("out"),
		}},
		Spans: []store.Span{
			{
				TraceID: traceID(n), SpanID: spanID(n, 0), Name: "agent", Kind: store.KindAgent, Status: store.StatusOK,
				Start: at, End: at.Add(2 * time.Second), Input: new("in"), Output: new("out"),
			},
			{
				TraceID: traceID(n), SpanID: spanID(n, 1), ParentSpanID: spanID(n, 0), Name: "chat", Kind: store.KindLLM,
				Status: store.StatusOK, Start: at.Add(time.Second), End: at.Add(1500 * time.Millisecond),
				Model: "golden-chat", Usage: &store.Usage{Input: 100, Output: 10},
				Cost: &store.Cost{Input: 200_000, Output: 100_000, Total: 300_000},
			},
		},
	}
	for _, change := range changes {
		change(&batch)
	}
	return batch
}

// row changes the trace's row, and span one of its spans.
func row(change func(*store.Trace)) func(*store.Batch) {
	return func(b *store.Batch) { change(&b.Traces[0]) }
}

func span(i int, change func(*store.Span)) func(*store.Batch) {
	return func(b *store.Batch) { change(&b.Spans[i]) }
}

func TestOtherPathsAndMethods(t *testing.T) {
	t.Parallel()
	s := serve(t, memory.New())
	for _, target := range []string{
		"/", "/api", "/api/v1/public", "/api/v1/public/nothing", "/api/v1/public/datasets", "/api/v1/public/evaluation-runs",
		"/api/v1/public/traces/a/b", "/api/ui/nothing",
	} {
		if got := s.refused(target, http.StatusNotFound); got != "Not Found" {
			t.Errorf("%s: %q", target, got)
		}
	}
	w := s.do(http.MethodPost, "/api/v1/public/whoami")
	if w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") != "GET, HEAD" || !strings.Contains(w.Body.String(), `"detail"`) {
		t.Errorf("POST: %d %v %s", w.Code, w.Header(), w.Body)
	}
	if w := s.do(http.MethodPost, "/api/v1/public/datasets"); w.Code != http.StatusNotFound {
		t.Errorf("POST of what is not there: %d", w.Code)
	}
}

func TestStrangersAreRefused(t *testing.T) {
	t.Parallel()
	s := serve(t, memory.New())
	s.who = nil
	for _, pattern := range api.Routes() {
		target := strings.TrimPrefix(pattern, "GET ")
		if target == "/health" || target == "/api/openapi.json" {
			continue
		}
		if got := s.refused(target, http.StatusUnauthorized); got != "Missing Authorization header" {
			t.Errorf("%s: %q", target, got)
		}
	}
}

func TestLargeRepliesArePacked(t *testing.T) {
	t.Parallel()
	s := serve(t, memory.New())
	for n := range 10 {
		s.write(run(n))
	}
	plain := s.do(http.MethodGet, "/api/v1/public/traces")
	packed := s.do(http.MethodGet, "/api/v1/public/traces", "Accept-Encoding", "br, gzip")
	if plain.Header().Get("Content-Encoding") != "" || packed.Header().Get("Content-Encoding") != "gzip" {
		t.Fatalf("headers %v and %v", plain.Header(), packed.Header())
	}
	r, err := gzip.NewReader(packed.Body)
	if err != nil {
		t.Fatal(err)
	}
	unpacked, err := io.ReadAll(r)
	if err != nil || !bytes.Equal(unpacked, plain.Body.Bytes()) {
		t.Errorf("unpacked %d bytes, want %d: %v", len(unpacked), plain.Body.Len(), err)
	}
	for target, accept := range map[string]string{
		"/api/v1/public/whoami": "gzip", "/api/v1/public/traces": "gzip;q=0", "/api/v1/public/sessions": "identity",
	} {
		if w := s.do(http.MethodGet, target, "Accept-Encoding", accept); w.Header().Get("Content-Encoding") != "" {
			t.Errorf("%s was packed for %q", target, accept)
		}
	}
}

// failing is a store whose disk is broken.
type failing struct{ store.Reader }

func (failing) Traces(context.Context, string, store.Query) (store.Page[store.Summary], error) {
	return store.Page[store.Summary]{}, errors.New("read secret path")
}

func TestFailuresAreLoggedAndNotTold(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	s := serve(t, memory.New())
	s.handler = api.New(api.Options{Store: failing{}, Log: slog.New(slog.NewTextHandler(&log, nil))})
	detail := s.refused("/api/v1/public/traces", http.StatusInternalServerError)
	if strings.Contains(detail, "secret") || !strings.Contains(log.String(), "secret path") {
		t.Errorf("detail %q, log %q", detail, log.String())
	}
}
