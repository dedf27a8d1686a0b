package traceroot_test

import (
	"context"
	"io"
	"iter"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/traceroot-ai/traceroot-go"
)

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
	t.Run("of a sequence comes as it is made", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
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
	})
	t.Run("never cuts a character", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
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
	})
	t.Run("of a channel comes too", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
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
		t.Run("is not told where "+name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
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
		})
	}
	t.Run("is not told once the program has given an output", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
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
	})
	t.Run("passes the masks as a whole, and its end waits", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
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
	})
	t.Run("is taken back where a mask finds more in it", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
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
	})
}

func TestLiveTextOfAModel(t *testing.T) {
	environment(t)
	t.Run("comes as the program reads it", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
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
