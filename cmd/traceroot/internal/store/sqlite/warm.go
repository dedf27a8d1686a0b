package sqlite

import "github.com/hashicorp/golang-lru/v2/simplelru"

// warmTraces has the states of traces that were written lately, as they are stored: the spans of a trace come in several
// batches. A transaction changes them in place, so that they are to be forgotten when it is rolled back.
type warmTraces = simplelru.LRU[traceKey, *traceState]

const (
	maxWarm      = 256
	maxWarmTexts = 16 << 10 // bytes; a trace with more is read again
)

func newWarmTraces() *warmTraces {
	traces, _ := simplelru.NewLRU[traceKey, *traceState](maxWarm, nil) // refuses sizes below one alone
	return traces
}

// keepWarm is for after the commit, letGo for after a rollback.
func (tx *txn) keepWarm() {
	for key, t := range tx.traces {
		if len(t.texts) > maxWarmTexts {
			tx.warm.Remove(key)
			continue
		}
		t.rest()
		tx.warm.Add(key, t)
	}
}

func (tx *txn) letGo() {
	for key := range tx.traces {
		tx.warm.Remove(key)
	}
}

// rest is the state for the next transaction.
func (t *traceState) rest() {
	t.stored, t.before = true, t.sum
	t.words, t.entered = t.words[:0], agents{}
	t.staleEarliest, t.staleLatest, t.staleFirstToken = false, false, false
}
