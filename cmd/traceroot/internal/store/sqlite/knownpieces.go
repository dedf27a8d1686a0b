package sqlite

import (
	"sync"

	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// pieceKey names a piece by its content.
type pieceKey struct {
	project int64
	hash    store.Hash
}

// known is what the writer remembers of a piece.
type known struct {
	id     int64
	traces [4]int64 // some that hold it, as the database knows
	next   int
}

func (k *known) isUsedBy(trace int64) bool {
	for _, t := range k.traces {
		if t == trace {
			return true
		}
	}
	return false
}

func (k *known) usedBy(trace int64) {
	k.traces[k.next%len(k.traces)] = trace
	k.next++
}

const (
	maxKnown  = 32 << 10
	maxRecent = 64 << 10 // from so many on they are added to piece_index
)

// knownPieces has the pieces that were written or used lately. It never has one that is not committed.
type knownPieces struct {
	lately *lru.Cache[pieceKey, *known] // the values are the writer's

	mu       sync.RWMutex
	projects map[string]int64
	recent   map[pieceKey]int64 // all that are not in piece_index
}

func newKnownPieces() *knownPieces {
	lately, _ := lru.New[pieceKey, *known](maxKnown) // refuses sizes below one alone
	return &knownPieces{lately: lately, projects: map[string]int64{}, recent: map[pieceKey]int64{}}
}

func (k *knownPieces) project(name string, id int64) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.projects[name] = id
}

func (k *knownPieces) addRecent(key pieceKey, id int64) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.recent[key] = id
}

// findRecent looks for a piece that may not be in piece_index. Who reads piece_index in a snapshot calls it before that
// begins: a piece that has left by then is in the snapshot.
func (k *knownPieces) findRecent(key pieceKey) (id int64, ok bool) {
	k.mu.RLock()
	defer k.mu.RUnlock()
	id, ok = k.recent[key]
	return id, ok
}

// knows reports whether a piece need not be packed: the writer will very likely find it.
func (s *Store) knows(project string, hash store.Hash) bool {
	s.known.mu.RLock()
	defer s.known.mu.RUnlock()
	id, ok := s.known.projects[project]
	if !ok {
		return false
	}
	key := pieceKey{id, hash}
	_, ok = s.known.recent[key]
	return ok || s.known.lately.Contains(key)
}
