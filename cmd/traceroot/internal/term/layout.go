package term

import "github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"

// layout is how many columns of the terminal each column of the tree takes; none where it is left out.
type layout struct {
	name     int
	scale    scale // and the width of the bars
	duration int

	input, output int // of tokens, with an arrow between them
	cached        int
	first         int // time to first token
	firstLabel    string
	source        int
	elements      int // so many elements of a source file's path are shown; 0 is all
}

const (
	gap     = 2 // between columns
	minBar  = 12
	fairBar = 20
	maxBar  = 48

	// The sign of waiting says the same as the word, in less room.
	longFirst, shortFirst = "first ", "┅ "

	arrow      = " → "
	arrowWidth = 3
)

// newLayout gives each column what it needs, the most telling first, and the rest to the bars.
func newLayout(roots []*row, sc scale, columns int) layout {
	want := wanted(roots)
	l := layout{name: min(want.name, columns*2/5), scale: sc, duration: want.duration}
	room := room(columns - l.name - gap - minBar - gap - l.duration)
	if want.input > 0 && room.take(gap+want.input+arrowWidth+want.output) {
		l.input, l.output = want.input, want.output
	}
	if w := sourceWidth(roots, 1); w > 0 && room.take(gap+w) {
		l.source, l.elements = w, 1
	}
	for _, label := range []string{longFirst, shortFirst} {
		if w := width(label) + want.first; want.first > 0 && l.first == 0 && room.take(gap+w) {
			l.first, l.firstLabel = w, label
		}
	}
	l.scale.cells = minBar + room.upTo(fairBar-minBar)
	if want.cached > 0 && room.take(gap+want.cached) {
		l.cached = want.cached
	}
	for _, elements := range []int{2, 0} {
		if w := sourceWidth(roots, elements); l.source > 0 && room.take(w-l.source) {
			l.source, l.elements = w, elements
		}
	}
	l.name += room.upTo(want.name - l.name)
	l.scale.cells += room.upTo(maxBar - l.scale.cells)
	return l
}

// room is how many columns are still free.
type room int

func (r *room) take(columns int) bool {
	if columns > int(*r) {
		return false
	}
	*r -= room(columns)
	return true
}

func (r *room) upTo(columns int) int {
	columns = max(0, min(columns, int(*r)))
	*r -= room(columns)
	return columns
}

// wanted is the layout for a terminal of any width.
func wanted(roots []*row) layout {
	var l layout
	each(roots, func(r *row) {
		took, _ := took(r)
		l.name = max(l.name, width(r.prefix)+gap+width(r.title()))
		l.duration = max(l.duration, width(took))
		l.first = max(l.first, width(firstToken(r, "")))
		l.cached = max(l.cached, width(cached(r.Usage)))
		if r.Usage != nil {
			l.input = max(l.input, len(tokenCount(r.Usage, r.Usage.Input)))
			l.output = max(l.output, len(tokenCount(r.Usage, r.Usage.Output)))
		}
	})
	return l
}

func sourceWidth(roots []*row, elements int) int {
	widest := 0
	each(roots, func(r *row) { widest = max(widest, width(place(r.Source, elements))) })
	return widest
}

func firstToken(r *row, label string) string {
	if r.TimeToFirstToken == 0 {
		return ""
	}
	return label + Duration(r.TimeToFirstToken)
}

func cached(u *store.Usage) string {
	if u == nil || u.CacheRead == 0 {
		return ""
	}
	return Count(u.CacheRead) + " cached"
}
