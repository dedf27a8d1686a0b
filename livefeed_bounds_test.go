package traceroot_test

import (
	"context"
	"iter"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/traceroot-ai/traceroot-go"
)

func TestLiveOffCostsSpansNothing(t *testing.T) {
	environment(t)
	allocations := func(t *testing.T, opts ...traceroot.Option) float64 {
		t.Helper()
		w := watcher{refuses: http.StatusNotFound}
		client := w.watched(t, append(opts, traceroot.WithFlushAt(1<<20))...)
		ctx := client.Context(t.Context())
		return testing.AllocsPerRun(500, func() { span(ctx, "work") })
	}
	t.Run("after the host has said no", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			if off, refused := allocations(t, traceroot.WithLive(false)), allocations(t); refused > off {
				t.Errorf("%v allocations a span, %v where it is switched off", refused, off)
			}
		})
	})
}

func TestLiveIsBounded(t *testing.T) {
	environment(t)
	t.Run("to twenty requests a second, one at a time", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
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
	})
	t.Run("to what fits in memory while the host is slow, and the program never waits", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
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
	})
	t.Run("in time by a second for each request", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
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
	})
}

func TestLiveEndsWithTheClient(t *testing.T) {
	environment(t)
	t.Run("at once, in the middle of a request", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
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
	})
	t.Run("within the time that it is given, whatever the program's client does", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
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
	})
}
