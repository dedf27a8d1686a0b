package verdict

import (
	"time"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// silence is how long a trace that has not ended may tell nothing before it counts as abandoned. A person may be asked
// meanwhile, or a long command run.
const silence = 15 * time.Minute

// stillRunning says what a trace does that has not ended.
func stillRunning(v *view) *finding {
	if v.summary.Status != store.TraceRunning || v.abandoned() {
		return nil
	}
	f := &finding{status: Running, head: "Running."}
	at := v.runningLeaf()
	if at < 0 {
		f.said = []Part{say("The spans that have arrived have ended, the root has not")}
		return f
	}
	f.said = append(f.said, v.link(at))
	s := &v.spans[at]
	switch {
	case s.Kind == store.KindLLM && s.TimeToFirstToken > 0:
		f.said = append(f.said, say(" is answering: first token after "+took(s.TimeToFirstToken)))
	case s.Kind == store.KindLLM:
		f.said = append(f.said, say(" has not answered yet"))
	default:
		f.said = append(f.said, say(" is running"))
	}
	if calls := Calls(v.Trace); len(calls) > 0 {
		for n := range calls {
			if c := &calls[n]; c.Failed && c.span >= 0 && c.Repeats < 0 && !v.succeeded(c.key) {
				f.said = append(append(f.said, say(". "), linkCall(c)), answered(&v.spans[c.span])...)
				f.said = append(f.said, say("; the run goes on"))
				f.call = c.key
				break
			}
		}
	}
	return f
}

// runningLeaf is the latest span that runs while nothing below it does, a call of a model or tool before others.
func (v *view) runningLeaf() int {
	found := -1
	for _, i := range v.order {
		if !v.spans[i].Running() || v.anyRunning(v.children[i]) {
			continue
		}
		if found < 0 || v.isCall(i) || !v.isCall(found) {
			found = i
		}
	}
	return found
}

func (v *view) anyRunning(spans []int) bool {
	for _, i := range spans {
		if v.spans[i].Running() {
			return true
		}
	}
	return false
}

func (v *view) isCall(i int) bool {
	return v.spans[i].Kind == store.KindLLM || v.spans[i].Kind == store.KindTool
}

// abandoned reports whether the trace told nothing for so long that it will not end.
func (v *view) abandoned() bool {
	if v.now.IsZero() {
		return false
	}
	var last time.Time
	for i := range v.spans {
		for _, at := range []time.Time{v.spans[i].Start, v.spans[i].End} {
			if at.After(last) {
				last = at
			}
		}
	}
	return !last.IsZero() && v.now.Sub(last) > silence
}

// succeeded reports whether a call worked at some time.
func (v *view) succeeded(key string) bool {
	for _, c := range Calls(v.Trace) {
		if c.key == key && !c.Failed && (c.span >= 0 && !v.spans[c.span].Running() || c.ReadBy != "") {
			return true
		}
	}
	return false
}
