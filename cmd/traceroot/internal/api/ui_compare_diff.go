package api

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// diffView is the lines of two texts.
type diffView struct {
	Lines []diffLine `json:"lines"`
	Cut   bool       `json:"cut,omitempty"`   // there are more lines, or more differences
	Title string     `json:"title,omitempty"` // such as "call #3, 8 of 9 equal"
}

// diffLine is a line that both have, or one of them: - is A, + is B. # is a heading, such as the role of a message.
type diffLine struct {
	Op   string `json:"op" ts:"\"=\" | \"-\" | \"+\" | \"#\""`
	Text string `json:"text"`
	N    int    `json:"n,omitempty"`   // number of the line below its heading, in A unless only B has it
	Odd  []int  `json:"odd,omitempty"` // characters that the line in its place has not
}

// heading is the sign of a line that is in neither text.
const heading = "#"

// Bounds of a diff.
const (
	maxDiffLines = 4000
	maxDiffLine  = 4000 // bytes
)

// maxOdd is how many characters of a line are compared one by one.
const maxOdd = 200

// diff shows what a pair of steps was given and gave, without what both have.
func (c *comparer) diff(p pair) (input, output diffView) {
	var in, out [2][]content
	title := ""
	for side, i := range p {
		if i >= 0 {
			in[side], out[side] = c.inputs(side, i), c.outputs(side, i)
			title = cmp.Or(title, c.name(side, i).Text)
		}
	}
	return diffContents(title, in[0], in[1]), diffContents(title, out[0], out[1])
}

func diffContents(title string, a, b []content) diffView {
	d := differ{view: diffView{Lines: []diffLine{}, Title: title}}
	edits, whole := diffOf(a, b)
	d.view.Cut = !whole
	var left, right []content
	same := 0
	for _, e := range edits {
		if e.op == inBoth {
			same += e.a1 - e.a0
			d.changed(left, right)
			left, right = nil, nil
			continue
		}
		left, right = append(left, a[e.a0:e.a1]...), append(right, b[e.b0:e.b1]...)
	}
	d.changed(left, right)
	if all := max(len(a), len(b)); all > 1 {
		d.view.Title = fmt.Sprintf("%s, %d of %d equal", title, same, all)
	}
	return d.view
}

type differ struct{ view diffView }

// changed pairs by heading and order what stands at the same place.
func (d *differ) changed(a, b []content) {
	for len(a) > 0 || len(b) > 0 {
		switch {
		case len(a) > 0 && len(b) > 0 && a[0].heading == b[0].heading:
			d.heading(a[0].heading)
			d.lines(a[0].text, b[0].text)
			a, b = a[1:], b[1:]
		case len(a) > 0 && !slices.ContainsFunc(b, func(c content) bool { return c.heading == a[0].heading }):
			d.heading(a[0].heading + ", only in A")
			d.lines(a[0].text, "")
			a = a[1:]
		default:
			d.heading(b[0].heading + ", only in B")
			d.lines("", b[0].text)
			b = b[1:]
		}
	}
}

func (d *differ) heading(text string) {
	d.view.Lines = append(d.view.Lines, diffLine{Op: heading, Text: text})
}

func (d *differ) lines(a, b string) {
	left, right := d.split(a), d.split(b)
	edits, whole := diffOf(left, right)
	d.view.Cut = d.view.Cut || !whole
	for n := 0; n < len(edits); n++ {
		e := edits[n]
		if e.op == inBoth {
			d.add(e.op, left[e.a0:e.a1], e.a0, nil)
			continue
		}
		if n+1 < len(edits) && edits[n+1].op != inBoth { // one in the place of the other
			n++
			e.a1, e.b1 = max(e.a1, edits[n].a1), max(e.b1, edits[n].b1)
			e.a0, e.b0 = min(e.a0, edits[n].a0), min(e.b0, edits[n].b0)
		}
		removed, added := left[e.a0:e.a1], right[e.b0:e.b1]
		d.add(onlyA, removed, e.a0, added)
		d.add(onlyB, added, e.b0, removed)
	}
}

// add tells lines from a number on, with those that stand in their place on the other side.
func (d *differ) add(op string, lines []string, from int, others []string) {
	for i, text := range lines {
		line := diffLine{Op: op, Text: text, N: from + i + 1}
		if i < len(others) {
			line.Odd = oddIn(text, others[i])
		}
		d.view.Lines = append(d.view.Lines, line)
	}
}

func (d *differ) split(text string) []string {
	var lines []string
	for line := range strings.SplitSeq(text, "\n") {
		if len(d.view.Lines)+len(lines) >= maxDiffLines {
			d.view.Cut = true
			break
		}
		d.view.Cut = d.view.Cut || len(line) > maxDiffLine
		lines = append(lines, cut(line, maxDiffLine))
	}
	if text == "" {
		return nil
	}
	return lines
}

// oddIn are the characters of a text that another one, much like it, has not; nothing where they are not alike.
func oddIn(text, other string) []int {
	if utf8.RuneCountInString(text) > maxOdd || utf8.RuneCountInString(other) > maxOdd {
		return nil
	}
	a := []rune(text)
	edits, _ := diffOf(a, []rune(other))
	var found []int
	for _, e := range edits {
		if e.op == onlyA {
			for i := e.a0; i < e.a1; i++ {
				found = append(found, i)
			}
		}
	}
	if 2*len(found) > len(a) {
		return nil
	}
	return found
}
