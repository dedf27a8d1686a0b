package verdict

import "github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"

// neverEnded finds a trace that stopped telling before it ended. That others wait for a person, and for how long, is
// not known; so the sentence tells what arrived, and no more.
func neverEnded(v *view) *finding {
	if v.summary.Status != store.TraceRunning || !v.abandoned() {
		return nil
	}
	f := &finding{status: Warning, head: "Never ended."}
	if root := v.root(); root >= 0 && v.spans[root].Running() {
		f.said = []Part{v.link(root), say(" began, but its end never arrived")}
		if leaf := v.runningLeaf(); leaf >= 0 && leaf != root {
			f.said = append(f.said, say("; the last thing that ran was "), v.link(leaf))
		}
		return f
	} else if root >= 0 {
		if leaf := v.runningLeaf(); leaf >= 0 {
			f.said = []Part{v.link(leaf), say(" began, but its end never arrived")}
			return f
		}
	}
	f.head = "Root span missing."
	f.said = []Part{say("The span that all others are below never arrived")}
	return f
}
