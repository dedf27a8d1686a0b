package traceroot

import (
	"sync"

	"go.opentelemetry.io/otel/trace"
)

// maxLiveSpans bounds the table of open spans: a program that forgets to end its spans must not grow for ever.
const maxLiveSpans = 1 << 16

// liveSpans finds an open span by its ids, so that a parent that is known only by its span context still hands down its
// path. The oldest entry goes when the table is full. It is safe for concurrent use.
type liveSpans struct {
	mu    sync.Mutex
	spans map[spanKey]*Span // guarded by mu
	// oldest and newest end a list through the spans in the order they came; guarded by mu.
	oldest, newest *Span
	bound          int
}

type spanKey struct {
	trace trace.TraceID
	span  trace.SpanID
}

func keyOf(sc trace.SpanContext) spanKey { return spanKey{sc.TraceID(), sc.SpanID()} }

func newLiveSpans(bound int) *liveSpans {
	return &liveSpans{spans: map[spanKey]*Span{}, bound: bound}
}

func (l *liveSpans) add(s *Span) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.spans) >= l.bound {
		l.removeLocked(l.oldest)
	}
	l.spans[s.key] = s
	s.older = l.newest
	if l.newest != nil {
		l.newest.newer = s
	} else {
		l.oldest = s
	}
	l.newest = s
}

func (l *liveSpans) get(sc trace.SpanContext) *Span {
	if !sc.IsValid() {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.spans[keyOf(sc)]
}

// remove takes the span out of the table and returns it; nil when it is not there.
func (l *liveSpans) remove(sc trace.SpanContext) *Span {
	l.mu.Lock()
	defer l.mu.Unlock()
	s := l.spans[keyOf(sc)]
	if s != nil {
		l.removeLocked(s)
	}
	return s
}

func (l *liveSpans) removeLocked(s *Span) {
	delete(l.spans, s.key)
	if s.older != nil {
		s.older.newer = s.newer
	} else {
		l.oldest = s.newer
	}
	if s.newer != nil {
		s.newer.older = s.older
	} else {
		l.newest = s.older
	}
	s.older, s.newer = nil, nil
}

func (l *liveSpans) len() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.spans)
}
