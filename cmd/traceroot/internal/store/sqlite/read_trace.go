package sqlite

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// Trace is one trace with its spans.
func (s *Store) Trace(ctx context.Context, project, traceID string, payload bool) (store.Summary, []store.Span, error) {
	var sum store.Summary
	var spans []store.Span
	err := s.snapshot(ctx, project, func(r *snapshot) error {
		id, err := r.traceNumber(traceID)
		if err != nil {
			return err
		}
		sums, err := r.summaries([]int64{id})
		if err != nil {
			return err
		}
		sum = sums[0]
		spans, err = r.spans(id, traceID, payload)
		return err
	})
	if err != nil {
		return store.Summary{}, nil, fmt.Errorf("trace %s: %w", traceID, err)
	}
	return sum, spans, nil
}

// traceNumber is traces.id.
func (r *snapshot) traceNumber(traceID string) (int64, error) {
	id, err := r.number("SELECT id FROM traces WHERE project = ? AND trace_id = ?", r.project, idValue(traceID))
	if err == nil && id == 0 {
		err = store.ErrNotFound
	}
	return id, err
}

// summaries are those of traces, in the order of ids.
func (r *snapshot) summaries(ids []int64) ([]store.Summary, error) {
	sums := make([]store.Summary, len(ids))
	parts := make([]*texts, len(ids))
	at := make(map[int64]int, len(ids))
	for i, id := range ids {
		at[id] = i
	}
	var pieces []int64
	err := r.query("SELECT "+summaryColumns+", id FROM traces WHERE id IN (SELECT value FROM json_each(?))",
		[]any{jsonIDs(ids)}, func(row []any) (err error) {
			i := at[intOf(row[summaryColumnCount])]
			if sums[i], parts[i], err = summaryOf(row); err != nil {
				return err
			}
			pieces = append(pieces, refs(parts[i].pieces(fieldInput, fieldOutput, fieldMetadata))...)
			return nil
		})
	if err != nil {
		return nil, fmt.Errorf("read traces: %w", err)
	}
	if err := r.fetch(pieces); err != nil {
		return nil, err
	}
	for i, t := range parts {
		if t == nil {
			return nil, fmt.Errorf("a trace is gone: %w", errBlob)
		}
		fillTrace(&sums[i].Trace, t, r.body)
	}
	return sums, nil
}

// spans are those of a trace, ordered by start, end and id.
func (r *snapshot) spans(trace int64, traceID string, payload bool) ([]store.Span, error) {
	var spans []store.Span
	var parts []*texts
	sheets, err := r.allSheets(trace)
	if err != nil {
		return nil, err
	}
	err = r.query("SELECT "+spanColumns+" FROM spans WHERE trace = ?", []any{trace}, func(row []any) error {
		span, t, err := spanOf(traceID, row, sheets)
		spans, parts = append(spans, span), append(parts, t)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read spans: %w", err)
	}
	if err := r.fillSpans(spans, parts, payload); err != nil {
		return nil, err
	}
	slices.SortFunc(spans, func(a, b store.Span) int {
		return cmp.Or(a.Start.Compare(b.Start), compareEnds(a, b), cmp.Compare(a.SpanID, b.SpanID))
	})
	return spans, nil
}

// compareEnds puts spans that run last.
func compareEnds(a, b store.Span) int {
	if a.Running() || b.Running() {
		return int(boolValue(a.Running()) - boolValue(b.Running()))
	}
	return a.End.Compare(b.End)
}

// fillSpans fills in what is in pieces: the messages' hashes and, with payload, the texts.
func (r *snapshot) fillSpans(spans []store.Span, parts []*texts, payload bool) error {
	messages, pieces := map[int64]store.Message{}, []int64(nil)
	seen := map[int64]struct{}{}
	for i, t := range parts {
		if spans[i].Call != nil {
			for _, list := range [][]int64{t.in(), t.out()} {
				for _, id := range list {
					messages[id] = store.Message{}
				}
			}
		}
		if !payload {
			continue
		}
		for id := range t.pieces() {
			if _, ok := seen[id]; !ok {
				seen[id] = struct{}{}
				pieces = append(pieces, id)
			}
		}
	}
	if err := r.hashes(messages); err != nil {
		return err
	}
	if err := r.fetch(pieces); err != nil {
		return err
	}
	for i, t := range parts {
		if spans[i].Call != nil {
			spans[i].Call.In, spans[i].Call.Out = pick(messages, t.in()), pick(messages, t.out())
		}
		if payload {
			fillTexts(&spans[i], t, r.body)
		}
	}
	return nil
}

// hashes fills in the values of a map from pieces.
func (r *snapshot) hashes(messages map[int64]store.Message) error {
	if len(messages) == 0 {
		return nil
	}
	ids := make([]int64, 0, len(messages))
	for id := range messages {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	err := r.query("SELECT id, hash FROM pieces WHERE id IN (SELECT value FROM json_each(?))", []any{jsonIDs(ids)},
		func(row []any) error {
			messages[intOf(row[0])] = store.Message{Hash: store.Hash(bytesOf(row[1]))}
			return nil
		})
	if err != nil {
		return fmt.Errorf("read the hashes of messages: %w", err)
	}
	return nil
}

func pick(messages map[int64]store.Message, ids []int64) []store.Message {
	if len(ids) == 0 {
		return nil
	}
	list := make([]store.Message, len(ids))
	for i, id := range ids {
		list[i] = messages[id]
	}
	return list
}
