package sqlite

import "github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"

// pieceSet are the distinct pieces of one write.
type pieceSet struct {
	list   []draftPiece
	byHash map[store.Hash]int
}

// draftPiece is a piece as the caller of Write hands it over.
type draftPiece struct {
	hash     store.Hash
	text     string
	searched bool
	words    string // unless it was known already
	id       int64  // given by the writer; zero before
	known    *known // likewise
}

// clear empties the set and keeps its room, unless that is large.
func (s *pieceSet) clear() {
	if len(s.list) > maxKeptPieces {
		*s = pieceSet{}
		return
	}
	clear(s.list)
	s.list = s.list[:0]
	clear(s.byHash)
}

const maxKeptPieces = 4096

// unsearched tells the hash of a text whose words are not found from the hash of the same text in a message.
const unsearched = 0x5a

// add returns the place of a piece.
func (s *pieceSet) add(hash store.Hash, text string, searched bool) int {
	if !searched {
		hash[len(hash)-1] ^= unsearched
	}
	if at, ok := s.byHash[hash]; ok {
		return at
	}
	if s.byHash == nil {
		s.byHash = make(map[store.Hash]int, 64)
	}
	at := len(s.list)
	s.byHash[hash] = at
	s.list = append(s.list, draftPiece{hash: hash, text: text, searched: searched})
	return at
}
