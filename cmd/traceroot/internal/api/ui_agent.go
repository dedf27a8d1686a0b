package api

import (
	"cmp"
	"slices"
	"time"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// agentSummary is where the time and money of an agent went. Waiting, generating, tools and own add up to ms: of what
// happens at the same time, the first of them counts.
type agentSummary struct {
	MS         float64     `json:"ms"`
	Generating float64     `json:"generating"` // a model is
	Waiting    float64     `json:"waiting"`    // for the first token
	Tools      float64     `json:"tools"`
	Own        float64     `json:"own"` // none of these
	Cost       float64     `json:"cost"`
	By         []spentView `json:"by"` // who spent it, those with most time first
}

// spentView is what the calls of one model or tool took.
type spentView struct {
	Name  string  `json:"name"`
	Kind  kind    `json:"kind"`
	Count int     `json:"count"`
	MS    float64 `json:"ms"`
	Cost  float64 `json:"cost"`
	Span  string  `json:"span"` // the longest of them
}

// What is going on, those that count first.
const (
	generating = iota
	waiting
	inTool
	activities
)

// boundary is when an activity begins or ends.
type boundary struct {
	at       time.Time
	activity int
	change   int // 1 or -1
}

// maxSpent is how many rows a summary has.
const maxSpent = 20

func (v *view) summarize(agent int) *agentSummary {
	within := v.below(agent)
	from, to := v.spans[agent].Start, v.spans[agent].End
	if to.IsZero() {
		to = from
		for _, i := range within {
			to = slices.MaxFunc([]time.Time{to, v.spans[i].Start, v.spans[i].End}, time.Time.Compare)
		}
	}
	var bounds []boundary
	add := func(activity int, begin, end time.Time) {
		if end.After(begin) {
			bounds = append(bounds, boundary{begin, activity, 1}, boundary{end, activity, -1})
		}
	}
	spent := map[spentKey]*spending{}
	var cost store.NanoUSD
	for _, i := range within {
		s := &v.spans[i]
		if s.Cost != nil {
			cost += s.Cost.Total
		}
		end := s.End
		if s.Running() {
			end = to
		}
		switch s.Kind {
		case store.KindLLM:
			first := s.Start.Add(min(s.TimeToFirstToken, max(end.Sub(s.Start), 0)))
			add(waiting, s.Start, first)
			add(generating, first, end)
			addSpent(spent, spentKey{llmKind, cmp.Or(s.Model, s.Name)}, s)
		case store.KindTool:
			add(inTool, s.Start, end)
			addSpent(spent, spentKey{toolKind, s.Name}, s)
		default:
		}
	}
	times := measure(bounds, from, to)
	whole := max(to.Sub(from), 0)
	return &agentSummary{
		MS: fine(whole), Generating: fine(times[generating]), Waiting: fine(times[waiting]), Tools: fine(times[inTool]),
		Own: fine(max(whole-times[generating]-times[waiting]-times[inTool], 0)), Cost: cost.Dollars(), By: ranked(spent),
	}
}

// below are the indexes of a span and of all below it. Parents stand before their children.
func (v *view) below(top int) []int {
	in := make([]bool, len(v.spans))
	in[top] = true
	all := []int{top}
	for i := top + 1; i < len(v.spans); i++ {
		if parent := v.parent[i]; parent >= 0 && in[parent] {
			in[i] = true
			all = append(all, i)
		}
	}
	return all
}

// measure is how long each activity was the one that counts, between two moments.
func measure(bounds []boundary, from, to time.Time) [activities]time.Duration {
	slices.SortFunc(bounds, func(a, b boundary) int { return a.at.Compare(b.at) })
	var times [activities]time.Duration
	var under [activities]int
	last := from
	for _, b := range append(bounds, boundary{at: to}) {
		at := b.at
		if at.After(to) {
			at = to
		}
		if at.After(last) {
			if counts := slices.IndexFunc(under[:], func(n int) bool { return n > 0 }); counts >= 0 {
				times[counts] += at.Sub(last)
			}
			last = at
		}
		under[b.activity] += b.change
	}
	return times
}

type spentKey struct {
	kind kind
	name string
}

type spending struct {
	count   int
	time    time.Duration
	cost    store.NanoUSD
	longest time.Duration
	span    string
}

func addSpent(spent map[spentKey]*spending, key spentKey, s *store.Span) {
	by := spent[key]
	if by == nil {
		by = &spending{longest: -1}
		spent[key] = by
	}
	took := spanned(s)
	by.count++
	by.time += took
	if s.Cost != nil {
		by.cost += s.Cost.Total
	}
	if took > by.longest {
		by.longest, by.span = took, s.SpanID
	}
}

func ranked(spent map[spentKey]*spending) []spentView {
	rows := []spentView{}
	for key, by := range spent {
		rows = append(rows, spentView{key.name, key.kind, by.count, fine(by.time), by.cost.Dollars(), by.span})
	}
	slices.SortFunc(rows, func(a, b spentView) int {
		return cmp.Or(cmp.Compare(b.MS, a.MS), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Name, b.Name))
	})
	return rows[:min(len(rows), maxSpent)]
}
