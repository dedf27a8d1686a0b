package api

import (
	"encoding/json"
	"strings"
	"unicode/utf8"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// textView is a text or its beginning.
type textView struct {
	Text  string `json:"text"`  // the first 64 KiB
	Bytes int    `json:"bytes"` // of all of it
	Blob  string `json:"blob,omitempty"`
}

// cut is the beginning of a text, of whole characters.
func cut(text string, most int) string {
	if len(text) <= most {
		return text
	}
	for most > 0 && !utf8.RuneStart(text[most]) {
		most--
	}
	return text[:most]
}

// textOf is nil where there is none.
func textOf(s *store.Span, field string, text *string) *textView {
	if text == nil {
		return nil
	}
	shown := &textView{Text: cut(*text, maxText), Bytes: len(*text)}
	if shown.Bytes > len(shown.Text) {
		shown.Blob = spanBlob(s, field).name([]byte(*text))
	}
	return shown
}

// dataless is JSON with the hash of data in the place of the data, which nobody reads or searches.
func dataless(text string) string {
	const mark = ";base64,"
	var short strings.Builder
	for {
		before, after, found := strings.Cut(text, mark)
		if !found {
			break
		}
		data, _, _ := strings.Cut(after, `"`)
		short.WriteString(before + mark + store.HashOf(data).String())
		text = after[len(data):]
	}
	if short.Len() == 0 {
		return text
	}
	return short.String() + text
}

// rawObject is JSON text of an object, {} for anything else.
func rawObject(text string) json.RawMessage {
	if len(text) < 2 || text[0] != '{' || !json.Valid([]byte(text)) {
		return json.RawMessage("{}")
	}
	return json.RawMessage(text)
}

// readList reads a JSON array, and gives nothing for anything else.
func readList[T any](text string) []T {
	var list []T
	if json.Unmarshal([]byte(text), &list) != nil {
		return nil
	}
	return list
}
