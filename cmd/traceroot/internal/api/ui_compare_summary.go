package api

import (
	"context"
	"fmt"

	"github.com/tidwall/gjson"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/verdict"
)

// summary says where two runs parted.
func (c *comparer) summary(first int) []verdict.Part {
	if first < 0 {
		return []verdict.Part{{Text: fmt.Sprintf("Both took the same %s, with the same results.", plural(len(c.pairs), "step"))}}
	}
	lead := verdict.Part{Text: fmt.Sprintf("Same path for %s.", plural(first, "step"))}
	if first == 0 {
		lead.Text = "They differ from the first step on."
	}
	return append([]verdict.Part{lead, {Text: " "}}, c.parting(c.pairs[first])...)
}

func (c *comparer) parting(p pair) []verdict.Part {
	if p[1] < 0 {
		return []verdict.Part{{Text: "Then only A went on to "}, c.link(0, p[0]), {Text: "."}}
	}
	if p[0] < 0 {
		return []verdict.Part{{Text: "Then only B went on to "}, c.link(1, p[1]), {Text: "."}}
	}
	there := []verdict.Part{{Text: "There "}, c.link(0, p[0])}
	failed := [2]bool{}
	for side := range failed {
		failed[side] = c.sides[side].spans[p[side]].Status == store.StatusError
	}
	switch {
	case failed[0] && !failed[1]:
		return append(there, verdict.Part{Text: " failed in A alone: "}, c.failure(0, p[0]))
	case failed[1] && !failed[0]:
		return append(there, verdict.Part{Text: " failed in B alone: "}, c.failure(1, p[1]))
	}
	if said := c.argument(p); said != nil {
		return said
	}
	given := "though it was given the same"
	if !c.sameInput(p) {
		given = "and had been given something else"
	}
	if c.sameResult(p) {
		return append(there, verdict.Part{Text: " was given something else, and gave the same."})
	}
	return append(there, verdict.Part{Text: " gave something else, " + given + "."})
}

func (c *comparer) link(side, i int) verdict.Part {
	span := &c.sides[side].spans[i]
	if n := c.sides[side].number[i]; n > 0 {
		return verdict.Part{Text: fmt.Sprintf("model call #%d", n), SpanID: span.SpanID}
	}
	return verdict.Part{Text: oneLine(span.Name, maxBrief), SpanID: span.SpanID}
}

func (c *comparer) failure(side, i int) verdict.Part {
	return verdict.Part{Text: oneLine(errorOf(&c.sides[side].spans[i]), maxBrief), Code: true}
}

// argument tells of the first argument that two calls of the same tools differ in.
func (c *comparer) argument(p pair) []verdict.Part {
	if !c.sameTools(p) {
		return nil
	}
	a, b := c.sides[0].toolCalls(p[0]), c.sides[1].toolCalls(p[1])
	for n := range a {
		path, x, y := firstOther("", parsed(a[n]), parsed(b[n]), 0)
		if x == y {
			continue
		}
		x, y = oneLine(x, maxBrief), oneLine(y, maxBrief)
		return []verdict.Part{
			{Text: "There A wrote "}, {Text: path, Code: true}, {Text: " "}, {Text: x, Code: true, Odd: oddIn(x, y)},
			{Text: ", B wrote "}, {Text: y, Code: true, Odd: oddIn(y, x)},
			{Text: ", for "}, {Text: a[n].Get("name").String(), Code: true}, {Text: "."},
		}
	}
	return nil
}

func parsed(call gjson.Result) gjson.Result { return gjson.Parse(argumentsOf(call)) }

// firstOther is the first leaf that two values differ in.
func firstOther(path string, a, b gjson.Result, depth int) (at, x, y string) {
	const deepest = 16
	if a.Raw == b.Raw || depth > deepest || !a.IsObject() || !b.IsObject() {
		return path, a.String(), b.String()
	}
	members := a.Map()
	others := b.Map()
	var names []string
	for key := range a.ForEach {
		names = append(names, key.Str)
	}
	for key := range b.ForEach {
		if _, known := members[key.Str]; !known {
			names = append(names, key.Str)
		}
	}
	for _, name := range names {
		inner := name
		if path != "" {
			inner = path + "." + name
		}
		if at, x, y := firstOther(inner, members[name], others[name], depth+1); x != y {
			return at, x, y
		}
	}
	return path, "", ""
}

// offersView is what a trace may be compared with.
type offersView struct {
	Row    traceRow    `json:"row"`
	Offers []offerView `json:"offers"`
}

// offerView is one of them.
type offerView struct {
	Why string   `json:"why"` // same input, same session, previous success
	Row traceRow `json:"row"`
}

const maxOffers = 20

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
	o := offering{told: map[string]bool{traceID: true}}
	previous, err := s.previous(ctx, project, v)
	if err != nil {
		return nil, err
	}
	field, name := store.FieldAgent, v.sum.Agent
	if name == "" {
		field, name = store.FieldName, v.sum.Name
	}
	alike, err := s.store.Traces(ctx, project, store.Query{Limit: 200, Where: []store.Condition{{Field: field, Op: store.OpIn, Values: []string{name}}}})
	if err != nil {
		return nil, err
	}
	o.add("previous success", alike.Rows, func(sum *store.Summary) bool { return sum.TraceID == previous })
	o.add("same input", alike.Rows, func(sum *store.Summary) bool {
		return sum.Input != nil && v.sum.Input != nil && *sum.Input == *v.sum.Input
	})
	if v.sum.SessionID != "" {
		page, err := s.store.Traces(ctx, project, store.Query{
			Limit: maxOffers, Where: []store.Condition{{Field: store.FieldSession, Op: store.OpIn, Values: []string{v.sum.SessionID}}},
		})
		if err != nil {
			return nil, err
		}
		o.add("same session", page.Rows, func(*store.Summary) bool { return true })
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

// offering collects traces, each once.
type offering struct {
	told  map[string]bool
	found []store.Summary
	why   []string
}

func (o *offering) add(why string, rows []store.Summary, fits func(*store.Summary) bool) {
	for i := range rows {
		if !o.told[rows[i].TraceID] && len(o.found) < maxOffers && fits(&rows[i]) {
			o.told[rows[i].TraceID] = true
			o.found, o.why = append(o.found, rows[i]), append(o.why, why)
		}
	}
}
