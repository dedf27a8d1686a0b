package api

import (
	"math"
	"regexp"
	"slices"
	"strconv"
	"time"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/verdict"
)

// traceColumns are the parts of a trace's reply that grow with its spans.
type traceColumns struct {
	spans  spanColumns
	calls  []int
	links  [][2]int
	groups []groupView
}

func (v *view) getColumns() *traceColumns {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.columns == nil {
		v.columns = &traceColumns{spans: v.spanColumns(), calls: v.modelCalls(), links: v.links(), groups: v.groups()}
	}
	return v.columns
}

func (v *view) spanColumns() spanColumns {
	n := len(v.spans)
	c := spanColumns{
		ID: make([]string, n), Parent: v.parent, ParentID: make([]string, n), Name: make([]int, n), Names: []string{},
		Status: string(v.states), Start: make([]float64, n), MS: make([]float64, n), TTFT: make([]float64, n),
		Input: make([]int64, n), Output: make([]int64, n), Cached: make([]int64, n), Cost: make([]float64, n),
		Note: make([]string, n),
	}
	names := map[string]int{}
	kinds := make([]byte, n)
	for i := range v.spans {
		s := &v.spans[i]
		name, known := names[s.Name]
		if !known {
			name = len(c.Names)
			names[s.Name], c.Names = name, append(c.Names, s.Name)
		}
		c.ID[i], c.Name[i], kinds[i] = s.SpanID, name, kindOf(s.Kind).letter()
		if v.parent[i] == missingParent {
			c.ParentID[i] = s.ParentSpanID
		}
		c.Start[i], c.MS[i], c.TTFT[i] = v.since(s.Start), -1, fine(s.TimeToFirstToken)
		if !s.Running() {
			c.MS[i] = fine(spanned(s))
		}
		if s.Usage != nil {
			c.Input[i], c.Output[i], c.Cached[i] = s.Usage.Input, s.Usage.Output, s.Usage.CacheRead
		}
		c.Cost[i], c.Note[i] = costOf(s), noteOf(s)
	}
	c.Kind = string(kinds)
	return c
}

// costOf is -1 for tokens without a price.
func costOf(s *store.Span) float64 {
	switch {
	case s.Cost != nil:
		return s.Cost.Total.Dollars()
	case s.Usage != nil && s.Usage.Total() > 0:
		return -1
	}
	return 0
}

// httpStatus finds the status that an error's text tells.
var httpStatus = regexp.MustCompile(`(?i)(?:^|: |\bhttp |\bstatus |\bcode:? |\bcode=)([45]\d\d)\b`)

// noteOf is what a row says of a span beside its name.
func noteOf(s *store.Span) string {
	if s.Call != nil && s.Call.HTTPStatus >= 400 {
		return strconv.Itoa(s.Call.HTTPStatus)
	}
	if s.Status == store.StatusError {
		text := errorOf(s)
		if found := httpStatus.FindStringSubmatch(text[:min(len(text), 300)]); found != nil {
			return found[1]
		}
	}
	if s.Call != nil && s.Call.Resend > 0 {
		return strconv.Itoa(s.Call.Resend+1) + " tries"
	}
	return ""
}

// modelCalls are indexes in the order in which verdicts number them.
func (v *view) modelCalls() []int {
	calls := []int{}
	for i := range v.spans {
		if v.spans[i].Kind == store.KindLLM {
			calls = append(calls, i)
		}
	}
	slices.SortStableFunc(calls, func(a, b int) int { return v.spans[a].Start.Compare(v.spans[b].Start) })
	return calls
}

// numbers are those of model calls, by index: #1 is the first.
func (v *view) numbers() map[int]int {
	numbers := map[int]int{}
	for n, i := range v.modelCalls() {
		numbers[i] = n + 1
	}
	return numbers
}

func (v *view) links() [][2]int {
	links := [][2]int{}
	for _, call := range verdict.Calls(v.trace) {
		if call.SpanID != "" {
			links = append(links, [2]int{v.index[call.AskedBy], v.index[call.SpanID]})
		}
	}
	return links
}

func (v *view) groups() []groupView {
	groups := []groupView{}
	for _, g := range verdict.Groups(v.spans) {
		parent := missingParent
		if at, known := v.index[g.ParentID]; known {
			parent = at
		}
		shown := groupView{ID: g.ID, Parent: parent, Name: g.Name, Kind: kindOf(g.Kind), Members: make([]int, len(g.Spans))}
		var durations []time.Duration
		for n, id := range g.Spans {
			i := v.index[id]
			shown.Members[n] = i
			switch v.states[i] {
			case stateRecovered:
				shown.Recovered++
			case stateFailed, statePassed:
				shown.Failed++
			}
			if s := &v.spans[i]; !s.Running() {
				durations = append(durations, spanned(s))
			}
		}
		slices.Sort(durations)
		shown.P50, shown.P95, shown.Max = fine(quantile(durations, 0.5)), fine(quantile(durations, 0.95)), fine(quantile(durations, 1))
		groups = append(groups, shown)
	}
	return groups
}

// quantile is the duration below which the share q of sorted ones lies; zero for none.
func quantile(sorted []time.Duration, q float64) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[max(int(math.Ceil(q*float64(len(sorted))))-1, 0)]
}
