package sqlite

import (
	lru "github.com/hashicorp/golang-lru/v2/simplelru"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// termKey is a value by which traces are found.
type termKey struct {
	project int64
	field   store.Field
	value   string
}

const maxTerms = 16 << 10

// termCache has ids of terms that are committed. It is the writer's.
type termCache = lru.LRU[termKey, int64]

func newTermCache() *termCache {
	cache, _ := lru.NewLRU[termKey, int64](maxTerms, nil) // refuses sizes below one alone
	return cache
}

// termChanges are the terms that a transaction made or removed.
type termChanges struct {
	cache   *termCache
	added   map[termKey]int64
	removed []termKey
}

func (c *termChanges) publish() {
	for key, id := range c.added {
		c.cache.Add(key, id)
	}
	for _, key := range c.removed {
		c.cache.Remove(key)
	}
}

// term is the id of a term, which is made where it is not there.
func (tx *txn) term(key termKey) (int64, error) {
	if id, ok := tx.terms.added[key]; ok {
		return id, nil
	}
	if id, ok := tx.terms.cache.Get(key); ok {
		return id, nil
	}
	row, err := tx.conn.first("SELECT id FROM terms WHERE project = ? AND field = ? AND value = ?",
		key.project, string(key.field), key.value)
	if err != nil {
		return 0, err
	}
	if row != nil {
		tx.terms.cache.Add(key, intOf(row[0]))
		return intOf(row[0]), nil
	}
	tx.now.term++
	_, err = tx.exec("INSERT INTO terms (id, project, field, value) VALUES (?, ?, ?, ?)",
		tx.now.term, key.project, string(key.field), key.value)
	if err != nil {
		return 0, err
	}
	tx.terms.added[key] = tx.now.term
	return tx.now.term, nil
}

// termCount is how often a trace has a term: a span counts, and so does the trace itself.
type termCount struct {
	term  int64
	count int64
	was   int64 // as trace_terms has it
}

// countTerm adds n to what a trace has of a term.
func (tx *txn) countTerm(t *traceState, field store.Field, value string, n int64) error {
	if value == "" {
		return nil
	}
	id, err := tx.term(termKey{t.project, field, value})
	if err != nil {
		return err
	}
	for i := range t.terms {
		if t.terms[i].term == id {
			t.terms[i].count += n
			return nil
		}
	}
	t.terms = append(t.terms, termCount{term: id, count: n})
	return nil
}

// countSpanTerms adds n times what a span has.
func (tx *txn) countSpanTerms(t *traceState, s *store.Span, n int64) error {
	counted := func(field store.Field, value string) func() error {
		return func() error { return tx.countTerm(t, field, value, n) }
	}
	steps := [...]func() error{
		counted(store.FieldEnvironment, s.Environment),
		counted(store.FieldModel, s.Model),
		counted(store.FieldService, s.Service),
		counted(store.FieldVersion, s.Version),
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	switch s.Kind {
	case store.KindAgent:
		if err := tx.countTerm(t, store.FieldAgent, s.Name, n); err != nil {
			return err
		}
	case store.KindTool:
		if err := tx.countTerm(t, store.FieldTool, s.Name, n); err != nil {
			return err
		}
	case store.KindSpan, store.KindLLM, store.KindEvaluation, store.KindTask, store.KindScorer:
	}
	for _, tag := range s.Tags {
		if err := tx.countTerm(t, store.FieldTag, tag, n); err != nil {
			return err
		}
	}
	return nil
}

// countTraceTerms adds n times what the trace itself has.
func (tx *txn) countTraceTerms(t *traceState, sum *store.Summary, n int64) error {
	for _, term := range []struct {
		field store.Field
		value string
	}{
		{store.FieldName, sum.Name},
		{store.FieldUser, sum.UserID},
		{store.FieldSession, sum.SessionID},
		{store.FieldStatus, string(sum.Status)},
	} {
		if err := tx.countTerm(t, term.field, term.value, n); err != nil {
			return err
		}
	}
	for _, tag := range sum.Tags {
		if err := tx.countTerm(t, store.FieldTag, tag, n); err != nil {
			return err
		}
	}
	return nil
}

// writeTerms brings trace_terms in line with what the trace has. wasAt is the start that its rows are filed under.
func (tx *txn) writeTerms(t *traceState, wasAt, start int64) error {
	kept := t.terms[:0]
	for _, term := range t.terms {
		had, has := term.was > 0, term.count > 0
		if had && (!has || wasAt != start) {
			_, err := tx.exec("DELETE FROM trace_terms WHERE term = ? AND start = ? AND trace = ?", term.term, wasAt, t.id)
			if err != nil {
				return err
			}
		}
		if has && (!had || wasAt != start) {
			_, err := tx.exec("INSERT INTO trace_terms (term, start, trace) VALUES (?, ?, ?)", term.term, start, t.id)
			if err != nil {
				return err
			}
		}
		if term.was = term.count; has {
			kept = append(kept, term)
		}
	}
	t.terms = kept
	return nil
}
