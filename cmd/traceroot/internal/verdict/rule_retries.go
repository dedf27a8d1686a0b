package verdict

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// What attempts must have taken to be worth a word.
const (
	retriesShare = 0.3
	retriesLeast = time.Second
)

// costlyRetries finds failed attempts, and the waits after them, that took more than 30 % of the trace's time.
func costlyRetries(v *view) *finding {
	whole, known := v.summary.Duration()
	if !known || whole <= 0 {
		return nil
	}
	lost, worst, count := v.lostToRetries()
	share := float64(lost) / float64(whole)
	if lost < retriesLeast || share < retriesShare {
		return nil
	}
	attempts := "A failed attempt"
	if count > 1 {
		attempts = grouped(int64(count)) + " failed attempts"
	}
	said := []Part{say(attempts + " took " + took(lost) + fmt.Sprintf(", %d %% of the time", min(int(share*100+0.5), 100)))}
	if v.lead == nil {
		said = append(said, say(". The longest, "), v.link(worst), say(","))
		said = append(said, answered(&v.spans[worst])...)
	}
	return &finding{status: Warning, head: "Slowed by retries.", explain: true, said: said}
}

type interval struct{ from, to time.Time }

// lostToRetries is the time from the start of each failed attempt to that of the next, what overlaps counted once.
func (v *view) lostToRetries() (lost time.Duration, worst, count int) {
	var attempts []interval
	longest := time.Duration(-1)
	for _, siblings := range v.children {
		for n := range max(len(siblings)-1, 0) {
			i, next := siblings[n], siblings[n+1]
			if !v.retried(&v.spans[i], &v.spans[next]) {
				continue
			}
			attempt := interval{v.spans[i].Start, v.spans[next].Start}
			attempts = append(attempts, attempt)
			if d := attempt.to.Sub(attempt.from); d > longest {
				worst, longest = i, d
			}
		}
	}
	slices.SortFunc(attempts, func(a, b interval) int { return cmp.Or(a.from.Compare(b.from), a.to.Compare(b.to)) })
	var until time.Time
	for _, a := range attempts {
		if a.from.Before(until) {
			a.from = until
		}
		if a.to.After(a.from) {
			lost += a.to.Sub(a.from)
			until = a.to
		}
	}
	return lost, worst, len(attempts)
}

// retried reports whether a span failed and the next is another attempt at the same.
func (v *view) retried(s, next *store.Span) bool {
	if s.Status != store.StatusError || s.Running() || s.Kind != next.Kind || s.Name != next.Name || next.Start.Before(s.End) {
		return false
	}
	if s.Kind == store.KindLLM && s.Call != nil && next.Call != nil {
		if next.Call.Resend > s.Call.Resend {
			return true
		}
		return len(s.Call.In) > 0 && len(s.Call.In) == len(next.Call.In) &&
			commonPrefix(s.Call.In, next.Call.In) == len(s.Call.In)
	}
	return s.Input != nil && next.Input != nil && *s.Input != "" && *s.Input == *next.Input
}
