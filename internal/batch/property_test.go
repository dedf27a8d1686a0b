package batch_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/traceroot-ai/traceroot-go/internal/batch"
)

// moody is a sender whose host accepts, refuses and fails at random, slowly. Its bodies are the names of their spans.
type moody struct {
	mu       sync.Mutex
	luck     *rand.Rand
	well     bool // accepts everything
	accepted map[string]int
	running  atomic.Int32
	most     atomic.Int32 // that ran at once
}

func (m *moody) Pack(spans []sdktrace.ReadOnlySpan) (batch.Payload, error) {
	var names []string
	for _, s := range spans {
		names = append(names, s.Name())
	}
	if m.draw(50) == 0 && !m.isWell() {
		if m.draw(2) == 0 {
			panic("mask bug")
		}
		return nil, errors.New("cannot be encoded")
	}
	return &named{m, names}, nil
}

func (m *moody) Restore(spans int, body []byte) batch.Payload {
	names := strings.Split(string(body), " ")
	if len(names) != spans {
		panic(fmt.Sprintf("%d spans restored from %q", spans, body))
	}
	return &named{m, names}
}

func (m *moody) Shutdown(context.Context) error { return nil }

func (m *moody) draw(n int) int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.luck.IntN(n)
}

func (m *moody) isWell() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.well
}

func (m *moody) recover() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.well = true
}

type named struct {
	to    *moody
	names []string
}

func (p *named) Spans() int   { return len(p.names) }
func (p *named) Body() []byte { return []byte(strings.Join(p.names, " ")) }

func (p *named) Smaller() []batch.Payload {
	if len(p.names) < 2 {
		return nil
	}
	half := len(p.names) / 2
	return []batch.Payload{&named{p.to, p.names[:half]}, &named{p.to, p.names[half:]}}
}

func (p *named) Send(ctx context.Context) error {
	m := p.to
	running := m.running.Add(1)
	defer m.running.Add(-1)
	m.most.Store(max(m.most.Load(), running))
	select {
	case <-time.After(time.Duration(m.draw(int(2 * time.Second)))):
	case <-ctx.Done():
		return ctx.Err()
	}
	mood := m.draw(16)
	switch {
	case m.isWell():
	case mood == 0:
		return &batch.StatusError{Status: 400}
	case mood == 1:
		return &batch.StatusError{Status: 401}
	case mood <= 3:
		return &batch.StatusError{Status: 413}
	case mood == 4:
		return &batch.StatusError{Status: 429, RetryAfter: time.Duration(m.draw(int(5 * time.Second)))}
	case mood <= 6:
		return &batch.StatusError{Status: 503}
	case mood == 7:
		return errors.New("connection reset by peer")
	case mood == 8:
		panic("round tripper bug")
	case mood == 9:
		<-ctx.Done()
		return ctx.Err()
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, name := range p.names {
		m.accepted[name]++
	}
	return nil
}

// Whatever a server, a mask and a disk do, at every moment each span is accepted, dropped, on disk or waiting.
func TestEverySpanIsAccountedFor(t *testing.T) {
	t.Parallel()
	for seed := range uint64(100) {
		t.Run(fmt.Sprint("seed=", seed), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				random := rand.New(rand.NewPCG(seed, 0))
				host := &moody{luck: rand.New(rand.NewPCG(seed, 1)), accepted: map[string]int{}}
				cfg := batch.Config{
					FlushAt:       1 + random.IntN(20),
					FlushInterval: time.Duration(1 + random.IntN(int(time.Minute))),
					BatchBytes:    1000 + random.IntN(10_000),
					QueueBytes:    5000 + random.IntN(50_000),
					Requests:      1 + random.IntN(6),
				}
				withSpool := seed%2 == 0
				if withSpool {
					cfg.Spool = &flaky{memorySpool: memorySpool{limit: 20 + random.IntN(300)}, luck: rand.New(rand.NewPCG(seed, 2))}
				}
				q := batch.New(host, cfg)
				watched := watch(t, q)

				const spans = 300
				for i := range spans {
					q.Add(sized(fmt.Sprint(i), 400+random.IntN(2000)))
					if random.IntN(4) == 0 {
						time.Sleep(time.Duration(random.IntN(int(time.Second))))
					}
					if random.IntN(40) == 0 {
						_ = q.Flush(within(t, time.Duration(random.IntN(int(10*time.Second)))))
					}
				}
				if random.IntN(2) == 0 {
					time.Sleep(5 * time.Minute)
					host.recover()
					time.Sleep(30 * time.Minute)
					if stats := q.Stats(); stats.Queued != 0 || stats.Spooled != 0 || stats.QueuedBytes != 0 {
						t.Errorf("after the host has recovered something waits: %+v", stats)
					}
				}
				dropped := q.Stats().Dropped
				err := q.Shutdown(within(t, 10*time.Second))
				close(watched)

				stats := q.Stats()
				if stats.Added != spans || stats.Queued != 0 || stats.QueuedBytes != 0 {
					t.Errorf("after Shutdown the stats are %+v", stats)
				}
				if !withSpool && stats.Spooled != 0 {
					t.Errorf("%d spans are on a disk that is not there", stats.Spooled)
				}
				if unsent, ok := errors.AsType[*batch.UnsentError](err); stats.Dropped > dropped && (!ok || unsent.Spans < stats.Dropped-dropped) {
					t.Errorf("Shutdown = %v, though it dropped %d spans", err, stats.Dropped-dropped)
				}
				if stats.Exported != int64(len(host.accepted)) {
					t.Errorf("the host accepted %d spans, stats are %+v", len(host.accepted), stats)
				}
				for name, times := range host.accepted {
					if times != 1 {
						t.Errorf("span %s was accepted %d times", name, times)
					}
				}
				if most := int(host.most.Load()); most > cfg.Requests {
					t.Errorf("%d requests at once, want %d at most", most, cfg.Requests)
				}
			})
		})
	}
}

// watch checks the equation of [batch.Stats] all the time, until the channel is closed.
func watch(t *testing.T, q *batch.Queue) chan struct{} {
	t.Helper()
	over := make(chan struct{})
	go func() {
		for {
			s := q.Stats()
			d := s.Drops
			reasons := d.QueueFull + d.Refused + d.Unauthorized + d.TooLarge + d.Faulty + d.SpoolFull + d.Shutdown
			if s.Added != s.Exported+s.Dropped+s.Spooled+s.Queued || s.Dropped != reasons || s.Spooled < 0 || s.Queued < 0 {
				t.Errorf("the sums are wrong: %+v", s)
				return
			}
			select {
			case <-over:
				return
			case <-time.After(251 * time.Millisecond):
			}
		}
	}()
	return over
}

func within(t *testing.T, d time.Duration) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), d)
	t.Cleanup(cancel)
	return ctx
}
