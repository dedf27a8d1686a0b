package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	lru "github.com/hashicorp/golang-lru/v2/simplelru"
	"golang.org/x/sync/singleflight"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/verdict"
)

// view is a trace as it was after one change, read whole, with what was worked out of it. Of model calls that tell their
// messages, it has no input and output: those would take room for every message as often as it was sent.
type view struct {
	sum    store.Summary
	spans  []store.Span   // by start, but for parents, which stand before their children
	parent []int          // indexes; see the columns
	index  map[string]int // by id
	bodies map[store.Hash]string
	states []byte // see stateOf
	first  string // id of the first span that the trace failed through; empty where it did not fail
	weight int    // bytes, about

	mu      sync.Mutex // trace remembers what it was asked
	trace   *verdict.Trace
	columns *traceColumns // nil until asked for
}

// ask has ask look at the trace, one at a time.
func (v *view) ask(ask func(t *verdict.Trace)) {
	v.mu.Lock()
	defer v.mu.Unlock()
	ask(v.trace)
}

// since is when something was, in milliseconds since the trace began.
func (v *view) since(at time.Time) float64 { return fine(at.Sub(v.sum.Earliest)) }

// views has the views that were asked for lately. It is safe for concurrent use.
type views struct {
	store   store.Reader
	loading singleflight.Group

	mu     sync.Mutex
	recent *lru.LRU[viewKey, *view]
	weight int
}

type viewKey struct {
	project, trace string
	seq            int64
}

// Bounds of what is remembered.
const (
	maxViews      = 64
	maxViewsBytes = 128 << 20
)

func newViews(reader store.Reader) *views {
	v := &views{store: reader}
	v.recent, _ = lru.NewLRU(maxViews, func(_ viewKey, gone *view) { v.weight -= gone.weight }) // refuses sizes below one alone
	return v
}

// get is the view of a trace as it is now.
func (v *views) get(ctx context.Context, project, traceID string) (*view, error) {
	// The list tells the seq without reading a span.
	page, err := v.store.Traces(ctx, project, store.Query{Where: ofIDs(traceID), Evaluations: true, Limit: 1})
	if err != nil {
		return nil, err
	}
	if len(page.Rows) == 0 {
		return nil, refusal{status: http.StatusNotFound, detail: "Trace not found"}
	}
	key := viewKey{project, traceID, page.Rows[0].Seq}
	if known := v.known(key); known != nil {
		return known, nil
	}
	// Whoever asks meanwhile gets the same, also if the first goes away.
	loaded, err, _ := v.loading.Do(fmt.Sprint(key), func() (any, error) {
		return v.load(context.WithoutCancel(ctx), key)
	})
	if errors.Is(err, store.ErrNotFound) {
		return nil, refusal{status: http.StatusNotFound, detail: "Trace not found"}
	}
	if err != nil {
		return nil, err
	}
	return loaded.(*view), nil //nolint:errcheck // load returns nothing else
}

func ofIDs(traceIDs ...string) []store.Condition {
	return []store.Condition{{Field: store.FieldTraceID, Op: store.OpIn, Values: traceIDs}}
}

func (v *views) known(key viewKey) *view {
	v.mu.Lock()
	defer v.mu.Unlock()
	known, _ := v.recent.Get(key)
	return known
}

func (v *views) load(ctx context.Context, key viewKey) (*view, error) {
	sum, spans, err := v.store.Trace(ctx, key.project, key.trace, true)
	if err != nil {
		return nil, err
	}
	var hashes []store.Hash
	bodies := map[store.Hash]string{}
	for i := range spans {
		if call := spans[i].Call; call != nil {
			for _, list := range [][]store.Message{call.In, call.Out} {
				for _, m := range list {
					if _, known := bodies[m.Hash]; !known {
						bodies[m.Hash] = ""
						hashes = append(hashes, m.Hash)
					}
				}
			}
		}
	}
	messages, err := v.store.Messages(ctx, key.project, hashes)
	if err != nil {
		return nil, err
	}
	for _, m := range messages {
		bodies[m.Hash] = m.Body
	}
	loaded := newView(sum, spans, bodies)
	key.seq = sum.Seq // it may have changed since
	v.keep(key, loaded)
	return loaded, nil
}

func (v *views) keep(key viewKey, loaded *view) {
	if loaded.weight > maxViewsBytes {
		return
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.recent.Remove(key) // what is replaced would not be told as gone
	v.weight += loaded.weight
	v.recent.Add(key, loaded)
	for v.weight > maxViewsBytes {
		v.recent.RemoveOldest()
	}
}

func newView(sum store.Summary, spans []store.Span, bodies map[store.Hash]string) *view {
	v := &view{sum: sum, bodies: bodies, index: make(map[string]int, len(spans))}
	for i := range spans {
		s := &spans[i]
		if s.Call != nil && len(s.Call.In) > 0 && s.Input != nil {
			s.Input = new(`["` + store.HashOf(*s.Input).String() + `"]`) // equal inputs stay equal
		}
		if s.Call != nil && len(s.Call.Out) > 0 {
			s.Output = nil
		}
		v.weight += weightOf(s)
	}
	for _, body := range bodies {
		v.weight += 2 * len(body) // verdict reads them apart
	}
	v.arrange(spans)
	v.judge()
	v.trace = verdict.NewTrace(sum, v.spans, bodies)
	return v
}

func weightOf(s *store.Span) int {
	const span = 1 << 10
	weight := span + len(s.Payload.Attributes) + len(s.Payload.Events) + len(s.Payload.Tools) + len(s.Metadata)
	for _, text := range []*string{s.Input, s.Output} {
		if text != nil {
			weight += len(*text)
		}
	}
	return weight
}

// arrange puts parents before their children, and otherwise keeps the order. A circle of parents is cut.
func (v *view) arrange(spans []store.Span) {
	at := make(map[string]int, len(spans))
	for i := range spans {
		at[spans[i].SpanID] = i
	}
	up := func(i int) int {
		if parent, known := at[spans[i].ParentSpanID]; known {
			return parent
		}
		return -1
	}
	v.spans, v.parent = make([]store.Span, 0, len(spans)), make([]int, 0, len(spans))
	var path []int
	onPath := make([]bool, len(spans))
	for i := range spans {
		path = path[:0]
		for j := i; j >= 0 && !onPath[j]; j = up(j) {
			if _, placed := v.index[spans[j].SpanID]; placed {
				break
			}
			path = append(path, j)
			onPath[j] = true
		}
		for _, i := range slices.Backward(path) {
			s := &spans[i]
			parent := noParent
			if placed, known := v.index[s.ParentSpanID]; known {
				parent = placed
			} else if _, there := at[s.ParentSpanID]; s.ParentSpanID != "" && !there {
				parent = missingParent
			}
			v.index[s.SpanID] = len(v.spans)
			v.spans, v.parent = append(v.spans, *s), append(v.parent, parent)
			onPath[i] = false
		}
	}
}

// Parents that have no index.
const (
	noParent      = -1
	missingParent = -2
)
