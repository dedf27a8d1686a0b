package store

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// Causes are the ids of the spans in which errors arose, ordered by start: those that a root span failed through, and
// those that did not get that far. An error that passed through several spans counts in the innermost; one that
// happened again to the same call of the same parent counts once.
//
// That an error passed from a child to its parent is seen by their texts, one within the other, or by nothing having
// been begun after the child.
func Causes(spans []Span) (failed, recovered []string) {
	c := newCauses(spans)
	through := c.through()
	var fatal, others []int
	for i := range spans {
		switch {
		case spans[i].Status != StatusError || len(c.passed(i)) > 0:
		case through[i]:
			fatal = append(fatal, i)
		default:
			others = append(others, i)
		}
	}
	told := map[string]bool{}
	return c.once(fatal, told), c.once(others, told)
}

type causes struct {
	spans    []Span
	children map[string][]int // by id of the parent
}

func newCauses(spans []Span) *causes {
	c := &causes{children: map[string][]int{}, spans: spans}
	for i := range spans {
		c.children[spans[i].ParentSpanID] = append(c.children[spans[i].ParentSpanID], i)
	}
	return c
}

// through are the spans that the error of a root passed through, with those in which it arose.
func (c *causes) through() map[int]bool {
	through := map[int]bool{}
	for _, root := range c.children[""] {
		c.follow(root, through)
	}
	return through
}

// follow marks a span that failed and all that its error passed through.
func (c *causes) follow(i int, through map[int]bool) {
	if through[i] || c.spans[i].Status != StatusError {
		return
	}
	through[i] = true
	for _, child := range c.passed(i) {
		c.follow(child, through)
	}
}

// passed are the children whose error became that of the span.
func (c *causes) passed(i int) []int {
	var passed []int
	children := c.children[c.spans[i].SpanID]
	last := c.lastStart(children)
	for _, child := range children {
		if child != i && c.spans[child].Status == StatusError && (c.sameError(i, child) || !c.spans[child].Start.Before(last)) {
			passed = append(passed, child)
		}
	}
	return passed
}

// lastStart is when the last of some spans was begun.
func (c *causes) lastStart(of []int) time.Time {
	var last time.Time
	for _, i := range of {
		if c.spans[i].Start.After(last) {
			last = c.spans[i].Start
		}
	}
	return last
}

func (c *causes) sameError(outer, inner int) bool {
	a, b := errorText(&c.spans[outer]), errorText(&c.spans[inner])
	return a != "" && b != "" && (strings.Contains(a, b) || strings.Contains(b, a))
}

// once leaves out those of which an equal one was told.
func (c *causes) once(found []int, told map[string]bool) []string {
	slices.SortStableFunc(found, func(a, b int) int {
		return cmp.Or(c.spans[a].Start.Compare(c.spans[b].Start), cmp.Compare(c.spans[a].SpanID, c.spans[b].SpanID))
	})
	var ids []string
	for _, i := range found {
		s := &c.spans[i]
		key := strings.Join([]string{s.ParentSpanID, string(s.Kind), s.Name, errorText(s)}, "\x00")
		if !told[key] {
			told[key] = true
			ids = append(ids, s.SpanID)
		}
	}
	return ids
}

// errorText is what a span says of its error.
func errorText(s *Span) string {
	if s.StatusMessage == "" && len(s.Errors) > 0 {
		return cmp.Or(s.Errors[0].Message, s.Errors[0].Type)
	}
	return s.StatusMessage
}
