package sqlite

import (
	"strings"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// words are what one write adds to trace_words for a trace.
type words struct {
	text   []byte
	seen   map[string]struct{} // in text
	tokens []token             // each once
	marked map[token]struct{}  // in tokens
}

func (w *words) add(word string) {
	if _, ok := w.seen[word]; ok {
		return
	}
	if w.seen == nil {
		w.seen = make(map[string]struct{}, 64)
	}
	w.seen[word] = struct{}{}
	w.text = append(append(w.text, word...), ' ')
}

func (w *words) addToken(t token) {
	if _, ok := w.marked[t]; ok {
		return
	}
	if w.marked == nil {
		w.marked = make(map[token]struct{}, 64)
	}
	w.marked[t] = struct{}{}
	w.tokens = append(w.tokens, t)
}

// addWords adds what is found of a span and in no piece.
func (s *Store) addWords(w *words, span *store.Span, d *draft, members memberCache) {
	members.add(w, store.FieldAttribute, span.Payload.Attributes)
	members.add(w, store.FieldMetadata, span.Metadata)
	if !s.search {
		return
	}
	literals := d.literals
	for _, f := range d.fields {
		text := literals[:f.literals]
		literals = literals[f.literals:]
		if f.name != fieldInput && f.name != fieldOutput || f.literals < 2 {
			continue
		}
		whole := span.Input
		if f.name == fieldOutput {
			whole = span.Output
		}
		for _, word := range literalWords(*whole, text, f.ops) {
			w.add(word)
		}
	}
}

// literalWords are the words of the literal bytes of a text. Pieces part words, as a bracket does.
func literalWords(whole string, literals []byte, ops []draftOp) []string {
	if len(ops) == 1 {
		return store.Terms(whole)
	}
	var b strings.Builder
	if start := strings.TrimLeft(whole, " \t\r\n"); start != "" {
		b.WriteByte(start[0]) // whether it is JSON is told by how it begins
	}
	for _, o := range ops {
		if o.piece < 0 {
			b.Write(literals[:o.size])
			literals = literals[o.size:]
		}
		b.WriteByte(' ')
	}
	return store.Terms(b.String())
}
