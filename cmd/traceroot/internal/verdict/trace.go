package verdict

import (
	"cmp"
	"slices"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// Trace is a stored trace laid out for the questions of this package. It keeps what it has worked out, so one trace
// serves all questions; it is not safe for concurrent use, and changes nothing that it was given.
type Trace struct {
	summary store.Summary
	spans   []store.Span
	bodies  map[store.Hash]string

	order    []int // indexes of spans by start, end and id
	byID     map[string]int
	parent   []int // -1 on roots, where the parent is missing, and once in each circle
	children [][]int
	scope    []string // id of the nearest agent above, else of the topmost span; what conversations are told apart by
	number   []int    // of model calls, from 1 in order

	messages map[store.Hash]*message
	tools    map[string]map[string]string // by Payload.Tools, see offered
	talk     *talk
	calls    []Call
}

// NewTrace lays a trace out. Bodies are those of the messages in Call.In and Call.Out; where the messages have bodies
// themselves, bodies may be nil. What has no body is known by its hash alone.
func NewTrace(summary store.Summary, spans []store.Span, bodies map[store.Hash]string) *Trace {
	t := &Trace{
		summary: summary, spans: spans, bodies: bodies,
		order:    make([]int, len(spans)),
		byID:     make(map[string]int, len(spans)),
		parent:   make([]int, len(spans)),
		children: make([][]int, len(spans)),
		scope:    make([]string, len(spans)),
		number:   make([]int, len(spans)),
		messages: make(map[store.Hash]*message, len(bodies)),
		tools:    map[string]map[string]string{},
	}
	for i := range spans {
		t.order[i] = i
		if _, again := t.byID[spans[i].SpanID]; !again {
			t.byID[spans[i].SpanID] = i
		}
	}
	slices.SortFunc(t.order, func(a, b int) int {
		x, y := &spans[a], &spans[b]
		return cmp.Or(x.Start.Compare(y.Start), compareEnds(x, y), cmp.Compare(x.SpanID, y.SpanID), cmp.Compare(a, b))
	})
	t.linkParents()
	t.findScopes()
	models := 0
	for _, i := range t.order {
		if spans[i].Kind == store.KindLLM {
			models++
			t.number[i] = models
		}
	}
	return t
}

// compareEnds puts what runs behind what ended.
func compareEnds(a, b *store.Span) int {
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

func (t *Trace) linkParents() {
	for i := range t.spans {
		t.parent[i] = -1
		if p, known := t.byID[t.spans[i].ParentSpanID]; known && p != i {
			t.parent[i] = p
		}
	}
	// Walking up from each span, one that is met a second time on the same walk closes a circle.
	walk := make([]int, len(t.spans))
	for i := range t.spans {
		for at := i; at >= 0 && walk[at] == 0; at = t.parent[at] {
			walk[at] = i + 1
			if p := t.parent[at]; p >= 0 && walk[p] == i+1 {
				t.parent[at] = -1
			}
		}
	}
	for _, i := range t.order {
		if p := t.parent[i]; p >= 0 {
			t.children[p] = append(t.children[p], i)
		}
	}
}

func (t *Trace) findScopes() {
	var below []int
	for _, i := range t.order {
		if t.parent[i] < 0 {
			t.scope[i] = cmp.Or(t.spans[i].ParentSpanID, t.spans[i].SpanID)
			below = append(below, i)
		}
	}
	for len(below) > 0 {
		i := below[len(below)-1]
		below = below[:len(below)-1]
		scope := t.scope[i]
		if t.spans[i].Kind == store.KindAgent {
			scope = t.spans[i].SpanID
		}
		for _, child := range t.children[i] {
			t.scope[child] = scope
		}
		below = append(below, t.children[i]...)
	}
}

// root is the index of the earliest root, -1 when there is none.
func (t *Trace) root() int {
	for _, i := range t.order {
		if t.spans[i].Root() {
			return i
		}
	}
	return -1
}

// sent is the messages that a model call was shown and gave; none of a call that holds no conversation.
func (t *Trace) sent(i int) (in, out []store.Message) {
	if call := t.spans[i].Call; call != nil && t.spans[i].Kind == store.KindLLM && chats(call) {
		return call.In, call.Out
	}
	return nil, nil
}

// chats tells answers of a model from what else models are asked for.
func chats(call *store.Call) bool {
	switch call.Operation {
	case "embeddings", "embedding", "embed", "rerank", "moderation", "count_tokens":
		return false
	}
	return true
}

// modelCalls are the indexes of the model calls of a scope, in order.
func (t *Trace) modelCalls(scope string) []int {
	var found []int
	for _, i := range t.order {
		if t.number[i] > 0 && t.scope[i] == scope {
			found = append(found, i)
		}
	}
	return found
}
