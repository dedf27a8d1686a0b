package main

import (
	"net/http"
	"time"
)

// fault is how a server misbehaves. The zero fault is a healthy server.
type fault struct {
	from, to time.Duration // since the load began; both 0 is all the time
	every    int           // only so many requests apart, from the fifth on; 0 is each

	closed     bool          // the port
	delay      time.Duration // before the answer, which is right
	status     int           // of the answer; what has one is not stored
	retryAfter string
	most       int // bytes of a body; a larger one is answered with 413
	unpacked   bool
	ending     ending
}

// ending is how an exchange ends.
type ending int

const (
	answered  ending = iota
	reset            // the connection is reset while the request is read
	hanging          // the request is read, and nothing follows
	lost             // what came is stored, and the connection is closed without an answer
	truncated        // what came is stored, and the connection is closed within the answer
)

// now tells whether the server misbehaves at that time after the load began, for the request of that number.
func (f fault) now(elapsed time.Duration, request int64) bool {
	const first = 5
	return (f.to == 0 || f.from <= elapsed && elapsed < f.to) &&
		(f.every == 0 || request%int64(f.every) == first)
}

// trial is a program that sends to a server with a fault.
type trial struct {
	name  string
	fault fault
	job   job
	sides []side
}

// Trials in which the port is closed.
const (
	outage     = "outage"
	longOutage = "outage, load goes on"
	lastOutage = "outage, program ends and runs again"
)

// trials are the faults of the table, in its order.
func (s scale) trials() []trial {
	passing := func(f fault) fault { f.from, f.to = s.from, s.to; return f }
	work := job{Rate: s.rate, Spans: s.rate * int(s.load/time.Second), Size: s.size, Shutdown: s.shutdown, Timeout: s.timeout}
	invalid, images := work, work
	invalid.InvalidEvery = 40
	images.LargeEvery, images.LargeSize = 200, 3_000_000
	const mib = 1 << 20

	list := []trial{
		{name: "none", job: work},
		{name: "slow", fault: fault{delay: s.delay}, job: work},
		{name: "429", fault: passing(fault{status: http.StatusTooManyRequests, retryAfter: s.retryAfter}), job: work},
		{name: "503", fault: passing(fault{status: http.StatusServiceUnavailable}), job: work},
		{name: "500", fault: passing(fault{status: http.StatusInternalServerError}), job: work},
		{name: "reset", fault: passing(fault{ending: reset}), job: work},
		{name: "hang", fault: passing(fault{ending: hanging}), job: work},
		{name: "reply lost", fault: passing(fault{ending: lost}), job: work},
		{name: "reply truncated", fault: passing(fault{ending: truncated}), job: work},
		{name: "413 above 1 MiB", fault: fault{most: mib}, job: work},
		{name: "413 above 1 MiB unpacked, 3 MB in 1 of 200", fault: fault{most: mib, unpacked: true}, job: images},
		{name: "flaky, 1 of 50", fault: fault{every: 50, ending: reset}, job: work},
		{name: "invalid UTF-8 in 1 of 40", job: invalid},
	}
	for i := range list {
		list[i].sides = []side{ours, stock}
	}
	return append(list, s.outages(work)...)
}

// outages begin soon after the load. In the first the program rests for a while before it shuts down, for otherwise its
// time would be over before the server is back; in the second it works on for as long as the outage; in the third it ends
// before the outage does. With a spool it then runs once more, and the server is back.
func (s scale) outages(work job) []trial {
	from := s.load / 10
	down := fault{closed: true, from: from, to: from + s.outage}
	short, long, last := work, work, work
	short.Rest = down.to - s.load - s.shutdown/2
	long.Spans = long.Rate * int(s.outage/time.Second)
	last.Shutdown = s.shutdown / 8
	return []trial{
		{name: outage, fault: down, job: short, sides: []side{ours, spooled, stock}},
		{name: longOutage, fault: down, job: long, sides: []side{ours, spooled, stock}},
		{name: lastOutage, fault: fault{closed: true, from: from}, job: last, sides: []side{spooled, stock}},
	}
}
