package main

import "time"

// scale is how much load there is, and how long faults last.
type scale struct {
	name string

	rate, size int           // spans a second, and bytes of each
	load       time.Duration // how long the program works
	shutdown   time.Duration // what it then gives the exporter

	from, to   time.Duration // of the load: when faults that end begin and end
	delay      time.Duration // of a slow server
	retryAfter string        // seconds
	outage     time.Duration
	timeout    time.Duration // of one request; 0 keeps the default of each exporter

	burst, burstSize int // spans at once, and bytes of each
	queueBytes       int // Limits.QueueBytes during the burst; 0 keeps the default

	streamRounds, streams int // of the stream benchmark, and streams of one round
}

// full is what the issue of this suite asks for.
var full = scale{
	name: "full",
	rate: 200, size: 20_000, load: 20 * time.Second, shutdown: 40 * time.Second,
	from: 5 * time.Second, to: 15 * time.Second, delay: 5 * time.Second, retryAfter: "3", outage: 60 * time.Second,
	burst: 20_000, burstSize: 20_000,
	streamRounds: 21, streams: 24,
}

// small is for tests. Requests time out earlier, since the default of the SDK alone is half a minute, and the burst is a tenth
// of the bytes into a tenth of the queue.
var small = scale{
	name: "quick",
	rate: 200, size: 20_000, load: 4 * time.Second, shutdown: 30 * time.Second,
	from: 500 * time.Millisecond, to: 3500 * time.Millisecond, delay: time.Second, retryAfter: "1", outage: 6 * time.Second,
	timeout: 8 * time.Second,
	burst:   20_000, burstSize: 2_000, queueBytes: 256 << 20 / 10,
	streamRounds: 9, streams: 16,
}
