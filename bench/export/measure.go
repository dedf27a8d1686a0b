package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"time"
)

// figure is what a kind of spans cost both sides.
type figure struct {
	kind        string
	spans       int
	raw         int64 // bytes of a span that ours encodes
	cpu         map[string]time.Duration
	bytes       map[string]int64 // of a span on the wire
	cpuRatio    float64          // ours ÷ stock: the median of the rounds
	bytesRatio  float64
	ratioSpread [2]float64 // the least and the greatest of a round
}

// measure lets both sides send the same spans in turn. The first turn of each warms up and does not count.
func measure(ctx context.Context, to *sink, k kind, p *prose, spans, rounds int) (figure, error) {
	p.random = rand.New(rand.NewPCG(1, 2)) // each kind is the same in each run, whatever was measured before it
	records := k.make(p, spans)
	f := figure{kind: k.name, spans: len(records), cpu: make(map[string]time.Duration), bytes: make(map[string]int64)}
	cpu := make(map[string][]time.Duration)
	var ratios []float64
	for round := range rounds + 1 {
		took := make(map[string]time.Duration)
		turns := []side{ours, stock}
		if round%2 == 1 {
			slices.Reverse(turns)
		}
		for _, s := range turns {
			c, err := once(ctx, to, s, records)
			if err != nil {
				return f, fmt.Errorf("%s: %w", s.name, err)
			}
			took[s.name] = c.cpu
			f.bytes[s.name] = c.Bytes / int64(len(records))
			if s.name == ours.name {
				f.raw = c.Raw / int64(len(records))
			}
		}
		if round == 0 {
			continue
		}
		ratios = append(ratios, float64(took[ours.name])/float64(took[stock.name]))
		for name, d := range took {
			cpu[name] = append(cpu[name], d)
		}
	}
	for name, all := range cpu {
		slices.Sort(all)
		f.cpu[name] = all[len(all)/2] / time.Duration(len(records))
	}
	slices.Sort(ratios)
	f.cpuRatio, f.ratioSpread = ratios[len(ratios)/2], [2]float64{ratios[0], ratios[len(ratios)-1]}
	f.bytesRatio = float64(f.bytes[ours.name]) / float64(f.bytes[stock.name])
	return f, nil
}

// cost is that of one turn.
type cost struct {
	received

	cpu time.Duration // of this process
}

func once(ctx context.Context, to *sink, s side, records []record) (c cost, err error) {
	p, err := s.open(ctx, to.url)
	if err != nil {
		return cost{}, err
	}
	runtime.GC() // what the one before left behind is not for this one to clear away
	before := ownCPU()
	if err := p.send(ctx, records); err != nil {
		return cost{}, err
	}
	c.cpu = ownCPU() - before
	if err := p.close(ctx); err != nil {
		return cost{}, err
	}
	if c.received, err = to.take(ctx); err != nil {
		return cost{}, err
	}
	if c.Spans != len(records) {
		return cost{}, fmt.Errorf("%d of %d spans arrived", c.Spans, len(records))
	}
	return c, nil
}
