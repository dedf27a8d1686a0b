package app

import (
	"io"
	"os"
	"slices"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/term"
)

// fact is a line about one thing.
type fact struct{ name, value string }

// printFacts leaves out those without a value.
func printFacts(w io.Writer, facts []fact) error {
	facts = slices.DeleteFunc(facts, func(f fact) bool { return f.value == "" })
	rows := make([][]term.Cell, len(facts))
	for i, f := range facts {
		rows[i] = []term.Cell{{Text: f.name, Tone: term.Quiet}, {Text: f.value}}
	}
	table := term.Table{Columns: []term.Column{{}, {Cut: true}}, Options: screen(w, os.Getenv)}
	return table.Write(w, rows)
}
