package traceroot_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/traceroot-ai/traceroot-go"
)

// watcher is a server that takes live messages, without a socket. Of finished spans it takes note.
type watcher struct {
	refuses int           // status of the answer to the question; 0 for yes
	post    roundTripper  // answers messages where it gives an answer
	delay   time.Duration // of each answer to messages

	mu       sync.Mutex
	asked    []*http.Request // guarded by mu, as the others
	posts    []*http.Request
	at       []time.Time
	bytes    []int
	told     []told
	finished int
}

// told is one message.
type told struct {
	T, Trace, Span, Parent, Name, Kind, User, Session, Env, Model, Service string

	Start, End int64
	Failed     bool
	Tags       []string
	Offset     int
	Text       string
}

func (w *watcher) RoundTrip(request *http.Request) (*http.Response, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case request.URL.Path != "/api/live":
		w.finished++
		return reply(http.StatusOK, `{}`), nil
	case request.Method == http.MethodGet:
		w.asked = append(w.asked, request)
		if w.refuses != 0 {
			return reply(w.refuses, `{"live":true}`), nil
		}
		return reply(http.StatusOK, `{"live":true}`), nil
	}
	return w.take(request)
}

func (w *watcher) take(request *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(request.Body)
	if err != nil {
		return nil, err
	}
	w.posts, w.at, w.bytes = append(w.posts, request), append(w.at, time.Now()), append(w.bytes, len(body))
	if w.post != nil {
		if response, err := w.post(request); response != nil || err != nil {
			return response, err
		}
	}
	for line := range bytes.Lines(body) {
		var message told
		if err := json.Unmarshal(line, &message); err != nil {
			return nil, err
		}
		w.told = append(w.told, message)
	}
	if w.delay > 0 {
		w.mu.Unlock()
		time.Sleep(w.delay)
		w.mu.Lock()
	}
	return reply(http.StatusOK, `{}`), nil
}

// watched is a client that the watcher watches, until the test ends.
func (w *watcher) watched(t *testing.T, opts ...traceroot.Option) *traceroot.Client {
	t.Helper()
	client := traceroot.New(append([]traceroot.Option{
		traceroot.WithHostURL("http://localhost:4318/"), traceroot.WithHTTPClient(&http.Client{Transport: w}), traceroot.WithLogger(quiet),
		traceroot.WithGitRepo("acme/shop"), traceroot.WithGitRef("v1"), traceroot.WithServiceName("desk"),
	}, opts...)...)
	t.Cleanup(func() { _ = client.Shutdown(context.WithoutCancel(t.Context())) })
	synctest.Wait()
	return client
}

func (w *watcher) messages(kind string) []told {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(w.told), func(m told) bool { return m.T != kind })
}

func (w *watcher) requests() (asked, posts int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.asked), len(w.posts)
}

// text is what a reader of the messages has before them, and whether it grew without a gap.
func (w *watcher) text(t *testing.T) string {
	t.Helper()
	text := ""
	for _, m := range w.messages("text") {
		if m.Offset > len(text) {
			t.Fatalf("text at %d after %d bytes", m.Offset, len(text))
		}
		text = text[:m.Offset] + m.Text
	}
	return text
}

// after lets time pass.
func after(d time.Duration) {
	<-time.After(d)
	synctest.Wait()
}

func TestLiveStart(t *testing.T) {
	environment(t)
	t.Run("tells of a span while it runs", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			var w watcher
			client := w.watched(t, traceroot.WithEnvironment("staging"), traceroot.WithAPIKey("tr-key"))
			ctx, root := traceroot.Start(client.Context(t.Context()), "answer", traceroot.Type("agent"), traceroot.UserID("u1"),
				traceroot.SessionID("s1"), traceroot.Tags("vip"))
			began := time.Now().UnixNano()
			_, child := traceroot.Start(ctx, "call", traceroot.Type("llm"))
			child.Update(traceroot.SpanUpdate{Model: "gpt-4o"})
			after(20 * time.Millisecond)
			starts := w.messages("start")
			if len(starts) != 2 {
				t.Fatalf("%d starts: %+v", len(starts), starts)
			}
			want := told{
				T: "start", Trace: root.TraceID(), Span: root.SpanID(), Name: "answer", Kind: "agent", Start: began,
				User: "u1", Session: "s1", Tags: []string{"vip"}, Env: "staging", Service: "desk",
			}
			if got := starts[0]; !equalJSON(t, got, want) {
				t.Errorf("got %+v, want %+v", got, want)
			}
			if got := starts[1]; got.Parent != root.SpanID() || got.Model != "gpt-4o" || got.Kind != "llm" {
				t.Errorf("the child is told as %+v", got)
			}
			if got := w.posts[0].Header.Get("Authorization"); got != "Bearer tr-key" || w.asked[0].Header.Get("Authorization") != got {
				t.Errorf("authorised by %q", got)
			}
			if got := w.posts[0].URL.String(); got != "http://localhost:4318/api/live" {
				t.Errorf("posted to %s", got)
			}
			child.End()
			root.End()
		})
	})
	t.Run("leaves out what ended at once, is suppressed or is not sampled", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			var w watcher
			client := w.watched(t, traceroot.WithSampler(recordOnly{}))
			_, unsampled := client.TracerProvider().Tracer("third").Start(t.Context(), "unsampled")
			defer unsampled.End()
			client = w.watched(t)
			span(client.Context(t.Context()), "short")
			_, hidden := client.TracerProvider().Tracer("third").Start(traceroot.Suppress(t.Context()), "hidden")
			defer hidden.End()
			after(time.Second)
			if starts := w.messages("start"); len(starts) != 0 {
				t.Errorf("told of %+v", starts)
			}
		})
	})
	t.Run("passes the masks", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			var w watcher
			client := w.watched(t, traceroot.WithMask(func(field, text string) string { return field + ":" + strings.ToUpper(text) }))
			_, s := traceroot.Start(client.Context(t.Context()), "work", traceroot.UserID("u"), traceroot.SessionID("s"), traceroot.Tags("t"))
			defer s.End()
			after(20 * time.Millisecond)
			got := w.messages("start")[0]
			if got.User != "user_id:U" || got.Session != "session_id:S" || !slices.Equal(got.Tags, []string{"tags:T"}) || got.Name != "work" {
				t.Errorf("told of %+v", got)
			}
		})
	})
}

