// Package vocab reads what senders say about a span in their own words (ours, OpenInference, OpenTelemetry's GenAI
// conventions, the Vercel AI SDK) and says it in one: the columns of package store. Which word wins over which is the
// platform's choice, held by its golden cases; what the platform drops and our own server keeps is added beside it.
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

	Scope         string // name of the instrumentation scope
	Name          string
	Start         time.Time
	End           time.Time // zero while the span runs
	Failed        bool      // the status is an error
	StatusMessage string

	Attributes Attributes
	Events     []Event // in the order sent
}

// Event is something that happened during a span.
type Event struct {
	Name       string
	Attributes Attributes
}

// Attributes are named values of these types: string, bool, int64, finite float64, []any and map[string]any of the
// same, and nil for a value of a kind that nobody reads.
type Attributes map[string]any

// Batch is what one request tells: a row for each trace in it, in the order in which they were first mentioned, and a
// row for each span, in the order sent.
type Batch struct {
	Traces []store.Trace
	Spans  []store.Span
}

// Read gives the rows of one request's spans. It keeps no reference to them.
func Read(raws []RawSpan) Batch {
	batch := Batch{Spans: make([]store.Span, len(raws))}
	traces := make(map[string]*traceFacts)
	var order []*traceFacts
	for i := range raws {
		batch.Spans[i] = span(&raws[i])
		facts, seen := traces[raws[i].TraceID]
		if !seen {
			facts = &traceFacts{}
			traces[raws[i].TraceID] = facts
			order = append(order, facts)
		}
		facts.add(&raws[i], &batch.Spans[i])
	}
	for _, facts := range order {
		batch.Traces = append(batch.Traces, facts.row())
	}
	return batch
}
