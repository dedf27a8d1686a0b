package vocab

import (
	"cmp"

	"github.com/traceroot-ai/traceroot-go/attr"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// traceFacts gathers what the spans of one batch say about their trace.
type traceFacts struct {
	root, first, outermost *fact
	all                    []*fact
	shown                  []store.Message // by the last call of a model that was read
}

type fact struct {
	raw  *RawSpan
	span *store.Span
}

func (t *traceFacts) add(raw *RawSpan, span *store.Span) {
	f := &fact{raw, span}
	if t.first == nil {
		t.first = f
	}
	if span.Root() && (t.root == nil || span.Start.Before(t.root.span.Start)) {
		t.root = f
	}
	if t.outermost == nil || f.depth() < t.outermost.depth() {
		t.outermost = f
	}
	t.all = append(t.all, f)
}

// row is the trace as far as this batch knows it. What the root says counts; what it leaves open, and everything in a
// batch without it, comes from the first span that knows.
func (t *traceFacts) row() store.Trace {
	row := store.Trace{
		TraceID:     t.first.span.TraceID,
		Name:        t.outermost.rootName(),
		Start:       t.first.span.Start,
		UserID:      t.find(func(f *fact) string { return f.raw.Attributes.text(userKeys...) }),
		SessionID:   t.find(func(f *fact) string { return f.raw.Attributes.text(sessionKey...) }),
		Environment: t.find(func(f *fact) string { return f.span.Environment }),
		GitRepo:     t.find(func(f *fact) string { return f.raw.Attributes.text(attr.GitRepo) }),
		GitRef:      t.find(func(f *fact) string { return f.raw.Attributes.text(attr.GitRef) }),
	}
	if t.root != nil {
		row.HasRoot = true
		row.Name = t.root.span.Name
		row.Start = t.root.span.Start
		row.Input = t.root.span.Input
		row.Output = t.root.span.Output
		row.Metadata = traceMetadata(t.root.raw.Attributes)
		row.Tags = appendNew(row.Tags, t.root.span.Tags...)
	}
	for _, f := range t.all {
		// A tag of a mere step is not one of the trace.
		row.Tags = appendNew(row.Tags, f.raw.Attributes.list(attr.TraceTags)...)
		row.Tags = appendNew(row.Tags, f.raw.Attributes.list(attr.Tags)...)
		row.IsEvaluation = row.IsEvaluation || f.span.Kind.Evaluation()
	}
	return row
}

func (t *traceFacts) find(text func(*fact) string) string {
	if t.root != nil {
		if found := text(t.root); found != "" {
			return found
		}
	}
	for _, f := range t.all {
		if found := text(f); found != "" {
			return found
		}
	}
	return ""
}

// depth is how many ancestors a span names; more than any for one that names none though it has a parent.
func (f *fact) depth() int {
	if !f.raw.Attributes.has(attr.SpanIDsPath) {
		return noDepth
	}
	return len(f.raw.Attributes.list(attr.SpanIDsPath))
}

const noDepth = 1 << 30

// rootName is what the span says its root is called.
func (f *fact) rootName() string {
	path := f.raw.Attributes.list(attr.SpanPath)
	if len(path) == 0 {
		return f.span.Name
	}
	return cmp.Or(path[0], f.span.Name)
}
