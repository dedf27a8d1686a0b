package ingest_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"testing"

	tracepb "go.opentelemetry.io/proto/slim/otlp/trace/v1"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/ingest"
)

func TestAccepted(t *testing.T) {
	t.Parallel()
	body := encode(t, spanNamed("agent"))
	for _, tt := range []struct {
		name   string
		body   io.Reader
		header []string
	}{
		{"ingest-01 plain protobuf", bytes.NewReader(body), []string{"Content-Type", protobuf}},
		{"ingest-01 gzip", bytes.NewReader(pack(t, body)), []string{"Content-Type", protobuf, "Content-Encoding", "gzip"}},
		// A reader of unknown length makes the client send chunks.
		{"ingest-02 chunked", io.MultiReader(bytes.NewReader(body)), []string{"Content-Type", protobuf}},
		{"ingest-02 chunked gzip", io.MultiReader(bytes.NewReader(pack(t, body))), []string{"Content-Type", protobuf, "Content-Encoding", "gzip"}},
		{"ingest-05 content type with parameters", bytes.NewReader(body), []string{"Content-Type", "Application/X-Protobuf; charset=utf-8"}},
		{"identity", bytes.NewReader(body), []string{"Content-Type", protobuf, "Content-Encoding", "Identity"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var sink kept
			got := post(t, serve(t, ingest.Config{Sink: &sink})+ingest.Path, tt.body, tt.header...)
			if got.status != http.StatusOK || sink.names() != "agent" {
				t.Errorf("status %d %s, kept %q; want 200 and the span", got.status, got.body, sink.names())
			}
		})
	}
}

func TestReply(t *testing.T) {
	t.Parallel()
	t.Run("ingest-03 status and file key", func(t *testing.T) {
		t.Parallel()
		form := regexp.MustCompile(`^events/otel/mine/\d{4}/\d\d/\d\d/\d\d/[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\.json$`)
		url := serve(t, ingest.Config{Sink: &kept{}, Project: func(context.Context) string { return "mine" }})
		send := func() map[string]any {
			return post(t, url+ingest.Path, bytes.NewReader(encode(t, spanNamed("agent"))), "Content-Type", protobuf).members(t)
		}
		first, second := send(), send()
		if len(first) != 2 || first["status"] != "ok" || !form.MatchString(fmt.Sprint(first["file_key"])) {
			t.Errorf("answer %v, want just status ok and a file_key like %v", first, form)
		}
		if first["file_key"] == second["file_key"] {
			t.Errorf("two batches share the file key %q", first["file_key"])
		}
	})
	t.Run("a request without spans is fine", func(t *testing.T) {
		t.Parallel()
		got := post(t, serve(t, ingest.Config{Sink: &kept{}})+ingest.Path, bytes.NewReader(pack(t, nil)),
			"Content-Type", protobuf, "Content-Encoding", "gzip")
		if got.status != http.StatusOK {
			t.Errorf("status %d %s, want 200", got.status, got.body)
		}
	})
	t.Run("refused spans are told only when there are some", func(t *testing.T) {
		t.Parallel()
		bad := spanNamed("bad")
		bad.TraceId = nil
		got := post(t, serve(t, ingest.Config{Sink: &kept{}})+ingest.Path,
			bytes.NewReader(encode(t, spanNamed("good"), bad)), "Content-Type", protobuf).members(t)
		want := `1 refused: span 2 "bad" (id cdcdcdcdcdcdcdcd): no valid trace id`
		if got["rejected_spans"] != 1.0 || got["error_message"] != want || got["status"] != "ok" {
			t.Errorf("answer %v, want rejected_spans 1 and error_message %q", got, want)
		}
	})
}

