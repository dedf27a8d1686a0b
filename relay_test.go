package traceroot_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/traceroot-ai/traceroot-go"
	"github.com/traceroot-ai/traceroot-go/attr"
	"github.com/traceroot-ai/traceroot-go/traceroottest"
)

// feed is a channel type of a program's own.
type feed <-chan int

// channelWays are the ways to follow a channel that produce makes. The span is named "numbers".
var channelWays = map[string]func(ctx context.Context, produce func(context.Context) chan int) <-chan int{
	"Chan": func(ctx context.Context, produce func(context.Context) chan int) <-chan int {
		return traceroot.Chan(ctx, "numbers", func(ctx context.Context) <-chan int { return produce(ctx) })
	},
	"Observe": func(ctx context.Context, produce func(context.Context) chan int) <-chan int {
		return traceroot.Observe(func(ctx context.Context) <-chan int { return produce(ctx) }, traceroot.Name("numbers"))(ctx)
	},
	"Observe of both directions": func(ctx context.Context, produce func(context.Context) chan int) <-chan int {
		return traceroot.Observe(produce, traceroot.Name("numbers"))(ctx)
	},
	"Observe of a named type": func(ctx context.Context, produce func(context.Context) chan int) <-chan int {
		return traceroot.Observe(func(ctx context.Context) feed { return produce(ctx) }, traceroot.Name("numbers"))(ctx)
	},
	"Observe0": func(ctx context.Context, produce func(context.Context) chan int) <-chan int {
		c, _ := traceroot.Observe0(func(ctx context.Context) (<-chan int, error) { return produce(ctx), nil }, traceroot.Name("numbers"))(ctx)
		return c
	},
	"Do": func(ctx context.Context, produce func(context.Context) chan int) <-chan int {
		c, _ := traceroot.Do(ctx, "numbers", func(ctx context.Context) (<-chan int, error) { return produce(ctx), nil })
		return c
	},
}

// sending makes a channel of the given capacity on which a goroutine sends 1, 2, … n, each from a span of its own, until
// ctx is done.
func sending(n, capacity int) func(context.Context) chan int {
	return func(ctx context.Context) chan int {
		c := make(chan int, capacity)
		go func() {
			defer close(c)
			for i := 1; i <= n; i++ {
				_ = traceroot.Run(ctx, "produce", work)
				select {
				case c <- i:
				case <-ctx.Done():
					return
				}
			}
		}()
		return c
	}
}

func receiveAll(c <-chan int) []int {
	var items []int
	for item := range c {
		items = append(items, item)
	}
	return items
}

func TestChannel(t *testing.T) {
	t.Parallel()
	for way, follow := range channelWays {
		t.Run("observe-33 "+way+" lists the items", func(t *testing.T) {
			t.Parallel()
			for _, capacity := range []int{0, 1, 5} {
				ctx, rec := traceroottest.New(t)
				c := follow(ctx, sending(3, capacity))
				if got := receiveAll(c); !slices.Equal(got, []int{1, 2, 3}) || cap(c) != capacity {
					t.Errorf("the consumer got %v through a channel of capacity %d, want %d", got, cap(c), capacity)
				}
				s := rec.Span("numbers")
				wantAttributes(t, s, map[string]string{attr.SpanOutput: "[1,2,3]", attr.StreamItems: "3", attr.StreamComplete: ""})
				if first, ok := s.Attributes[attr.StreamFirstItemMS]; !ok || first.AsFloat64() <= 0 || s.Err != "" {
					t.Errorf("first item after %v ms, error %q", first, s.Err)
				}
				wantParent(t, rec, map[string]string{"produce": "numbers"})
			}
		})
		t.Run("observe-34 "+way+" without items has no output", func(t *testing.T) {
			t.Parallel()
			ctx, rec := traceroottest.New(t)
			receiveAll(follow(ctx, sending(0, 1)))
			wantAttributes(t, onlySpan(t, rec), map[string]string{attr.SpanOutput: "", attr.StreamItems: "0", attr.StreamFirstItemMS: ""})
		})
		t.Run("observe-35 "+way+" ends with its context", func(t *testing.T) {
			t.Parallel()
			ctx, rec := traceroottest.New(t)
			ctx, cancel := context.WithCancel(ctx)
			defer cancel()
			c := follow(ctx, sending(1000, 0))
			<-c
			<-c
			cancel()
			rest := receiveAll(c)
			s := rec.Span("numbers")
			if got := s.Attributes[attr.StreamItems].AsInt64(); int(got) != 2+len(rest) || s.Err != "" {
				t.Errorf("%d items, error %q; the consumer got %d", got, s.Err, 2+len(rest))
			}
			wantAttributes(t, s, map[string]string{attr.StreamComplete: "false"})
		})
		t.Run(way+" of a nil channel", func(t *testing.T) {
			t.Parallel()
			ctx, rec := traceroottest.New(t)
			if c := follow(ctx, func(context.Context) chan int { return nil }); c != nil {
				t.Error("the channel is not nil")
			}
			if s := onlySpan(t, rec); s.Err != "" || s.Output != nil {
				t.Errorf("error %q, output %v", s.Err, s.Output)
			}
		})
	}
}

