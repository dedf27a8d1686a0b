package tracelangchaingo

import (
	"errors"
	"runtime"
)

// errAbandoned is the failure of a chain that has gone without a word, which takes a panic or runtime.Goexit.
var errAbandoned = errors.New("the chain was left by a panic")

const (
	callOfChains = "github.com/tmc/langchaingo/chains.Call"
	deepest      = 512 // functions that are looked at
)

// endAbandoned ends the chains that are no longer on the call stack when another one starts: a recovered panic has left
// them, and what comes next on the goroutine must not stand inside.
func (s *stack) endAbandoned() {
	if s == nil {
		return
	}
	calls := activeCalls()
	for i, f := range s.frames {
		if calls > 0 && f.calls >= calls {
			s.cut(i, errAbandoned)
			return
		}
	}
}

// activeCalls is how many calls of chains.Call this goroutine is in; 0 also when there is too much to look at.
func activeCalls() int {
	var pcs [deepest]uintptr
	n := runtime.Callers(2, pcs[:])
	if n == len(pcs) {
		return 0
	}
	calls := 0
	frames := runtime.CallersFrames(pcs[:n])
	for {
		frame, more := frames.Next()
		if frame.Function == callOfChains {
			calls++
		}
		if !more {
			return calls
		}
	}
}