func TestRefused(t *testing.T) {
	t.Parallel()
	good := encode(t, spanNamed("agent"))
	packed := []string{"Content-Type", protobuf, "Content-Encoding", "gzip"}
	for _, tt := range []struct {
		name   string
		body   []byte
		header []string
		status int
		detail string // a regular expression
	}{
		{"ingest-04 no content type", good, nil, 415, `Content-Type ""`},
		{"ingest-04 JSON", []byte(`{}`), []string{"Content-Type", jsonType}, 415, "application/json"},
		{"ingest-04 comes before an empty body", nil, nil, 415, `Content-Type ""`},
		{"an unknown encoding", good, []string{"Content-Type", protobuf, "Content-Encoding", "br"}, 415, `"br"`},
		{"ingest-06 empty body", nil, []string{"Content-Type", protobuf}, 400, "^Empty request body$"},
		{"ingest-06 comes before bad gzip", nil, packed, 400, "^Empty request body$"},
		{"ingest-07 not gzip", good, packed, 400, "^Invalid gzip payload$"},
		{"ingest-07 gzip cut short", pack(t, good)[:20], packed, 400, "^Invalid gzip payload$"},
		{"not zstd", good, []string{"Content-Type", protobuf, "Content-Encoding", "zstd"}, 400, "^Invalid zstd payload$"},
		{"not deflate", good, []string{"Content-Type", protobuf, "Content-Encoding", "deflate"}, 400, "^Invalid deflate payload$"},
		{"ingest-08 not protobuf", []byte("hello"), []string{"Content-Type", protobuf}, 400, "^Failed to parse OTLP protobuf: "},
		{"ingest-08 protobuf cut short", good[:len(good)-1], []string{"Content-Type", protobuf}, 400, "^Failed to parse OTLP protobuf: "},
		{"ingest-08 not packed as said", pack(t, good), []string{"Content-Type", protobuf}, 400, "^Failed to parse OTLP protobuf: "},
		{"a body beyond the limit", make([]byte, 1<<11), []string{"Content-Type", protobuf}, 413, "exceeds 1024 bytes"},
		{"ingest-15 a gzip bomb", pack(t, make([]byte, 1<<17)), packed, 413, "Unpacked .* exceeds 65536 bytes"},
		{"ingest-15 of two members", append(pack(t, make([]byte, 1<<16)), pack(t, []byte{0})...), packed, 413, "Unpacked .* exceeds 65536 bytes"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var sink kept
			watcher := &watcher{}
			url := serve(t, ingest.Config{Sink: &sink, Observer: watcher, Limits: ingest.Limits{BodyBytes: 1 << 10, UnpackedBytes: 1 << 16}})
			got := post(t, url+ingest.Path, bytes.NewReader(tt.body), tt.header...)
			detail, _ := got.members(t)["detail"].(string)
			if got.status != tt.status || !regexp.MustCompile(tt.detail).MatchString(detail) {
				t.Errorf("status %d %s, want %d and a detail that matches %q", got.status, got.body, tt.status, tt.detail)
			}
			if len(sink.batches) != 0 {
				t.Errorf("kept %v", sink.batches)
			}
			if want := fmt.Sprintf("refused %d %s", tt.status, detail); watcher.told() != want {
				t.Errorf("observer was told %q, want %q", watcher.told(), want)
			}
		})
	}
	t.Run("a chunked body beyond the limit", func(t *testing.T) {
		t.Parallel()
		url := serve(t, ingest.Config{Sink: &kept{}, Limits: ingest.Limits{BodyBytes: 1 << 10}})
		got := post(t, url+ingest.Path, io.MultiReader(bytes.NewReader(make([]byte, 1<<11))), "Content-Type", protobuf)
		if got.status != http.StatusRequestEntityTooLarge {
			t.Errorf("status %d, want 413", got.status)
		}
	})
}

func TestMethod(t *testing.T) {
	t.Parallel()
	server := ingest.New(ingest.Config{Sink: &kept{}})
	for path, handler := range map[string]http.Handler{ingest.Path: server.Public(), ingest.OTLPPath: server.OTLP()} {
		response := httptest.NewRecorder()
		handler.ServeHTTP(response, httptest.NewRequest(http.MethodGet, path, nil))
		if response.Code != http.StatusMethodNotAllowed || response.Header().Get("Allow") != http.MethodPost {
			t.Errorf("GET %s gives %d, Allow %q; want 405 and POST", path, response.Code, response.Header().Get("Allow"))
		}
	}
}

