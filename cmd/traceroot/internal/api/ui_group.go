package api

import (
	"fmt"
	"net/http"
	"slices"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/verdict"
)

// groupDetail is what many siblings of one kind and name add up to. Durations are of those that ended.
type groupDetail struct {
	ID      string         `json:"id"`
	Name    string         `json:"name"`
	Kind    kind           `json:"kind"`
	Parent  string         `json:"parent"` // span id
	Count   int            `json:"count"`
	Failed  int            `json:"failed"` // spans with an error
	Running int            `json:"running"`
	Start   float64        `json:"start"` // ms since the trace's start
	MS      *float64       `json:"ms"`    // from the first start to the last end; null while none has ended
	P50     float64        `json:"p50"`
	P90     float64        `json:"p90"`
	P99     float64        `json:"p99"`
	Max     float64        `json:"max"`
	Tokens  int64          `json:"tokens"`
	Cost    float64        `json:"cost"`
	Partial bool           `json:"partial,omitempty"`
	Bins    []bin          `json:"bins"` // a histogram of durations; each bin is as many times longer than the one before
	Slow    int            `json:"slow"` // spans that took far longer than the others
	Slowest []string       `json:"slowest"`
	Shared  []sharedByMany `json:"shared"` // what those that stand out have in common
}

// bin is one bar of a histogram of durations.
type bin struct {
	From  float64 `json:"from"` // ms
	To    float64 `json:"to"`
	Count int     `json:"count"`
}

// sharedByMany is a value that those that stand out have, and few others.
type sharedByMany struct {
	Key    string `json:"key"`
	Value  string `json:"value"`
	Among  string `json:"among" ts:"\"slow\" | \"failed\""`
	Having int    `json:"having"` // of those that stand out
	Of     int    `json:"of"`
	Others int    `json:"others"` // of the rest
}

func (s *server) group(r *http.Request, who Identity) (any, error) {
	v, err := s.views.get(r.Context(), who.Project, r.PathValue("trace_id"))
	if err != nil {
		return nil, err
	}
	groups := verdict.Groups(v.spans)
	at := slices.IndexFunc(groups, func(g verdict.Group) bool { return g.ID == r.PathValue("group_id") })
	if at < 0 {
		return nil, refusal{status: http.StatusNotFound, detail: "Group not found"}
	}
	return tagged(v.groupDetail(&groups[at]), fmt.Sprint(s.started, v.sum.Seq)), nil
}

func (v *view) groupDetail(g *verdict.Group) groupDetail {
	d := groupDetail{
		ID: g.ID, Name: g.Name, Kind: kindOf(g.Kind), Parent: g.ParentID, Count: len(g.Spans), Failed: g.Failed,
		Running: g.Running, Start: v.since(g.Start),
		P50: fine(g.P50), P90: fine(g.P90), P99: fine(g.P99), Max: fine(g.Max),
		Tokens: g.Tokens, Cost: g.Cost.Dollars(), Partial: g.Unpriced,
		Bins: make([]bin, len(g.Histogram)), Slow: g.Slow, Slowest: present(g.Outliers), Shared: make([]sharedByMany, len(g.Shared)),
	}
	if !g.End.IsZero() {
		d.MS = new(fine(g.End.Sub(g.Start)))
	}
	for i, b := range g.Histogram {
		d.Bins[i] = bin{fine(b.From), fine(b.To), b.Count}
	}
	for i, shared := range g.Shared {
		d.Shared[i] = sharedByMany(shared)
	}
	return d
}
