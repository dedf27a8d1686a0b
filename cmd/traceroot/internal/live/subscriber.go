package live

import (
	"sync"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/api"
)

// What a subscriber has yet to be told of: spans, and other events. One that is farther behind misses some of them.
const (
	maxChanged = 1 << 16
	maxNotices = 100
)

// subscriber is told of the running spans of one project. What it has not been told yet is not kept: it is read from the
// feed when it is told, so that a slow one costs no more than a fast one.
type subscriber struct {
	project string
	events  chan api.LiveEvent
	wake    chan struct{} // has room for one
	done    chan struct{} // closed when it has had enough
	gone    chan struct{} // closed when its goroutine has ended

	// Guarded by the feed's mutex.
	known   map[key]*knowledge
	changed []key // spans that it has to be told of, each once
	notices []api.LiveEvent
}

// knowledge is what a subscriber has been told of a span.
type knowledge struct {
	queued   bool // the span is among those that changed
	started  bool
	ended    bool
	finished bool // still to be told
	replaced bool // bytes from text on were told, and do not count any more
	text     int  // offset of the next byte to tell
	first    int  // of all that was told, as unitsAt counts; -1 before anything was
}

// subscribe begins with what is known so far.
func (f *feed) subscribe(project string) (<-chan api.LiveEvent, func()) {
	s := &subscriber{
		project: project, events: make(chan api.LiveEvent), wake: make(chan struct{}, 1),
		done: make(chan struct{}), gone: make(chan struct{}), known: map[key]*knowledge{},
	}
	f.mu.Lock()
	for _, r := range f.knownLocked(project) {
		s.change(r.key, r.base)
	}
	f.subscribers[s] = struct{}{}
	f.mu.Unlock()
	go f.serve(s)
	return s.events, sync.OnceFunc(func() {
		f.mu.Lock()
		delete(f.subscribers, s)
		f.mu.Unlock()
		close(s.done)
		<-s.gone
	})
}

// serve tells a subscriber until it has had enough.
func (f *feed) serve(s *subscriber) {
	defer close(s.gone)
	defer close(s.events)
	for {
		event, more := f.next(s)
		if !more {
			select {
			case <-s.wake:
				continue
			case <-s.done:
				return
			}
		}
		select {
		case s.events <- event:
		case <-s.done:
			return
		}
	}
}

// change has the subscriber told of a span, of its text from the offset on. The caller holds the feed's mutex.
func (s *subscriber) change(k key, offset int) {
	known := s.known[k]
	if known == nil {
		known = &knowledge{text: offset, first: -1}
		s.known[k] = known
	}
	if offset < known.text {
		known.text, known.replaced = offset, true
	}
	s.queue(k, known)
}

// finish has it told that a span has ended. The caller holds the feed's mutex.
func (s *subscriber) finish(k key) {
	if known := s.known[k]; known != nil {
		known.finished = true
		s.queue(k, known)
	}
}

// notify has it told of something else. The caller holds the feed's mutex.
func (s *subscriber) notify(event api.LiveEvent) {
	if len(s.notices) < maxNotices {
		s.notices = append(s.notices, event)
		s.wakeUp()
	}
}

func (s *subscriber) queue(k key, known *knowledge) {
	if !known.queued && len(s.changed) == maxChanged {
		delete(s.known, k)
		return
	}
	if !known.queued {
		known.queued = true
		s.changed = append(s.changed, k)
	}
	s.wakeUp()
}

func (s *subscriber) wakeUp() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// next is what the subscriber is to be told now.
func (f *feed) next(s *subscriber) (event api.LiveEvent, more bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(s.notices) > 0 {
		event, s.notices = s.notices[0], s.notices[1:]
		return event, true
	}
	for len(s.changed) > 0 {
		k := s.changed[0]
		known, r := s.known[k], f.spans[k]
		switch {
		case known == nil: // the feed has given the span up
		case known.finished:
			delete(s.known, k)
			s.changed = s.changed[1:]
			return api.SpanEnd{Trace: k.trace, Span: k.span}, true
		case r == nil:
			delete(s.known, k)
		case !known.started && r.start != nil:
			known.started = true
			return *r.start, true
		case known.text < r.end() || known.replaced:
			s.changed = s.changed[1:]
			if known.queued = r.ended != nil && !known.ended; known.queued {
				s.changed = append(s.changed, k)
			}
			return known.read(r), true
		case r.ended != nil && !known.ended:
			known.queued, known.ended = false, true
			s.changed = s.changed[1:]
			return *r.ended, true
		default:
			known.queued = false
		}
		s.changed = s.changed[1:]
	}
	return nil, false
}

// read tells what is new in a text. Where the subscriber lacks something before that, it is told all that is kept, as if
// the text began there: the end of a long text is worth more than nothing.
func (known *knowledge) read(r *running) api.SpanDelta {
	if known.first < 0 || known.text < r.base {
		known.text, known.first = r.base, r.units
	}
	delta := api.SpanDelta{
		Trace: r.key.trace, Span: r.key.span,
		Offset: max(r.unitsAt(known.text)-known.first, 0), Text: string(r.text[known.text-r.base:]),
	}
	known.text, known.replaced = r.end(), false
	return delta
}
