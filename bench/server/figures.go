package main

import (
	"fmt"
	"time"
)

// ingested fills the rows of a load that was taken in. Targets are those of our own server.
func (r *report) ingested(column string, of ingested) {
	target := "≤ 0.22, 0.15 without search"
	r.set("acked spans/s", column, "≥ 6,500 of 6 KB", "%.0f", of.rate(of.acked))
	r.set("stored spans/s", column, "", "%.0f", of.rate(of.stored))
	r.set("CPU s per 1,000 spans", column, target, "%.3f", of.perThousand())
	r.set("CPU of the second half ÷ first half", column, "≤ 1.15", "%.2f", of.halves)
	r.set("memory, peak", column, "≤ 200 MB", "%s", megabytes(of.after.peak))
	r.set("memory, afterwards", column, "≤ 200 MB", "%s", megabytes(of.after.rss))
	r.set("disk ÷ raw bytes", column, "≤ 0.25", "%.3f", of.disk)
	r.set("acked spans that were not stored", column, "0", "%d", of.missed)
	r.set("the machine: CPU s to unpack and decode 1,000 spans", column, "", "%.3f", of.decode.Seconds()*1000)
	r.set("CPU s per 1,000 spans of the sender", column, "", "%.3f", of.sender.Seconds()/float64(of.spans)*1000)
}

// asked fills the rows of queries.
func (r *report) asked(column string, answers []asked) {
	for _, answer := range answers {
		target := ""
		if answer.target > 0 {
			target = fmt.Sprintf("≤ %d ms", answer.target.Milliseconds())
		}
		r.set(answer.name, column, target, "%.1f ms, CPU %.1f ms, %d KB read",
			milliseconds(answer.median), milliseconds(answer.cpu), answer.reads/1000)
	}
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// killed fills the rows of a load that a server did not outlive.
func (r *report) killed(column string, of killed) {
	r.set("acked spans lost at SIGKILL", column, "0", "%d of %d", of.lost, of.acked)
	r.set("lost after the rest was sent again", column, "0", "%d", of.gone)
	r.set("stored twice", column, "0", "%d", of.twice)
}
