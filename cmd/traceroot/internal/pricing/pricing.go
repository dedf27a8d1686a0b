// Package pricing says what a model call cost: it looks up the model in a table of prices and multiplies, exactly. Where
// a call reported no tokens it estimates them from the text, as the platform does. It reads no attributes, asks nobody
// for prices while it runs, and never guesses one: a model that the table does not have gets no cost.
//
// The embedded table, prices.csv, has one row for each price: who sells the model, its name, dollars per million tokens,
// and where and when that was read. Its rows are what the sellers' own price pages say as two public lists report them
// (LiteLLM 1.109.1 and genai-prices 0.2.3); a row on which the lists contradict each other was left out, but for
// Bedrock's, where the list that names the page for each region was believed. Prices of batch, flex and priority service,
// of audio and images, and of tools that are billed by the call are not in it.
package pricing

import (
	"sync"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// Table is a list of prices. It is safe for concurrent use.
type Table struct {
	own      []pattern // of the operator, in the order in which they are tried
	embedded *catalog

	mu    sync.RWMutex
	known map[modelKey]*entry // nil for a model without a price
}

type modelKey struct{ provider, model string }

// maxKnown bounds what is remembered of model names, which senders choose.
const maxKnown = 4096

// Embedded returns the table that comes with the program.
func Embedded() *Table { return newTable(nil) }

func newTable(own []pattern) *Table {
	return &Table{own: own, embedded: embedded(), known: make(map[modelKey]*entry)}
}

// Apply gives the spans of a batch their cost, and those of model calls that reported no usage an estimate of it.
func (t *Table) Apply(batch *store.Batch) {
	for i := range batch.Spans {
		t.apply(&batch.Spans[i])
	}
}

func (t *Table) apply(s *store.Span) {
	s.Cost = nil
	if s.Model == "" {
		return
	}
	if s.Usage == nil {
		s.Usage = estimate(s)
	}
	if s.Usage == nil {
		return
	}
	provider := ""
	if s.Call != nil {
		provider = s.Call.Provider
	}
	if e := t.find(provider, s.Model); e != nil {
		s.Cost = new(e.at(s.Usage.Input, s.Start).cost(*s.Usage))
	}
}

// find returns the entry of a model, nil where there is none.
func (t *Table) find(provider, model string) *entry {
	key := modelKey{provider, model}
	t.mu.RLock()
	e, seen := t.known[key]
	t.mu.RUnlock()
	if seen {
		return e
	}
	e = t.search(provider, model)
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.known) >= maxKnown {
		clear(t.known)
	}
	t.known[key] = e
	return e
}

func (t *Table) search(provider, model string) *entry {
	for i := range t.own {
		if t.own[i].name == model {
			return &t.own[i].entry
		}
	}
	for i := range t.own {
		if t.own[i].match.MatchString(model) {
			return &t.own[i].entry
		}
	}
	return t.embedded.find(provider, model)
}
