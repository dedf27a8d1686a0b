package main

import (
	"context"
	"fmt"
	"time"
)

// ingested is what taking in a corpus cost.
type ingested struct {
	spans  int
	acked  time.Duration // until the last batch was acknowledged
	stored time.Duration // until all was stored
	cpu    time.Duration // of the server, until it rested
	sender time.Duration // CPU of ours meanwhile
	halves float64       // CPU of the second half of the spans ÷ that of the first
	after  usage
	disk   float64       // bytes on disk ÷ bytes sent before they were packed, after the server has ended
	decode time.Duration // CPU of ours for a span that is unpacked and decoded, just afterwards
	missed int           // spans that were acknowledged and that the server does not count
}

func (i ingested) rate(took time.Duration) float64 { return float64(i.spans) / took.Seconds() }

// perThousand is the CPU time of the server for 1,000 spans, in seconds.
func (i ingested) perThousand() float64 { return i.cpu.Seconds() / float64(i.spans) * 1000 }

// ingest sends a whole corpus to a server that holds nothing: one half, and when the server rests, the other.
func ingest(ctx context.Context, at running, c *corpus) (ingested, error) {
	before, err := at.settle(ctx)
	if err != nil {
		return ingested{}, err
	}
	var (
		sent   = newLoad(c)
		result = ingested{spans: c.spans}
		own    = ownCPU()
		costs  [2]float64
		stored int
	)
	for half := range costs {
		began := time.Now()
		if err := sent.run(ctx, at.tracesURL(), len(c.batches)*(half+1)/2, nothing); err != nil {
			return ingested{}, fmt.Errorf("send load: %w", err)
		}
		result.acked += time.Since(began)
		if stored, err = at.drained(ctx, sent.ackedSpans()); err != nil {
			return ingested{}, fmt.Errorf("wait until all is stored: %w", err)
		}
		result.stored += time.Since(began)
		if result.after, err = at.settle(ctx); err != nil {
			return ingested{}, err
		}
		used := result.after.cpu - before.cpu
		costs[half] = used.Seconds()
		result.cpu += used
		before = result.after
	}
	result.sender, result.halves, result.missed = ownCPU()-own, costs[1]/costs[0], c.spans-stored
	return result, nil
}