func equalJSON(t *testing.T, a, b any) bool {
	t.Helper()
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	if errX != nil || errY != nil {
		t.Fatal(errX, errY)
	}
	return bytes.Equal(x, y)
}

func TestLiveIsAskedFor(t *testing.T) {
	const loopback, elsewhere = "http://127.0.0.1:4318", "https://traces.example.com"
	for _, test := range []struct {
		name, variable, host string
		opts                 []traceroot.Option
		want                 int
	}{
		{"a loopback host is asked once", "", loopback, nil, 1},
		{"another host is never asked", "", elsewhere, nil, 0},
		{"another host is asked where the variable says so", "true", elsewhere, nil, 1},
		{"another host is asked where the option says so", "", elsewhere, []traceroot.Option{traceroot.WithLive(true)}, 1},
		{"a loopback host is not asked where the variable says so", "off", loopback, nil, 0},
		{"the option beats the variable", "true", loopback, []traceroot.Option{traceroot.WithLive(false)}, 0},
		{"a bad variable counts as none", "perhaps", elsewhere, nil, 0},
		{"an exporter is not asked", "true", loopback, []traceroot.Option{traceroot.WithExporter(keepsNothing{})}, 0},
		{"a client that is off does not ask", "true", loopback, []traceroot.Option{traceroot.WithEnabled(false)}, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			environment(t, "TRACEROOT_LIVE="+test.variable)
			synctest.Test(t, func(t *testing.T) {
				var w watcher
				opts := append([]traceroot.Option{traceroot.WithHostURL(test.host), traceroot.WithAPIKey("tr-key")}, test.opts...)
				client := w.watched(t, opts...)
				_, s := traceroot.Start(client.Context(t.Context()), "work")
				after(time.Minute)
				s.End()
				asked, posts := w.requests()
				if asked != test.want || posts != test.want {
					t.Errorf("%d questions and %d reports, want %d of each", asked, posts, test.want)
				}
			})
		})
	}
}

// keepsNothing is an exporter that keeps nothing.
type keepsNothing struct{}

func (keepsNothing) ExportSpans(context.Context, []sdktrace.ReadOnlySpan) error { return nil }
func (keepsNothing) Shutdown(context.Context) error                             { return nil }

func TestLiveStaysOff(t *testing.T) {
	environment(t)
	for name, status := range map[string]int{
		"not found": 404, "unauthorised": 401, "a redirect": 302, "a failure": 500, "no content": 204,
	} {
		t.Run("after "+name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := watcher{refuses: status}
				client := w.watched(t)
				for range 3 {
					_, s := traceroot.Start(client.Context(t.Context()), "work")
					after(time.Minute)
					s.End()
				}
				if asked, posts := w.requests(); asked != 1 || posts != 0 {
					t.Errorf("%d questions and %d reports, want the one question", asked, posts)
				}
				if got := client.Stats().LiveDropped; got != 0 {
					t.Errorf("%d messages count as dropped", got)
				}
			})
		})
	}
	t.Run("after reports failed three times, and finished spans go on", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			w := watcher{post: func(*http.Request) (*http.Response, error) { return nil, errors.New("broken") }}
			client := w.watched(t)
			for range 5 {
				_, s := traceroot.Start(client.Context(t.Context()), "work")
				after(10 * time.Second)
				s.End()
			}
			if _, posts := w.requests(); posts != 3 {
				t.Errorf("%d reports, want 3", posts)
			}
			if got := client.Stats().LiveDropped; got != 3 {
				t.Errorf("%d messages count as dropped, want 3", got)
			}
			if err := client.Flush(t.Context()); err != nil || client.Stats().Exported != 5 {
				t.Errorf("exported %d, %v", client.Stats().Exported, err)
			}
		})
	})
	t.Run("after the first report that is refused", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			w := watcher{post: func(*http.Request) (*http.Response, error) { return reply(http.StatusForbidden, ""), nil }}
			client := w.watched(t)
			for range 3 {
				_, s := traceroot.Start(client.Context(t.Context()), "work")
				after(time.Second)
				s.End()
			}
			if _, posts := w.requests(); posts != 1 {
				t.Errorf("%d reports, want 1", posts)
			}
		})
	})
	t.Run("after the program's client panicked", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			w := watcher{post: func(*http.Request) (*http.Response, error) { panic("of the program") }}
			client := w.watched(t)
			_, s := traceroot.Start(client.Context(t.Context()), "work")
			after(time.Second)
			s.End()
			if err := client.Shutdown(t.Context()); err != nil {
				t.Error(err)
			}
		})
	})
}
