package live

import (
	"cmp"
	"container/list"
	"slices"
	"sync"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/api"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

const (
	maxText     = 64 << 10 // bytes kept of the end of one text
	maxHeld     = 16 << 20 // bytes kept in all; the spans that were told of longest ago go first
	spanCost    = 512      // bytes that a running span takes beside its texts
	maxFinished = 4096     // spans remembered as ended, so that what comes late does not bring them back
)

// feed keeps what is known of running spans beyond the store, and tells subscribers. It is safe for concurrent use.
type feed struct {
	mu          sync.Mutex
	spans       map[key]*running         // guarded by mu
	order       *list.List               // of *running, the one told of longest ago first; guarded by mu
	held        int                      // bytes; guarded by mu
	finished    map[key]bool             // guarded by mu
	ring        []key                    // of finished, as a ring; guarded by mu
	at          int                      // of the oldest in the ring; guarded by mu
	subscribers map[*subscriber]struct{} // guarded by mu
}

// key is one span.
type key struct{ project, trace, span string }

func (m *message) key(project string) key { return key{project, m.Trace, m.Span} }

// running is a span that has not ended, as far as the store knows.
type running struct {
	key     key
	start   *api.SpanStart // nil where only text has come
	ended   *api.SpanEnd   // nil while it runs
	base    int            // offset of the first byte that is kept
	units   int            // UTF-16 units of what was known before base
	text    []byte
	element *list.Element
}

func (r *running) end() int { return r.base + len(r.text) }

// unitsAt is the number of UTF-16 units, in which pages count, of what was known before an offset that is kept.
func (r *running) unitsAt(offset int) int { return r.units + unitsIn(r.text[:offset-r.base]) }

func unitsIn(text []byte) int {
	units := 0
	for len(text) > 0 {
		c, size := utf8.DecodeRune(text)
		text = text[size:]
		units += utf16.RuneLen(c)
	}
	return units
}

func newFeed() *feed {
	return &feed{
		spans: map[key]*running{}, order: list.New(), finished: map[key]bool{}, subscribers: map[*subscriber]struct{}{},
	}
}

// running leaves out the starts of spans that have ended already.
func (f *feed) running(project string, starts []message) []message {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.DeleteFunc(starts, func(m message) bool { return f.finished[m.key(project)] })
}

// tell keeps what a request tells, and hands it on.
func (f *feed) tell(project string, begun []store.Span, told report) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i := range begun {
		s := &begun[i]
		if r := f.touchLocked(key{project, s.TraceID, s.SpanID}); r != nil {
			r.start = &api.SpanStart{
				Trace: s.TraceID, Span: s.SpanID, Parent: s.ParentSpanID, Name: s.Name, Kind: s.Kind, At: s.Start,
			}
			f.changedLocked(r, r.end())
		}
	}
	for i := range told.texts {
		m := &told.texts[i]
		if r := f.touchLocked(m.key(project)); r != nil {
			f.writeLocked(r, m.Offset, m.Text)
			f.changedLocked(r, m.Offset)
		}
	}
	for i := range told.ends {
		f.endLocked(&told.ends[i], project)
	}
	f.shrinkLocked()
}

// endLocked notes that a span has ended. Of one that is not known there is nothing to end.
func (f *feed) endLocked(m *message, project string) {
	r := f.spans[m.key(project)]
	if r == nil || r.start == nil || r.ended != nil {
		return
	}
	r.ended = &api.SpanEnd{Trace: m.Trace, Span: m.Span, At: time.Unix(0, m.End).UTC(), Failed: m.Failed}
	f.changedLocked(r, r.end())
}

// touchLocked finds a running span, or begins to keep one; nil for one that has ended.
func (f *feed) touchLocked(k key) *running {
	if f.finished[k] {
		return nil
	}
	r := f.spans[k]
	if r == nil {
		r = &running{key: k}
		r.element = f.order.PushBack(r)
		f.spans[k] = r
		f.held += spanCost
		return r
	}
	f.order.MoveToBack(r.element)
	return r
}

// writeLocked puts text at an offset in place of what was there, and of all after it. Where something before it is
// missing, what is kept begins there.
func (f *feed) writeLocked(r *running, offset int, text string) {
	f.held -= len(r.text)
	switch {
	case offset < r.base:
		r.base, r.units, r.text = offset, 0, nil
	case offset > r.end():
		r.base, r.units, r.text = offset, r.unitsAt(r.end()), nil
	}
	r.text = append(r.text[:offset-r.base], text...)
	if over := len(r.text) - maxText; over > 0 {
		for over < len(r.text) && !utf8.RuneStart(r.text[over]) {
			over++
		}
		r.base, r.units = r.base+over, r.unitsAt(r.base+over)
		r.text = append([]byte(nil), r.text[over:]...)
	}
	f.held += len(r.text)
}

// shrinkLocked keeps to the bound.
func (f *feed) shrinkLocked() {
	for f.held > maxHeld {
		oldest, _ := f.order.Front().Value.(*running)
		f.removeLocked(oldest)
		for s := range f.subscribers {
			delete(s.known, oldest.key)
		}
	}
}

func (f *feed) removeLocked(r *running) {
	delete(f.spans, r.key)
	f.order.Remove(r.element)
	f.held -= spanCost + len(r.text)
}

// changedLocked has the subscribers told of a span, of its text from the offset on.
func (f *feed) changedLocked(r *running, offset int) {
	for s := range f.subscribers {
		if s.project == r.key.project {
			s.change(r.key, offset)
		}
	}
}

// finish forgets the spans that have ended.
func (f *feed) finish(project string, spans []store.Span) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i := range spans {
		if spans[i].Running() {
			continue
		}
		k := key{project, spans[i].TraceID, spans[i].SpanID}
		f.rememberLocked(k)
		r := f.spans[k]
		if r == nil {
			continue
		}
		f.removeLocked(r)
		for s := range f.subscribers {
			if s.project == project {
				s.finish(k)
			}
		}
	}
}

// rememberLocked remembers a span as ended, in place of the one that ended longest ago.
func (f *feed) rememberLocked(k key) {
	switch {
	case f.finished[k]:
		return
	case len(f.ring) < maxFinished:
		f.ring = append(f.ring, k)
	default:
		delete(f.finished, f.ring[f.at])
		f.ring[f.at] = k
		f.at = (f.at + 1) % maxFinished
	}
	f.finished[k] = true
}

// notify passes an event on that is not about a running span.
func (f *feed) notify(project string, event api.LiveEvent) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for s := range f.subscribers {
		if s.project == project {
			s.notify(event)
		}
	}
}

// knownLocked are the running spans of a project, by their start.
func (f *feed) knownLocked(project string) []*running {
	var known []*running
	for k, r := range f.spans {
		if k.project == project {
			known = append(known, r)
		}
	}
	slices.SortFunc(known, func(a, b *running) int {
		return cmp.Or(a.begun().Compare(b.begun()), cmp.Compare(a.key.span, b.key.span))
	})
	return known
}

func (r *running) begun() time.Time {
	if r.start == nil {
		return time.Time{}
	}
	return r.start.At
}
