package server_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/traceroot-ai/traceroot-go"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/server"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// agent is a client of the real SDK that sends to the server, until the test ends.
func (s *running) agent(t *testing.T, opts ...traceroot.Option) *traceroot.Client {
	t.Helper()
	client := traceroot.New(append([]traceroot.Option{
		traceroot.WithHostURL(s.address), traceroot.WithLogger(slog.New(slog.DiscardHandler)),
		traceroot.WithGitRepo("acme/shop"), traceroot.WithGitRef("v1"),
	}, opts...)...)
	t.Cleanup(func() { _ = client.Shutdown(context.WithoutCancel(t.Context())) })
	return client
}

// listed is a row of the list.
type listed struct{ ID, Name, Status, User, Session string }

func (s *running) rows(t *testing.T, header ...string) []listed {
	t.Helper()
	var page struct{ Data []listed }
	s.ask(t, "GET /api/ui/traces", nil, header...).into(t, http.StatusOK, &page)
	return page.Data
}

// shortest is how long the quickest of some attempts took: others share the machine.
func shortest(attempts int, attempt func() time.Duration) time.Duration {
	took := make([]time.Duration, attempts)
	for i := range took {
		took[i] = attempt()
	}
	return slices.Min(took)
}

// eventuallyListed asks until a trace is listed, and fails when that takes long.
func eventuallyListed(t *testing.T, isListed func() bool) {
	t.Helper()
	for began := time.Now(); !isListed(); {
		if time.Since(began) > 10*time.Second {
			t.Fatal("not listed within ten seconds")
		}
		<-time.After(2 * time.Millisecond)
	}
}

func TestARunningTraceIsListed(t *testing.T) {
	t.Parallel()
	t.Run("within 200 ms of its first span", func(t *testing.T) {
		t.Parallel()
		s := start(t, server.Config{})
		took := shortest(5, func() time.Duration {
			client := s.agent(t)
			began := time.Now()
			_, span := traceroot.Start(client.Context(t.Context()), "answer", traceroot.Type("agent"), traceroot.UserID("u"), traceroot.SessionID("s"))
			t.Cleanup(func() { span.End() })
			want := listed{span.TraceID(), "answer", "running", "u", "s"}
			eventuallyListed(t, func() bool { return slices.Contains(s.rows(t), want) })
			return time.Since(began)
		})
		if took > 200*time.Millisecond {
			t.Errorf("it took %v", took)
		}
	})
	t.Run("until its spans have ended", func(t *testing.T) {
		t.Parallel()
		s := start(t, server.Config{})
		client := s.agent(t)
		ctx, root := traceroot.Start(client.Context(t.Context()), "answer", traceroot.Type("agent"))
		_, child := traceroot.Start(ctx, "look up", traceroot.Type("tool"))
		eventuallyListed(t, func() bool { return len(s.rows(t)) == 1 })
		child.End()
		root.End()
		if err := client.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		if rows := s.rows(t); len(rows) != 1 || rows[0].Status != "ok" {
			t.Errorf("listed as %+v", rows)
		}
	})
	t.Run("for good when its program is killed", func(t *testing.T) {
		t.Parallel()
		s := start(t, server.Config{})
		client := s.agent(t)
		_, span := traceroot.Start(client.Context(t.Context()), "answer")
		eventuallyListed(t, func() bool { return len(s.rows(t)) == 1 })
		_ = client.Shutdown(t.Context())
		span.End()
		if rows := s.rows(t); len(rows) != 1 || rows[0].Status != "running" {
			t.Errorf("listed as %+v", rows)
		}
	})
	t.Run("where the key may send", func(t *testing.T) {
		t.Parallel()
		s := start(t, server.Config{Keys: true})
		sends, reads := s.newKey(t, "shop", store.ScopeIngest), s.newKey(t, "shop", store.ScopeRead)
		_, span := traceroot.Start(s.agent(t, traceroot.WithAPIKey(sends.Key)).Context(t.Context()), "answer")
		defer span.End()
		eventuallyListed(t, func() bool { return len(s.rows(t, by(reads.Key)...)) == 1 })
		for _, method := range []string{"GET", "POST"} {
			if got := s.ask(t, method+" /api/live", nil); got.status != http.StatusUnauthorized {
				t.Errorf("%s without a key: %s", method, got)
			}
		}
	})
}

