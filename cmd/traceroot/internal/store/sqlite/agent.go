package sqlite

import (
	"cmp"
	"math"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// agent is the outermost agent span of a trace: the one with the fewest known spans above it, of those the earliest.
type agent struct {
	Span  string `json:"span"`
	Start int64  `json:"start"`
	Depth int    `json:"depth"`
	Above string `json:"above,omitempty"` // the span above all known ones that it names; empty under a root
	name  string
}

// loop is the depth of a span that is its own ancestor.
const loop = math.MaxInt32

func (a *agent) outer(b *agent) bool {
	return b.Span == "" || cmp.Or(a.Depth-b.Depth, cmp.Compare(a.Start, b.Start), cmp.Compare(a.Span, b.Span)) < 0
}

// agents is what a transaction learns that may change which one that is.
type agents struct {
	spans []agent // agent spans that are new
	stale bool    // an old one changed
}

// enter tells of a new span.
func (t *traceState) enter(s *store.Span) {
	if s.Kind == store.KindAgent {
		t.entered.spans = append(t.entered.spans, agent{Span: s.SpanID, Start: s.Start.UnixMicro(), name: s.Name})
	}
	if t.agent.Above == s.SpanID && s.SpanID != "" {
		t.entered.stale = true
	}
}

// replaced tells of a span that was sent again.
func (t *traceState) replaced(old, later *store.Span) {
	agents := old.Kind == store.KindAgent || later.Kind == store.KindAgent
	if old.ParentSpanID != later.ParentSpanID ||
		agents && (old.Kind != later.Kind || old.Name != later.Name || !old.Start.Equal(later.Start)) {
		t.entered.stale = true
	}
}

// findAgent finds the outermost agent. What an earlier transaction found is kept where nothing could change it: new
// spans make the others at most deeper.
func (tx *txn) findAgent(t *traceState) error {
	if t.entered.stale || t.agent.Above != "" && len(t.entered.spans) > 0 {
		return tx.findAgentAgain(t)
	}
	for _, a := range t.entered.spans {
		if err := tx.climb(t, &a); err != nil {
			return err
		}
		if a.outer(&t.agent) {
			t.agent, t.sum.Agent = a, a.name
		}
	}
	return nil
}

// climb finds how deep an agent is.
func (tx *txn) climb(t *traceState, a *agent) error {
	above := a.Span
	for a.Depth = -1; above != ""; a.Depth++ {
		if a.Depth >= t.sum.Spans {
			a.Depth, a.Above = loop, ""
			return nil
		}
		row, err := tx.conn.first("SELECT parent FROM spans WHERE trace = ? AND span_id = ?", t.id, idValue(above))
		if err != nil {
			return err
		}
		if row == nil {
			a.Above = above
			return nil
		}
		above = idText(row[0])
	}
	return nil
}

func (tx *txn) findAgentAgain(t *traceState) error {
	parents := make(map[string]string, t.sum.Spans)
	var all []agent
	err := tx.conn.query(func(row []any) error {
		id := idText(row[0])
		parents[id] = idText(row[1])
		if textOf(row[2]) == string(store.KindAgent) {
			all = append(all, agent{Span: id, Start: intOf(row[3]), name: textOf(row[4])})
		}
		return nil
	}, "SELECT span_id, parent, kind, start, name FROM spans WHERE trace = ?", t.id)
	if err != nil {
		return err
	}
	t.agent, t.sum.Agent = agent{}, ""
	for _, a := range all {
		a.climbIn(parents)
		if a.outer(&t.agent) {
			t.agent, t.sum.Agent = a, a.name
		}
	}
	return nil
}

func (a *agent) climbIn(parents map[string]string) {
	for above := parents[a.Span]; above != ""; a.Depth++ {
		next, known := parents[above]
		switch {
		case !known:
			a.Above = above
			return
		case a.Depth >= len(parents):
			a.Depth = loop
			return
		}
		above = next
	}
}
