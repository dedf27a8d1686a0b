package ingest_test

import (
	"bytes"
	"fmt"
	"net/http"
	"testing"
	"time"

	commonpb "go.opentelemetry.io/proto/slim/otlp/common/v1"
	tracepb "go.opentelemetry.io/proto/slim/otlp/trace/v1"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/ingest"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store/storetest/memory"
)

// stored is a server over a whole store.
type stored struct {
	store *memory.Store
	url   string
}

const traceID = "abababababababababababababababab"

func newStored(t *testing.T) stored {
	t.Helper()
	kept := memory.New()
	return stored{kept, serve(t, ingest.Config{Sink: kept}) + ingest.Path}
}

func (s stored) send(t *testing.T, spans ...*tracepb.Span) {
	t.Helper()
	got := post(t, s.url, bytes.NewReader(encode(t, spans...)), "Content-Type", protobuf)
	if got.status != http.StatusOK {
		t.Fatalf("status %d %s", got.status, got.body)
	}
}

func (s stored) trace(t *testing.T) (store.Summary, []store.Span) {
	t.Helper()
	trace, spans, err := s.store.Trace(t.Context(), "dev", traceID, true)
	if err != nil {
		t.Fatal(err)
	}
	return trace, spans
}

// childOf is a span below another, which starts earlier than its parent.
func childOf(parent *tracepb.Span, name string) *tracepb.Span {
	child := spanNamed(name)
	child.SpanId = []byte("childchi")
	child.ParentSpanId = parent.SpanId
	child.StartTimeUnixNano -= uint64(time.Minute)
	return child
}

func set(span *tracepb.Span, key, value string) *tracepb.Span {
	span.Attributes = append(span.Attributes, attribute(key, text(value)))
	return span
}

func TestStored(t *testing.T) {
	t.Parallel()
	t.Run("ingest-11 the same batch twice is one row a span", func(t *testing.T) {
		t.Parallel()
		s := newStored(t)
		root := spanNamed("agent")
		for range 2 {
			s.send(t, root, childOf(root, "step"))
		}
		trace, spans := s.trace(t)
		if len(spans) != 2 || trace.Spans != 2 {
			t.Errorf("%d spans, the trace counts %d; want 2", len(spans), trace.Spans)
		}
	})
	t.Run("ingest-16 what is accepted can be read at once", func(t *testing.T) {
		t.Parallel()
		s := newStored(t)
		s.send(t, set(spanNamed("agent"), "traceroot.span.input", "question"))
		_, spans := s.trace(t)
		if len(spans) != 1 || spans[0].Input == nil || *spans[0].Input != "question" {
			t.Errorf("spans %+v, want one with its input", spans)
		}
	})
	t.Run("ingest-17 a later batch without root fills and never overwrites", func(t *testing.T) {
		t.Parallel()
		s := newStored(t)
		root := set(spanNamed("agent"), "user.id", "first")
		s.send(t, root)
		s.send(t, set(set(childOf(root, "step"), "user.id", "second"), "session.id", "chat"))
		trace, _ := s.trace(t)
		if trace.UserID != "first" || trace.SessionID != "chat" || trace.Name != "agent" {
			t.Errorf("user %q, session %q, name %q; want first, chat, agent", trace.UserID, trace.SessionID, trace.Name)
		}
	})
	t.Run("ingest-18 the root decides though its children came first", func(t *testing.T) {
		t.Parallel()
		s := newStored(t)
		root := spanNamed("agent")
		s.send(t, childOf(root, "step"))
		s.send(t, root)
		trace, _ := s.trace(t)
		if trace.Name != "agent" || !trace.Start.Equal(time.Unix(0, int64(root.StartTimeUnixNano))) {
			t.Errorf("name %q, start %v; want the root's", trace.Name, trace.Start)
		}
	})
	t.Run("ingest-19 tags are stored and found", func(t *testing.T) {
		t.Parallel()
		s := newStored(t)
		root := spanNamed("agent")
		root.Attributes = []*commonpb.KeyValue{attribute("traceroot.trace.tags", listOf(text("prod"), text("beta")))}
		s.send(t, root)
		for tag, want := range map[string]int{"beta": 1, "alpha": 0} {
			found, err := s.store.Traces(t.Context(), "dev", store.Query{
				Where: []store.Condition{{Field: store.FieldTag, Op: store.OpIn, Values: []string{tag}}},
			})
			if err != nil || len(found.Rows) != want {
				t.Errorf("tag %s: %d traces, %v; want %d", tag, len(found.Rows), err, want)
			}
		}
		if trace, _ := s.trace(t); fmt.Sprint(trace.Tags) != "[prod beta]" {
			t.Errorf("tags %v, want prod and beta", trace.Tags)
		}
	})
}
