package app

import (
	"math"
	"os"
	"runtime/debug"
)

// heapTarget is what the garbage collector keeps the heap below where that is possible: after a burst or a large answer
// the memory goes back. SQLite's caches and the binary come on top. GOMEMLIMIT decides instead where it is set.
const heapTarget = 98 << 20

// heapGrowth is how much the heap may grow between collections, in percent of what lives. Under load little of it lives
// long: twice the usual costs a tenth less CPU time. GOGC decides instead where it is set.
const heapGrowth = 200

func boundMemory() {
	if debug.SetMemoryLimit(-1) == math.MaxInt64 {
		debug.SetMemoryLimit(heapTarget)
	}
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(heapGrowth)
	}
}
