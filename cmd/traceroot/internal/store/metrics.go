package store

import (
	"maps"
	"math"
	"slices"
	"time"
)

// Dimension is what a metric is broken down by.
type Dimension string

// The dimensions. Model and tool count calls of theirs; the others count traces, with all the tokens in them.
const (
	ByNothing     Dimension = "all"
	ByModel       Dimension = "model"
	ByTool        Dimension = "tool"
	ByAgent       Dimension = "agent"
	ByUser        Dimension = "user"
	ByEnvironment Dimension = "env"
	ByTag         Dimension = "tag"
	ByStatus      Dimension = "status" // of traces; only MetricsOf has it
)

// MetricsQuery selects hours of one dimension, or steps of several.
type MetricsQuery struct {
	From, To time.Time // whole hours that overlap them
	By       Dimension
	Step     time.Duration // what hours are added up to, a multiple of one; zero: one hour
}

// Metric is one hour, or other step of time, of one value of a dimension.
type Metric struct {
	Hour  time.Time // when it begins, a whole multiple of the step since 1970
	Value string    // empty in ByNothing, and for what has no value

	Count        int64 // traces or calls, by the dimension
	Errors       int64 // those that failed
	Recovered    int64 // traces in which something failed and that did not; no calls
	InputTokens  int64
	OutputTokens int64
	CacheRead    int64
	Cost         NanoUSD
	Unpriced     int64     // those whose cost is not known
	Latency      Histogram // of those that ended
	FirstToken   Histogram // of those that streamed
}

// Add adds what another step counts to one whose histograms are made.
func (m *Metric) Add(more *Metric) {
	m.Count += more.Count
	m.Errors += more.Errors
	m.Recovered += more.Recovered
	m.InputTokens += more.InputTokens
	m.OutputTokens += more.OutputTokens
	m.CacheRead += more.CacheRead
	m.Cost += more.Cost
	m.Unpriced += more.Unpriced
	m.Latency.AddAll(more.Latency)
	m.FirstToken.AddAll(more.FirstToken)
}

// Histogram counts durations in buckets whose bounds grow by a fifth. The zero value is empty.
type Histogram map[int]int64

// bucketsPerOctave puts bounds a factor of 2^(1/4), 1.19, apart: a quantile is at most that far off.
const bucketsPerOctave = 4

// Add counts a duration n times; a negative n takes back. Durations below a microsecond count as one.
func (h Histogram) Add(d time.Duration, n int64) {
	bucket := int(math.Round(bucketsPerOctave * math.Log2(max(float64(d)/float64(time.Microsecond), 1))))
	h.AddTo(bucket, n)
}

// AddTo counts n more in a bucket.
func (h Histogram) AddTo(bucket int, n int64) {
	if h[bucket] += n; h[bucket] == 0 {
		delete(h, bucket)
	}
}

// AddAll counts all that another histogram has.
func (h Histogram) AddAll(more Histogram) {
	for bucket, n := range more {
		h.AddTo(bucket, n)
	}
}

// Count is how many durations were counted.
func (h Histogram) Count() int64 {
	var n int64
	for _, c := range h {
		n += c
	}
	return n
}

// Quantile is the duration below which the share q of all lies, for q from 0 to 1; zero for an empty histogram.
func (h Histogram) Quantile(q float64) time.Duration {
	rank := int64(math.Ceil(q * float64(h.Count())))
	for _, bucket := range slices.Sorted(maps.Keys(h)) {
		if rank -= h[bucket]; rank <= 0 {
			return time.Duration(math.Exp2(float64(bucket)/bucketsPerOctave) * float64(time.Microsecond))
		}
	}
	return 0
}
