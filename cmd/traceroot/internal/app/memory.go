package app

import (
	"math"
	"runtime/debug"
)

// heapTarget is what the garbage collector keeps the heap below where that is possible: after a burst or a large answer
// the memory goes back. SQLite's caches and the binary come on top. GOMEMLIMIT decides instead where it is set.
const heapTarget = 104 << 20

func boundMemory() {
	if debug.SetMemoryLimit(-1) == math.MaxInt64 {
		debug.SetMemoryLimit(heapTarget)
	}
}
