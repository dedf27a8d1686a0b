package sqlite

// slabs are what drafts share slices of, those of one batch after those of another.
type slabs struct {
	bytes slabsOf[byte]
	ops   slabsOf[draftOp]
}

// slabsOf are slices of one size, of which the first so many are in use.
type slabsOf[T any] struct {
	all  [][]T
	used int
}

// maxSlabs bounds what is kept for batches to come.
const maxSlabs = 16

func (s *slabsOf[T]) next(size int) []T {
	if s.used == len(s.all) {
		s.all = append(s.all, make([]T, 0, size))
	}
	s.used++
	return s.all[s.used-1]
}

// release is for when nobody has a part of one any more.
func (s *slabsOf[T]) release() {
	clear(s.all[min(maxSlabs, len(s.all)):])
	s.all, s.used = s.all[:min(maxSlabs, len(s.all))], 0
}
