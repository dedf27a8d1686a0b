package sqlite

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// hits is what the index of words has for some words of a text. It may name a trace that no longer holds them, and it does
// not know in which order they come.
type hits struct {
	words  store.Words
	sure   bool               // a piece that is hit has the words: there is but one
	reads  bool               // the index was not asked: whatever a trace holds is read
	pieces map[int64]bool     // that are hit
	texts  map[int64]bool     // traces that are hit by what is in no piece
	traces map[int64]struct{} // all that may match
	said   map[int64]bool     // of pieces that were looked at: whether they hold the words
}

// addWords selects traces by words of inputs and outputs.
func (r *snapshot) addWords(p *plan, w store.Words, way search) error {
	terms := store.Terms(w.Text)
	if len(terms) == 0 {
		return nil
	}
	h := &hits{
		words: w, sure: len(terms) == 1, pieces: map[int64]bool{}, texts: map[int64]bool{},
		traces: map[int64]struct{}{}, said: map[int64]bool{},
	}
	match := `"` + strings.Join(terms, `" AND "`) + `"`
	if w.Prefix {
		match += " *"
	}
	if way == byTrace && !w.Prefix { // a prefix stands for many words, which are joined anew for each trace
		if frequent, err := r.isFrequent(match); err != nil || frequent {
			p.checks = append(p.checks, r.lookInto(h))
			return err
		}
	}
	if err := r.hitTexts(match, h); err != nil {
		return err
	}
	if err := r.hitPieces(match, h); err != nil {
		return err
	}
	p.candidates(h.traces, w.Not)
	p.checks = append(p.checks, func(f *found) (bool, error) {
		if _, ok := h.traces[f.ID]; !ok {
			return w.Not, nil
		}
		says, err := r.says(f.ID, h)
		return says != w.Not, err
	})
	return nil
}

