package sqlite

import (
	"encoding/json"
	"time"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// summaryColumns are those of traces that summaryOf reads, in its order.
const summaryColumns = `trace_id, seq, start, name, has_root, user_id, session_id, environment, git_repo, git_ref,
	evaluation, tags, status, earliest, latest, spans, errors, running, input_tokens, output_tokens, cache_read,
	estimated, cost, unpriced, first_token, agent, models, texts`

const summaryColumnCount = 28

// summaryOf reads a row of summaryColumns. Input, Output and Metadata are in the texts: see fillTrace.
func summaryOf(row []any) (store.Summary, *texts, error) {
	sum := store.Summary{
		Trace: store.Trace{
			TraceID:      idText(row[0]),
			Start:        timeOf(row[2]),
			Name:         textOf(row[3]),
			HasRoot:      intOf(row[4]) != 0,
			UserID:       textOf(row[5]),
			SessionID:    textOf(row[6]),
			Environment:  textOf(row[7]),
			GitRepo:      textOf(row[8]),
			GitRef:       textOf(row[9]),
			IsEvaluation: intOf(row[10]) != 0,
			Tags:         listOf(row[11]),
		},
		Seq:          intOf(row[1]),
		Status:       store.TraceStatus(textOf(row[12])),
		Earliest:     timeOf(row[13]),
		Latest:       timeOf(row[14]),
		Spans:        int(intOf(row[15])),
		Errors:       int(intOf(row[16])),
		Running:      int(intOf(row[17])),
		InputTokens:  intOf(row[18]),
		OutputTokens: intOf(row[19]),
		CacheRead:    intOf(row[20]),
		Estimated:    intOf(row[21]) != 0,
		Cost:         store.NanoUSD(intOf(row[22])),
		Unpriced:     intOf(row[23]) != 0,
		FirstToken:   time.Duration(intOf(row[24])),
		Agent:        textOf(row[25]),
	}
	for _, m := range modelsOf(row[26]) {
		sum.Models = append(sum.Models, m.name)
	}
	t, err := parseTexts(bytesOf(row[27]), nil)
	return sum, t, err
}

// fillTrace fills in Input, Output and Metadata.
func fillTrace(trace *store.Trace, t *texts, body func(piece int64) string) {
	trace.Input = t.optional(fieldInput, body)
	trace.Output = t.optional(fieldOutput, body)
	trace.Metadata = t.string(fieldMetadata, body)
}

// modelCount is a model of a trace and how many of its spans have it.
type modelCount struct {
	name  string
	spans int64
}

// MarshalJSON writes the pair that traces.models has.
func (m modelCount) MarshalJSON() ([]byte, error) { return json.Marshal([]any{m.name, m.spans}) }

// UnmarshalJSON reads it.
func (m *modelCount) UnmarshalJSON(text []byte) error {
	return json.Unmarshal(text, &[]any{&m.name, &m.spans})
}

func modelsOf(value any) []modelCount {
	var models []modelCount
	if text := textOf(value); text != "" {
		_ = json.Unmarshal([]byte(text), &models) // written by modelsValue
	}
	return models
}

func modelsValue(models []modelCount) any {
	if len(models) == 0 {
		return nil
	}
	text, err := json.Marshal(models)
	if err != nil {
		return nil // names and numbers are always JSON
	}
	return string(text)
}
