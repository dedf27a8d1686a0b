package api

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/verdict"
)

// comparison is two traces side by side.
type comparison struct {
	A         traceRow       `json:"a"`
	B         traceRow       `json:"b"`
	Steps     []alignedStep  `json:"steps"`
	First     int            `json:"first"` // index of the step where the runs part, else of the first that differs; -1 for none
	Summary   string         `json:"summary"`
	Parts     []verdict.Part `json:"parts"`          // the summary again, with links, code and odd characters
	Step      int            `json:"step"`           // index of the step that input and output are of; -1: of the whole run
	SameInput bool           `json:"sameInput"`      // of the whole run
	Refs      *comparedRefs  `json:"refs,omitempty"` // git refs or versions
	Input     diffView       `json:"input"`          // messages that both have are left out
	Output    diffView       `json:"output"`
	Cut       bool           `json:"cut,omitempty"` // there are too many steps to align them all
}

// comparedRefs are the versions of what ran.
type comparedRefs struct {
	A string `json:"a,omitempty"`
	B string `json:"b,omitempty"`
}

// alignedStep is a step that both took, or one of them.
type alignedStep struct {
	A    *stepView `json:"a,omitempty"`
	B    *stepView `json:"b,omitempty"`
	Same bool      `json:"same"`           // it was given the same, and gave the same
	What string    `json:"what,omitempty"` // what differs: prompt, arguments, result, output, only A, only B
}

// stepView is one span beside others.
type stepView struct {
	Span   string  `json:"span"`
	Kind   kind    `json:"kind"`
	Name   string  `json:"name"`
	At     float64 `json:"at"`             // ms since the trace's start
	MS     float64 `json:"ms"`             // -1 while it runs
	Status string  `json:"status"`         // one letter, as in a trace
	Text   string  `json:"text,omitempty"` // the error, or what came out, cut
	Odd    []int   `json:"odd,omitempty"`  // characters of text that the other step's has not
	N      int     `json:"n,omitempty"`    // number of a model call: #n
	Input  int64   `json:"in,omitempty"`   // its tokens, as is the next
	Cached int64   `json:"cached,omitempty"`
}

func (s *server) compare(r *http.Request, who Identity) (any, error) {
	values := r.URL.Query()
	ids := [2]string{values.Get("a"), values.Get("b")}
	if ids[0] == "" {
		return nil, invalid("a and b are the ids of two traces; without b, traces to compare a with are offered")
	}
	if ids[1] == "" {
		return s.offers(r.Context(), who.Project, ids[0])
	}
	var c comparer
	var reply comparison
	for side, row := range []*traceRow{&reply.A, &reply.B} {
		v, err := s.views.get(r.Context(), who.Project, ids[side])
		if err != nil {
			return nil, err
		}
		if *row, err = s.rowOfView(r.Context(), who.Project, v); err != nil {
			return nil, err
		}
		c.sides[side] = newSide(v)
	}
	pairs, whole := c.align()
	c.pairs, reply.Cut = pairs, !whole
	chosen := -1
	if text := values.Get("step"); text != "" {
		var err error
		if chosen, err = strconv.Atoi(text); err != nil {
			return nil, invalid("step is the index of a step, not %q", text)
		}
	}
	c.fill(&reply, chosen)
	return reply, nil
}

// side is one of the two traces.
type side struct {
	*view

	root    int         // index of the first span that has no parent, -1 for none
	steps   []int       // indexes of the other spans
	number  map[int]int // of model calls
	content map[store.Hash]content
}

// maxSteps is how many steps of a trace are aligned.
const maxSteps = 20_000

func newSide(v *view) side {
	s := side{view: v, root: slices.Index(v.parent, noParent), number: v.numbers(), content: map[store.Hash]content{}}
	for i := range v.spans {
		if (i != s.root || len(v.spans) == 1) && len(s.steps) < maxSteps {
			s.steps = append(s.steps, i)
		}
	}
	return s
}

// pair is the index of a span on each side, -1 for none.
type pair [2]int

// comparer compares a and b, which are sides 0 and 1.
type comparer struct {
	sides [2]side
	pairs []pair
}

