package sqlite

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// previews has those that were made lately. It is empty when zero, and safe for concurrent use.
type previews struct {
	once  sync.Once
	cache *lru.Cache[previewKey, store.Preview]
}

// previewKey names a trace as it was after one change.
type previewKey struct{ trace, seq int64 }

const maxPreviews = 2000

func (p *previews) get() *lru.Cache[previewKey, store.Preview] {
	p.once.Do(func() {
		p.cache, _ = lru.New[previewKey, store.Preview](maxPreviews) // refuses sizes below one alone
	})
	return p.cache
}

// Previews are the previews of traces.
func (s *Store) Previews(ctx context.Context, project string, traceIDs []string) ([]store.Preview, error) {
	var list []store.Preview
	err := s.snapshot(ctx, project, func(r *snapshot) error {
		for _, traceID := range traceIDs {
			var key previewKey
			err := r.query("SELECT id, seq FROM traces WHERE project = ? AND trace_id = ?", []any{r.project, idValue(traceID)},
				func(row []any) error {
					key = previewKey{intOf(row[0]), intOf(row[1])}
					return nil
				})
			if err != nil {
				return err
			}
			if key.trace == 0 {
				continue
			}
			preview, ok := s.previews.get().Get(key)
			if !ok {
				if preview, err = r.preview(key.trace, traceID); err != nil {
					return fmt.Errorf("trace %s: %w", traceID, err)
				}
				s.previews.get().Add(key, preview)
			}
			preview.Shape = slices.Clone(preview.Shape)
			list = append(list, preview)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("preview traces: %w", err)
	}
	return list, nil
}

// preview reads the texts of few spans: what a preview says of others is in columns.
func (r *snapshot) preview(trace int64, traceID string) (store.Preview, error) {
	var spans []store.Span
	var parts []*texts
	const columns = "span_id, parent, start, end, name, kind, error, model, NULL, NULL, NULL, input_tokens" //nolint:dupword // environment, service and version are not shown
	const tellingTexts = "CASE WHEN error OR parent IS NULL OR kind = 'LLM' THEN texts END"
	sheets := r.sheets(trace)
	unread := strings.Repeat(", NULL", spanColumnCount-13)
	err := r.query("SELECT "+columns+unread+", "+tellingTexts+" FROM spans WHERE trace = ?", []any{trace}, func(row []any) error {
		span, t, err := spanOf(traceID, row, sheets)
		spans, parts = append(spans, span), append(parts, t)
		return err
	})
	if err != nil {
		return store.Preview{}, err
	}
	for _, i := range store.Telling(spans) {
		if err := r.fetch(refs(parts[i].pieces(fieldInput, fieldOutput))); err != nil {
			return store.Preview{}, err
		}
		spans[i].Input, spans[i].Output = parts[i].optional(fieldInput, r.body), parts[i].optional(fieldOutput, r.body)
	}
	return store.NewPreview(traceID, spans), nil
}
