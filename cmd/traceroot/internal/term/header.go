package term

import (
	"cmp"
	"strings"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// header is the trace as a whole, and whose it was. What does not fit on a line goes on to the next.
func (c *canvas) header(trace store.Trace, spans []*store.Span, roots []*row) {
	facts := []fact{{bold, cmp.Or(firstLine(trace.Name), "unnamed trace")}}
	facts = append(facts, c.times(spans)...)
	facts = append(facts, tokens(spans)...)
	facts = append(facts, cost(spans)...)
	facts = append(facts, outcome(roots)...)
	facts = append(facts, fact{dim, "trace " + cut(clean(trace.TraceID), shortID)})
	c.facts(facts)
	c.facts(belonging(trace))
	if len(spans) == 0 {
		c.facts([]fact{{dim, "no spans"}})
		return
	}
	c.line(func(*line) {})
}

// shortID is how much of a trace id tells it from others: 16 digits and an ellipsis.
const shortID = 17

type fact struct {
	paint style
	text  string
}

// facts writes as many on each line as fit.
func (c *canvas) facts(facts []fact) {
	const gap = 3
	for len(facts) > 0 {
		c.line(func(l *line) {
			for len(facts) > 0 && (l.at() == 0 || l.at()+gap+width(facts[0].text) <= c.Width) {
				if l.at() > 0 {
					l.skip(gap)
				}
				l.put(facts[0].paint, cut(facts[0].text, c.Width))
				facts = facts[1:]
			}
		})
	}
}

func (c *canvas) times(spans []*store.Span) []fact {
	if len(spans) == 0 {
		return nil
	}
	facts := []fact{{plain, Duration(c.scale.total)}}
	for _, s := range spans {
		if s.Running() {
			return append(facts, fact{green, "running"})
		}
	}
	return facts
}

func tokens(spans []*store.Span) []fact {
	var sum store.Usage
	known := false
	for _, s := range spans {
		if s.Usage == nil {
			continue
		}
		known = true
		sum.Input += s.Usage.Input
		sum.Output += s.Usage.Output
		sum.CacheRead += s.Usage.CacheRead
		sum.Estimated = sum.Estimated || s.Usage.Estimated
	}
	if !known {
		return nil
	}
	in := tokenCount(&sum, sum.Input) + " in"
	if sum.CacheRead > 0 {
		in += " (" + cached(&sum) + ")"
	}
	return []fact{{plain, in + "  " + tokenCount(&sum, sum.Output) + " out"}}
}

// cost is what the priced calls cost together: no less than that where some call has no price.
func cost(spans []*store.Span) []fact {
	var sum store.NanoUSD
	known, unpriced := false, false
	for _, s := range spans {
		switch {
		case s.Cost != nil:
			sum += s.Cost.Total
			known = true
		case s.Usage != nil:
			unpriced = true
		}
	}
	switch {
	case !known:
		return nil
	case unpriced:
		return []fact{{plain, "≥ " + Dollars(sum.Dollars())}}
	}
	return []fact{{plain, Dollars(sum.Dollars())}}
}

// outcome counts failures where they began: a span that failed because one below it did is not another one.
func outcome(roots []*row) []fact {
	var failed, recovered int
	each(roots, func(r *row) {
		switch {
		case !r.failed() || failsBelow(r):
		case r.recovered():
			recovered++
		default:
			failed++
		}
	})
	var facts []fact
	if failed > 0 {
		facts = append(facts, fact{red, Plural(failed, "error")})
	}
	if recovered > 0 {
		facts = append(facts, fact{yellow, Count(int64(recovered)) + " recovered"})
	}
	return facts
}

func failsBelow(r *row) bool {
	for _, child := range r.children {
		if child.failed() {
			return true
		}
	}
	return false
}

// belonging is what else tells this trace from another.
func belonging(trace store.Trace) []fact {
	var facts []fact
	add := func(label, text string) {
		if text = clean(text); text != "" {
			facts = append(facts, fact{dim, label + " " + text})
		}
	}
	add("user", trace.UserID)
	add("session", trace.SessionID)
	add("environment", trace.Environment)
	add("tags", strings.Join(trace.Tags, ", "))
	return facts
}
