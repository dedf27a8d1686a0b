package vocab

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
)

// has reports whether key has a value. An empty text is one.
func (a Attributes) has(key string) bool { return a[key] != nil }

// value is the value of key as the text to be stored; nil where there is none.
func (a Attributes) value(key string) *string {
	if !a.has(key) {
		return nil
	}
	return new(stored(a[key]))
}

// text is the first of keys that is not empty, as text.
func (a Attributes) text(keys ...string) string {
	for _, key := range keys {
		if text := plain(a[key]); text != "" {
			return text
		}
	}
	return ""
}

// str is the value of key where that is a string.
func (a Attributes) str(key string) string {
	text, _ := a[key].(string)
	return text
}

// list is the list of texts under key, sent as an array or as JSON text. A text that is no JSON list is a list of one.
func (a Attributes) list(key string) []string {
	items, isList := a[key].([]any)
	if text, ok := a[key].(string); ok {
		if json.Unmarshal([]byte(text), &items) != nil {
			items = []any{text}
		}
		isList = true
	}
	if !isList {
		return nil
	}
	var texts []string
	for _, item := range items {
		texts = append(texts, plain(item))
	}
	return texts
}

// number is the value of key where that is a number.
func (a Attributes) number(key string) (float64, bool) {
	switch v := a[key].(type) {
	case int64:
		return float64(v), true
	case float64:
		return v, true
	}
	return 0, false
}

// stored is how a value of any type is kept in a column of captured text: JSON, unless it is text.
func stored(v any) string {
	if text, ok := v.(string); ok {
		return text
	}
	return jsonText(v)
}

// plain is how a value of any type is kept in a column of names. The platform writes a bool as Python does.
func plain(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case bool:
		if v {
			return "True"
		}
		return "False"
	case int64:
		return strconv.FormatInt(v, 10)
	}
	return stored(v)
}

// jsonText is compact JSON, with the keys of objects in order and no character escaped that need not be.
func jsonText(v any) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return "null" // no value of [Attributes] is refused
	}
	return string(bytes.TrimSuffix(b.Bytes(), []byte{'\n'}))
}

// jsonObject is the members of text where that is a JSON object.
func jsonObject(text string) (map[string]json.RawMessage, bool) {
	var members map[string]json.RawMessage
	err := json.Unmarshal([]byte(text), &members)
	return members, err == nil && members != nil
}

// appendNew appends those of more that are neither empty nor there yet.
func appendNew(texts []string, more ...string) []string {
	for _, text := range more {
		if text != "" && !slices.Contains(texts, text) {
			texts = append(texts, text)
		}
	}
	return texts
}
