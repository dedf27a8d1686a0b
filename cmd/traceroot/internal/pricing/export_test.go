package pricing

import "iter"

// Entries are the models of the embedded table with the prices that hold always.
func Entries() iter.Seq2[string, string] {
	return func(yield func(seller, model string) bool) {
		for _, e := range embedded().entries {
			if !yield(e.seller, e.model) {
				return
			}
		}
	}
}
