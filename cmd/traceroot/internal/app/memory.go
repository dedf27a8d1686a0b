package app

import (
	"context"
	"slices"
	"sync"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/vocab"
)

// memory keeps the traces of one run of a command. It is safe for concurrent use.
type memory struct {
	mu     sync.Mutex
	traces []*keptTrace // in the order in which they were first heard of
}

// keptTrace is a trace with its spans, in the order in which they were first heard of.
type keptTrace struct {
	store.Trace

	Spans []store.Span
}

// Write implements [ingest.Sink]. A span that comes again replaces the earlier one.
func (m *memory) Write(_ context.Context, batch vocab.Batch) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, later := range batch.Traces {
		if kept := m.findLocked(later.TraceID); kept != nil {
			kept.Trace = store.Merge(kept.Trace, later)
			continue
		}
		m.traces = append(m.traces, &keptTrace{Trace: later})
	}
	for _, span := range batch.Spans {
		m.findLocked(span.TraceID).put(span)
	}
	return nil
}

func (m *memory) findLocked(traceID string) *keptTrace {
	i := slices.IndexFunc(m.traces, func(t *keptTrace) bool { return t.TraceID == traceID })
	if i < 0 {
		return nil
	}
	return m.traces[i]
}

func (t *keptTrace) put(span store.Span) {
	i := slices.IndexFunc(t.Spans, func(s store.Span) bool { return s.SpanID == span.SpanID })
	if i < 0 {
		t.Spans = append(t.Spans, span)
		return
	}
	t.Spans[i] = span
}

// all is a copy of what is kept.
func (m *memory) all() []keptTrace {
	m.mu.Lock()
	defer m.mu.Unlock()
	var all []keptTrace
	for _, t := range m.traces {
		all = append(all, keptTrace{t.Trace, slices.Clone(t.Spans)})
	}
	return all
}