// TestChannelOfAStubbornProducer has a producer that ignores its context and never ends.
func TestChannelOfAStubbornProducer(t *testing.T) {
	t.Parallel()
	for way, follow := range channelWays {
		t.Run(way, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, rec := traceroottest.New(t)
				ctx, cancel := context.WithTimeout(ctx, time.Minute)
				defer cancel()
				c := follow(ctx, func(context.Context) chan int {
					c := make(chan int, 2)
					c <- 1
					return c
				})
				if got := receiveAll(c); !slices.Equal(got, []int{1}) {
					t.Errorf("the consumer got %v", got)
				}
				s := onlySpan(t, rec)
				wantAttributes(t, s, map[string]string{attr.SpanOutput: "[1]", attr.StreamComplete: "false"})
				if got := s.End.Sub(s.Start); got != time.Minute {
					t.Errorf("the span took %v, want the minute of the context", got)
				}
			})
		})
	}
}

func TestChannelThatIsCancelledEarly(t *testing.T) {
	t.Parallel()
	ctx, rec := traceroottest.New(t)
	ctx, cancel := context.WithCancel(ctx)
	cancel()
	for range 50 { // whether the context or the items are looked at first is left to chance
		rec.Reset()
		got := receiveAll(traceroot.Chan(ctx, "numbers", func(context.Context) <-chan int { return closed(1, 2, 3) }))
		if !slices.Equal(got, []int{1, 2, 3}) {
			t.Fatalf("the consumer got %v of what was waiting", got)
		}
		wantAttributes(t, onlySpan(t, rec), map[string]string{attr.SpanOutput: "[1,2,3]", attr.StreamComplete: "false"})
	}
}

func TestChannelBesideAnError(t *testing.T) {
	t.Parallel()
	ctx, rec := traceroottest.New(t)
	c, err := traceroot.Observe(func(context.Context, string) (<-chan int, error) { return nil, errBoom })(ctx, "in")
	s := onlySpan(t, rec)
	if c != nil || err != errBoom || s.Err != "boom" { //nolint:errorlint // the same error
		t.Errorf("got %v, %v; error of the span %q", c, err, s.Err)
	}
	wantContent(t, s, "in", "")
}

func TestChannelToSendOn(t *testing.T) {
	t.Parallel()
	ctx, rec := traceroottest.New(t)
	c := make(chan int, 1)
	if got := traceroot.Observe(func(context.Context) chan<- int { return c })(ctx); got != (chan<- int)(c) {
		t.Error("the channel is another one")
	}
	wantAttributes(t, onlySpan(t, rec), map[string]string{attr.SpanOutput: "<chan<- int>", attr.StreamItems: ""})
}

// TestChannelOff is not parallel: tracing is off when no client at all records.
func TestChannelOff(t *testing.T) {
	traceroot.SetDefault(nil)
	c := make(chan int)
	for way, follow := range channelWays {
		if got := follow(t.Context(), func(context.Context) chan int { return c }); got != c {
			t.Errorf("%s: the channel is another one", way)
		}
	}
}

// TestChannelItemsAreTheConsumers is for the race detector: a consumer may change what it got.
func TestChannelItemsAreTheConsumers(t *testing.T) {
	t.Parallel()
	ctx, rec := traceroottest.New(t)
	items := traceroot.Chan(ctx, "items", func(context.Context) <-chan map[string]int {
		c := make(chan map[string]int)
		go func() {
			defer close(c)
			for range 100 {
				c <- map[string]int{"n": 1}
			}
		}()
		return c
	})
	for item := range items {
		item["n"] = 2
	}
	want := "[" + strings.Repeat(`{"n":1},`, 99) + `{"n":1}]`
	wantAttributes(t, onlySpan(t, rec), map[string]string{attr.SpanOutput: want})
}
