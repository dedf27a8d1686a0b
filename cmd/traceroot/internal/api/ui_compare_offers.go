package api

import (
	"context"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// offersView is what a trace may be compared with.
type offersView struct {
	Row    traceRow    `json:"row"` // the trace itself
	Offers []offerView `json:"offers"`
}

// offerView is one other trace.
type offerView struct {
	Why string   `json:"why"` // previous success, same input or same session
	Row traceRow `json:"row"`
}

// Bounds of offers.
const (
	maxOffers = 20
	maxAlike  = 200 // traces of the same agent that are looked at
)

// offers looks among the latest traces of the same agent and session.
func (s *server) offers(ctx context.Context, project, traceID string) (any, error) {
	v, err := s.views.get(ctx, project, traceID)
	if err != nil {
		return nil, err
	}
	row, err := s.rowOfView(ctx, project, v)
	if err != nil {
		return nil, err
	}
	previous, err := s.previous(ctx, project, v)
	if err != nil {
		return nil, err
	}
	o := offering{told: map[string]bool{traceID: true}}
	if previous != "" {
		before, err := s.store.Traces(ctx, project, store.Query{Where: ofIDs(previous)})
		if err != nil {
			return nil, err
		}
		o.add("previous success", before.Rows)
	}
	alike, err := s.store.Traces(ctx, project, store.Query{Where: []store.Condition{v.sameAgent()}, Limit: maxAlike})
	if err != nil {
		return nil, err
	}
	for i := range alike.Rows {
		if input := alike.Rows[i].Input; input != nil && v.sum.Input != nil && *input == *v.sum.Input {
			o.add("same input", alike.Rows[i:i+1])
		}
	}
	if v.sum.SessionID != "" {
		ofSession := store.Condition{Field: store.FieldSession, Op: store.OpIn, Values: []string{v.sum.SessionID}}
		page, err := s.store.Traces(ctx, project, store.Query{Where: []store.Condition{ofSession}, Limit: maxOffers})
		if err != nil {
			return nil, err
		}
		o.add("same session", page.Rows)
	}
	ids := make([]string, len(o.found))
	for i := range o.found {
		ids[i] = o.found[i].TraceID
	}
	previews, err := s.previews(ctx, project, ids)
	if err != nil {
		return nil, err
	}
	reply := offersView{Row: row, Offers: make([]offerView, len(o.found))}
	for i := range o.found {
		reply.Offers[i] = offerView{o.why[i], rowOf(&o.found[i], previews[ids[i]])}
	}
	return reply, nil
}

// sameAgent holds for traces in which the agent of this one runs or, where it has none, those of the same name.
func (v *view) sameAgent() store.Condition {
	if v.sum.Agent == "" {
		return store.Condition{Field: store.FieldName, Op: store.OpIn, Values: []string{v.sum.Name}}
	}
	return store.Condition{Field: store.FieldAgent, Op: store.OpIn, Values: []string{v.sum.Agent}}
}

// offering collects traces, each once.
type offering struct {
	told  map[string]bool
	found []store.Summary
	why   []string
}

func (o *offering) add(why string, rows []store.Summary) {
	for i := range rows {
		if !o.told[rows[i].TraceID] && len(o.found) < maxOffers {
			o.told[rows[i].TraceID] = true
			o.found, o.why = append(o.found, rows[i]), append(o.why, why)
		}
	}
}
