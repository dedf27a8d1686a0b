package app_test

import (
	"bytes"
	"encoding/hex"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	coltracepb "go.opentelemetry.io/proto/slim/otlp/collector/trace/v1"
	commonpb "go.opentelemetry.io/proto/slim/otlp/common/v1"
	tracepb "go.opentelemetry.io/proto/slim/otlp/trace/v1"
	"google.golang.org/protobuf/proto"

	"github.com/traceroot-ai/traceroot-go/attr"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/app"
)

// post sends spans as one request.
func post(t *testing.T, url string, spans ...*tracepb.Span) {
	t.Helper()
	body, err := proto.Marshal(&coltracepb.ExportTraceServiceRequest{
		ResourceSpans: []*tracepb.ResourceSpans{{ScopeSpans: []*tracepb.ScopeSpans{{Spans: spans}}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url+"/api/v1/public/traces", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/x-protobuf")
	request.Close = true
	response, err := new(http.Transport).RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		t.Fatalf("status %s", response.Status)
	}
}

func span(t *testing.T, id, parent, name string, start uint64, user string) *tracepb.Span {
	t.Helper()
	octets := func(digits string) []byte {
		b, err := hex.DecodeString(digits)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	s := &tracepb.Span{
		TraceId: octets(strings.Repeat("7f", 16)), SpanId: octets(id), ParentSpanId: octets(parent), Name: name,
		StartTimeUnixNano: start, EndTimeUnixNano: start + 1_000_000,
	}
	if user != "" {
		value := &commonpb.AnyValue{Value: &commonpb.AnyValue_StringValue{StringValue: user}}
		s.Attributes = append(s.Attributes, &commonpb.KeyValue{Key: attr.UserID, Value: value})
	}
	return s
}

func TestReceiver(t *testing.T) {
	t.Parallel()
	const root, child = "00000000000000a1", "00000000000000b2"
	const early, late = 1_760_000_000_000_000_000, 1_760_000_005_000_000_000

	t.Run("ingest-11 a batch that is sent twice is kept once", func(t *testing.T) {
		t.Parallel()
		r := start(t)
		for range 2 {
			post(t, r.URL(), span(t, root, "", "agent", early, ""), span(t, child, root, "step", late, ""))
		}
		if got := r.All(); len(got) != 1 || len(got[0].Spans) != 2 {
			t.Errorf("kept %+v, want one trace of two spans", got)
		}
	})
	t.Run("ingest-16 what was accepted can be read", func(t *testing.T) {
		t.Parallel()
		r := start(t)
		for i := range 20 {
			id := hex.EncodeToString([]byte{0, 0, 0, 0, 0, 0, 1, byte(i)})
			post(t, r.URL(), span(t, id, root, "step", early, ""))
			if got := len(r.All()[0].Spans); got != i+1 {
				t.Fatalf("%d spans can be read after %d were accepted", got, i+1)
			}
		}
	})
	t.Run("ingest-17 a later batch without the root fills gaps and overwrites nothing", func(t *testing.T) {
		t.Parallel()
		r := start(t)
		post(t, r.URL(), span(t, root, "", "agent", late, ""))
		post(t, r.URL(), span(t, child, root, "step", early, "first"))
		post(t, r.URL(), span(t, "00000000000000c3", root, "another", early, "second"))
		if got := r.All()[0]; got.Name != "agent" || got.UserID != "first" || got.Start.UnixNano() != late {
			t.Errorf("trace %q of %q from %v, want the root's name and start and the first user", got.Name, got.UserID, got.Start)
		}
	})
	t.Run("ingest-18 the root sets name and start after its children came", func(t *testing.T) {
		t.Parallel()
		r := start(t)
		post(t, r.URL(), span(t, child, root, "step", late, "child"))
		post(t, r.URL(), span(t, root, "", "agent", early, "root"))
		if got := r.All()[0]; got.Name != "agent" || got.UserID != "root" || got.Start.UnixNano() != early {
			t.Errorf("trace %q of %q from %v, want what the root says", got.Name, got.UserID, got.Start)
		}
	})
}

// receiver is what tests use of one.
type receiver interface {
	URL() string
	All() []app.KeptTrace
}

func start(t *testing.T) receiver {
	t.Helper()
	r, err := app.StartReceiver(t.Context(), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Stop)
	return r
}
