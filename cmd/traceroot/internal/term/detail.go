package term

import (
	"fmt"
	"slices"
	"time"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// detail is a line below a span. It holds clean text.
type detail struct {
	label string
	text  string
	paint style // of label and text; plain leaves the label dim
}

// labelWidth is that of the longest label, and a space.
const labelWidth = len("assistant") + 1

// details are the lines that a row is given below it.
func details(r *row) []detail {
	var lines []detail
	switch {
	case r.group != nil:
		return []detail{groupDetail(r.group)}
	case r.Kind == store.KindLLM:
		lines = modelDetails(r.Span)
	case r.Kind == store.KindTool:
		lines = appendNewValues(lines, r, "args", "result")
	default:
		lines = appendNewValues(lines, r, "input", "output")
		lines = slices.DeleteFunc(lines, func(d detail) bool { return shownBelow(r, d) })
	}
	if r.failed() {
		lines = append(lines, errorDetails(r)...)
	}
	if r.orphan != "" {
		lines = append(lines, detail{label: "parent", text: r.orphan + ": " + clean(r.ParentSpanID), paint: dim})
	}
	return lines
}

// appendNewValues leaves out what stands above already, because a span only passed it on.
func appendNewValues(lines []detail, r *row, input, output string) []detail {
	if r.parent == nil || !equal(r.Input, r.parent.Input) {
		lines = appendValue(lines, input, r.Input)
	}
	if r.parent == nil || !equal(r.Output, r.parent.Output) {
		lines = appendValue(lines, output, r.Output)
	}
	return lines
}

func equal(a, b *string) bool { return a != nil && b != nil && *a == *b }

func appendValue(lines []detail, label string, value *string) []detail {
	if value == nil || *value == "" {
		return lines
	}
	return append(lines, detail{label: label, text: firstLine(compact(*value))})
}

// shownBelow reports whether a child tells the same, as the model does whose question and answer are those of its agent.
func shownBelow(r *row, d detail) bool {
	for _, child := range r.children {
		if child.Kind == store.KindLLM && slices.ContainsFunc(modelDetails(child.Span), func(c detail) bool { return c.text == d.text }) {
			return true
		}
	}
	return false
}

func groupDetail(group []*store.Span) detail {
	var times []time.Duration
	for _, s := range group {
		times = append(times, max(0, s.End.Sub(s.Start)))
	}
	slices.Sort(times)
	return detail{label: "each", text: fmt.Sprintf("median %s, longest %s", Duration(times[len(times)/2]), Duration(times[len(times)-1]))}
}
