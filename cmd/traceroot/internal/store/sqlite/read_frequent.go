package sqlite

import (
	"errors"
	"fmt"
	"slices"
)

// search is how traces that say a word are found: from all that the index has for it, or, for a page of a list, by looking
// into one trace after the other. A frequent word is in nearly every trace, and the index has millions of places.
type search int

const (
	byIndex search = iota
	byTrace
)

const (
	// fewHits is how many pieces with a word are rather looked up than met along the way.
	fewHits = 5000

	// farEnough is how many traces are looked into before the index is asked after all: two words may both be frequent and
	// never in one trace.
	farEnough = 1000

	// nearby is how far apart pieces may be that are looked for together: those of a trace were mostly written together.
	nearby = 512
)

var errTooFar = errors.New("the index finds this sooner")

func (r *snapshot) isFrequent(match string) (bool, error) {
	n, err := r.number("SELECT count(*) FROM (SELECT 1 FROM piece_words WHERE piece_words MATCH ? LIMIT ?)", match, fewHits+1)
	return n > fewHits, err
}

// lookInto checks whether a trace has the words of h.
func (r *snapshot) lookInto(match string, h *hits) check {
	looked := 0
	return func(f *found) (bool, error) {
		if looked++; looked > farEnough {
			return false, errTooFar
		}
		if err := r.hitTrace(match, f.ID, h); err != nil {
			return false, err
		}
		says, err := r.says(f.ID, h)
		return says != h.words.Not, err
	}
}

// hitTrace asks the index about one trace.
func (r *snapshot) hitTrace(match string, trace int64, h *hits) error {
	inTexts, err := r.number("SELECT EXISTS (SELECT 1 FROM trace_words WHERE trace_words MATCH ? AND rowid BETWEEN ? AND ?)",
		match, trace<<docBits, (trace+1)<<docBits-1)
	if err != nil {
		return fmt.Errorf("look into trace %d: %w", trace, err)
	}
	h.texts[trace] = inTexts != 0
	pieces, err := r.unknownPieces(trace, h)
	if err != nil {
		return fmt.Errorf("look into trace %d: %w", trace, err)
	}
	for len(pieces) > 0 {
		n := 1
		for n < len(pieces) && pieces[n]-pieces[n-1] <= nearby {
			n++
		}
		err := r.query("SELECT rowid FROM piece_words WHERE piece_words MATCH ? AND rowid BETWEEN ? AND ?",
			[]any{match, pieces[0], pieces[n-1]}, func(row []any) error {
				h.pieces[intOf(row[0])] = true
				return nil
			})
		if err != nil {
			return fmt.Errorf("look into trace %d: %w", trace, err)
		}
		pieces = pieces[n:]
	}
	return nil
}

// unknownPieces are the pieces of inputs and outputs of a trace that the index was not asked about, in order.
func (r *snapshot) unknownPieces(trace int64, h *hits) (pieces []int64, err error) {
	err = r.query("SELECT texts FROM spans WHERE trace = ?", []any{trace}, func(row []any) error {
		t, err := parseTexts(bytesOf(row[0]), nil)
		if err != nil {
			return err
		}
		for piece := range t.pieces(fieldInput, fieldOutput) {
			if _, asked := h.pieces[piece]; !asked {
				h.pieces[piece] = false
				pieces = append(pieces, piece)
			}
		}
		return nil
	})
	slices.Sort(pieces)
	return pieces, err
}
