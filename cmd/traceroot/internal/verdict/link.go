package verdict

import (
	"cmp"
	"slices"
	"time"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// linkSpans finds the tool span of each call: by id, else by name, arguments and order.
func (t *Trace) linkSpans(calls []Call) {
	p := pool{t: t, byID: map[string][]int{}, byName: map[[2]string][]int{}, taken: map[int]bool{}, hashes: map[int]store.Hash{}}
	for _, i := range t.order {
		s := &t.spans[i]
		if s.Kind != store.KindTool {
			continue
		}
		if s.Call != nil && s.Call.ToolCallID != "" {
			p.byID[s.Call.ToolCallID] = append(p.byID[s.Call.ToolCallID], i)
			continue
		}
		key := [2]string{t.scope[i], s.Name}
		p.byName[key] = append(p.byName[key], i)
	}
	p.takeByID(calls)
	p.takeByOrder(calls)
}

// pool is the tool spans of a trace, in order.
type pool struct {
	t      *Trace
	byID   map[string][]int
	byName map[[2]string][]int // by scope and name, those without an id
	taken  map[int]bool
	hashes map[int]store.Hash // of inputs
}

// takeByID gives each call the last span with its id that began before the id was given again: the others were attempts
// that failed.
func (p *pool) takeByID(calls []Call) {
	next := map[string]time.Time{} // when the id is given again
	for n := range slices.Backward(calls) {
		c := &calls[n]
		if c.ID == "" {
			continue
		}
		spans, until := p.byID[c.ID], next[c.ID]
		for len(spans) > 0 {
			last := spans[len(spans)-1]
			if p.t.spans[last].Start.Before(p.t.spans[c.asker].Start) {
				break
			}
			if (until.IsZero() || p.t.spans[last].Start.Before(until)) && c.span < 0 {
				c.take(p.t, last)
			}
			spans = spans[:len(spans)-1]
		}
		p.byID[c.ID] = spans
		next[c.ID] = p.t.spans[c.asker].Start
	}
}

// takeByOrder gives calls without a span one of those that began before the conversation went on: one with the same
// arguments, else the first.
func (p *pool) takeByOrder(calls []Call) {
	until := p.turnEnds()
	for n := range calls {
		c := &calls[n]
		if c.span >= 0 {
			continue
		}
		asked := p.t.spans[c.asker].Start
		if found := p.pick(p.waiting(c, asked), c.ArgsHash, until[c.asker]); found >= 0 {
			c.take(p.t, found)
			c.ByOrder = true
			p.taken[found] = true
		}
	}
}

// waiting are the spans that may be of a call, and drops those that can be of none any more: calls come in order.
func (p *pool) waiting(c *Call, asked time.Time) []int {
	key := [2]string{p.t.scope[c.asker], c.Name}
	spans := p.byName[key]
	for len(spans) > 0 && (p.taken[spans[0]] || p.t.spans[spans[0]].Start.Before(asked)) {
		spans = spans[1:]
	}
	p.byName[key] = spans
	return spans
}

func (p *pool) pick(spans []int, args store.Hash, end time.Time) int {
	first := -1
	for _, i := range spans {
		if !end.IsZero() && !p.t.spans[i].Start.Before(end) {
			break
		}
		if p.taken[i] {
			continue
		}
		if p.argsHash(i) == args {
			return i
		}
		if first < 0 {
			first = i
		}
	}
	return first
}

func (p *pool) argsHash(i int) store.Hash {
	hash, known := p.hashes[i]
	if input := p.t.spans[i].Input; !known && input != nil {
		hash = hashOfJSON(*input)
		p.hashes[i] = hash
	}
	return hash
}

// turnEnds is when the conversation of each model call went on.
func (p *pool) turnEnds() map[int]time.Time {
	ends := map[int]time.Time{}
	for _, th := range p.t.threads().threads {
		for n, s := range th.steps[1:] {
			ends[th.steps[n].span] = p.t.spans[s.span].Start
		}
	}
	return ends
}

func (c *Call) take(t *Trace, span int) {
	c.span, c.SpanID = span, t.spans[span].SpanID
}

// where is the span that shows a call best: that which ran it, else that which asked for it.
func (c *Call) where() string { return cmp.Or(c.SpanID, c.AskedBy) }
