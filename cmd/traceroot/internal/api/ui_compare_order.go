package api

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/verdict"
)

// canonical puts the steps of a side into an order that does not depend on chance: each before those within it, and
// siblings that were on their way together, which may begin and end in any order, by what they are and were given.
func (s *side) canonical() []int {
	askers := s.askers()
	below := map[int][]int{}
	for _, i := range s.steps {
		below[s.parent[i]] = append(below[s.parent[i]], i)
	}
	ordered := make([]int, 0, len(s.steps))
	var add func(siblings []int)
	add = func(siblings []int) {
		for len(siblings) > 0 {
			together := s.together(siblings, askers)
			siblings = siblings[len(together):]
			for _, i := range together {
				ordered = append(ordered, i)
				add(below[i])
			}
		}
	}
	tops := below[s.root]
	for _, from := range []int{noParent, missingParent} {
		if from != s.root {
			tops = append(tops, below[from]...)
		}
	}
	slices.Sort(tops)
	add(tops)
	return ordered
}

// together are the first of the siblings, sorted where they overlap or one model call asked for them.
func (s *side) together(siblings []int, askers map[string]string) []int {
	end := s.endOf(siblings[0])
	n := 1
	for ; n < len(siblings); n++ {
		asker := askers[s.spans[siblings[n]].SpanID]
		asked := asker != "" && asker == askers[s.spans[siblings[n-1]].SpanID]
		if !asked && !s.spans[siblings[n]].Start.Before(end) {
			break
		}
		if later := s.endOf(siblings[n]); later.After(end) {
			end = later
		}
	}
	together := slices.Clone(siblings[:n])
	slices.SortStableFunc(together, func(i, j int) int {
		a, b := &s.spans[i], &s.spans[j]
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Name, b.Name), strings.Compare(inputOf(a), inputOf(b)))
	})
	return together
}

func inputOf(s *store.Span) string {
	if s.Input == nil {
		return ""
	}
	return *s.Input
}

// endOf is the start of a span that runs: what begins after it may have waited for it.
func (s *side) endOf(i int) time.Time {
	if s.spans[i].Running() {
		return s.spans[i].Start
	}
	return s.spans[i].End
}

// askers are the model calls that asked for tool calls, by the spans of those.
func (s *side) askers() map[string]string {
	askers := map[string]string{}
	s.ask(func(t *verdict.Trace) {
		for _, call := range verdict.Calls(t) {
			askers[call.SpanID] = call.AskedBy
		}
	})
	return askers
}

// asInA puts pairs into the order of A's steps. What only B has comes behind all that B did before it.
func asInA(pairs []pair) []pair {
	ofB := make([]pair, 0, len(pairs))
	inA := make([]pair, 0, len(pairs))
	for _, p := range pairs {
		if p[0] >= 0 {
			inA = append(inA, p)
		}
		if p[1] >= 0 {
			ofB = append(ofB, p)
		}
	}
	slices.SortFunc(inA, func(p, q pair) int { return cmp.Compare(p[0], q[0]) })
	slices.SortFunc(ofB, func(p, q pair) int { return cmp.Compare(p[1], q[1]) })
	following := map[int][]pair{} // those of B alone, by the step of A that they come behind; -1 for none
	behind := -1
	for _, p := range ofB {
		if p[0] < 0 {
			following[behind] = append(following[behind], p)
		}
		behind = max(behind, p[0])
	}
	ordered := append(make([]pair, 0, len(pairs)), following[-1]...)
	for _, p := range inA {
		ordered = append(append(ordered, p), following[p[0]]...)
	}
	return ordered
}
