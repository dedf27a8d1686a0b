package sqlite

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// spanColumns are those of spans that spanOf reads, in its order.
const spanColumns = `span_id, parent, start, "end", name, kind, error, model, environment, service, version,
	input_tokens, output_tokens, cache_read, estimated, cost, first_token, texts`

const spanColumnCount = 18

// detail is what a span has beyond columns and long texts. Call.In and Call.Out are recipes.
type detail struct {
	StatusMessage string        `json:"status_message,omitempty"`
	Errors        []store.Error `json:"errors,omitempty"`
	Tags          []string      `json:"tags,omitempty"`
	CacheWrite    int64         `json:"cache_write,omitempty"`
	CacheWrite1h  int64         `json:"cache_write_1h,omitempty"`
	Reasoning     int64         `json:"reasoning,omitempty"`
	Cost          *store.Cost   `json:"cost,omitempty"`
	Streaming     bool          `json:"streaming,omitempty"`
	Source        *store.Source `json:"source,omitempty"`
	Call          *store.Call   `json:"call,omitempty"`
}

// spanOf reads a row of spanColumns. Texts of the span other than those of its detail are not filled in; fillTexts does.
func spanOf(traceID string, row []any, sheets *sheetReader) (store.Span, *texts, error) {
	s := store.Span{
		TraceID:          traceID,
		SpanID:           idText(row[0]),
		ParentSpanID:     idText(row[1]),
		Start:            timeOf(row[2]),
		End:              timeOf(row[3]),
		Name:             textOf(row[4]),
		Kind:             store.Kind(textOf(row[5])),
		Status:           store.StatusOK,
		Model:            textOf(row[7]),
		Environment:      textOf(row[8]),
		Service:          textOf(row[9]),
		Version:          textOf(row[10]),
		TimeToFirstToken: time.Duration(intOf(row[16])),
	}
	if intOf(row[6]) != 0 {
		s.Status = store.StatusError
	}
	t, err := parseTexts(bytesOf(row[17]), sheets)
	if err != nil {
		return s, nil, fmt.Errorf("span %s of trace %s: %w", s.SpanID, traceID, err)
	}
	var d detail
	if t.has[fieldDetail] {
		if err := json.Unmarshal([]byte(t.text[fieldDetail].literals), &d); err != nil {
			return s, nil, fmt.Errorf("detail of span %s of trace %s: %w", s.SpanID, traceID, err)
		}
	}
	s.StatusMessage, s.Errors, s.Tags = d.StatusMessage, d.Errors, d.Tags
	s.Cost, s.Streaming, s.Call = d.Cost, d.Streaming, d.Call
	if d.Source != nil {
		s.Source = *d.Source
	}
	if row[11] != nil {
		s.Usage = &store.Usage{
			Input: intOf(row[11]), Output: intOf(row[12]), CacheRead: intOf(row[13]), Estimated: intOf(row[14]) != 0,
			CacheWrite: d.CacheWrite, CacheWrite1h: d.CacheWrite1h, Reasoning: d.Reasoning,
		}
	}
	return s, t, nil
}

// fillTexts fills in Input, Output, Metadata and Payload. The messages of the call are t.in and t.out.
func fillTexts(s *store.Span, t *texts, body func(piece int64) string) {
	s.Input = t.optional(fieldInput, body)
	s.Output = t.optional(fieldOutput, body)
	s.Metadata = t.string(fieldMetadata, body)
	s.Payload = store.Payload{
		Parameters: t.string(fieldParameters, body),
		Tools:      t.string(fieldTools, body),
		Attributes: t.string(fieldAttributes, body),
		Resource:   t.string(fieldResource, body),
		Scope:      t.string(fieldScope, body),
		Events:     t.string(fieldEvents, body),
		Links:      t.string(fieldLinks, body),
	}
}
