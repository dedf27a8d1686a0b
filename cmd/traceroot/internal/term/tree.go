package term

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// row is one span of the tree, or several alike in a group.
type row struct {
	*store.Span // of a group: its first

	prefix   string // the branch that leads to the span
	below    string // what continues it on the lines of details
	group    []*store.Span
	parent   *row
	children []*row
	orphan   string // why it has a parent that it is not drawn below
}

// minGroup is how many equal spans in succession become one row.
const minGroup = 8

// forest is the spans as trees, in the order of their start: those without a parent first, then those whose parent has
// not arrived. Every span is in it exactly once, also where parents lead in a circle.
func forest(spans []*store.Span) []*row {
	slices.SortStableFunc(spans, func(a, b *store.Span) int {
		return cmp.Or(a.Start.Compare(b.Start), latestFirst(a, b), cmp.Compare(a.SpanID, b.SpanID))
	})
	f := forester{byParent: make(map[string][]*store.Span), planted: make(map[*store.Span]bool)}
	known := make(map[string]bool)
	for _, s := range spans {
		known[s.SpanID] = true
		f.byParent[s.ParentSpanID] = append(f.byParent[s.ParentSpanID], s)
	}
	for _, s := range spans {
		if s.Root() {
			f.plant(s, "")
		}
	}
	for _, s := range spans {
		if !known[s.ParentSpanID] {
			f.plant(s, "not arrived")
		}
	}
	for _, s := range spans {
		f.plant(s, "in a circle")
	}
	return f.roots
}

// latestFirst puts a parent that started with its child before it.
func latestFirst(a, b *store.Span) int {
	if a.Running() != b.Running() {
		if a.Running() {
			return -1
		}
		return 1
	}
	return b.End.Compare(a.End)
}

type forester struct {
	byParent map[string][]*store.Span
	planted  map[*store.Span]bool
	roots    []*row
}

func (f *forester) plant(s *store.Span, orphan string) {
	if f.planted[s] {
		return
	}
	root := f.grow(s)
	root.orphan = orphan
	f.roots = append(f.roots, root)
}

func (f *forester) grow(s *store.Span) *row {
	f.planted[s] = true
	r := &row{Span: s}
	for _, s := range f.byParent[s.SpanID] {
		if !f.planted[s] {
			child := f.grow(s)
			child.parent = r
			r.children = append(r.children, child)
		}
	}
	r.children = grouped(r.children)
	return r
}

// grouped makes one row of many that say the same: a loop's thousand calls of one tool.
func grouped(rows []*row) []*row {
	var all []*row
	for len(rows) > 0 {
		n := 1
		for n < len(rows) && alike(rows[0], rows[n]) {
			n++
		}
		if n < minGroup {
			n = 1
		} else {
			for _, member := range rows[:n] {
				rows[0].group = append(rows[0].group, member.Span)
			}
		}
		all = append(all, rows[0])
		rows = rows[n:]
	}
	return all
}

func alike(a, b *row) bool {
	return a.Kind == b.Kind && a.Name == b.Name && a.uneventful() && b.uneventful()
}

func (r *row) uneventful() bool {
	return r.Status == store.StatusOK && !r.Running() && len(r.children) == 0
}

// recovered reports whether a span failed, and somebody above it coped with that.
func (r *row) recovered() bool {
	if !r.failed() || r.parent == nil {
		return false
	}
	return r.parent.recovered() || !r.parent.failed() && !r.parent.Running()
}

func (r *row) failed() bool { return r.Status == store.StatusError }

// each calls visit for every row of the trees, parents before their children.
func each(rows []*row, visit func(*row)) {
	for _, r := range rows {
		visit(r)
		each(r.children, visit)
	}
}

// indent draws the branches, at most depth levels of them: deeper down only the last ones are drawn, after an ellipsis.
func indent(roots []*row, depth int) {
	for _, root := range roots {
		root.below = stem(len(root.children) > 0)
		indentChildren(root, nil, depth)
	}
}

// indentChildren is told of each level above, the root's left out, whether it goes on below.
func indentChildren(parent *row, levels []bool, depth int) {
	for i, child := range parent.children {
		goesOn := i < len(parent.children)-1
		child.prefix = branches(levels, depth) + "└─"
		if goesOn {
			child.prefix = branches(levels, depth) + "├─"
		}
		child.below = branches(append(levels, goesOn), depth+1) + stem(len(child.children) > 0)
		indentChildren(child, append(levels, goesOn), depth)
	}
}

func branches(levels []bool, depth int) string {
	var b strings.Builder
	if hidden := len(levels) - depth; hidden > 0 {
		b.WriteString("… ")
		levels = levels[hidden+1:]
	}
	for _, goesOn := range levels {
		b.WriteString(stem(goesOn))
	}
	return b.String()
}

func stem(goesOn bool) string {
	if goesOn {
		return "│ "
	}
	return "  "
}

// title is what the row is called.
func (r *row) title() string {
	title := cmp.Or(firstLine(r.Name), "unnamed")
	if r.group != nil {
		title += " ×" + Count(int64(len(r.group)))
	}
	return title
}

// ends is when the last span of the row ended; zero when it runs.
func (r *row) ends() time.Time {
	end := r.End
	for _, s := range r.group {
		end = latest(end, s.End)
	}
	return end
}
