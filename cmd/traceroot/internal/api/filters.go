package api

import (
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// Bounds of filters, the platform's own.
const (
	maxFilters     = 20
	maxFilterValue = 1024
	maxFilterKey   = 256
	maxCost        = 999_999_999
	maxTokens      = math.MaxInt64
)

// filterField is a field that the public list can be filtered by.
type filterField struct {
	field  store.Field
	ops    []string
	kind   filterKind
	most   float64 // of a number
	listed bool    // its values can be asked for
}

type filterKind int

const (
	textFilter filterKind = iota
	choiceFilter
	numberFilter // fractions too
	countFilter
	keyedFilter
)

var comparisons = []string{"eq", "gt", "gte", "lt", "lte"}

var filterFields = map[string]filterField{
	"trace_id":     {field: store.FieldTraceID, ops: []string{"eq", "contains"}, kind: textFilter},
	"model_name":   {field: store.FieldModel, ops: []string{"in"}, kind: choiceFilter, listed: true},
	"environment":  {field: store.FieldEnvironment, ops: []string{"in"}, kind: choiceFilter, listed: true},
	"cost":         {field: store.FieldCost, ops: comparisons, kind: numberFilter, most: maxCost},
	"total_tokens": {field: store.FieldTokens, ops: comparisons, kind: countFilter, most: maxTokens},
	"duration_ms":  {field: store.FieldDuration, ops: comparisons, kind: countFilter, most: maxTokens},
	"errors":       {field: store.FieldErrors, ops: comparisons, kind: countFilter, most: maxTokens},
	"metadata":     {field: store.FieldMetadata, ops: []string{"eq", "contains"}, kind: keyedFilter},
}

// predicate is one element of the parameter filters.
type predicate struct {
	Field *string         `json:"field"`
	Op    *string         `json:"op"`
	Value json.RawMessage `json:"value"`
	Key   json.RawMessage `json:"key"`
}

// parseFilters reads the parameter filters. An empty one filters nothing.
func parseFilters(text string) ([]store.Condition, error) {
	if text == "" {
		return nil, nil
	}
	var elements []json.RawMessage
	if !json.Valid([]byte(text)) {
		return nil, invalid("filters is not valid JSON")
	}
	if text = strings.TrimLeft(text, " \t\r\n"); text[0] != '[' || json.Unmarshal([]byte(text), &elements) != nil {
		return nil, invalid("filters must be a JSON array of predicate objects")
	}
	if len(elements) > maxFilters {
		return nil, invalid("filters carries more than the maximum of %d predicates", maxFilters)
	}
	var conditions []store.Condition
	for _, element := range elements {
		var p predicate
		if len(element) == 0 || element[0] != '{' {
			return nil, invalid("each filter must be an object, got: %s", short(element))
		}
		if err := json.Unmarshal(element, &p); err != nil || p.Field == nil || p.Op == nil || len(p.Value) == 0 {
			return nil, invalid("invalid filter predicate: it needs the strings field and op, and a value: %s", short(element))
		}
		condition, err := p.condition()
		if err != nil {
			return nil, err
		}
		conditions = append(conditions, condition)
	}
	return conditions, nil
}

func (p *predicate) condition() (store.Condition, error) {
	field, known := filterFields[*p.Field]
	if !known {
		return store.Condition{}, invalid("unknown filter field: '%s'", *p.Field)
	}
	if !slices.Contains(field.ops, *p.Op) {
		return store.Condition{}, invalid("operator '%s' not allowed for field '%s'", *p.Op, *p.Field)
	}
	c := store.Condition{Field: field.field, Op: store.Op(*p.Op)}
	var err error
	if c.Key, err = p.key(field.kind == keyedFilter); err != nil {
		return c, err
	}
	switch field.kind {
	case choiceFilter:
		c.Values, err = p.choices()
	case textFilter, keyedFilter:
		var text string
		text, err = p.text()
		c.Values = []string{text}
		if c.Op == store.OpEqual {
			c.Op = store.OpIn
		}
	case numberFilter, countFilter:
		c.Number, err = p.number(field)
	}
	return c, err
}

func (p *predicate) key(wanted bool) (string, error) {
	given := len(p.Key) > 0 && string(p.Key) != "null"
	if !wanted {
		if given {
			return "", invalid("field '%s' does not take a key", *p.Field)
		}
		return "", nil
	}
	var key string
	if !given || json.Unmarshal(p.Key, &key) != nil || key == "" {
		return "", invalid("filter on '%s' requires a non-empty string key", *p.Field)
	}
	if utf8.RuneCountInString(key) > maxFilterKey {
		return "", invalid("key on '%s' exceeds the maximum length of %d characters", *p.Field, maxFilterKey)
	}
	return key, nil
}

func (p *predicate) choices() ([]string, error) {
	var raw []any
	if json.Unmarshal(p.Value, &raw) != nil || len(raw) == 0 {
		return nil, invalid("'in' filter on '%s' requires a non-empty list of strings", *p.Field)
	}
	values := make([]string, len(raw))
	for i, value := range raw {
		text, isText := value.(string)
		if !isText {
			return nil, invalid("'in' filter on '%s' requires a non-empty list of strings", *p.Field)
		}
		values[i] = text
	}
	return values, p.checkLength(values...)
}

func (p *predicate) text() (string, error) {
	var text string
	if json.Unmarshal(p.Value, &text) != nil || text == "" {
		return "", invalid("'%s' filter on '%s' requires a non-empty string", *p.Op, *p.Field)
	}
	return text, p.checkLength(text)
}

func (p *predicate) checkLength(values ...string) error {
	for _, value := range values {
		if utf8.RuneCountInString(value) > maxFilterValue {
			return invalid("value on '%s' exceeds the maximum length of %d characters", *p.Field, maxFilterValue)
		}
	}
	return nil
}

func (p *predicate) number(field filterField) (float64, error) {
	value := string(p.Value)
	if value[0] != '-' && (value[0] < '0' || value[0] > '9') {
		return 0, invalid("'%s' filter on '%s' requires a number (got %s)", *p.Op, *p.Field, short(p.Value))
	}
	n, err := strconv.ParseFloat(value, 64)
	switch {
	case err != nil: // it is a number of JSON, so the only thing wrong with it is its size
		return 0, invalid("'%s' filter on '%s' exceeds its maximum value", *p.Op, *p.Field)
	case n < 0:
		return 0, invalid("'%s' filter on '%s' takes non-negative numbers (got %s)", *p.Op, *p.Field, short(p.Value))
	case field.kind == countFilter && n != math.Trunc(n):
		return 0, invalid("'%s' filter on '%s' takes whole numbers only (got %s)", *p.Op, *p.Field, short(p.Value))
	case n > field.most:
		return 0, invalid("'%s' filter on '%s' exceeds its maximum value", *p.Op, *p.Field)
	}
	return n, nil
}

// short is a client's own text, short enough to be told back.
func short(text []byte) string {
	const most = 100
	if len(text) <= most {
		return string(text)
	}
	return strings.ToValidUTF8(string(text[:most]), "") + "…"
}
