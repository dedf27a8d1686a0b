package main

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"
	commonpb "go.opentelemetry.io/proto/slim/otlp/common/v1"
	tracepb "go.opentelemetry.io/proto/slim/otlp/trace/v1"
	"google.golang.org/protobuf/proto"

	"github.com/traceroot-ai/traceroot-go/attr"
)

// text is the input of the spans that are sent.
const text = "text"

// request is the body of a request with a span of each id.
func request(t *testing.T, ids ...byte) []byte {
	t.Helper()
	spans := make([]*tracepb.Span, len(ids))
	for i, id := range ids {
		value := &commonpb.AnyValue{Value: &commonpb.AnyValue_StringValue{StringValue: text}}
		spans[i] = &tracepb.Span{
			SpanId: []byte{id, 0, 0, 0, 0, 0, 0, 0}, Attributes: []*commonpb.KeyValue{{Key: attr.SpanInput, Value: value}},
		}
	}
	data, err := proto.Marshal(&tracepb.TracesData{ResourceSpans: []*tracepb.ResourceSpans{{ScopeSpans: []*tracepb.ScopeSpans{{Spans: spans}}}}})
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func packed(t *testing.T, data []byte) io.Reader {
	t.Helper()
	var body bytes.Buffer
	w := gzip.NewWriter(&body)
	if _, err := w.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return &body
}

// exchange posts spans to a server of its own with that fault.
func exchange(t *testing.T, f fault, body io.Reader) (s *server, status int, err error) {
	t.Helper()
	s, err = startServer(f)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.close)
	client := &http.Client{Transport: &http.Transport{}, Timeout: time.Second}
	t.Cleanup(client.CloseIdleConnections)
	response, err := client.Post(s.url()+"/v1/traces", "application/x-protobuf", body)
	if err != nil {
		return s, 0, err
	}
	defer response.Body.Close()
	_, err = io.Copy(io.Discard, response.Body)
	return s, response.StatusCode, err
}

func TestFaults(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		fault  fault
		status int
		stored int
		err    error
	}{
		{name: "healthy", status: http.StatusOK, stored: 2},
		{name: "slow", fault: fault{delay: time.Millisecond}, status: http.StatusOK, stored: 2},
		{name: "refuses", fault: fault{status: http.StatusServiceUnavailable}, status: http.StatusServiceUnavailable},
		{name: "resets", fault: fault{ending: reset}, err: syscall.ECONNRESET},
		{name: "loses its reply", fault: fault{ending: lost}, stored: 2, err: io.EOF},
		{name: "cuts its reply", fault: fault{ending: truncated}, status: http.StatusOK, stored: 2, err: io.ErrUnexpectedEOF},
		{name: "small bodies only", fault: fault{most: 20}, status: http.StatusRequestEntityTooLarge},
		{name: "small unpacked bodies only", fault: fault{most: 20, unpacked: true}, status: http.StatusRequestEntityTooLarge},
		{name: "not yet", fault: fault{from: time.Hour, to: 2 * time.Hour, ending: reset}, status: http.StatusOK, stored: 2},
		{name: "no longer", fault: fault{to: 1, ending: reset}, status: http.StatusOK, stored: 2},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s, status, err := exchange(t, test.fault, packed(t, request(t, 1, 2)))
			if status != test.status || !errors.Is(err, test.err) {
				t.Errorf("answered with %d and %v, want %d and %v", status, err, test.status, test.err)
			}
			if stored, again, cut := s.store.counts(); stored != test.stored || again+cut > 0 {
				t.Errorf("%d spans are stored, %d again, %d cut, want %d", stored, again, cut, test.stored)
			}
		})
	}
	t.Run("hangs", func(t *testing.T) {
		t.Parallel()
		s, _, err := exchange(t, fault{ending: hanging}, packed(t, request(t, 1)))
		if stored, _, _ := s.store.counts(); err == nil || stored > 0 {
			t.Errorf("answered with error %v, %d spans stored", err, stored)
		}
	})
	t.Run("refuses text that is not UTF-8", func(t *testing.T) {
		t.Parallel()
		data := bytes.ReplaceAll(request(t, 1), []byte(text), []byte("te\xfft"))
		if _, status, err := exchange(t, fault{}, packed(t, data)); status != http.StatusBadRequest || err != nil {
			t.Errorf("answered with %d and %v, want 400", status, err)
		}
	})
	t.Run("closes its port", func(t *testing.T) {
		t.Parallel()
		s, err := startServer(fault{closed: true, to: time.Hour})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(s.close)
		s.closePort()
		client := &http.Client{Transport: &http.Transport{}}
		if _, err := client.Get(s.url()); !errors.Is(err, syscall.ECONNREFUSED) { //nolint:bodyclose // there is none
			t.Errorf("answered with %v, want a refusal", err)
		}
	})
}

func TestFaultOfSomeRequests(t *testing.T) {
	t.Parallel()
	f := fault{every: 50}
	var hit []int64
	for request := int64(1); request <= 120; request++ {
		if f.now(0, request) {
			hit = append(hit, request)
		}
	}
	if len(hit) != 3 || hit[0] != 5 || hit[1] != 55 || hit[2] != 105 {
		t.Errorf("the fault hits requests %v, want 5, 55 and 105", hit)
	}
}

func TestStoreCountsSpansOnce(t *testing.T) {
	t.Parallel()
	var s store
	for _, ids := range [][]byte{{1, 2}, {2, 3}, {2}} {
		if err := s.add(request(t, ids...)); err != nil {
			t.Fatal(err)
		}
	}
	if stored, again, cut := s.counts(); stored != 3 || again != 2 || cut != 0 {
		t.Errorf("%d spans are stored, %d again, %d cut, want 3, 2 and 0", stored, again, cut)
	}
}

func TestTable(t *testing.T) {
	t.Parallel()
	tab := newTable("fault", "lost")
	if got := tab.String(); got != "" {
		t.Errorf("a table without rows is %q", got)
	}
	tab.row("none", "0")
	want := "| fault | lost |\n| ---   | ---: |\n| none  | 0 |\n"
	if got := tab.String(); got != want {
		t.Errorf("printed\n%s\nwant\n%s", got, want)
	}
}

func TestReplaceTables(t *testing.T) {
	t.Parallel()
	page := "before\n" + pageBegin + "old\n" + pageEnd + "after\n"
	changed, err := replaceTables(page, "new\n")
	if err != nil || strings.Contains(changed, "old") || !strings.Contains(changed, "new") ||
		!strings.HasPrefix(changed, "before\n") || !strings.HasSuffix(changed, "after\n") {
		t.Errorf("the page is\n%s\nerror %v", changed, err)
	}
	again, err := replaceTables(changed, "new\n")
	if err != nil || again != changed {
		t.Errorf("a second time it is\n%s\nerror %v", again, err)
	}
	if _, err := replaceTables("no place\n", "new\n"); err == nil {
		t.Error("a page without a place for the tables is no error")
	}
}
