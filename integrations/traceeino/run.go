package traceeino

import (
	"maps"
	"slices"
	"sync"

	"github.com/cloudwego/eino/callbacks"
	"github.com/cloudwego/eino/compose"

	"github.com/traceroot-ai/traceroot-go"
)

// run is one run of a component or a graph. Its span ends when the run has returned and no stream of it is being read.
// A nil run has returned.
type run struct {
	span   *traceroot.Span
	info   *callbacks.RunInfo
	parent *run
	model  bool // the span stands for a model call

	mu       sync.Mutex
	returned bool              // guarded by mu
	holds    int               // what keeps the span open: the run itself, and its streams; guarded by mu
	children map[*run]struct{} // those that have not returned; guarded by mu
}

func newRun(span *traceroot.Span, info *callbacks.RunInfo, parent *run) *run {
	r := &run{span: span, info: info, parent: parent, holds: 1}
	if parent != nil {
		parent.mu.Lock()
		defer parent.mu.Unlock()
		if parent.children == nil {
			parent.children = map[*run]struct{}{}
		}
		parent.children[r] = struct{}{}
	}
	return r
}

// hold keeps the span open until release.
func (r *run) hold() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.holds++
}

// release ends the span when nothing holds it any more.
func (r *run) release() {
	r.mu.Lock()
	r.holds--
	last := r.holds == 0
	r.mu.Unlock()
	if last {
		r.span.End()
	}
}

func (r *run) isReturned() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.returned
}

// claim marks the run as returned. It is true once: whoever gets that records how the run ended, and releases it.
func (r *run) claim() bool {
	if r == nil {
		return false
	}
	r.mu.Lock()
	first := !r.returned
	r.returned = true
	r.mu.Unlock()
	if first && r.parent != nil {
		r.parent.mu.Lock()
		delete(r.parent.children, r)
		r.parent.mu.Unlock()
	}
	return first
}

// succeed records an output.
func (r *run) succeed(output any) {
	u := traceroot.SpanUpdate{}
	if r.model {
		u = modelAnswer(output)
	}
	u.Output = shown(output)
	r.span.Update(u)
}

func (r *run) firstItem() {
	if r.model {
		r.span.FirstToken()
	}
}

// fail ends the run, and with it what it has left open: eino tells nobody of a node that panicked.
func (r *run) fail(err error) {
	if !r.claim() {
		return
	}
	r.mu.Lock()
	left := slices.Collect(maps.Keys(r.children))
	r.mu.Unlock()
	for _, child := range left {
		child.fail(err)
	}
	if !isInterrupt(err) {
		r.span.SetError(err)
	}
	r.release()
}

// isInterrupt tells whether a run stopped to be resumed later, as it was meant to.
func isInterrupt(err error) bool {
	if _, ok := compose.ExtractInterruptInfo(err); ok {
		return true
	}
	_, ok := compose.IsInterruptRerunError(err)
	return ok
}
