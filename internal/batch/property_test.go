package batch_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/traceroot-ai/traceroot-go/internal/batch"
)

// Whatever a server does, a span is accepted once, or dropped and counted, and accepted ones keep their order.
func TestEverySpanIsAccountedFor(t *testing.T) {
	t.Parallel()
	for seed := range uint64(100) {
		t.Run(fmt.Sprint("seed=", seed), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				random, luck := rand.New(rand.NewPCG(seed, 0)), rand.New(rand.NewPCG(seed, 1)) // one for each goroutine
				var accepted []int
				server := &ingest{}
				answerAtRandom := answer{do: func(r *http.Request) (*http.Response, error) {
					time.Sleep(time.Duration(luck.IntN(int(2 * time.Second))))
					status := []int{200, 200, 200, 500, 429, 413, 400, 0}[luck.IntN(8)]
					if status == 0 {
						return nil, errors.New("connection reset by peer")
					}
					if status == http.StatusOK {
						requests := server.received()
						for _, name := range requests[len(requests)-1].names(t) {
							n, err := strconv.Atoi(name)
							if err != nil {
								t.Error(err)
							}
							accepted = append(accepted, n)
						}
					}
					return &http.Response{StatusCode: status, Body: http.NoBody, Request: r}, nil
				}}
				server.script = times(10_000, answerAtRandom)
				q, _ := newQueue(t, server, batch.Config{
					FlushAt:       1 + random.IntN(20),
					FlushInterval: time.Duration(1 + random.IntN(int(time.Minute))),
					BatchBytes:    1000 + random.IntN(10_000),
					QueueBytes:    5000 + random.IntN(50_000),
				})
				const spans = 300
				for i := range spans {
					q.Add(sized(strconv.Itoa(i), 400+random.IntN(2000)))
					if random.IntN(4) == 0 {
						time.Sleep(time.Duration(random.IntN(int(time.Second))))
					}
				}
				time.Sleep(24 * time.Hour)
				err := q.Shutdown(t.Context())

				stats := q.Stats()
				if stats.Exported != int64(len(accepted)) || stats.Exported+stats.Dropped != spans {
					t.Errorf("the server accepted %d of %d spans, stats are %+v", len(accepted), spans, stats)
				}
				if unsent, ok := errors.AsType[*batch.UnsentError](err); ok != (stats.Dropped > 0) || ok && unsent.Spans != stats.Dropped {
					t.Errorf("Shutdown = %v, though %d spans were dropped", err, stats.Dropped)
				}
				if stats.Queued != 0 || stats.QueuedBytes != 0 {
					t.Errorf("an empty queue counts %d spans of %d bytes", stats.Queued, stats.QueuedBytes)
				}
				if !slices.IsSorted(accepted) || len(slices.Compact(slices.Clone(accepted))) != len(accepted) {
					t.Errorf("accepted out of order, or twice: %v", accepted)
				}
			})
		})
	}
}
