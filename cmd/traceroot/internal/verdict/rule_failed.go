package verdict

import (
	"fmt"
	"slices"
	"strings"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// maxChain bounds how much of an error's text is looked through.
const maxChain = 16 << 10

// failedLeaf finds where the error arose that a trace failed with: the first leaf on the path of the root's error. It
// names the tool or the model call that the leaf is of, since that is what the agent knows.
func failedLeaf(v *view) *finding {
	root := v.root()
	if v.summary.Status != store.TraceFailed || root < 0 {
		return nil
	}
	leaf := v.cause(root)
	subject := v.subject(leaf)
	f := &finding{status: Failed, head: "Failed."}
	f.said = append([]Part{v.link(subject)}, answered(&v.spans[leaf])...)

	asker := subject
	if call := v.lastCallAs(subject); call != nil {
		f.call = call.key
		asker = call.asker
		subject = v.firstFailed(call)
		f.said[0] = v.link(subject)
	}
	if head := v.step(asker, root); head != "" {
		f.head = head
	}
	return f
}

// cause is the first span in which the root's error arose.
func (v *view) cause(root int) int {
	failed, _ := store.Causes(v.spans)
	for _, id := range failed {
		if i, known := v.byID[id]; known && i != root {
			return i
		}
	}
	// The root's own text names what failed, or its chain of errors has that of a span.
	chain := allErrorText(&v.spans[root])
	chain = chain[:min(len(chain), maxChain)]
	for _, i := range v.order {
		s := &v.spans[i]
		if i == root || s.Status != store.StatusError || len(v.failedBelow(i)) > 0 {
			continue
		}
		if text := errorText(s); len(text) >= 8 && strings.Contains(chain, text) {
			return i
		}
	}
	for _, i := range v.order {
		s := &v.spans[i]
		if s.Kind == store.KindTool && s.Status == store.StatusError && len(s.Name) >= 4 && strings.Contains(chain, s.Name) &&
			!v.succeededLater(i) {
			return i
		}
	}
	return root
}

func (v *view) failedBelow(i int) []int {
	return slices.DeleteFunc(slices.Clone(v.children[i]), func(c int) bool { return v.spans[c].Status != store.StatusError })
}

// succeededLater reports whether a sibling of the same name did what a span failed to do.
func (v *view) succeededLater(i int) bool {
	p := v.parent[i]
	return p >= 0 && slices.ContainsFunc(v.children[p], func(c int) bool {
		s := &v.spans[c]
		return s.Name == v.spans[i].Name && s.Status != store.StatusError && s.Start.After(v.spans[i].Start)
	})
}

// subject is the tool or model call that a failed span is, or was made for: the nearest above that failed too.
func (v *view) subject(leaf int) int {
	for i := leaf; i >= 0 && v.spans[i].Status == store.StatusError; i = v.parent[i] {
		if kind := v.spans[i].Kind; kind == store.KindTool || kind == store.KindLLM {
			return i
		}
	}
	return leaf
}

// lastCallAs is the last failed call that is the same as the one that a span ran.
func (v *view) lastCallAs(span int) *Call {
	calls := Calls(v.Trace)
	n := slices.IndexFunc(calls, func(c Call) bool { return c.span == span })
	if n < 0 {
		return nil
	}
	last := n
	for later := n + 1; later < len(calls); later++ {
		if calls[later].key == calls[n].key && calls[later].Failed {
			last = later
		}
	}
	return &calls[last]
}

// firstFailed is the span of the first failed call that is the same.
func (v *view) firstFailed(call *Call) int {
	for _, c := range Calls(v.Trace) {
		if c.key == call.key && c.Failed && c.span >= 0 {
			return c.span
		}
	}
	return call.span
}

// step says at which of its model calls, retries aside, an agent failed; empty where it made but one.
func (v *view) step(asker, root int) string {
	if v.number[asker] == 0 {
		return ""
	}
	at, steps, before := 0, 0, -1
	for _, i := range v.modelCalls(v.scope[asker]) {
		if before < 0 || !v.retried(&v.spans[before], &v.spans[i]) {
			steps++
		}
		if before = i; i == asker {
			at = steps
		}
	}
	if steps < 2 {
		return ""
	}
	head := fmt.Sprintf("Failed at step %d of %d", at, steps)
	if agent, known := v.byID[v.scope[asker]]; known && agent != root && v.spans[agent].Kind == store.KindAgent {
		head += " in " + brief(v.spans[agent].Name)
	}
	return head + "."
}
