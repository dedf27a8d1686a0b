package app

import (
	"io"
	"os"
	"time"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/client"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/term"
)

// field is a column of a listing, and how its cells are made.
type field[T any] struct {
	term.Column

	cell func(T) term.Cell
}

// listing is a table of rows of one type, on the screen of w.
type listing[T any] struct {
	w      io.Writer
	fields []field[T]
	table  term.Table
}

func newListing[T any](w io.Writer, fields ...field[T]) *listing[T] {
	l := &listing[T]{w: w, fields: fields}
	l.table.Options = screen(w, os.Getenv)
	for _, field := range fields {
		l.table.Columns = append(l.table.Columns, field.Column)
	}
	return l
}

func (l *listing[T]) print(rows []client.Reply[T]) error {
	cells := make([][]term.Cell, len(rows))
	for i, row := range rows {
		for _, field := range l.fields {
			cells[i] = append(cells[i], field.cell(row.Value))
		}
	}
	return l.table.Write(l.w, cells)
}

func text(s string) term.Cell { return term.Cell{Text: s} }

func ageCell(now, t time.Time) term.Cell { return text(term.Age(now.Sub(t))) }

// tookCell is told nil by what has not ended.
func tookCell(milliseconds *float64) term.Cell {
	if milliseconds == nil {
		return term.Cell{Text: "running", Tone: term.Live}
	}
	return text(term.Duration(fromMilliseconds(*milliseconds)))
}

func fromMilliseconds(n float64) time.Duration { return time.Duration(n * float64(time.Millisecond)) }

// countCell is empty for none.
func countCell(n int64, tone term.Tone) term.Cell {
	if n == 0 {
		return term.Cell{}
	}
	return term.Cell{Text: term.Count(n), Tone: tone}
}

// costCell is empty where nothing had a price.
func costCell(dollars float64) term.Cell {
	if dollars == 0 {
		return term.Cell{}
	}
	return text(term.Dollars(dollars))
}
