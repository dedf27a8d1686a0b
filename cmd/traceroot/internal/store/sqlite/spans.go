package sqlite

import (
	"fmt"
	"reflect"
	"slices"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

const spanInsert = `(trace, span_id, parent, project, start, "end", name, kind, error, model, environment, service,
	version, input_tokens, output_tokens, cache_read, estimated, cost, first_token, texts)
	VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`

// spanValues are the arguments of spanInsert.
func spanValues(t *traceState, s *store.Span, texts []byte) []any {
	var in, out, cacheRead, estimated, cost, firstToken any
	if s.Usage != nil {
		in, out, cacheRead = s.Usage.Input, s.Usage.Output, s.Usage.CacheRead
		estimated = boolValue(s.Usage.Estimated)
	}
	if s.Cost != nil {
		cost = int64(s.Cost.Total)
	}
	if s.TimeToFirstToken != 0 {
		firstToken = int64(s.TimeToFirstToken)
	}
	return []any{
		t.id, idValue(s.SpanID), idValue(s.ParentSpanID), t.project, s.Start.UnixMicro(), timeValue(s.End), s.Name,
		string(s.Kind), boolValue(s.Status == store.StatusError), textValue(s.Model), textValue(s.Environment),
		textValue(s.Service), textValue(s.Version), in, out, cacheRead, estimated, cost, firstToken, texts,
	}
}

// writeSpan writes a span, which may be there.
func (tx *txn) writeSpan(t *traceState, p *preparedSpan, pieces []draftPiece) error {
	t.number(p.texts.sheet)
	n, err := tx.exec("INSERT OR IGNORE INTO spans "+spanInsert, spanValues(t, p.span, p.texts.encode(pieces))...)
	if err != nil {
		return err
	}
	if n == 0 {
		return tx.mergeSpan(t, p, pieces)
	}
	if err := tx.writeSheet(t, p.texts.sheet); err != nil {
		return err
	}
	t.enter(p.span)
	return tx.addSpan(t, p.span, 1)
}

// addSpan adds a span n times to all that sums spans up.
func (tx *txn) addSpan(t *traceState, s *store.Span, n int64) error {
	t.count(s, n)
	tx.rollups.addCall(t.project, s, n)
	return tx.countSpanTerms(t, s, n)
}

// mergeSpan writes a span that was sent before.
func (tx *txn) mergeSpan(t *traceState, p *preparedSpan, pieces []draftPiece) error {
	row, err := tx.conn.first("SELECT "+spanColumns+" FROM spans WHERE trace = ? AND span_id = ?",
		t.id, idValue(p.span.SpanID))
	if err != nil {
		return err
	}
	if row == nil {
		return fmt.Errorf("span %s is there and cannot be read", p.span.SpanID)
	}
	stored, old, err := spanOf(t.sum.TraceID, row, tx.sheetsOf(t.id))
	if err != nil {
		return err
	}
	merged := store.Resend(stored, *p.span)
	both, err := mergeTexts(&merged, old, p, pieces)
	if err != nil {
		return err
	}
	if both.equal(old) && sameColumns(stored, merged) {
		return nil
	}
	if err := tx.addSpan(t, &stored, -1); err != nil {
		return err
	}
	t.orphan(old)
	_, err = tx.exec("INSERT OR REPLACE INTO spans "+spanInsert, spanValues(t, &merged, both.encode())...)
	if err != nil {
		return err
	}
	t.replaced(&stored, &merged)
	return tx.addSpan(t, &merged, 1)
}

// sameColumns compares what is not in the texts but through the detail.
func sameColumns(a, b store.Span) bool {
	for _, s := range []*store.Span{&a, &b} {
		s.Input, s.Output, s.Metadata, s.Payload = nil, nil, "", store.Payload{}
		s.Call = nil
	}
	return reflect.DeepEqual(a, b)
}

// mergeTexts takes each text from the later span, or, where that does not have it, from the stored one.
func mergeTexts(merged *store.Span, stored *texts, p *preparedSpan, pieces []draftPiece) (*texts, error) {
	later, err := p.texts.parse(pieces)
	if err != nil {
		return nil, err
	}
	both := &texts{}
	both.take(later, stored, fieldInput, fieldOutput, fieldMetadata, fieldParameters, fieldTools, fieldAttributes,
		fieldResource, fieldScope, fieldEvents, fieldLinks)
	both.setRefs(fieldInput, fieldIn, fieldInIsInput, later.in(), stored.in())
	both.setRefs(fieldOutput, fieldOut, fieldOutIsOut, later.out(), stored.out())
	text, err := marshalDetail(merged)
	if err != nil {
		return nil, err
	}
	if text != "" {
		both.has[fieldDetail], both.text[fieldDetail] = true, recipe{ops: []op{{size: len(text)}}, literals: text}
	}
	return both, nil
}

// take takes each text from the later ones, or, where those do not have it, from the stored ones.
func (t *texts) take(later, stored *texts, fields ...field) {
	for _, f := range fields {
		switch {
		case later.has[f]:
			t.has[f], t.text[f] = true, later.text[f]
		case stored.has[f]:
			t.has[f], t.text[f] = true, stored.text[f]
		}
	}
}

// setRefs sets Call.In or Call.Out: the later list unless it is empty.
func (t *texts) setRefs(text, refsOf, same field, later, stored []int64) {
	if len(later) == 0 {
		later = stored
	}
	if len(later) == 0 {
		return
	}
	if slices.Equal(later, refs(t.pieces(text))) {
		t.has[same] = true
		return
	}
	r := recipe{}
	for _, piece := range later {
		r.ops = append(r.ops, op{piece: piece})
	}
	t.has[refsOf], t.text[refsOf] = true, r
}
