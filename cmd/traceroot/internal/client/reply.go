package client

import (
	"encoding/json"
	"slices"
	"time"
)

// Reply is a value, and the JSON that the server told it in: members that this client does not know stay in there.
type Reply[T any] struct {
	Value T
	JSON  json.RawMessage
}

// UnmarshalJSON keeps both.
func (r *Reply[T]) UnmarshalJSON(text []byte) error {
	r.JSON = slices.Clone(text)
	return json.Unmarshal(text, &r.Value)
}

// MarshalJSON writes what the server told.
func (r Reply[T]) MarshalJSON() ([]byte, error) { return r.JSON, nil }

// Time is a time in the API's form, where UTC goes without saying, or in RFC 3339.
type Time struct{ time.Time }

// UnmarshalText reads both forms.
func (t *Time) UnmarshalText(text []byte) error {
	naive, err := time.Parse("2006-01-02T15:04:05", string(text)) // takes a fraction as well
	if err != nil {
		naive, err = time.Parse(time.RFC3339, string(text))
	}
	t.Time = naive.UTC()
	return err
}

// UnmarshalJSON takes null as no time.
func (t *Time) UnmarshalJSON(text []byte) error {
	var written *string
	if err := json.Unmarshal(text, &written); err != nil || written == nil {
		return err
	}
	return t.UnmarshalText([]byte(*written))
}

// formatTime is a time as requests have it.
func formatTime(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000000Z") }
