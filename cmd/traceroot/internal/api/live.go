package api

import (
	"time"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// LiveFeed tells what the store does not know: what runs, and what a model has said so far.
type LiveFeed interface {
	// Subscribe gives the events of a project from now on, until stop is called. An event may be dropped for a reader
	// that is too slow; the store tells the rest later. A channel that is closed ends the events.
	Subscribe(project string) (events <-chan LiveEvent, stop func())
}

// LiveEvent is one of [SpanStart], [SpanDelta], [SpanEnd], [Refused] and [Reload].
type LiveEvent interface{ live() }

// SpanStart tells that a span began, which is stored only when it ends.
type SpanStart struct {
	Trace  string
	Span   string
	Parent string // empty on a root
	Name   string
	Kind   store.Kind
	At     time.Time
}

// SpanDelta is text that a span has put out.
type SpanDelta struct {
	Trace  string
	Span   string
	Offset int // of Text in all that the span has put out, in UTF-16 units
	Text   string
}

// SpanEnd tells that a span ended.
type SpanEnd struct {
	Trace, Span string
	At          time.Time // zero once the span is stored
	Failed      bool      // with At alone
}

// Refused tells of a request with spans that was not taken.
type Refused struct {
	Status int
	Reason string // a sentence
	Path   string
	Agent  string // the sender's User-Agent
}

// Reload tells pages that they themselves have changed.
type Reload struct{}

func (SpanStart) live() {}
func (SpanDelta) live() {}
func (SpanEnd) live()   {}
func (Refused) live()   {}
func (Reload) live()    {}
