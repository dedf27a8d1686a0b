package api

import (
	"cmp"
	"fmt"

	"github.com/tidwall/gjson"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/verdict"
)

// summary says where two runs parted.
func (c *comparer) summary(first int) []verdict.Part {
	switch {
	case first < 0:
		return []verdict.Part{{Text: fmt.Sprintf("Both took the same %s, with the same results.", plural(len(c.pairs), "step"))}}
	case first == 0:
		return append([]verdict.Part{{Text: "They differ from the first step on."}, {Text: " "}}, c.partingWords(c.pairs[first])...)
	}
	return append([]verdict.Part{{Text: fmt.Sprintf("Same path for %s.", plural(first, "step"))}, {Text: " "}}, c.partingWords(c.pairs[first])...)
}

func (c *comparer) partingWords(p pair) []verdict.Part {
	switch {
	case p[1] < 0:
		return []verdict.Part{{Text: "Then only A went on to "}, c.name(0, p[0]), {Text: "."}}
	case p[0] < 0:
		return []verdict.Part{{Text: "Then only B went on to "}, c.name(1, p[1]), {Text: "."}}
	}
	there := []verdict.Part{{Text: "There "}, c.name(0, p[0])}
	a, b := &c.sides[0].spans[p[0]], &c.sides[1].spans[p[1]]
	switch {
	case a.Status == store.StatusError && b.Status != store.StatusError:
		return append(there, verdict.Part{Text: " failed in A alone: "}, verdict.Part{Text: oneLine(errorOf(a), maxBrief), Code: true})
	case b.Status == store.StatusError && a.Status != store.StatusError:
		return append(there, verdict.Part{Text: " failed in B alone: "}, verdict.Part{Text: oneLine(errorOf(b), maxBrief), Code: true})
	}
	if said := c.argument(p); said != nil {
		return said
	}
	said := " was given something else, and gave something else."
	if c.sameResult(p) {
		said = " was given something else, and gave the same."
	} else if c.sameInput(p) {
		said = " gave something else, though it was given the same."
	}
	return append(there, verdict.Part{Text: said})
}

// name leads to a span: by the number of a model call, else by its name.
func (c *comparer) name(side, i int) verdict.Part {
	span := &c.sides[side].spans[i]
	if n := c.sides[side].number[i]; n > 0 {
		return verdict.Part{Text: fmt.Sprintf("call #%d", n), SpanID: span.SpanID}
	}
	return verdict.Part{Text: oneLine(span.Name, maxBrief), SpanID: span.SpanID}
}

// argument tells of the first argument that two calls of the same tool differ in; nil where there is none.
func (c *comparer) argument(p pair) []verdict.Part {
	a, b := c.sides[0].toolCalls(p[0]), c.sides[1].toolCalls(p[1])
	for n := range min(len(a), len(b)) {
		tool := a[n].Get("name").String()
		if tool != b[n].Get("name").String() {
			return nil
		}
		path, x, y := firstOther("", gjson.Parse(argumentsOf(a[n])), gjson.Parse(argumentsOf(b[n])), 0)
		if x == y {
			continue
		}
		x, y = oneLine(x, maxBrief), oneLine(y, maxBrief)
		return []verdict.Part{
			{Text: "There A wrote "},
			{Text: x, Code: true, Odd: oddIn(x, y)},
			{Text: ", B wrote "},
			{Text: y, Code: true, Odd: oddIn(y, x)},
			{Text: " as "},
			{Text: cmp.Or(path, "arguments"), Code: true},
			{Text: " of "},
			{Text: tool, Code: true},
			{Text: "."},
		}
	}
	return nil
}

func (s *side) toolCalls(i int) []gjson.Result {
	var calls []gjson.Result
	if call := s.spans[i].Call; call != nil {
		for _, m := range call.Out {
			calls = append(calls, gjson.Get(s.bodies[m.Hash], "tool_calls").Array()...)
		}
	}
	return calls
}

// firstOther is the first member in which two values differ.
func firstOther(path string, a, b gjson.Result, depth int) (at, x, y string) {
	const deepest = 16
	if a.Raw == b.Raw || depth > deepest || !a.IsObject() || !b.IsObject() {
		return path, a.String(), b.String()
	}
	theirs := b.Map()
	for _, members := range []gjson.Result{a, b} {
		for key, value := range members.ForEach {
			inner := key.Str
			if path != "" {
				inner = path + "." + inner
			}
			if members.Raw == b.Raw {
				value = a.Map()[key.Str]
			}
			if at, x, y := firstOther(inner, value, theirs[key.Str], depth+1); x != y {
				return at, x, y
			}
		}
	}
	return path, "", ""
}
