// Package vocab reads what senders say about a span in their own words (ours, OpenTelemetry's GenAI conventions,
// OpenInference, OpenLLMetry, the Vercel AI SDK, Logfire) and says it in one: the columns of package store and, beside
// them, the conversation as messages of one form. Which word wins over which in a column is the platform's choice, held by
// its golden cases; what the platform drops and our own server keeps is added beside it, dialect by dialect.
//
// It knows no bytes and no protocol, makes up no tokens where none were sent, and prices nothing.
package vocab

import (
	"time"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// RawSpan is one span as it was sent. Ids are lower-case hex digits.
type RawSpan struct {
	TraceID      string
	SpanID       string
	ParentSpanID string // empty on a root

	Resource     Attributes // of the sender; the spans of one process share the map, which nobody changes
	Scope        string     // name of the instrumentation scope
	ScopeVersion string

	Name          string
	Start         time.Time
	End           time.Time // zero while the span runs
	Failed        bool      // the status is an error
	StatusMessage string

	Attributes Attributes
	Events     []Event // in the order sent
	Links      []Link
}

// Event is something that happened during a span.
type Event struct {
	Name       string
	Time       time.Time // zero where the sender did not say
	Attributes Attributes
}

// Link points to a span that is related, often of another trace.
type Link struct {
	TraceID    string
	SpanID     string
	Attributes Attributes
}

// Attributes are named values of these types: string, bool, int64, finite float64, []any and map[string]any of the
// same, and nil for a value of a kind that nobody reads.
type Attributes map[string]any

// Batch is what one request tells.
type Batch = store.Batch

// Read gives the rows of one request's spans. It keeps no reference to them.
func Read(raws []RawSpan) Batch {
	batch := Batch{Spans: make([]store.Span, len(raws))}
	traces := make(map[string]*traceFacts)
	var order []*traceFacts
	shared := &shared{elsewhere: make(map[string]bool, 64)}
	for i := range raws {
		facts, seen := traces[raws[i].TraceID]
		if !seen {
			facts = &traceFacts{}
			traces[raws[i].TraceID] = facts
			order = append(order, facts)
		}
		batch.Spans[i] = span(&raws[i], shared, &facts.shown)
		facts.add(&raws[i], &batch.Spans[i])
	}
	for _, facts := range order {
		batch.Traces = append(batch.Traces, facts.row())
	}
	return batch
}
