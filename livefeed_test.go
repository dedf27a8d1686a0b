package traceroot_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"iter"
	"net/http"
	"regexp"
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

	Start  int64
	Tags   []string
	Offset int
	Text   string
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
		time.Sleep(w.delay) //nolint:forbidigo // the clock is synctest's
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

// inBubble runs a test on a fake clock.
func inBubble(t *testing.T, name string, test func(t *testing.T)) {
	t.Helper()
	t.Run(name, func(t *testing.T) { synctest.Test(t, test) })
}

// after lets time pass.
func after(d time.Duration) {
	<-time.After(d)
	synctest.Wait()
}

func TestLiveStart(t *testing.T) {
	environment(t)
	inBubble(t, "tells of a span while it runs", func(t *testing.T) {
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
	inBubble(t, "leaves out what ended at once, is suppressed or is not sampled", func(t *testing.T) {
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
	inBubble(t, "passes the masks", func(t *testing.T) {
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
		inBubble(t, "after "+name, func(t *testing.T) {
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
	}
	inBubble(t, "after reports failed three times, and finished spans go on", func(t *testing.T) {
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
	inBubble(t, "after the first report that is refused", func(t *testing.T) {
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
	inBubble(t, "after the program's client panicked", func(t *testing.T) {
		w := watcher{post: func(*http.Request) (*http.Response, error) { panic("of the program") }}
		client := w.watched(t)
		_, s := traceroot.Start(client.Context(t.Context()), "work")
		after(time.Second)
		s.End()
		if err := client.Shutdown(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

func TestLiveText(t *testing.T) {
	environment(t)
	say := func(pieces ...string) func(context.Context) iter.Seq[string] {
		return func(context.Context) iter.Seq[string] {
			return func(yield func(string) bool) {
				for _, piece := range pieces {
					if !yield(piece) {
						return
					}
					after(100 * time.Millisecond)
				}
			}
		}
	}
	drain := func(sequence iter.Seq[string]) {
		for range sequence { //revive:disable-line:empty-block // nothing but its end is wanted
		}
	}
	inBubble(t, "of a sequence comes as it is made", func(t *testing.T) {
		var w watcher
		client := w.watched(t)
		seen := 0
		for range traceroot.Seq(client.Context(t.Context()), "say", say("Über ", "alle", "s")) {
			after(80 * time.Millisecond)
			if got := len(w.messages("text")); got != seen+1 {
				t.Errorf("%d messages after %d pieces", got, seen+1)
			}
			seen++
		}
		if got := w.text(t); got != "Über alles" {
			t.Errorf("told %q", got)
		}
	})
	inBubble(t, "never cuts a character", func(t *testing.T) {
		var w watcher
		client := w.watched(t)
		drain(traceroot.Seq(client.Context(t.Context()), "say", say("a\xf0\x9f", "\x98", "\x80b")))
		if got := w.text(t); got != "a😀b" {
			t.Errorf("told %q", got)
		}
		if first := w.messages("text")[0]; first.Text != "a" {
			t.Errorf("the first message says %q", first.Text)
		}
	})
	inBubble(t, "of a channel comes too", func(t *testing.T) {
		var w watcher
		client := w.watched(t)
		words := traceroot.Chan(client.Context(t.Context()), "say", func(context.Context) <-chan string {
			out := make(chan string)
			go func() {
				defer close(out)
				for _, word := range []string{"one ", "two"} {
					out <- word
					after(100 * time.Millisecond)
				}
			}()
			return out
		})
		for range words { //revive:disable-line:empty-block // nothing but its end is wanted
		}
		if got := w.text(t); got != "one two" {
			t.Errorf("told %q", got)
		}
	})
	for name, hide := range map[string]struct {
		client []traceroot.Option
		span   []traceroot.SpanOption
	}{
		"content is off":        {client: []traceroot.Option{traceroot.WithContent(false)}},
		"output is not wanted":  {span: []traceroot.SpanOption{traceroot.CaptureOutput(false)}},
		"the output is changed": {span: []traceroot.SpanOption{traceroot.MapOutput(func(any) any { return "x" })}},
		"a mask takes it all":   {client: []traceroot.Option{traceroot.WithMask(func(string, string) string { return "" })}},
	} {
		inBubble(t, "is not told where "+name, func(t *testing.T) {
			var w watcher
			client := w.watched(t, hide.client...)
			drain(traceroot.Seq(client.Context(t.Context()), "say", say(strings.Repeat("secret ", 100), "secret"), hide.span...))
			if got := w.messages("text"); len(got) > 0 {
				t.Errorf("told %+v", got)
			}
			if len(w.messages("start")) != 1 {
				t.Error("the start is not told")
			}
		})
	}
	inBubble(t, "is not told once the program has given an output", func(t *testing.T) {
		var w watcher
		client := w.watched(t)
		drain(traceroot.Seq(client.Context(t.Context()), "say", func(ctx context.Context) iter.Seq[string] {
			traceroot.UpdateCurrentSpan(ctx, traceroot.SpanUpdate{Output: "[redacted]"})
			return say("secret")(ctx)
		}))
		if got := w.messages("text"); len(got) > 0 {
			t.Errorf("told %+v", got)
		}
	})
	inBubble(t, "passes the masks as a whole, and its end waits", func(t *testing.T) {
		var w watcher
		client := w.watched(t, traceroot.WithMask(traceroot.MaskRegexp(regexp.MustCompile(`sk-\w+-\w+`), "[key]")))
		filler := strings.Repeat("words and words ", 40)
		drain(traceroot.Seq(client.Context(t.Context()), "say", say("the key sk-", "1234-", "5678 is secret ", filler)))
		for _, m := range w.messages("text") {
			if strings.Contains(m.Text, "sk-") {
				t.Errorf("told %q", m.Text)
			}
		}
		got := w.text(t)
		if want := "the key [key] is secret words and"; !strings.HasPrefix(got, want) {
			t.Errorf("told %q, want %q…", got, want)
		}
		if whole := len("the key [key] is secret ") + len(filler); len(got) > whole-256 {
			t.Errorf("told %d of %d bytes, so that less than 256 wait", len(got), whole)
		}
	})
	inBubble(t, "is taken back where a mask finds more in it", func(t *testing.T) {
		var w watcher
		mask := func(_, text string) string {
			if strings.Contains(text, "STOP") {
				return "[hidden] " + strings.Repeat(" ", 300)
			}
			return text
		}
		client := w.watched(t, traceroot.WithMask(mask))
		drain(traceroot.Seq(client.Context(t.Context()), "say", say(strings.Repeat("word ", 100), "STOP ")))
		if got := w.text(t); !strings.HasPrefix(got, "[hidden]") || strings.Contains(got, "word") {
			t.Errorf("what stands is %q", got)
		}
	})
}

func TestLiveTextOfAModel(t *testing.T) {
	environment(t)
	inBubble(t, "comes as the program reads it", func(t *testing.T) {
		var w watcher
		client := w.watched(t)
		model := traceroot.HTTPClient(&http.Client{Transport: roundTripper(func(*http.Request) (*http.Response, error) {
			response := reply(http.StatusOK, "")
			response.Header.Set("Content-Type", "text/event-stream")
			response.Body = io.NopCloser(&slowly{pieces: slices.Clone(streamEvents)})
			return response, nil
		})})
		request := newRequest(client.Context(t.Context()), t, "https://api.openai.com"+chatPath, streamRequest)
		response, err := model.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		if _, err := io.ReadAll(response.Body); err != nil {
			t.Fatal(err)
		}
		if got := w.text(t); got != "Hello" {
			t.Errorf("told %q", got)
		}
		if got := w.messages("text"); len(got) != 2 || got[1].Offset != 3 {
			t.Errorf("told in %+v", got)
		}
		if got := w.messages("start"); len(got) != 1 || got[0].Name != "chat gpt-4o" || got[0].Model != "gpt-4o" {
			t.Errorf("started as %+v", got)
		}
	})
}

// slowly is a stream that takes its time before each piece.
type slowly struct{ pieces []string }

func (s *slowly) Read(p []byte) (int, error) {
	after(100 * time.Millisecond)
	if len(s.pieces) == 0 {
		return 0, io.EOF
	}
	n := copy(p, s.pieces[0])
	if s.pieces[0] = s.pieces[0][n:]; s.pieces[0] == "" {
		s.pieces = s.pieces[1:]
	}
	return n, nil
}

func TestLiveOffCostsSpansNothing(t *testing.T) {
	environment(t)
	allocations := func(t *testing.T, opts ...traceroot.Option) float64 {
		t.Helper()
		w := watcher{refuses: http.StatusNotFound}
		client := w.watched(t, append(opts, traceroot.WithFlushAt(1<<20))...)
		ctx := client.Context(t.Context())
		return testing.AllocsPerRun(500, func() { span(ctx, "work") })
	}
	inBubble(t, "after the host has said no", func(t *testing.T) {
		if off, refused := allocations(t, traceroot.WithLive(false)), allocations(t); refused > off {
			t.Errorf("%v allocations a span, %v where it is switched off", refused, off)
		}
	})
}

func TestLiveIsBounded(t *testing.T) {
	environment(t)
	inBubble(t, "to twenty requests a second, one at a time", func(t *testing.T) {
		var w watcher
		client := w.watched(t)
		began := time.Now()
		for time.Since(began) < time.Second {
			_, s := traceroot.Start(client.Context(t.Context()), "work")
			after(time.Millisecond)
			s.End()
			_, s = traceroot.Start(client.Context(t.Context()), "longer")
			defer s.End()
		}
		if _, posts := w.requests(); posts > 20 || posts < 10 {
			t.Errorf("%d requests in a second", posts)
		}
		for i := range w.at[1:] {
			if gap := w.at[i+1].Sub(w.at[i]); gap < 50*time.Millisecond {
				t.Errorf("%v between two requests", gap)
			}
		}
	})
	inBubble(t, "to what fits in memory while the host is slow, and the program never waits", func(t *testing.T) {
		w := watcher{delay: 900 * time.Millisecond}
		client := w.watched(t)
		began := time.Now()
		piece := strings.Repeat("x", 10<<10)
		for range traceroot.Seq(client.Context(t.Context()), "say", func(context.Context) iter.Seq[string] {
			return func(yield func(string) bool) {
				for range 100 {
					if !yield(piece) {
						return
					}
				}
			}
		}) { //revive:disable-line:empty-block // nothing but its end is wanted
		}
		for range 2000 {
			_, s := traceroot.Start(client.Context(t.Context()), "open")
			defer s.End()
		}
		if took := time.Since(began); took != 0 {
			t.Errorf("the program waited for %v", took)
		}
		after(10 * time.Second)
		dropped := client.Stats().LiveDropped
		if starts := int64(len(w.messages("start"))); starts == 0 || starts > 1024 || dropped < 2000-starts {
			t.Errorf("%d starts were told, and %d messages count as dropped", starts, dropped)
		}
		for _, n := range w.bytes {
			if n > 1<<20 {
				t.Errorf("a request of %d bytes", n)
			}
		}
	})
	inBubble(t, "in time by a second for each request", func(t *testing.T) {
		w := watcher{post: nil}
		var gaveUp []time.Duration
		w.post = func(request *http.Request) (*http.Response, error) {
			began := time.Now()
			<-request.Context().Done()
			gaveUp = append(gaveUp, time.Since(began))
			return nil, request.Context().Err()
		}
		client := w.watched(t)
		_, s := traceroot.Start(client.Context(t.Context()), "work")
		defer s.End()
		after(5 * time.Second)
		if len(gaveUp) != 1 || gaveUp[0] != time.Second {
			t.Errorf("gave up after %v", gaveUp)
		}
	})
}

func TestLiveEndsWithTheClient(t *testing.T) {
	environment(t)
	inBubble(t, "at once, in the middle of a request", func(t *testing.T) {
		var w watcher
		reached := make(chan struct{})
		w.post = func(request *http.Request) (*http.Response, error) {
			close(reached)
			<-request.Context().Done()
			return nil, request.Context().Err()
		}
		client := w.watched(t)
		_, s := traceroot.Start(client.Context(t.Context()), "work")
		<-reached
		began := time.Now()
		go s.End()
		// The watcher holds its lock while it is being called, which the upload waits for: it ends with the live request.
		if err := client.Shutdown(t.Context()); err != nil {
			t.Error(err)
		}
		if took := time.Since(began); took != 0 {
			t.Errorf("shutdown took %v", took)
		}
	})
	inBubble(t, "within the time that it is given, whatever the program's client does", func(t *testing.T) {
		var w watcher
		release := make(chan struct{})
		defer close(release)
		client := w.watched(t, traceroot.WithHTTPClient(&http.Client{Transport: roundTripper(func(request *http.Request) (*http.Response, error) {
			if request.Method == http.MethodPost && request.URL.Path == "/api/live" {
				<-release
			}
			return w.RoundTrip(request)
		})}))
		_, s := traceroot.Start(client.Context(t.Context()), "work")
		after(time.Second)
		s.End()
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		began := time.Now()
		if err := client.Shutdown(ctx); err != nil {
			t.Error(err)
		}
		if took := time.Since(began); took > 3*time.Second {
			t.Errorf("shutdown took %v", took)
		}
	})
}
