package api

import (
	"cmp"
	"strings"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// States of a span in a trace, one letter each.
const (
	stateOK        = '.'
	stateFailed    = '!' // the trace failed because of it
	statePassed    = '^' // an error from below passed through it on the way to the root
	stateRecovered = '?' // it failed, the trace did not because of it
	stateRunning   = '+'
)

// judge fills states: what [store.Causes] names as causes, what their errors passed through, and what repeats them.
func (v *view) judge() {
	failed, _ := store.Causes(v.spans)
	v.states = make([]byte, len(v.spans))
	for i := range v.spans {
		switch s := &v.spans[i]; {
		case s.Status == store.StatusError:
			v.states[i] = stateRecovered
		case s.Running():
			v.states[i] = stateRunning
		default:
			v.states[i] = stateOK
		}
	}
	same := map[string]bool{}
	for _, id := range failed {
		i := v.index[id]
		v.states[i] = stateFailed
		same[repeatKey(&v.spans[i])] = true
	}
	for _, id := range failed {
		for i := v.parent[v.index[id]]; i >= 0 && v.states[i] == stateRecovered; i = v.parent[i] {
			v.states[i] = statePassed
		}
	}
	for i := range v.spans {
		if v.states[i] == stateRecovered && same[repeatKey(&v.spans[i])] {
			v.states[i] = stateFailed
		}
	}
	if len(failed) > 0 {
		v.first = failed[0]
	}
}

// repeatKey is equal for spans that failed alike.
func repeatKey(s *store.Span) string {
	return strings.Join([]string{s.ParentSpanID, string(s.Kind), s.Name, errorOf(s)}, "\x00")
}

// errorOf is what a span says of its error.
func errorOf(s *store.Span) string {
	if s.StatusMessage == "" && len(s.Errors) > 0 {
		return cmp.Or(s.Errors[0].Message, s.Errors[0].Type)
	}
	return s.StatusMessage
}
