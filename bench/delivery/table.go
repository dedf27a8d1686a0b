package main

import (
	"fmt"
	"strings"
	"text/tabwriter"
)

// table is written as Markdown. Its first column is text, the others are figures.
type table struct{ rows [][]string }

func newTable(columns ...string) *table {
	rule := []string{"---"}
	for range len(columns) - 1 {
		rule = append(rule, "---:")
	}
	return &table{[][]string{columns, rule}}
}

func (t *table) row(cells ...string) { t.rows = append(t.rows, cells) }

// String is empty for a table without rows.
func (t *table) String() string {
	const head = 2
	if len(t.rows) == head {
		return ""
	}
	var text strings.Builder
	w := tabwriter.NewWriter(&text, 0, 0, 1, ' ', tabwriter.DiscardEmptyColumns)
	for _, cells := range t.rows {
		fmt.Fprintf(w, "| %s |\n", strings.Join(cells, "\t| "))
	}
	_ = w.Flush() // a builder takes everything
	return text.String()
}
