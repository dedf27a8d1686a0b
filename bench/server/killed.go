package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
)

// killed is what a server still had after it was killed under load.
type killed struct {
	acked int // spans when it was killed
	lost  int // of those, not found after a restart
	twice int // spans found more than once after the rest was sent again
	gone  int // spans not found then
}

func (k *killed) add(other killed) {
	k.acked += other.acked
	k.lost += other.lost
	k.twice += other.twice
	k.gone += other.gone
}

// kill runs a server on a data folder, kills it somewhere in the midst of a corpus, starts it again and compares. Then it
// sends what was not acknowledged, as an SDK would: some of that was stored already.
func kill(ctx context.Context, s server, data string, c *corpus) (killed, error) {
	sent := newLoad(c)
	if err := loadAndKill(ctx, s, data, sent); err != nil {
		return killed{}, err
	}
	at, err := s.start(ctx, data)
	if err != nil {
		return killed{}, fmt.Errorf("start again after the kill: %w", err)
	}
	defer at.kill()

	result := killed{acked: sent.ackedSpans()}
	if result.lost, _, err = sent.compare(ctx, at); err != nil {
		return killed{}, err
	}
	if err := sent.run(ctx, at.tracesURL(), len(c.batches), nothing); err != nil {
		return killed{}, fmt.Errorf("send the rest after the kill: %w", err)
	}
	if _, err := at.drained(ctx, c.spans-result.acked); err != nil {
		return killed{}, err
	}
	if result.gone, result.twice, err = sent.compare(ctx, at); err != nil {
		return killed{}, err
	}
	return result, at.stop(ctx)
}

func loadAndKill(ctx context.Context, s server, data string, sent *load) error {
	at, err := s.start(ctx, data)
	if err != nil {
		return err
	}
	moment := sent.corpus.spans/4 + rand.IntN(sent.corpus.spans/2)
	var once sync.Once
	err = sent.run(ctx, at.tracesURL(), len(sent.batches), func(spans int) {
		if spans >= moment {
			once.Do(at.kill)
		}
	})
	if err == nil {
		return fmt.Errorf("the load ended before the kill")
	}
	if sent.ackedSpans() < moment {
		at.kill()
		return fmt.Errorf("send load: %w", err)
	}
	return nil
}

// compare asks for each span that was acknowledged.
func (l *load) compare(ctx context.Context, at running) (missing, twice int, err error) {
	l.mu.Lock()
	traces := make(map[uint32][]spanRef)
	for i, acked := range l.acked {
		for _, ref := range l.batches[i].spans {
			if acked {
				traces[ref.trace] = append(traces[ref.trace], ref)
			}
		}
	}
	l.mu.Unlock()
	for _, refs := range traces {
		ids, err := at.spansOf(ctx, refs[0].traceHex())
		if err != nil {
			return 0, 0, err
		}
		found := make(map[string]int)
		for _, id := range ids {
			if found[id]++; found[id] == 2 {
				twice++
			}
		}
		for _, ref := range refs {
			if found[ref.spanHex()] == 0 {
				missing++
			}
		}
	}
	return missing, twice, nil
}