// candidates narrows the way to traces that may match.
func (p *plan) candidates(traces map[int64]struct{}, not bool) {
	if not {
		return
	}
	ids := make([]int64, 0, len(traces))
	for id := range traces {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	switch {
	case len(ids) == 0:
		p.never = true
	case len(ids) <= maxSet:
		p.sets = append(p.sets, clause{[]string{"t.id IN (SELECT value FROM json_each(?))"}, []any{jsonIDs(ids)}})
	default:
		p.where.add("+t.id IN (SELECT value FROM json_each(?))", jsonIDs(ids))
	}
}

func (r *snapshot) hitTexts(match string, h *hits) error {
	return r.query("SELECT DISTINCT rowid >> ? FROM trace_words WHERE trace_words MATCH ?", []any{docBits, match},
		func(row []any) error {
			h.texts[intOf(row[0])] = true
			h.traces[intOf(row[0])] = struct{}{}
			return nil
		})
}

func (r *snapshot) hitPieces(match string, h *hits) error {
	var ids []int64
	err := r.query("SELECT rowid FROM piece_words WHERE piece_words MATCH ?", []any{match}, func(row []any) error {
		ids = append(ids, intOf(row[0]))
		h.pieces[intOf(row[0])] = true
		return nil
	})
	if err != nil || len(ids) == 0 {
		return err
	}
	list := jsonIDs(ids)
	return r.query(`SELECT trace FROM pieces WHERE id IN (SELECT value FROM json_each(?1)) AND project = ?2
		UNION SELECT trace FROM uses WHERE piece IN (SELECT value FROM json_each(?1))`, []any{list, r.project},
		func(row []any) error {
			h.traces[intOf(row[0])] = struct{}{}
			return nil
		})
}

// says reports whether words are in an input or output of a trace.
func (r *snapshot) says(trace int64, h *hits) (bool, error) {
	says := false
	var sheets *sheetReader // words in pieces need none
	if h.texts[trace] {
		sheets = r.sheets(trace)
	}
	err := r.query("SELECT texts FROM spans WHERE trace = ?", []any{trace}, func(row []any) error {
		t, err := parseTexts(bytesOf(row[0]), sheets)
		if err != nil {
			return fmt.Errorf("trace %d: %w", trace, err)
		}
		if err := r.fetchUnread(t, h); err != nil {
			return err
		}
		for _, f := range []field{fieldInput, fieldOutput} {
			if h.texts[trace] && h.words.Holds(literalTerms(t.text[f])) {
				says = true
				return errEnough
			}
			for piece := range t.pieces(f) {
				if says, err = r.pieceSays(piece, h); err != nil {
					return err
				}
				if says {
					return errEnough
				}
			}
		}
		return nil
	})
	return says, err
}

// fetchUnread reads the pieces of a span at once, where all are to be read.
func (r *snapshot) fetchUnread(t *texts, h *hits) error {
	if !h.reads {
		return nil
	}
	var unread []int64
	for piece := range t.pieces(fieldInput, fieldOutput) {
		if _, known := h.said[piece]; !known {
			unread = append(unread, piece)
		}
	}
	if len(unread) == 0 {
		return nil
	}
	return r.fetch(unread)
}

func (r *snapshot) pieceSays(piece int64, h *hits) (bool, error) {
	if !h.reads && (!h.pieces[piece] || h.sure) {
		return h.pieces[piece], nil
	}
	if says, ok := h.said[piece]; ok {
		return says, nil
	}
	if err := r.fetch([]int64{piece}); err != nil {
		return false, err
	}
	h.said[piece] = h.words.Holds(store.Terms(r.body(piece)))
	delete(r.bodies, piece) // a search reads more than a page shows
	return h.said[piece], nil
}

// literalTerms are the words of a text that are in none of its pieces, as literalWords has them.
func literalTerms(t recipe) []string {
	if len(t.ops) == 1 {
		return store.Terms(t.literals)
	}
	var b strings.Builder
	literals := t.literals
	for _, o := range t.ops {
		if o.piece == 0 {
			b.WriteString(literals[:o.size])
			literals = literals[o.size:]
		} else if b.Len() == 0 {
			b.WriteByte('[') // a text that begins with a piece is nearly always JSON, and who begins it tells
		}
		b.WriteByte(' ')
	}
	return store.Terms(b.String())
}

// addMember selects traces by a member of the metadata of the trace or a span, or of a span's attributes.
func (r *snapshot) addMember(p *plan, c store.Condition) error {
	var tokens []string
	if c.Op == store.OpContains {
		tokens = []string{keyToken(c.Field, c.Key).String()}
	} else {
		for _, value := range c.Values {
			tokens = append(tokens, valueToken(c.Field, c.Key, value).String())
		}
	}
	h := &hits{texts: map[int64]bool{}, traces: map[int64]struct{}{}}
	if len(tokens) > 0 {
		if err := r.hitTexts(`"`+strings.Join(tokens, `" OR "`)+`"`, h); err != nil {
			return fmt.Errorf("find members: %w", err)
		}
	}
	p.candidates(h.traces, c.Not)
	p.checks = append(p.checks, func(f *found) (bool, error) {
		if !h.texts[f.ID] {
			return c.Not, nil
		}
		has, err := r.hasMember(f.ID, c)
		return has != c.Not, err
	})
	return nil
}

func (r *snapshot) hasMember(trace int64, c store.Condition) (has bool, err error) {
	name := fieldAttributes
	query, args := "SELECT texts FROM spans WHERE trace = ?", []any{trace}
	if c.Field == store.FieldMetadata {
		name = fieldMetadata
		query, args = "SELECT texts FROM traces WHERE id = ? UNION ALL "+query, append(args, trace)
	}
	sheets := r.sheets(trace)
	err = r.query(query, args, func(row []any) error {
		t, err := parseTexts(bytesOf(row[0]), sheets)
		if err != nil {
			return fmt.Errorf("trace %d: %w", trace, err)
		}
		object, err := r.text(t, name)
		if err != nil {
			return err
		}
		value, ok := member(object, c.Key)
		if !ok || len(value) > maxFound {
			return nil
		}
		if has = slices.Contains(c.Values, value) || c.Op == store.OpContains && hasPart(value, c.Values); has {
			return errEnough
		}
		return nil
	})
	if errors.Is(err, errEnough) {
		err = nil
	}
	return has, err
}

// member is a member of an object as memberTokens has it.
func member(object, key string) (value string, ok bool) {
	if object == "" || !gjson.Valid(object) {
		return "", false
	}
	gjson.Parse(object).ForEach(func(k, v gjson.Result) bool {
		if k.Str != key {
			return true
		}
		if value, ok = v.Raw, true; v.Type == gjson.String {
			value = v.Str
		}
		return false
	})
	return value, ok && value != ""
}
