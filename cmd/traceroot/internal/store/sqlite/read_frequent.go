package sqlite

import "errors"

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

	// farEnough is how many traces are looked into, and mostRead how many of their pieces are read, before the index is asked
	// after all: two words may both be frequent and never in one trace.
	farEnough = 1000
	mostRead  = 20_000
)

var errTooFar = errors.New("the index finds this sooner")

func (r *snapshot) isFrequent(match string) (bool, error) {
	n, err := r.number("SELECT count(*) FROM (SELECT 1 FROM piece_words WHERE piece_words MATCH ? LIMIT ?)", match, fewHits+1)
	return n > fewHits, err
}

// lookInto checks whether a trace has the words of h, by reading: the index has many segments, and would be asked about
// each trace in every one of them.
func (r *snapshot) lookInto(h *hits) check {
	looked := 0
	h.reads = true
	return func(f *found) (bool, error) {
		if looked++; looked > farEnough || len(h.said) > mostRead {
			return false, errTooFar
		}
		h.texts[f.ID] = true
		says, err := r.says(f.ID, h)
		return says != h.words.Not, err
	}
}
