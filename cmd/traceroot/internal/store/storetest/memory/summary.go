package memory

import (
	"cmp"
	"slices"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// summary adds the spans up.
func (t *trace) summary() store.Summary {
	sum := store.Summary{Trace: t.row, Status: t.status(), Agent: t.agent(), Seq: t.seq, Spans: len(t.spans)}
	for i := range t.spans {
		s := &t.spans[i]
		if sum.Earliest.IsZero() || s.Start.Before(sum.Earliest) {
			sum.Earliest = s.Start
		}
		if s.End.After(sum.Latest) {
			sum.Latest = s.End
		}
		if s.Status == store.StatusError {
			sum.Errors++
		}
		if s.Running() {
			sum.Running++
		}
		if s.Usage != nil {
			sum.InputTokens += s.Usage.Input
			sum.OutputTokens += s.Usage.Output
			sum.CacheRead += s.Usage.CacheRead
			sum.Estimated = sum.Estimated || s.Usage.Estimated
			sum.Unpriced = sum.Unpriced || unpriced(s)
		}
		if s.Cost != nil {
			sum.Cost += s.Cost.Total
		}
		sum.FirstToken = max(sum.FirstToken, s.TimeToFirstToken)
		if s.Model != "" && !slices.Contains(sum.Models, s.Model) {
			sum.Models = append(sum.Models, s.Model)
		}
	}
	return sum
}

func unpriced(s *store.Span) bool { return s.Usage != nil && s.Usage.Total() > 0 && s.Cost == nil }

func (t *trace) status() store.TraceStatus {
	status := store.TraceOK
	if !t.row.HasRoot {
		return store.TraceRunning
	}
	for i := range t.spans {
		s := &t.spans[i]
		switch {
		case s.Running():
			return store.TraceRunning
		case s.Status == store.StatusError && s.Root():
			status = store.TraceFailed
		case s.Status == store.StatusError && status == store.TraceOK:
			status = store.TraceRecovered
		}
	}
	return status
}

// agent is the name of the agent span with the fewest known spans above it, of those the earliest.
func (t *trace) agent() string {
	var agents []*store.Span
	for i := range t.spans {
		if t.spans[i].Kind == store.KindAgent {
			agents = append(agents, &t.spans[i])
		}
	}
	if len(agents) == 0 {
		return ""
	}
	return slices.MinFunc(agents, func(a, b *store.Span) int {
		return cmp.Or(t.depth(a)-t.depth(b), a.Start.Compare(b.Start), cmp.Compare(a.SpanID, b.SpanID))
	}).Name
}

// depth stops at a span that is its own ancestor.
func (t *trace) depth(s *store.Span) int {
	depth := 0
	for ; depth < len(t.spans); depth++ {
		i := t.index(s.ParentSpanID)
		if i < 0 {
			break
		}
		s = &t.spans[i]
	}
	return depth
}

// sorted are the spans in the order in which they are read.
func (t *trace) sorted() []store.Span {
	spans := slices.Clone(t.spans)
	slices.SortFunc(spans, func(a, b store.Span) int {
		return cmp.Or(a.Start.Compare(b.Start), compareEnds(a, b), cmp.Compare(a.SpanID, b.SpanID))
	})
	return spans
}

// compareEnds puts spans without an end last.
func compareEnds(a, b store.Span) int {
	switch {
	case a.Running() && b.Running():
		return 0
	case a.Running():
		return 1
	case b.Running():
		return -1
	}
	return a.End.Compare(b.End)
}
