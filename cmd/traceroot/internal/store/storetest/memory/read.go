package memory

import (
	"context"
	"fmt"
	"iter"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// Trace is one trace with its spans.
func (s *Store) Trace(_ context.Context, name, traceID string, payload bool) (store.Summary, []store.Span, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	t := s.find(name).traces[traceID]
	if t == nil {
		return store.Summary{}, nil, fmt.Errorf("trace %s: %w", traceID, store.ErrNotFound)
	}
	spans := t.sorted()
	for i := range spans {
		spans[i] = asRead(spans[i])
		if !payload {
			spans[i].Payload, spans[i].Input, spans[i].Output, spans[i].Metadata = store.Payload{}, nil, nil, ""
		}
	}
	return t.summary(), spans, nil
}

// Span is one span.
func (s *Store) Span(_ context.Context, name, traceID, spanID string) (store.Span, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for id, t := range s.find(name).traces {
		if i := t.index(spanID); i >= 0 && (traceID == "" || traceID == id) {
			return asRead(t.spans[i]), nil
		}
	}
	return store.Span{}, fmt.Errorf("span %s: %w", spanID, store.ErrNotFound)
}

// asRead leaves the bodies of messages out.
func asRead(span store.Span) store.Span {
	if span.Call != nil {
		call := *span.Call
		call.In, call.Out = hashes(call.In), hashes(call.Out)
		span.Call = &call
	}
	return span
}

func hashes(messages []store.Message) []store.Message {
	var bare []store.Message
	for _, m := range messages {
		bare = append(bare, store.Message{Hash: m.Hash})
	}
	return bare
}

// Messages are the messages with those hashes.
func (s *Store) Messages(_ context.Context, name string, wanted []store.Hash) ([]store.Message, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	bodies := map[store.Hash]string{}
	for _, t := range s.find(name).traces {
		for m := range t.messages() {
			bodies[m.Hash] = m.Body
		}
	}
	messages := make([]store.Message, len(wanted))
	for i, hash := range wanted {
		messages[i] = store.Message{Hash: hash, Body: bodies[hash]}
	}
	return messages, nil
}

func (t *trace) messages() iter.Seq[store.Message] {
	return func(yield func(store.Message) bool) {
		for _, s := range t.spans {
			if s.Call == nil {
				continue
			}
			for _, list := range [][]store.Message{s.Call.In, s.Call.Out} {
				for _, m := range list {
					if !yield(m) {
						return
					}
				}
			}
		}
	}
}