func TestFailingSink(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name         string
		err          error
		public, otlp int
		retryAfter   string
	}{
		// Exporters of OpenTelemetry do not come again after a 500.
		{"broken", errors.New("torn page"), 500, 503, ""},
		{"full", fmt.Errorf("write: %w", ingest.ErrFull), 503, 503, "10"},
		{"busy", fmt.Errorf("write: %w", ingest.ErrBusy), 429, 429, "1"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			url := serve(t, ingest.Config{Sink: &kept{err: tt.err}})
			body := encode(t, spanNamed("agent"))
			public := post(t, url+ingest.Path, bytes.NewReader(body), "Content-Type", protobuf)
			if public.status != tt.public || public.header.Get("Retry-After") != tt.retryAfter ||
				public.members(t)["detail"] != "Storage error: "+tt.err.Error() {
				t.Errorf("public route: %d %v %s", public.status, public.header, public.body)
			}
			otlp := post(t, url+ingest.OTLPPath, bytes.NewReader(body), "Content-Type", protobuf)
			if otlp.status != tt.otlp || otlp.header.Get("Retry-After") != tt.retryAfter {
				t.Errorf("OTLP: %d %v %q", otlp.status, otlp.header, otlp.body)
			}
		})
	}
}

// TestProject stands for the server's own authentication, which puts the project into the context.
func TestProject(t *testing.T) {
	t.Parallel()
	type project struct{}
	var sink kept
	server := ingest.New(ingest.Config{Sink: &sink, Project: func(ctx context.Context) string {
		name, _ := ctx.Value(project{}).(string)
		return name
	}})
	guarded := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer tr-mine" {
			w.Header().Set("Content-Type", jsonType)
			w.WriteHeader(http.StatusUnauthorized)
			_, _ = io.WriteString(w, `{"detail":"Invalid API key"}`)
			return
		}
		server.Public().ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), project{}, "mine")))
	})
	listening := httptest.NewServer(guarded)
	t.Cleanup(listening.Close)
	span := spanNamed("agent")
	for _, key := range []string{"project", "project_id", "traceroot.project_id", "source", "traceroot.source"} {
		span.Attributes = append(span.Attributes, attribute(key, text("detector")))
	}
	request := requestOf(span)
	body := marshal(t, request)

	t.Run("ingest-09 the key is asked before anything is read", func(t *testing.T) {
		got := post(t, listening.URL, bytes.NewReader([]byte("hello")))
		if got.status != http.StatusUnauthorized || got.members(t)["detail"] != "Invalid API key" {
			t.Errorf("status %d %s, want 401", got.status, got.body)
		}
	})
	t.Run("ingest-10 the payload cannot choose the project", func(t *testing.T) {
		got := post(t, listening.URL+"?project_id=theirs", bytes.NewReader(body), "Content-Type", protobuf,
			"Authorization", "Bearer tr-mine", "X-Project-Id", "theirs")
		if got.status != http.StatusOK || len(sink.projects) != 1 || sink.projects[0] != "mine" {
			t.Errorf("status %d, stored for %q; want the key's project", got.status, sink.projects)
		}
	})
	t.Run("ingest-14 the payload cannot hide the trace", func(t *testing.T) {
		var with, without kept
		post(t, serve(t, ingest.Config{Sink: &with})+ingest.Path, bytes.NewReader(body), "Content-Type", protobuf)
		span.Attributes = nil
		post(t, serve(t, ingest.Config{Sink: &without})+ingest.Path, bytes.NewReader(marshal(t, request)), "Content-Type", protobuf)
		labelled, plain := with.batches[0].Traces[0], without.batches[0].Traces[0]
		labelled.Metadata = plain.Metadata // where what nobody knows ends up
		if fmt.Sprint(labelled) != fmt.Sprint(plain) {
			t.Errorf("the source label changes the trace:\n%+v\n%+v", labelled, plain)
		}
	})
}

