package live_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/api"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/live"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/vocab"
)

// TestMain fails when a subscriber leaves a goroutine behind.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// shelf is a sink that keeps what is written.
type shelf struct {
	full bool

	mu      sync.Mutex
	batches []vocab.Batch // guarded by mu
}

func (s *shelf) Write(_ context.Context, _ string, batch vocab.Batch) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.full {
		return errors.New("no room")
	}
	s.batches = append(s.batches, batch)
	return nil
}

// room is a server with its sink.
type room struct {
	*live.Server

	shelf *shelf
}

func newRoom() room {
	kept := new(shelf)
	return room{live.New(live.Config{Sink: kept}), kept}
}

// reply is what the server says of a report.
type reply struct {
	Status             int
	Accepted, Rejected int
	Reason, Detail     string
}

// post sends a report of lines.
func (r room) post(t *testing.T, lines ...string) reply {
	t.Helper()
	return r.ask(t, http.MethodPost, strings.Join(lines, "\n"), "Content-Type", "application/x-ndjson")
}

func (r room) ask(t *testing.T, method, body string, header ...string) reply {
	t.Helper()
	request := httptest.NewRequestWithContext(t.Context(), method, live.Path, strings.NewReader(body))
	for i := 0; i < len(header); i += 2 {
		request.Header.Set(header[i], header[i+1])
	}
	recorder := httptest.NewRecorder()
	r.ServeHTTP(recorder, request)
	said := reply{Status: recorder.Code}
	if err := json.Unmarshal(recorder.Body.Bytes(), &said); err != nil {
		t.Fatalf("%s: %v", recorder.Body, err)
	}
	return said
}

// The ids of a trace and of its spans have one digit in every place.
func traceID(digit string) string { return strings.Repeat(digit, 32) }
func spanID(digit string) string  { return strings.Repeat(digit, 16) }

// start is the message that a span of trace 1 has begun.
func start(span, name string) string {
	return `{"t":"start","trace":"` + traceID("1") + `","span":"` + spanID(span) + `","name":"` + name + `","kind":"agent","start":1700000000000000000}`
}

// finish is the message that a span of trace 1 has ended, two seconds after its start.
func finish(span, more string) string {
	return `{"t":"end","trace":"` + traceID("1") + `","span":"` + spanID(span) + `","end":1700000002000000000` + more + `}`
}

// text is the message that span 2 of trace 1 has said something.
func text(offset int, said string) string {
	quoted, _ := json.Marshal(said)
	return `{"t":"text","trace":"` + traceID("1") + `","span":"` + spanID("2") + `","offset":` + strconv.Itoa(offset) + `,"text":` + string(quoted) + `}`
}

// follower reads what a subscriber is told.
type follower struct {
	events <-chan api.LiveEvent
	stop   func()
}

func (r room) follow(t *testing.T, project string) *follower {
	t.Helper()
	events, stop := r.Subscribe(project)
	t.Cleanup(stop)
	return &follower{events, stop}
}

// next are the events that wait. It is for a bubble.
func (f *follower) next() []api.LiveEvent {
	var waiting []api.LiveEvent
	for {
		synctest.Wait()
		select {
		case event := <-f.events:
			waiting = append(waiting, event)
		default:
			return waiting
		}
	}
}

// lines are events in short: "start 2 name", "text 2 @offset text", "end 2", where it is not stored "end 2 at 22".
func lines(events []api.LiveEvent) string {
	var short []string
	for _, event := range events {
		switch e := event.(type) {
		case api.SpanStart:
			short = append(short, "start "+e.Span[:1]+" "+e.Name)
		case api.SpanDelta:
			short = append(short, "text "+e.Span[:1]+" @"+strconv.Itoa(e.Offset)+" "+e.Text)
		case api.SpanEnd:
			end := "end " + e.Span[:1]
			if !e.At.IsZero() {
				end += " at " + e.At.Format("05")
			}
			if e.Failed {
				end += " failed"
			}
			short = append(short, end)
		case api.Reload:
			short = append(short, "reload")
		}
	}
	return strings.Join(short, "; ")
}

// deltas are the texts among events.
func deltas(events []api.LiveEvent) []api.SpanDelta {
	var texts []api.SpanDelta
	for _, event := range events {
		if delta, ok := event.(api.SpanDelta); ok {
			texts = append(texts, delta)
		}
	}
	return texts
}

// ended is span 2 of trace 1 as it is stored when it has ended.
func ended() []store.Span {
	return []store.Span{{TraceID: traceID("1"), SpanID: spanID("2"), End: time.Unix(1700000001, 0)}}
}
