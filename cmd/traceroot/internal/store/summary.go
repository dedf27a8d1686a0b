package store

import "time"

// Summary is a trace with what its spans add up to. Spans that were sent twice count once.
type Summary struct {
	Trace

	Status   TraceStatus
	Earliest time.Time // start of the earliest span
	Latest   time.Time // end of the latest span; zero while none has ended

	Spans   int
	Errors  int // spans whose status is an error
	Running int // spans without an end

	InputTokens  int64
	OutputTokens int64
	CacheRead    int64
	Estimated    bool // some of the tokens were estimated
	Cost         NanoUSD
	Unpriced     bool // some tokens have no price: the cost is a lower bound

	FirstToken time.Duration // the longest wait for a first token; zero where none is known
	Agent      string        // name of the outermost agent span; else empty
	Models     []string      // each once, in the order in which they were heard of

	Seq int64 // grows with each change of the trace; see Change
}

// Duration is from the earliest start to the latest end. It is not known while the trace runs.
func (s *Summary) Duration() (d time.Duration, known bool) {
	if s.Status == TraceRunning || s.Latest.IsZero() {
		return 0, false
	}
	return max(s.Latest.Sub(s.Earliest), 0), true
}

// Session is a conversation of several traces.
type Session struct {
	ID      string
	Traces  int
	Failed  int      // traces that failed
	Running int      // traces that run
	Users   []string // each once
	First   time.Time
	Last    time.Time // start of the latest trace

	FirstTrace string // id of the earliest trace
	LastTrace  string // id of the latest

	Duration     *time.Duration // sum over the traces that ended; nil when none has
	InputTokens  int64
	OutputTokens int64
	Cost         *NanoUSD // nil where no call has a price
	Input        *string  // of the earliest trace
	Output       *string  // of the latest trace
}

// Change tells that a trace is new or different. Changes are ordered by Seq.
type Change struct {
	Seq     int64
	TraceID string
	Deleted bool
}
