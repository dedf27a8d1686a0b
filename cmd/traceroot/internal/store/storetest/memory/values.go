package memory

import (
	"encoding/json"
	"fmt"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// maxValue is the longest value of an attribute that is found.
const maxValue = 200

// values are what a trace has for a field of text, each once.
func (t *trace) values(field store.Field, key string) (map[string]bool, error) {
	values := map[string]bool{}
	add := func(value string) {
		if value != "" {
			values[value] = true
		}
	}
	switch field {
	case store.FieldTraceID:
		add(t.row.TraceID)
	case store.FieldName:
		add(t.row.Name)
	case store.FieldUser:
		add(t.row.UserID)
	case store.FieldSession:
		add(t.row.SessionID)
	case store.FieldAnyID:
		add(t.row.TraceID)
		add(t.row.Name)
		add(t.row.SessionID)
		add(t.row.UserID)
	case store.FieldStatus:
		add(string(t.status()))
	case store.FieldTag:
		for _, tag := range t.row.Tags {
			add(tag)
		}
	case store.FieldMetadata:
		add(member(t.row.Metadata, key))
	default: // of the spans alone
	}
	for i := range t.spans {
		s := &t.spans[i]
		switch field {
		case store.FieldEnvironment:
			add(s.Environment)
		case store.FieldAgent:
			if s.Kind == store.KindAgent {
				add(s.Name)
			}
		case store.FieldTool:
			if s.Kind == store.KindTool {
				add(s.Name)
			}
		case store.FieldModel:
			add(s.Model)
		case store.FieldTag:
			for _, tag := range s.Tags {
				add(tag)
			}
		case store.FieldService:
			add(s.Service)
		case store.FieldVersion:
			add(s.Version)
		case store.FieldMetadata:
			add(member(s.Metadata, key))
		case store.FieldAttribute:
			if value := member(s.Payload.Attributes, key); len(value) <= maxValue {
				add(value)
			}
		case store.FieldTraceID, store.FieldName, store.FieldUser, store.FieldSession, store.FieldAnyID, store.FieldStatus:
		default:
			return nil, fmt.Errorf("%s is no field of text", field)
		}
	}
	return values, nil
}

// member is a member of a JSON object: a string as it is, all else as JSON text.
func member(object, key string) string {
	var members map[string]json.RawMessage
	if json.Unmarshal([]byte(object), &members) != nil {
		return ""
	}
	var text string
	if json.Unmarshal(members[key], &text) == nil {
		return text
	}
	return string(members[key])
}

// number is what a trace has for a field of numbers, in the field's unit.
func number(sum store.Summary, field store.Field) (n float64, known bool, err error) {
	switch field {
	case store.FieldDuration:
		d, known := sum.Duration()
		return float64(d.Milliseconds()), known, nil
	case store.FieldFirstToken:
		return float64(sum.FirstToken.Milliseconds()), sum.FirstToken > 0, nil
	case store.FieldCost:
		return sum.Cost.Dollars(), true, nil
	case store.FieldTokens:
		return float64(sum.InputTokens + sum.OutputTokens), true, nil
	case store.FieldErrors:
		return float64(sum.Errors), true, nil
	case store.FieldSpans:
		return float64(sum.Spans), true, nil
	default:
		return 0, false, fmt.Errorf("%s is no field of numbers", field)
	}
}
