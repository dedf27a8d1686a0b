package main

import (
	"runtime"
	"slices"
	"testing"
	"time"
)

// figure is one row of the table. What does not apply is zero.
type figure struct {
	what        string
	ours, stock time.Duration // a call
	allocations [2]float64    // a call of ours, and of the other
	ratio       float64       // ours ÷ stock: the median of the pairs
	limit       float64       // of the ratio; 0 where there is none
}

func (c call) measure() figure {
	f := figure{what: c.what, limit: c.limit}
	f.ours, f.stock, f.ratio = inPairs(c.ours, c.stock)
	f.allocations = [2]float64{testing.AllocsPerRun(100, c.ours), testing.AllocsPerRun(100, c.stock)}
	return f
}

// inPairs runs a and b in turns, in many short pairs, and returns the median time of each and the median ratio.
func inPairs(a, b func()) (timeA, timeB time.Duration, ratio float64) {
	const pairs, each = 301, 200 * time.Microsecond
	// The collector works as often as in a program that has something in its memory.
	ballast := make([]byte, 16<<20)
	defer runtime.KeepAlive(ballast)
	// Types that are met and memory that is used for the first time take longer than all else.
	timed(a, pairs)
	timed(b, pairs)
	rounds := 1
	for timed(b, rounds) < each {
		rounds *= 2
	}
	timesA, timesB, ratios := make([]time.Duration, pairs), make([]time.Duration, pairs), make([]float64, pairs)
	for i := range pairs {
		timesA[i], timesB[i] = timed(a, rounds), timed(b, rounds)
		ratios[i] = float64(timesA[i]) / float64(timesB[i])
	}
	return median(timesA) / time.Duration(rounds), median(timesB) / time.Duration(rounds), median(ratios)
}

func timed(f func(), rounds int) time.Duration {
	began := time.Now()
	for range rounds {
		f()
	}
	return time.Since(began)
}

func median[T time.Duration | float64](values []T) T {
	slices.Sort(values)
	return values[len(values)/2]
}
