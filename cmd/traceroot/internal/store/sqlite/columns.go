package sqlite

import (
	"encoding/hex"
	"encoding/json"
	"time"
)

// idValue is what a column of ids holds for an id: its bytes when it is lower-case hex digits, else its text; nil for
// an empty one.
func idValue(id string) any {
	if id == "" {
		return nil
	}
	if raw, err := hex.DecodeString(id); err == nil && hex.EncodeToString(raw) == id {
		return raw
	}
	return id
}

// idText is the id of a column's value.
func idText(value any) string {
	switch value := value.(type) {
	case []byte:
		return hex.EncodeToString(value)
	case string:
		return value
	}
	return ""
}

// timeValue is nil for the zero time.
func timeValue(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UnixMicro()
}

// timeOf is the zero time for NULL.
func timeOf(value any) time.Time {
	if micros, ok := value.(int64); ok {
		return time.UnixMicro(micros).UTC()
	}
	return time.Time{}
}

func textValue(text string) any {
	if text == "" {
		return nil
	}
	return text
}

func textOf(value any) string {
	text, _ := value.(string)
	return text
}

func intOf(value any) int64 {
	n, _ := value.(int64)
	return n
}

func bytesOf(value any) []byte {
	raw, _ := value.([]byte)
	return raw
}

func boolValue(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// listValue is a JSON array, or nil for an empty list.
func listValue(list []string) any {
	if len(list) == 0 {
		return nil
	}
	text, err := json.Marshal(list)
	if err != nil {
		return nil // a list of text is always JSON
	}
	return string(text)
}

func listOf(value any) []string {
	var list []string
	if text := textOf(value); text != "" {
		_ = json.Unmarshal([]byte(text), &list) // written by listValue
	}
	return list
}
