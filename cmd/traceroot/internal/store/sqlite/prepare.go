package sqlite

import (
	"fmt"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// prepared is a batch with all done that needs no database.
type prepared struct {
	project string
	pieces  pieceSet
	traces  []preparedTrace
	spans   []preparedSpan
	packs   []pack
	sheets  []*sheet
	claimed []pieceKey // pieces that are packed here and nowhere else meanwhile
	bytes   int        // about how much memory it takes
	cutter  cutter
	scratch []byte
}

// maxSpare is how many are kept for batches to come, and maxScratch how many elements each slice of theirs may have: a text
// of any length has as many parts.
const (
	maxSpare   = 4
	maxScratch = 64 << 10
)

// kept is a slice for another batch, nil where that would hold too much.
func kept[T any](scratch []T) []T {
	if cap(scratch) > maxScratch {
		return nil
	}
	return scratch[:0]
}

// newPrepared is one that another batch had, or a new one.
func (s *Store) newPrepared(project string) *prepared {
	p := &prepared{}
	select {
	case p = <-s.spare:
	default:
	}
	p.project, p.cutter.pieces = project, &p.pieces
	return p
}

// release is for when the batch is written, or has failed: what is large is kept for another.
func (s *Store) release(p *prepared) {
	p.pieces.clear()
	c := cutter{slabs: p.cutter.slabs, parts: kept(p.cutter.parts), scratch: kept(p.cutter.scratch), literals: kept(p.cutter.literals)}
	c.slabs.bytes.release()
	c.slabs.ops.release()
	*p = prepared{pieces: p.pieces, cutter: c, scratch: kept(p.scratch)}
	select {
	case s.spare <- p:
	default:
	}
}

type preparedTrace struct {
	row   store.Trace
	texts *draft
	uses  []int // its pieces, each once
	words words
}

type preparedSpan struct {
	span  *store.Span
	trace int // place in traces
	texts *draft
}

// prepare does the caller's part of Write. The batch is not to be changed afterwards.
func (s *Store) prepare(project string, batch store.Batch) (*prepared, error) {
	p := s.newPrepared(project)
	at := make(map[string]int, len(batch.Traces))
	for i := range batch.Traces {
		row := &batch.Traces[i]
		if j, ok := at[row.TraceID]; ok {
			p.traces[j].row = store.Merge(p.traces[j].row, *row)
			continue
		}
		at[row.TraceID] = len(p.traces)
		p.traces = append(p.traces, preparedTrace{row: *row})
	}
	p.spans = make([]preparedSpan, 0, len(batch.Spans))
	roots := make([]*preparedSpan, len(p.traces))
	c, members := &p.cutter, memberCache{}
	for i := range batch.Spans {
		span := &batch.Spans[i]
		trace, ok := at[span.TraceID]
		if !ok {
			return nil, fmt.Errorf("span %s is of trace %s, which the batch does not have", span.SpanID, span.TraceID)
		}
		texts, err := c.spanDraft(span)
		if err != nil {
			return nil, err
		}
		s.addWords(&p.traces[trace].words, span, texts, members)
		p.spans = append(p.spans, preparedSpan{span: span, trace: trace, texts: texts})
		if span.Root() {
			roots[trace] = &p.spans[len(p.spans)-1]
		}
		p.bytes += 512 + len(texts.literals)
	}
	for i := range p.traces {
		p.traces[i].prepare(roots[i], c, members)
	}
	p.layOut()
	p.findUses()
	p.packAll(func(piece *draftPiece) bool {
		if !s.known.claim(p, piece.hash) {
			return false
		}
		p.bytes += len(piece.text)
		if s.search && piece.searched {
			piece.words = store.IndexText(piece.text)
		}
		return true
	})
	return p, nil
}

// prepare drafts the texts of a trace, which usually are those of its root.
func (t *preparedTrace) prepare(root *preparedSpan, c *cutter, members memberCache) {
	t.texts = &draft{}
	var input, output *string
	if root != nil {
		input, output = root.span.Input, root.span.Output
	}
	t.text(c, root, fieldInput, t.row.Input, input)
	t.text(c, root, fieldOutput, t.row.Output, output)
	c.onceField(t.texts, fieldMetadata, t.row.Metadata)
	t.texts.pack()
	members.add(&t.words, store.FieldMetadata, t.row.Metadata)
}

func (t *preparedTrace) text(c *cutter, root *preparedSpan, name field, text, ofRoot *string) {
	switch {
	case text == nil:
		return
	case ofRoot != nil && *ofRoot == *text:
		literals := root.texts.literals
		for _, f := range root.texts.fields {
			if f.name == name {
				t.texts.fields = append(t.texts.fields, f)
				t.texts.literals = append(t.texts.literals, literals[:f.literals]...)
				return
			}
			literals = literals[f.literals:]
		}
	}
	c.structured(*text, 0)
	t.texts.add(name, c)
}

// findUses lists the pieces of each trace.
func (p *prepared) findUses() {
	seen := make([]int, len(p.pieces.list)) // the last trace that has it, plus one
	sorted := make([][]*draft, len(p.traces))
	for i := range p.traces {
		sorted[i] = append(sorted[i], p.traces[i].texts)
	}
	for i := range p.spans {
		sorted[p.spans[i].trace] = append(sorted[p.spans[i].trace], p.spans[i].texts)
	}
	for i, drafts := range sorted {
		for _, d := range drafts {
			for _, f := range d.fields {
				for _, o := range f.ops {
					if o.piece >= 0 && seen[o.piece] != i+1 {
						seen[o.piece] = i + 1
						p.traces[i].uses = append(p.traces[i].uses, o.piece)
					}
				}
			}
		}
	}
}
