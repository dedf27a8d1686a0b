package api_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/api"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store/storetest/memory"
)

// feed is a LiveFeed of one channel.
type feed struct {
	events  chan api.LiveEvent
	stopped bool
}

func (f *feed) Subscribe(string) (<-chan api.LiveEvent, func()) {
	return f.events, func() { f.stopped = true }
}

// stream is a connection under way in a bubble of synctest.
type stream struct {
	*testing.T

	store   *memory.Store
	feed    *feed
	closing chan struct{}
	w       *recorder
	read    int // bytes
	end     context.CancelFunc
}

// recorder is a response that is read while it is written.
type recorder struct {
	header http.Header
	code   int

	mu   sync.Mutex
	body []byte
}

func (r *recorder) Header() http.Header { return r.header }

func (r *recorder) WriteHeader(code int) { r.code = code }

func (r *recorder) Flush() {}

func (r *recorder) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.body = append(r.body, p...)
	return len(p), nil
}

func (r *recorder) text() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return string(r.body)
}

// open asks for events, and runs until the test ends.
func open(t *testing.T, engine *memory.Store, query string, header ...string) *stream {
	t.Helper()
	s := &stream{T: t, store: engine, feed: &feed{events: make(chan api.LiveEvent)}, closing: make(chan struct{}), w: &recorder{header: http.Header{}, code: http.StatusOK}}
	ctx, cancel := context.WithCancel(api.WithIdentity(t.Context(), api.Identity{Project: "p"}))
	s.end = cancel
	r := httptest.NewRequestWithContext(ctx, http.MethodGet, "/api/ui/events?"+query, nil)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	handler := api.New(api.Options{Store: engine, Live: s.feed, Closing: s.closing})
	done := make(chan struct{})
	go func() {
		defer close(done)
		handler.ServeHTTP(s.w, r)
	}()
	t.Cleanup(func() {
		cancel()
		<-done
		if s.w.code == http.StatusOK && !s.feed.stopped {
			t.Error("the connection ended, its subscription did not")
		}
	})
	return s
}

func (s *stream) write(batch store.Batch) {
	s.Helper()
	if err := s.store.Write(s.Context(), "p", batch); err != nil {
		s.Fatal(err)
	}
}

// told are the events since the last time, as type and what it is of.
func (s *stream) told() string {
	s.Helper()
	synctest.Wait()
	body := s.w.text()[s.read:]
	s.read += len(body)
	var told []string
	lines := bufio.NewScanner(strings.NewReader(body))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		text, isData := strings.CutPrefix(lines.Text(), "data: ")
		if !isData {
			continue
		}
		var event struct {
			Type, ID, Span, Text, Reason string
			Seq                          int64
			Row                          struct{ ID string }
		}
		if err := json.Unmarshal([]byte(text), &event); err != nil {
			s.Fatalf("%v in %s", err, text)
		}
		what := strings.TrimLeft(event.ID+event.Row.ID, "0") + event.Span + event.Text + event.Reason
		if event.Type == "hello" {
			what = fmt.Sprint(event.Seq)
		}
		told = append(told, event.Type+" "+what)
	}
	return strings.Join(told, ", ")
}

func (s *stream) want(want string) {
	s.Helper()
	if got := s.told(); got != want {
		s.Errorf("told %q, want %q", got, want)
	}
}

func TestEventsOfTraces(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := open(t, memory.New(), "topics=traces,trace:"+traceID(2))
		s.want("hello 0")
		if got := s.w.Header().Get("Content-Type"); got != "text/event-stream" {
			t.Errorf("Content-Type %s", got)
		}
		time.Sleep(time.Second)
		s.write(run(1))
		s.want("trace.row 1")
		s.write(run(2)) // within a tenth of a second
		s.write(run(1))
		s.want("")
		time.Sleep(100 * time.Millisecond)
		s.want("trace.row 2, trace.changed 2, trace.row 1")
		time.Sleep(time.Second)
		if _, err := s.store.Delete(t.Context(), "p", []string{traceID(1)}); err != nil {
			t.Fatal(err)
		}
		s.want("trace.gone 1")
		if err := s.store.Write(t.Context(), "another", run(3)); err != nil {
			t.Fatal(err)
		}
		s.write(run(4, row(func(r *store.Trace) { r.IsEvaluation = true })))
		time.Sleep(time.Second)
		s.want("")
		before := len(s.w.text())
		time.Sleep(15 * time.Second)
		synctest.Wait()
		if beat := s.w.text()[before:]; !strings.HasPrefix(beat, ":") || !strings.HasSuffix(beat, "\n\n") {
			t.Errorf("after 15 s there is %q", beat)
		}
	})
}

