package term

import (
	"slices"
	"strings"
	"time"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// scale maps the time of a trace to columns.
type scale struct {
	from  time.Time
	total time.Duration
	cells int
}

// newScale spans everything that happened, wherever clocks disagree. A span that runs reaches to now, or as far as
// anything is known.
func newScale(spans []*store.Span, now time.Time) scale {
	var from, to time.Time
	for i, s := range spans {
		if i == 0 || s.Start.Before(from) {
			from = s.Start
		}
		to = latest(to, s.Start, s.End)
		if s.Running() {
			to = latest(to, now)
		}
	}
	return scale{from: from, total: to.Sub(from)}
}

func latest(times ...time.Time) time.Time { return slices.MaxFunc(times, time.Time.Compare) }

// end is where the bar of a span ends: never before its start.
func (sc scale) end(s *store.Span) time.Time {
	if s.Running() {
		return sc.from.Add(sc.total)
	}
	return latest(s.Start, s.End)
}

// bar draws the time from start to end: ┅ up to first, when the model's first token came, and ━ from there on. Its ends
// are drawn to half a column. What lasts no time at all still shows.
func (sc scale) bar(start, first, end time.Time) string {
	halves := 2 * sc.cells
	from := min(sc.half(start), halves-1)
	to := min(max(sc.half(end), from+1), halves)
	waiting := from
	if first.After(start) {
		waiting = min(max(sc.half(first), from+1), to-1)
	}
	var b strings.Builder
	for cell := range (to + 1) / 2 {
		left, right := 2*cell, 2*cell+1
		switch {
		case right < from:
			b.WriteByte(' ')
		case left < waiting && waiting > from:
			b.WriteRune('┅')
		case left < from:
			b.WriteRune('╺')
		case right >= to:
			b.WriteRune('╸')
		default:
			b.WriteRune('━')
		}
	}
	return b.String()
}

// half is the number of half columns that lie before t.
func (sc scale) half(t time.Time) int {
	if sc.total <= 0 {
		return 0
	}
	return int(float64(t.Sub(sc.from))/float64(sc.total)*float64(2*sc.cells) + 0.5)
}
