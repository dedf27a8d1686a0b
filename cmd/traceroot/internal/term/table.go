package term

import (
	"bytes"
	"io"
	"slices"
)

// Column is one column of a table.
type Column struct {
	Title string
	Right bool // at the right edge, as numbers are
	Cut   bool // its texts may be cut where there is no room for all of them
	Least int  // so many columns of the terminal, also when the first rows need fewer: others follow
	Rank  int  // where there is no room, columns of the highest rank are left out first; those of rank 0 never are
}

// Cell is the text at one place of a table, whoever wrote it.
type Cell struct {
	Text string
	Tone Tone
}

// Tone is how a cell is told from others.
type Tone int

// The tones. The zero value is that of most cells.
const (
	Plain Tone = iota
	Quiet
	Bad
	Live // what is going on now
)

func (t Tone) style() style {
	return [...]style{Plain: plain, Quiet: dim, Bad: red, Live: green}[t]
}

// Table draws rows below titles. Its layout comes from the rows of the first call of Write, so that those of later calls
// stand below them. A column that is empty in all of them is left out, unless it has a Least.
type Table struct {
	Columns []Column
	Options

	widths []int // zero where the column is left out; nil before the first rows
}

// Write draws rows, each with a cell for each column. The error is that of w.
func (t *Table) Write(w io.Writer, rows [][]Cell) error {
	t.Width = max(t.Width, minWidth)
	texts := make([][]Cell, len(rows))
	for i, row := range rows {
		texts[i] = slices.Clone(row)
		for j := range row {
			texts[i][j].Text = clean(row[j].Text)
		}
	}
	var out bytes.Buffer
	if t.widths == nil {
		t.widths = t.layout(texts)
		t.titles(&out)
	}
	for _, row := range texts {
		t.row(&out, row)
	}
	_, err := w.Write(out.Bytes())
	return err
}

// titles writes no line for columns of which none has a title.
func (t *Table) titles(out *bytes.Buffer) {
	titles := make([]Cell, len(t.Columns))
	titled := false
	for i, column := range t.Columns {
		titles[i] = Cell{column.Title, Quiet}
		titled = titled || column.Title != ""
	}
	if titled {
		t.row(out, titles)
	}
}

func (t *Table) row(out *bytes.Buffer, row []Cell) {
	l := line{color: t.Color}
	at := 0
	for i, column := range t.Columns {
		columns := t.widths[i]
		if columns == 0 {
			continue
		}
		l.to(at)
		text := cut(row[i].Text, min(columns, t.Width-at))
		if column.Right {
			l.skip(columns - width(text))
		}
		l.put(row[i].Tone.style(), text)
		at += columns + gap
	}
	out.WriteString(l.text.String())
	out.WriteByte('\n')
}

// layout gives each column what it needs. Where that is too much, columns that may be cut share what the others leave,
// and where that is too little, columns are left out.
func (t *Table) layout(rows [][]Cell) []int {
	widths := make([]int, len(t.Columns))
	for i, column := range t.Columns {
		empty := true
		widths[i] = max(column.Least, width(column.Title))
		for _, row := range rows {
			widths[i] = max(widths[i], width(row[i].Text))
			empty = empty && row[i].Text == ""
		}
		if empty && column.Least == 0 && len(rows) > 0 {
			widths[i] = 0
		}
	}
	for total(widths)-t.canGive(widths) > t.Width {
		last := t.lastRank(widths)
		if last < 0 {
			break
		}
		widths[last] = 0
	}
	for total(widths) > t.Width {
		widest := t.widestToCut(widths)
		if widest < 0 {
			break
		}
		widths[widest]--
	}
	return widths
}

// minCut is how much of a text says something.
const minCut = 12

// canGive is how many columns can be had by cutting texts.
func (t *Table) canGive(widths []int) int {
	give := 0
	for i, column := range t.Columns {
		if column.Cut {
			give += max(0, widths[i]-minCut)
		}
	}
	return give
}

// lastRank is the column to be left out next; negative when all that are left have to stay.
func (t *Table) lastRank(widths []int) int {
	last := -1
	for i, column := range t.Columns {
		if widths[i] > 0 && column.Rank > 0 && (last < 0 || column.Rank >= t.Columns[last].Rank) {
			last = i
		}
	}
	return last
}

func (t *Table) widestToCut(widths []int) int {
	widest := -1
	for i, column := range t.Columns {
		if column.Cut && widths[i] > minCut && (widest < 0 || widths[i] > widths[widest]) {
			widest = i
		}
	}
	return widest
}

// total is the width of a line.
func total(widths []int) int {
	sum := 0
	for _, columns := range widths {
		if columns > 0 {
			sum += columns + gap
		}
	}
	return max(0, sum-gap)
}
