package api

import "slices"

// Signs of a line of a diff.
const (
	inBoth = "="
	onlyA  = "-"
	onlyB  = "+"
)

// edit is a run of elements that are in both lists, or in one of them alone: a[a0:a1] and b[b0:b1].
type edit struct {
	op             string
	a0, a1, b0, b1 int
}

// maxEdits bounds the work of a diff. Lists that differ by more are told to have nothing more in common.
const maxEdits = 1000

// diffOf finds the shortest way from a to b, as Myers describes it (An O(ND) difference algorithm, 1986). It is not
// whole when that is longer than maxEdits.
func diffOf[T comparable](a, b []T) (edits []edit, whole bool) {
	head := 0
	for head < min(len(a), len(b)) && a[head] == b[head] {
		head++
	}
	tail := 0
	for tail < min(len(a), len(b))-head && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	m := myers[T]{a: a[head : len(a)-tail], b: b[head : len(b)-tail]}
	whole = m.search()
	edits = appendEdit(edits, edit{inBoth, 0, head, 0, head})
	for _, e := range m.edits(whole) {
		edits = appendEdit(edits, edit{e.op, e.a0 + head, e.a1 + head, e.b0 + head, e.b1 + head})
	}
	return appendEdit(edits, edit{inBoth, len(a) - tail, len(a), len(b) - tail, len(b)}), whole
}

// appendEdit joins runs of one kind, and leaves empty ones out.
func appendEdit(edits []edit, e edit) []edit {
	if e.a0 == e.a1 && e.b0 == e.b1 {
		return edits
	}
	if n := len(edits); n > 0 && edits[n-1].op == e.op {
		edits[n-1].a1, edits[n-1].b1 = e.a1, e.b1
		return edits
	}
	return append(edits, e)
}

// myers walks from (0, 0) to (len(a), len(b)). Diagonal k is where x - y is k.
type myers[T comparable] struct {
	a, b  []T
	steps [][]int // after d edits, the furthest x on the diagonals -d, -d+2 .. d
}

// search reports whether the end was reached.
func (m *myers[T]) search() bool {
	for d := range min(len(m.a)+len(m.b), maxEdits) + 1 {
		furthest := make([]int, d+1)
		m.steps = append(m.steps, furthest)
		for n := range furthest {
			k := 2*n - d
			x := m.from(d, k)
			for x < len(m.a) && x-k < len(m.b) && m.a[x] == m.b[x-k] {
				x++
			}
			furthest[n] = x
			if x >= len(m.a) && x-k >= len(m.b) {
				return true
			}
		}
	}
	return false
}

// from is where edit d ends on diagonal k, before what follows that is in both.
func (m *myers[T]) from(d, k int) int {
	switch {
	case d == 0:
		return 0
	case m.down(d, k):
		return m.at(d-1, k+1)
	}
	return m.at(d-1, k-1) + 1
}

// down reports whether edit d on diagonal k takes an element of b, and not one of a.
func (m *myers[T]) down(d, k int) bool {
	return k == -d || k != d && m.at(d-1, k-1) < m.at(d-1, k+1)
}

func (m *myers[T]) at(d, k int) int { return m.steps[d][(k+d)/2] }

// edits walks back from the end, or from as far as the search came.
func (m *myers[T]) edits(whole bool) []edit {
	d := len(m.steps) - 1
	x, y := len(m.a), len(m.b)
	var back []edit
	if !whole {
		x, y = m.furthest(d)
		back = append(back, edit{onlyB, len(m.a), len(m.a), y, len(m.b)}, edit{onlyA, x, len(m.a), y, y})
	}
	for ; d > 0; d-- {
		k := x - y
		begin := m.from(d, k)
		back = append(back, edit{inBoth, begin, x, begin - k, y})
		x, y = begin, begin-k
		if m.down(d, k) {
			back = append(back, edit{onlyB, x, x, y - 1, y})
			y--
		} else {
			back = append(back, edit{onlyA, x - 1, x, y, y})
			x--
		}
	}
	back = append(back, edit{inBoth, 0, x, 0, y})
	slices.Reverse(back)
	return back
}

// furthest is the place after d edits that is nearest to the end. Places beyond an end are none.
func (m *myers[T]) furthest(d int) (x, y int) {
	best := -1
	for n, px := range m.steps[d] {
		py := px - (2*n - d)
		if px <= len(m.a) && py >= 0 && py <= len(m.b) && px+py > best {
			best, x, y = px+py, px, py
		}
	}
	return x, y
}