// align matches steps by kind, name and order, where order matters.
func (c *comparer) align() (pairs []pair, whole bool) {
	type key struct {
		kind store.Kind
		name string
	}
	var keys [2][]key
	var steps [2][]int
	for side := range keys {
		steps[side] = c.sides[side].canonical()
		for _, i := range steps[side] {
			span := &c.sides[side].spans[i]
			keys[side] = append(keys[side], key{span.Kind, span.Name})
		}
	}
	edits, whole := diffOf(keys[0], keys[1])
	for _, e := range edits {
		if e.op == inBoth {
			for n := range e.a1 - e.a0 {
				pairs = append(pairs, pair{steps[0][e.a0+n], steps[1][e.b0+n]})
			}
			continue
		}
		for _, i := range steps[0][e.a0:e.a1] {
			pairs = append(pairs, pair{i, -1})
		}
		for _, i := range steps[1][e.b0:e.b1] {
			pairs = append(pairs, pair{-1, i})
		}
	}
	return asInA(pairs), whole && len(c.sides[0].steps) < maxSteps && len(c.sides[1].steps) < maxSteps
}

// fill tells what was aligned. Without a chosen step, input and output are of the one where the runs part.
func (c *comparer) fill(reply *comparison, chosen int) {
	reply.Steps = make([]alignedStep, len(c.pairs))
	for i, p := range c.pairs {
		reply.Steps[i] = c.alignedStep(p)
	}
	reply.First = c.parting()
	if reply.Step = chosen; chosen < 0 || chosen >= len(c.pairs) {
		reply.Step = reply.First
	}
	reply.Parts = c.summary(reply.First)
	reply.Summary = (&verdict.Verdict{Parts: reply.Parts}).Text()
	if a, b := c.sides[0].version(), c.sides[1].version(); a != "" || b != "" {
		reply.Refs = &comparedRefs{a, b}
	}
	shown := pair{c.sides[0].root, c.sides[1].root}
	reply.SameInput = shown[0] >= 0 && shown[1] >= 0 && c.sameInput(shown)
	if reply.Step >= 0 {
		shown = c.pairs[reply.Step]
	}
	reply.Input, reply.Output = c.diff(shown)
}

// parting is the first step that decided or failed otherwise; else the first that gave something else, as one does that
// only fetches what the others work on; else the first that was given something else. -1 for none.
func (c *comparer) parting() int {
	for _, parts := range []func(pair) bool{
		func(p pair) bool { return c.decides(p) && !c.sameResult(p) },
		func(p pair) bool { return !c.sameResult(p) },
		func(p pair) bool { return c.what(p) != "" },
	} {
		if i := slices.IndexFunc(c.pairs, parts); i >= 0 {
			return i
		}
	}
	return -1
}

// decides is false for steps of a program's own that did not fail.
func (c *comparer) decides(p pair) bool {
	for side, i := range p {
		if i < 0 {
			continue
		}
		if span := &c.sides[side].spans[i]; span.Kind != store.KindSpan || span.Status == store.StatusError {
			return true
		}
	}
	return false
}

func (c *comparer) alignedStep(p pair) alignedStep {
	step := alignedStep{What: c.what(p)}
	step.Same = step.What == ""
	for side, shown := range []**stepView{&step.A, &step.B} {
		if p[side] >= 0 {
			*shown = new(c.sides[side].step(p[side], c.sides[side].number))
		}
	}
	if step.A != nil && step.B != nil && !step.Same {
		step.A.Odd, step.B.Odd = oddIn(step.A.Text, step.B.Text), oddIn(step.B.Text, step.A.Text)
	}
	return step
}

// version is the git ref of a trace, else the version of the first service that tells one.
func (s *side) version() string {
	const short = 12
	if s.sum.GitRef != "" {
		return cut(s.sum.GitRef, short)
	}
	for i := range s.spans {
		if s.spans[i].Version != "" {
			return s.spans[i].Version
		}
	}
	return ""
}

func (v *view) step(i int, numbers map[int]int) stepView {
	span := &v.spans[i]
	step := stepView{
		Span: span.SpanID, Kind: kindOf(span.Kind), Name: span.Name, At: v.since(span.Start), MS: -1,
		Status: string(v.states[i]), Text: v.brief(span), N: numbers[i],
	}
	if !span.Running() {
		step.MS = fine(spanned(span))
	}
	if span.Usage != nil && span.Kind == store.KindLLM {
		step.Input, step.Cached = span.Usage.Input, span.Usage.CacheRead
	}
	return step
}

// maxBrief is how much of a text a step shows.
const maxBrief = 120

// brief is the error of a span, else what came out of it.
func (v *view) brief(s *store.Span) string {
	if s.Status == store.StatusError {
		return oneLine(errorOf(s), maxBrief)
	}
	if s.Call != nil {
		for _, m := range s.Call.Out {
			if said := readSaid(v.bodies[m.Hash]).text; said != "" {
				return oneLine(said, maxBrief)
			}
		}
	}
	if s.Output != nil {
		return oneLine(*s.Output, maxBrief)
	}
	return ""
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