// event is one that a page gets.
type event struct {
	Type, Trace, Span, Name, Text string

	Offset int
}

// watch gives the events of all running spans from now on.
func (s *running) watch(t *testing.T) <-chan event {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.address+"/api/ui/events?topics=traces", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	response, err := s.http.Do(request) //nolint:bodyclose // it is closed with the channel
	if err != nil {
		t.Fatal(err)
	}
	events := make(chan event)
	go func() {
		defer close(events)
		defer response.Body.Close()
		lines := bufio.NewScanner(response.Body)
		for lines.Scan() {
			var e event
			if data, ok := bytes.CutPrefix(lines.Bytes(), []byte("data: ")); ok && json.Unmarshal(data, &e) == nil && strings.HasPrefix(e.Type, "span.") {
				select {
				case events <- e:
				case <-t.Context().Done():
					return
				}
			}
		}
	}()
	return events
}

// next is the next event of a type. Others in between are left out.
func next(t *testing.T, events <-chan event, kind string) event {
	t.Helper()
	late := time.After(10 * time.Second)
	for {
		select {
		case e := <-events:
			if e.Type == kind {
				return e
			}
		case <-late:
			t.Fatalf("no %s within ten seconds", kind)
		}
	}
}

// model is a server that streams an answer, a piece for each that is sent to it.
func model(t *testing.T) (url string, pieces chan<- string) {
	t.Helper()
	said := make(chan string)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		for {
			select {
			case piece, more := <-said:
				if !more {
					_, _ = io.WriteString(w, "data: [DONE]\n\n")
					return
				}
				_, _ = io.WriteString(w, `data: {"choices":[{"index":0,"delta":{"content":"`+piece+`"}}]}`+"\n\n")
				_ = http.NewResponseController(w).Flush()
			case <-r.Context().Done():
				return
			}
		}
	}))
	t.Cleanup(s.Close)
	return s.URL, said
}

func TestAModelsWordsAreSeenAsItSpeaks(t *testing.T) {
	t.Parallel()
	s := start(t, server.Config{})
	client := s.agent(t)
	events := s.watch(t)
	url, pieces := model(t)
	request, err := http.NewRequestWithContext(client.Context(t.Context()), http.MethodPost, url+"/v1/chat/completions",
		strings.NewReader(`{"model":"gpt-4o","stream":true,"messages":[{"role":"user","content":"Hi"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	transport := new(http.Transport)
	t.Cleanup(transport.CloseIdleConnections)
	read := make(chan error)
	go func() {
		response, err := traceroot.HTTPClient(&http.Client{Transport: transport}).Do(request)
		if err == nil {
			_, err = io.ReadAll(response.Body)
			_ = response.Body.Close()
		}
		read <- err
	}()

	pieces <- "Hel"
	if began := next(t, events, "span.start"); began.Name != "chat gpt-4o" {
		t.Errorf("began as %+v", began)
	}
	if first := next(t, events, "span.delta"); first.Text != "Hel" || first.Offset != 0 {
		t.Errorf("said %+v", first)
	}
	offset := len("Hel")
	took := shortest(5, func() time.Duration {
		began := time.Now()
		pieces <- "lo"
		if e := next(t, events, "span.delta"); e.Text != "lo" || e.Offset != offset {
			t.Errorf("said %+v, want lo at %d", e, offset)
		}
		offset += len("lo")
		return time.Since(began)
	})
	if took > 150*time.Millisecond {
		t.Errorf("a word took %v", took)
	}
	if late := next(t, s.watch(t), "span.delta"); late.Text != "Hel"+strings.Repeat("lo", 5) || late.Offset != 0 {
		t.Errorf("a page that comes late is told %+v", late)
	}

	close(pieces)
	if err := <-read; err != nil {
		t.Fatal(err)
	}
	if err := client.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	ended := next(t, events, "span.end")
	late := s.watch(t)
	_, span := traceroot.Start(client.Context(t.Context()), "another")
	defer span.End()
	if first := <-late; first.Name != "another" {
		t.Errorf("after the end of %s, a page is told %+v", ended.Span, first)
	}
}
