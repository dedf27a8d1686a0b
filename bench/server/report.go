package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
)

// report is one table: a row for each figure, a column for each server and load.
type report struct {
	columns []string
	rows    []string
	targets map[string]string
	cells   map[[2]string]string // by row and column
}

func newReport() *report {
	return &report{targets: make(map[string]string), cells: make(map[[2]string]string)}
}

// set fills a cell. Rows and columns stand in the order in which they were first filled.
func (r *report) set(row, column, target, format string, values ...any) {
	if !slices.Contains(r.rows, row) {
		r.rows = append(r.rows, row)
	}
	if !slices.Contains(r.columns, column) {
		r.columns = append(r.columns, column)
	}
	if target != "" {
		r.targets[row] = target
	}
	r.cells[[2]string{row, column}] = fmt.Sprintf(format, values...)
}

// print writes it as Markdown.
func (r *report) print(to io.Writer) error {
	w := tabwriter.NewWriter(to, 0, 0, 1, ' ', tabwriter.DiscardEmptyColumns)
	line := func(cells ...string) { fmt.Fprintf(w, "| %s |\n", strings.Join(cells, "\t| ")) }
	line(slices.Concat([]string{""}, r.columns, []string{"target"})...)
	line(slices.Concat([]string{"---"}, slices.Repeat([]string{"---:"}, len(r.columns)+1))...)
	for _, row := range r.rows {
		cells := []string{row}
		for _, column := range r.columns {
			cells = append(cells, r.cells[[2]string{row, column}])
		}
		line(append(cells, r.targets[row])...)
	}
	return w.Flush()
}

func megabytes(n int64) string { return fmt.Sprintf("%d MB", n/1_000_000) }