func TestMalformedSpans(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		spoil func(*tracepb.Span)
		why   string
	}{
		{"ingest-13 no trace id", func(s *tracepb.Span) { s.TraceId = nil }, "no valid trace id"},
		{"ingest-13 trace id of zeros", func(s *tracepb.Span) { s.TraceId = make([]byte, 16) }, "no valid trace id"},
		{"ingest-13 short trace id", func(s *tracepb.Span) { s.TraceId = s.TraceId[:15] }, "no valid trace id"},
		{"ingest-13 huge trace id", func(s *tracepb.Span) { s.TraceId = bytes.Repeat([]byte{1}, 1<<20) }, "no valid trace id"},
		{"ingest-13 no span id", func(s *tracepb.Span) { s.SpanId = nil }, "no valid span id"},
		{"ingest-13 long parent", func(s *tracepb.Span) { s.ParentSpanId = s.TraceId }, "no valid parent span id"},
		{"ingest-13 no start", func(s *tracepb.Span) { s.StartTimeUnixNano = 0 }, "no start time"},
		{"ingest-13 milliseconds", func(s *tracepb.Span) { s.StartTimeUnixNano = 1_760_000_000_000 }, "start time in the year 1970"},
		{"ingest-13 a start that no clock shows", func(s *tracepb.Span) { s.StartTimeUnixNano = 1<<64 - 1 }, "start time in the year 2262"},
		{"ingest-13 an end that no clock shows", func(s *tracepb.Span) { s.EndTimeUnixNano = 1 << 63 }, "end time in the year 2262"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			bad := spanNamed("bad")
			tt.spoil(bad)
			request := requestOf(spanNamed("before"), bad, spanNamed("after"))
			for contentType, body := range map[string][]byte{protobuf: marshal(t, request), jsonType: otlpJSON(t, request)} {
				var sink kept
				url := serve(t, ingest.Config{Sink: &sink}) + ingest.OTLPPath
				got := post(t, url, bytes.NewReader(body), "Content-Type", contentType)
				if got.status != http.StatusOK || sink.names() != "before after" {
					t.Errorf("%s: status %d, kept %q; want 200 and the spans beside the bad one", contentType, got.status, sink.names())
				}
				if !bytes.Contains(got.body, []byte(tt.why)) {
					t.Errorf("%s: answer %q does not say %q", contentType, got.body, tt.why)
				}
			}
		})
	}
	t.Run("ingest-13 bytes that are no span", func(t *testing.T) {
		t.Parallel()
		body := encode(t, spanNamed("before"), spanNamed("tornx"), spanNamed("after"))
		at := bytes.Index(body, []byte("tornx"))
		body[at-1] = 0x7f // the name now claims to be longer than its span
		var sink kept
		got := post(t, serve(t, ingest.Config{Sink: &sink})+ingest.Path, bytes.NewReader(body), "Content-Type", protobuf)
		if got.status != http.StatusOK || sink.names() != "before after" || got.members(t)["rejected_spans"] != 1.0 {
			t.Errorf("status %d %s, kept %q; want the spans beside the torn one", got.status, got.body, sink.names())
		}
	})
	t.Run("ingest-13 invalid UTF-8 costs only its characters", func(t *testing.T) {
		t.Parallel()
		body := encode(t, spanNamed("before"), spanNamed("b_d"), spanNamed("after"))
		body[bytes.Index(body, []byte("b_d"))+1] = 0xff
		var sink kept
		got := post(t, serve(t, ingest.Config{Sink: &sink})+ingest.Path, bytes.NewReader(body), "Content-Type", protobuf)
		if got.status != http.StatusOK || sink.names() != "before b\ufffdd after" {
			t.Errorf("status %d %s, kept %q; want all spans, repaired", got.status, got.body, sink.names())
		}
	})
}
