package api

import (
	"fmt"
	"net/http"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/verdict"
)

// conversationView is what an agent and its model said to each other, each message once, with the conversations that
// others had meanwhile.
type conversationView struct {
	Turns []turnView    `json:"turns"`
	Subs  []subordinate `json:"subs"`
}

// turnView is one message. Those without by came from outside, and were first shown to the call.
type turnView struct {
	Hash store.Hash `json:"hash"`
	By   string     `json:"by,omitempty"`   // span id of the model call that made it
	Call int        `json:"call,omitempty"` // number of that call, or of the first that was shown it: #1 is calls[0]
	At   float64    `json:"at"`             // ms since the trace's start
	Cost *float64   `json:"cost,omitempty"` // of the call that made it, told with the first of its messages
}

// subordinate is a conversation of its own within another.
type subordinate struct {
	Agent        string           `json:"agent"`
	Span         string           `json:"span"` // the agent's
	At           float64          `json:"at"`   // ms since the trace's start
	Conversation conversationView `json:"conversation"`
}

func (s *server) conversation(r *http.Request, who Identity) (any, error) {
	v, err := s.views.get(r.Context(), who.Project, r.PathValue("trace_id"))
	if err != nil {
		return nil, err
	}
	var all []verdict.Conversation
	v.ask(func(t *verdict.Trace) { all = verdict.Conversations(t) })
	return tagged(v.conversation(all), fmt.Sprint(s.started, v.sum.Seq)), nil
}

// conversation makes the first one that is within no other the whole, and hangs the others below what they are within.
func (v *view) conversation(all []verdict.Conversation) conversationView {
	whole := conversationView{Turns: []turnView{}, Subs: []subordinate{}}
	if len(all) == 0 {
		return whole
	}
	main := 0
	for main < len(all)-1 && all[main].Outer != "" {
		main++
	}
	first := map[string]int{} // the first conversation of each scope, main before others
	first[all[main].ScopeID] = main
	for i := range all {
		if _, known := first[all[i].ScopeID]; !known {
			first[all[i].ScopeID] = i
		}
	}
	below := map[int][]int{}
	for i := range all {
		if i == main {
			continue
		}
		outer, known := first[all[i].Outer]
		if sibling := first[all[i].ScopeID]; sibling != i {
			outer, known = sibling, true
		}
		if !known || outer == i {
			outer = main
		}
		below[outer] = append(below[outer], i)
	}
	return v.nested(all, below, main, map[int]bool{})
}

func (v *view) nested(all []verdict.Conversation, below map[int][]int, at int, told map[int]bool) conversationView {
	told[at] = true
	shown := conversationView{Turns: v.turns(all[at].Turns), Subs: []subordinate{}}
	for _, sub := range below[at] {
		if told[sub] {
			continue
		}
		inner := v.nested(all, below, sub, told)
		began := 0.0
		if len(inner.Turns) > 0 {
			began = inner.Turns[0].At
		}
		shown.Subs = append(shown.Subs, subordinate{all[sub].Name, all[sub].ScopeID, began, inner})
	}
	return shown
}

func (v *view) turns(turns []verdict.Turn) []turnView {
	numbers := v.numbers()
	shown := make([]turnView, len(turns))
	last := ""
	for n, turn := range turns {
		shown[n] = turnView{Hash: turn.Hash, By: turn.MadeBy}
		i, known := v.index[turn.MadeBy+turn.ShownTo]
		if !known {
			continue
		}
		span := &v.spans[i]
		shown[n].Call, shown[n].At = numbers[i], v.since(span.Start)
		if turn.MadeBy == "" {
			continue
		}
		shown[n].At = v.since(span.Start.Add(spanned(span)))
		if span.Cost != nil && turn.MadeBy != last {
			shown[n].Cost = new(span.Cost.Total.Dollars())
		}
		last = turn.MadeBy
	}
	return shown
}
