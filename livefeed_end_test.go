package traceroot_test

import (
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/traceroot-ai/traceroot-go"
)

func TestLiveEnd(t *testing.T) {
	environment(t)
	t.Run("tells of a span that has ended before its batch goes out", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			var w watcher
			client := w.watched(t)
			ctx, root := traceroot.Start(client.Context(t.Context()), "answer")
			_, child := traceroot.Start(ctx, "look up")
			after(30 * time.Millisecond)
			child.SetError(errors.New("no such order"))
			child.End()
			at := time.Now().UnixNano()
			after(100 * time.Millisecond)
			ends := w.messages("end")
			want := told{T: "end", Trace: child.TraceID(), Span: child.SpanID(), End: at, Failed: true}
			if len(ends) != 1 || !equalJSON(t, ends[0], want) {
				t.Fatalf("told of %+v, want %+v", ends, want)
			}
			if w.finished > 0 {
				t.Error("the batch had gone out")
			}
			root.End()
			after(100 * time.Millisecond)
			if ends = w.messages("end"); len(ends) != 2 || ends[1].Span != root.SpanID() || ends[1].Failed {
				t.Errorf("told of %+v", ends)
			}
		})
	})
	t.Run("says nothing of spans whose start was not told", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			w := watcher{post: func(*http.Request) (*http.Response, error) { return nil, errors.New("broken") }}
			client := w.watched(t)
			span(client.Context(t.Context()), "short")
			after(time.Second)
			_, lost := traceroot.Start(client.Context(t.Context()), "lost")
			after(time.Second)
			w.mu.Lock()
			w.post = nil
			w.mu.Unlock()
			lost.End()
			after(time.Second)
			if ends := w.messages("end"); len(ends) != 0 {
				t.Errorf("told of %+v", ends)
			}
		})
	})
}
