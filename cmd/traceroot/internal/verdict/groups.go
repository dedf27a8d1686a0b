package verdict

import (
	"cmp"
	"math"
	"slices"
	"time"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// Bounds of groups.
const (
	minGroup    = 8 // siblings
	maxOutliers = 8 // spans that are named
	maxBins     = 24
)

// Group is many siblings of one kind and name. Durations are of those that ended.
type Group struct {
	ID       string // the same as long as parent, kind and name are
	ParentID string
	Kind     store.Kind
	Name     string
	Spans    []string // ids, by start

	Start, End time.Time // of the first and of the last; End is zero while none has ended
	Failed     int       // spans whose status is an error
	Running    int
	Tokens     int64
	Cost       store.NanoUSD
	Unpriced   bool // some tokens have no price: the cost is a lower bound

	P50, P90, P99, Max time.Duration

	Histogram []Bin
	Outliers  []string // ids of those that took far longer than the others, longest first; at most 8
	Slow      int      // how many there are
	Shared    []Shared // what they, or the failed ones, have in common and the others have not
}

// Bin is one bar of a histogram. Bins follow each other, each as many times as long as the one before.
type Bin struct {
	From, To time.Duration // To is exclusive, but for the last bin
	Count    int
}

// Groups are the groups of spans of a trace, by the start of their first span.
func Groups(spans []store.Span) []Group {
	type key struct {
		parent string
		kind   store.Kind
		name   string
	}
	members := map[key][]int{}
	var keys []key
	for i := range spans {
		s := &spans[i]
		k := key{s.ParentSpanID, s.Kind, s.Name}
		if s.Root() {
			continue
		}
		if members[k] == nil {
			keys = append(keys, k)
		}
		members[k] = append(members[k], i)
	}
	groups := []Group{}
	for _, k := range keys {
		if len(members[k]) >= minGroup {
			id := store.HashOf(k.parent + "\x00" + string(k.kind) + "\x00" + k.name).String()[:16]
			groups = append(groups, newGroup(id, spans, members[k]))
		}
	}
	slices.SortFunc(groups, func(a, b Group) int { return cmp.Or(a.Start.Compare(b.Start), cmp.Compare(a.ID, b.ID)) })
	return groups
}

func newGroup(id string, spans []store.Span, of []int) Group {
	slices.SortFunc(of, func(a, b int) int {
		return cmp.Or(spans[a].Start.Compare(spans[b].Start), cmp.Compare(spans[a].SpanID, spans[b].SpanID))
	})
	first := &spans[of[0]]
	g := Group{ID: id, ParentID: first.ParentSpanID, Kind: first.Kind, Name: first.Name, Start: first.Start}
	var ended []int
	for _, i := range of {
		s := &spans[i]
		g.Spans = append(g.Spans, s.SpanID)
		if s.Status == store.StatusError {
			g.Failed++
		}
		if s.Usage != nil {
			g.Tokens += s.Usage.Total()
			g.Unpriced = g.Unpriced || s.Cost == nil
		}
		if s.Cost != nil {
			g.Cost += s.Cost.Total
		}
		if s.Running() {
			g.Running++
			continue
		}
		ended = append(ended, i)
		if s.End.After(g.End) {
			g.End = s.End
		}
	}
	slices.SortStableFunc(ended, func(a, b int) int { return cmp.Compare(lasted(&spans[a]), lasted(&spans[b])) })
	g.measure(spans, ended)
	g.Shared = shared(spans, of, ended[len(ended)-g.Slow:])
	return g
}

func lasted(s *store.Span) time.Duration { return max(s.End.Sub(s.Start), 0) }

// measure fills what durations tell. The spans are ordered by them.
func (g *Group) measure(spans []store.Span, ended []int) {
	if len(ended) == 0 {
		return
	}
	durations := make([]time.Duration, len(ended))
	for n, i := range ended {
		durations[n] = lasted(&spans[i])
	}
	g.P50, g.P90, g.P99 = percentile(durations, 50), percentile(durations, 90), percentile(durations, 99)
	g.Max = durations[len(durations)-1]
	g.Histogram = histogram(durations)
	limit := farOut(durations)
	for n := len(durations) - 1; n >= 0 && durations[n] > limit; n-- {
		g.Slow++
		if len(g.Outliers) < maxOutliers {
			g.Outliers = append(g.Outliers, spans[ended[n]].SpanID)
		}
	}
}

func percentile(sorted []time.Duration, percent int) time.Duration {
	return sorted[max((len(sorted)*percent+99)/100-1, 0)]
}

// farOut is the duration from which on one stands out: three times the spread of the middle half above it, measured on
// the logarithm, since durations spread by factors. Less than twice the median never stands out.
func farOut(sorted []time.Duration) time.Duration {
	low, high := percentile(sorted, 25), percentile(sorted, 75)
	spread := math.Log(float64(max(high, 1)) / float64(max(low, 1)))
	limit := float64(max(high, 1)) * math.Exp(min(3*max(spread, 0.1), 20))
	return time.Duration(min(max(limit, 2*float64(percentile(sorted, 50)), float64(time.Millisecond)), math.MaxInt64/2))
}

// histogram counts durations in bins of equal width on a logarithmic scale.
func histogram(sorted []time.Duration) []Bin {
	low, high := max(sorted[0], time.Microsecond), max(sorted[len(sorted)-1], time.Microsecond)
	count := min(maxBins, max(1, int(math.Ceil(4*math.Log2(float64(high)/float64(low))))))
	factor := math.Pow(float64(high)/float64(low), 1/float64(count))
	bins := make([]Bin, count)
	from := low
	for n := range bins {
		to := time.Duration(float64(low) * math.Pow(factor, float64(n+1)))
		if n == count-1 {
			to = high
		}
		bins[n].From, bins[n].To = from, max(to, from)
		from = bins[n].To
	}
	n := 0
	for _, d := range sorted {
		for n < count-1 && d >= bins[n].To {
			n++
		}
		bins[n].Count++
	}
	return bins
}
