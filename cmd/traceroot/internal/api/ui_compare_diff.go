package api

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// diffView is the lines of two texts.
type diffView struct {
	Lines []diffLine `json:"lines"`
	Cut   bool       `json:"cut,omitempty"` // there are more lines, or more differences
	Title string     `json:"title,omitempty"`
}

// diffLine is a line that both have, or one of them: - is A, + is B. # is a heading or a note.
type diffLine struct {
	Op   string `json:"op" ts:"\"=\" | \"-\" | \"+\" | \"#\""`
	Text string `json:"text"`
	N    int    `json:"n,omitempty"`   // number within its heading
	Odd  []int  `json:"odd,omitempty"` // characters that the other has not
}

// Bounds of a diff.
const (
	maxDiffLines = 4000
	maxDiffLine  = 4000 // bytes
	maxOdd       = 200  // characters of a line in which differing ones are looked for
)

// diff shows what a pair of steps was given and gave, without what both have.
func (c *comparer) diff(p pair) (input, output diffView) {
	var in, out [2][]content
	title := ""
	for side, i := range p {
		if i < 0 {
			continue
		}
		in[side], out[side] = c.inputs(side, i), c.outputs(side, i)
		if span := &c.sides[side].spans[i]; title == "" {
			title = span.Name
			if span.Kind == store.KindLLM {
				title = fmt.Sprintf("call #%d", c.sides[side].number[i])
			}
		}
	}
	return diffContents(title, in), diffContents(title, out)
}

func diffContents(title string, sides [2][]content) diffView {
	d := differ{view: diffView{Lines: []diffLine{}, Title: title}}
	edits, whole := diffOf(sides[0], sides[1])
	d.view.Cut = !whole
	same := 0
	for n := 0; n < len(edits); n++ {
		e := edits[n]
		if e.op == inBoth {
			same += e.a1 - e.a0
			continue
		}
		a, b := sides[0][e.a0:e.a1], sides[1][e.b0:e.b1]
		if n+1 < len(edits) && edits[n+1].op != inBoth { // what stands for each other
			n++
			a, b = slices.Concat(a, sides[0][edits[n].a0:edits[n].a1]), slices.Concat(b, sides[1][edits[n].b0:edits[n].b1])
		}
		d.changed(a, b)
	}
	if all := max(len(sides[0]), len(sides[1])); all > 1 && same > 0 {
		d.view.Title = fmt.Sprintf("%s, %d of %d equal", title, same, all)
		d.note(plural(same, "part") + " equal")
	}
	return d.view
}

type differ struct{ view diffView }

func (d *differ) note(text string) {
	d.view.Lines = append(d.view.Lines, diffLine{Op: "#", Text: text})
}

// changed pairs what differs by heading and order.
func (d *differ) changed(a, b []content) {
	for len(a) > 0 || len(b) > 0 {
		switch {
		case len(a) > 0 && len(b) > 0 && a[0].heading == b[0].heading:
			d.note(a[0].heading)
			d.lines(a[0].text, b[0].text)
			a, b = a[1:], b[1:]
		case len(a) > 0 && (len(b) == 0 || !slices.ContainsFunc(b, func(c content) bool { return c.heading == a[0].heading })):
			d.note(a[0].heading + ", only in A")
			d.lines(a[0].text, "")
			a = a[1:]
		default:
			if len(b) == 0 {
				return
			}
			d.note(b[0].heading + ", only in B")
			d.lines("", b[0].text)
			b = b[1:]
		}
	}
}

func (d *differ) lines(a, b string) {
	left, right := d.split(a), d.split(b)
	edits, whole := diffOf(left, right)
	d.view.Cut = d.view.Cut || !whole
	for n, e := range edits {
		for i, line := range left[e.a0:e.a1] {
			shown := diffLine{Op: e.op, Text: line, N: e.a0 + i + 1}
			if e.op == onlyA && n+1 < len(edits) && edits[n+1].op == onlyB && edits[n+1].b0+i < edits[n+1].b1 {
				shown.Odd = oddIn(line, right[edits[n+1].b0+i])
			}
			d.view.Lines = append(d.view.Lines, shown)
		}
		if e.op != onlyB {
			continue
		}
		for i, line := range right[e.b0:e.b1] {
			shown := diffLine{Op: onlyB, Text: line, N: e.b0 + i + 1}
			if n > 0 && edits[n-1].op == onlyA && edits[n-1].a0+i < edits[n-1].a1 {
				shown.Odd = oddIn(line, left[edits[n-1].a0+i])
			}
			d.view.Lines = append(d.view.Lines, shown)
		}
	}
}

func (d *differ) split(text string) []string {
	if text == "" {
		return nil
	}
	var lines []string
	for line := range strings.SplitSeq(text, "\n") {
		if len(d.view.Lines)+len(lines) >= maxDiffLines {
			d.view.Cut = true
			break
		}
		d.view.Cut = d.view.Cut || len(line) > maxDiffLine
		lines = append(lines, cut(line, maxDiffLine))
	}
	return lines
}

// oddIn are the characters of a line that another, much like it, has not; nothing where they are not alike.
func oddIn(line, other string) []int {
	if utf8.RuneCountInString(line) > maxOdd || utf8.RuneCountInString(other) > maxOdd {
		return nil
	}
	a, b := []rune(line), []rune(other)
	edits, _ := diffOf(a, b)
	var found []int
	for _, e := range edits {
		if e.op == onlyA {
			for i := e.a0; i < e.a1; i++ {
				found = append(found, i)
			}
		}
	}
	if len(found)*2 > len(a) {
		return nil
	}
	return found
}
