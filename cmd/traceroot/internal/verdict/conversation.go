package verdict

import (
	"slices"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// Conversation is what one agent and its model said to each other, each message once.
type Conversation struct {
	ScopeID string // id of the agent's span, else of the topmost span
	Name    string // of that span; empty while it has not arrived
	Outer   string // ScopeID of the conversation that this one happened within; empty where there is none
	Turns   []Turn
}

// Turn is one message of a conversation. Either MadeBy or ShownTo has the id of a model call.
type Turn struct {
	Hash    store.Hash
	MadeBy  string // the call that answered it
	ShownTo string // the first call that was shown it
}

// Conversations are those of a trace, in the order in which they begin. Those of agents within an agent stand for
// themselves, and so do calls of one agent that do not continue each other.
func Conversations(t *Trace) []Conversation {
	scopes := map[string]bool{}
	for _, th := range t.threads().threads {
		scopes[th.scope] = true
	}
	var all []Conversation
	for _, th := range t.threads().threads {
		c := Conversation{ScopeID: th.scope, Turns: th.turns}
		if i, known := t.byID[th.scope]; known {
			c.Name = t.spans[i].Name
			for at := i; at >= 0 && c.Outer == ""; at = t.parent[at] {
				if outer := t.scope[at]; outer != th.scope && scopes[outer] {
					c.Outer = outer
				}
			}
		}
		all = append(all, c)
	}
	return all
}

// Since is what a model call was shown that its predecessor in the conversation was not.
type Since struct {
	Previous  string       // id of the predecessor; empty on the first call of a conversation
	Same      int          // messages at the start that are the predecessor's, byte for byte, and its answer
	New       []store.Hash // the others that no earlier call was shown
	Rewritten bool         // the predecessor's messages are not how the list begins
	From, To  int          // where Rewritten: of the predecessor's list, counted from 0, those from From to before To
	By        int          // were replaced by so many
}

// NewSince compares a model call with its predecessor. It is the zero value for a span that is no model call or tells no
// messages.
func NewSince(t *Trace, spanID string) Since {
	i, known := t.byID[spanID]
	s := t.threads().of[i]
	if !known || s == nil {
		return Since{}
	}
	since := Since{Same: s.same, Rewritten: s.rewritten}
	for _, m := range s.shown {
		since.New = append(since.New, m.Hash)
	}
	if s.before == nil {
		return since
	}
	since.Previous = t.spans[s.before.span].SpanID
	if s.rewritten {
		before, _ := t.sent(s.before.span)
		in, _ := t.sent(i)
		replaced, by := replacement(before[s.prefix:], in[s.prefix:])
		since.From, since.To, since.By = s.prefix, s.prefix+replaced, by
	}
	return since
}

// replacement finds how many messages at the start of before stand as how many others in after: up to the first from
// which on all of before is in after, unchanged.
func replacement(before, after []store.Message) (replaced, by int) {
	at := make(map[store.Hash]int, len(after))
	for j, m := range slices.Backward(after) {
		at[m.Hash] = j
	}
	// From the back, so that each message is compared once.
	replaced, by = len(before), len(after)
	next := -1
	for k, m := range slices.Backward(before) {
		j, found := at[m.Hash]
		if !found || next >= 0 && j != next-1 {
			break
		}
		replaced, by, next = k, j, j
	}
	return replaced, by
}
