package providers_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
)

var update = flag.Bool("update", false, "write the table of clients into the documentation")

const (
	root       = "../../.."
	page       = root + "/docs/integrations.md"
	ofGenkit   = "../genkit/testdata/rows.md" // written by that package's tests, which cannot be built with these
	tableBegin = "<!-- matrix: begin -->\n"
	tableEnd   = "<!-- matrix: end -->\n"
)

// verdict is what a cell of the table shows.
type verdict string

const (
	works  verdict = "✓"
	fails  verdict = "✗"
	unable verdict = "–" // the client has no such thing, or the hook does not reach it
)

// table collects the verdicts of the matrix. It is safe for concurrent use.
type table struct {
	mu    sync.Mutex
	cells map[[3]string]verdict // by client, hook and column; guarded by mu
}

func newTable() *table { return &table{cells: map[[3]string]verdict{}} }

func (r *table) set(a adapter, h hook, c column, v verdict) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.cells[[3]string{a.name, h.name, c.name}] = v
}

// markdown is the table in the order of the adapters. It is not whole when a cell was not run.
func (r *table) markdown() (text string, whole bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	var b strings.Builder
	fmt.Fprintf(&b, "%s tried: recorded, and the same for the program as without the SDK. "+
		"%s the client has no such thing, or the hook does not reach it.\n\n", works, unable)
	b.WriteString("| client | hook |")
	for _, c := range columns {
		b.WriteString(" " + c.name + " |")
	}
	b.WriteString("\n| --- | --- |" + strings.Repeat(" :-: |", len(columns)) + "\n")
	whole = true
	for _, a := range adapters {
		for _, h := range a.hooks {
			fmt.Fprintf(&b, "| %s | %s |", a.name, h.name)
			for _, c := range columns {
				v, ok := r.cells[[3]string{a.name, h.name, c.name}]
				whole = whole && ok
				fmt.Fprintf(&b, " %s |", v)
			}
			b.WriteString("\n")
		}
	}
	return b.String(), whole
}

// compareWithPage prints the table, and compares it with the one in the documentation, or replaces that.
func compareWithPage(t *testing.T, results *table) {
	t.Helper()
	text, whole := results.markdown()
	genkit, err := os.ReadFile(ofGenkit)
	if err != nil {
		t.Fatal(err)
	}
	text += string(genkit)
	t.Logf("\n%s", text)
	if !whole {
		t.Log("not all of the matrix has run: the table in the documentation is not compared")
		return
	}
	raw, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, begun := strings.Cut(string(raw), tableBegin)
	old, tail, ended := strings.Cut(rest, tableEnd)
	if !begun || !ended {
		t.Fatalf("%s does not hold the lines %s and %s", page, tableBegin, tableEnd)
	}
	if strings.TrimSpace(old) == strings.TrimSpace(text) {
		return
	}
	if !*update {
		t.Errorf("the table in %s is not that of this run; go test -update writes it", page)
		return
	}
	if err := os.WriteFile(page, []byte(head+tableBegin+text+tableEnd+tail), 0o644); err != nil {
		t.Fatal(err)
	}
}