func TestEventsOfOneTrace(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := open(t, memory.New(), "topics=trace:"+traceID(2))
		s.want("hello 0")
		s.write(run(1))
		s.write(run(2))
		time.Sleep(time.Second)
		s.want("trace.changed 2")
	})
}

// TestEventsResume picks up where an earlier connection ended, by either way of saying where that was.
func TestEventsResume(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		query, header string
		want          string
	}{
		"by the browser":        {"", "1", "hello 1, trace.row 2, trace.row 3"},
		"by the address":        {"&since=2", "", "hello 2, trace.row 3"},
		"the browser knows":     {"&since=1", "2", "hello 2, trace.row 3"},
		"nothing was missed":    {"&since=3", "", "hello 3"},
		"of another store":      {"&since=9", "", "hello 3"},
		"a first connection":    {"", "", "hello 3"},
		"everything was missed": {"&since=0", "", "hello 0, trace.row 1, trace.row 2, trace.row 3"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				engine := memory.New()
				for n := range 3 {
					if err := engine.Write(t.Context(), "p", run(n+1)); err != nil {
						t.Fatal(err)
					}
				}
				var header []string
				if tt.header != "" {
					header = []string{"Last-Event-ID", tt.header}
				}
				open(t, engine, "topics=traces"+tt.query, header...).want(tt.want)
			})
		})
	}
}

// TestEventsAfterAGap tells a page that missed too much to read everything again.
func TestEventsAfterAGap(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := open(t, memory.New(), "topics=traces")
		s.want("hello 0")
		var all store.Batch
		for n := range 300 {
			one := run(n + 1)
			all.Traces, all.Spans = append(all.Traces, one.Traces...), append(all.Spans, one.Spans...)
		}
		s.write(all)
		time.Sleep(time.Second)
		s.want("hello 300")
		s.write(run(1))
		time.Sleep(time.Second)
		s.want("trace.row 1")
	})
}

func TestLiveEvents(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := open(t, memory.New(), "topics=trace:t")
		s.want("hello 0")
		s.feed.events <- api.SpanStart{Trace: "t", Span: "a", Name: "chat", Kind: store.KindLLM, At: start}
		s.want("span.start a")
		for i, text := range []string{"𝄞", "lo", " there"} {
			s.feed.events <- api.SpanDelta{Trace: "t", Span: "a", Offset: []int{0, 2, 4}[i], Text: text}
		}
		s.feed.events <- api.SpanDelta{Trace: "t", Span: "b", Text: "two"}
		s.feed.events <- api.SpanDelta{Trace: "other", Span: "c", Text: "three"}
		s.want("")
		time.Sleep(34 * time.Millisecond)
		s.want("span.delta a𝄞lo there, span.delta btwo")
		s.feed.events <- api.SpanDelta{Trace: "t", Span: "a", Offset: 11, Text: "!"}
		s.feed.events <- api.SpanDelta{Trace: "t", Span: "a", Offset: 99, Text: "after a gap"}
		s.feed.events <- api.SpanEnd{Trace: "t", Span: "a"}
		s.want("span.delta a!, span.delta aafter a gap, span.end a")
		s.feed.events <- api.Refused{Status: 413, Reason: "too large"}
		s.feed.events <- api.Reload{}
		s.want("ingest.refused too large, ui.reload ")
		close(s.feed.events)
		s.write(run(1))
		time.Sleep(time.Second)
		s.want("")
	})
}

// TestEventsEnd with the request, and with the server.
func TestEventsEnd(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(*stream){
		"the client leaves": func(s *stream) { s.end() },
		"the server ends":   func(s *stream) { close(s.closing) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := open(t, memory.New(), "topics=traces")
				s.want("hello 0")
				end(s)
				synctest.Wait()
				if !s.feed.stopped {
					t.Error("it did not end")
				}
			})
		})
	}
}

func TestEventsAreRefused(t *testing.T) {
	t.Parallel()
	s := serve(t, memory.New())
	s.refused("/api/ui/events?topics=weather", http.StatusBadRequest)
	s.refused("/api/ui/events?topics=traces&since=soon", http.StatusBadRequest)
}
