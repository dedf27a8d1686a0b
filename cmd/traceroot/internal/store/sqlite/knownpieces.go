package sqlite

import (
	"slices"
	"sync"

	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// pieceKey names a piece by its content.
type pieceKey struct {
	project int64
	hash    store.Hash
}

// known is what the writer remembers of a piece. A copy stays as it is.
type known struct {
	id     int64
	trace  int64   // one that holds it, as the database knows; most pieces are of one trace
	others []int64 // some more
}

func (k *known) isUsedBy(trace int64) bool {
	return k.trace == trace || slices.Contains(k.others, trace)
}

func (k *known) usedBy(trace int64) {
	switch {
	case k.trace == 0:
		k.trace = trace
		return
	case len(k.others) == maxUsers:
		k.others = slices.Clone(k.others[maxUsers/2:])
	}
	k.others = append(k.others, trace)
}

// maxUsers is how many traces are remembered beside the first: so many at once may say the same, as a system prompt is.
const maxUsers = 64

const (
	maxKnown  = 32 << 10
	maxRecent = 64 << 10 // from so many on they are added to piece_index
)

// knownPieces has the pieces that were written or used lately. It never has one that is not committed.
type knownPieces struct {
	lately *lru.Cache[pieceKey, *known] // the values are the writer's

	mu       sync.RWMutex
	projects map[string]int64
	recent   map[pieceKey]int64    // all that are not in piece_index
	coming   map[pieceKey]struct{} // those that a batch on its way brings
}

func newKnownPieces() *knownPieces {
	lately, _ := lru.New[pieceKey, *known](maxKnown) // refuses sizes below one alone
	return &knownPieces{lately: lately, projects: map[string]int64{}, recent: map[pieceKey]int64{}, coming: map[pieceKey]struct{}{}}
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

// claim reports whether a piece is to be packed by its caller. Otherwise the writer will very likely find it: it is
// stored, or in a batch that comes before. Batches that are sent at once are often of the same conversations.
func (k *knownPieces) claim(p *prepared, hash store.Hash) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	id, ok := k.projects[p.project]
	if !ok {
		return true
	}
	key := pieceKey{id, hash}
	if _, ok := k.recent[key]; ok {
		return false
	}
	if _, ok := k.coming[key]; ok || k.lately.Contains(key) {
		return false
	}
	k.coming[key] = struct{}{}
	p.claimed = append(p.claimed, key)
	return true
}

// settle is for after the batch is written, or has failed.
func (k *knownPieces) settle(p *prepared) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, key := range p.claimed {
		delete(k.coming, key)
	}
}
