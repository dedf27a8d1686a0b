package traceroot

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"regexp"
	"strings"
)

// maskedValue stands for a value that [MaskKeys] hides.
const maskedValue = "***"

// MaskKeys returns a mask for [WithMask] that replaces the value of each JSON object member with one of these names by
// "***", at any depth, in any letter case, and inside strings that hold JSON themselves, such as the arguments of a tool
// call. Text that does not begin as JSON stays as it is, and so does JSON behind other words.
func MaskKeys(keys ...string) func(field, text string) string {
	hidden := make(map[string]bool, len(keys))
	for _, key := range keys {
		hidden[strings.ToLower(key)] = true
	}
	m := keyMask{hidden}
	return func(_, text string) string { return m.text(text) }
}

// MaskRegexp returns a mask for [WithMask] that replaces each match of re in every value, as
// [regexp.Regexp.ReplaceAllString] does.
func MaskRegexp(re *regexp.Regexp, repl string) func(field, text string) string {
	return func(_, text string) string { return re.ReplaceAllString(text, repl) }
}

type keyMask struct {
	hidden map[string]bool // in lower case
}

// text masks text when it is JSON: one value, or several after one another. Of JSON that was cut off, the whole part is
// kept when the rest might hold something to hide.
func (m keyMask) text(text string) string {
	if trimmed := strings.TrimSpace(text); trimmed == "" || !strings.ContainsRune(`{["`, rune(trimmed[0])) {
		return text
	}
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	var out bytes.Buffer
	changed, err := m.values(decoder, &out)
	switch {
	case err == nil && changed, errors.Is(err, io.ErrUnexpectedEOF) && m.mayHide(text):
		return out.String()
	default:
		return text
	}
}

// mayHide tells whether one of the names occurs in text, or could in an escaped form.
func (m keyMask) mayHide(text string) bool {
	if strings.Contains(text, `\u`) {
		return true
	}
	lower := strings.ToLower(text)
	for key := range m.hidden {
		if strings.Contains(lower, key) {
			return true
		}
	}
	return false
}

func (m keyMask) values(decoder *json.Decoder, out *bytes.Buffer) (changed bool, err error) {
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return changed, nil
		}
		if err != nil {
			return changed, err
		}
		if out.Len() > 0 {
			out.WriteByte('\n')
		}
		did, err := m.value(decoder, token, out)
		changed = changed || did
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		if err != nil {
			return changed, err
		}
	}
}

// value copies the value that begins with token, and tells whether it hid something in it.
func (m keyMask) value(decoder *json.Decoder, token json.Token, out *bytes.Buffer) (changed bool, err error) {
	switch token {
	case json.Delim('{'):
		return m.members(decoder, out)
	case json.Delim('['):
		return m.elements(decoder, out)
	}
	text, isText := token.(string)
	if !isText {
		return false, writeJSON(out, token)
	}
	masked := m.text(text)
	return masked != text, writeJSON(out, masked)
}

func (m keyMask) members(decoder *json.Decoder, out *bytes.Buffer) (changed bool, err error) {
	out.WriteByte('{')
	for first := true; decoder.More(); first = false {
		if !first {
			out.WriteByte(',')
		}
		key, err := decoder.Token()
		if err != nil {
			return changed, err
		}
		name, _ := key.(string)
		if err := writeJSON(out, name); err != nil {
			return changed, err
		}
		out.WriteByte(':')
		if m.hidden[strings.ToLower(name)] {
			var skipped json.RawMessage
			if err := decoder.Decode(&skipped); err != nil {
				return changed, err
			}
			changed = true
			if err := writeJSON(out, maskedValue); err != nil {
				return changed, err
			}
			continue
		}
		token, err := decoder.Token()
		if err != nil {
			return changed, err
		}
		did, err := m.value(decoder, token, out)
		if err != nil {
			return changed, err
		}
		changed = changed || did
	}
	return changed, m.close(decoder, out, '}')
}

func (m keyMask) elements(decoder *json.Decoder, out *bytes.Buffer) (changed bool, err error) {
	out.WriteByte('[')
	for first := true; decoder.More(); first = false {
		if !first {
			out.WriteByte(',')
		}
		token, err := decoder.Token()
		if err != nil {
			return changed, err
		}
		did, err := m.value(decoder, token, out)
		if err != nil {
			return changed, err
		}
		changed = changed || did
	}
	return changed, m.close(decoder, out, ']')
}

func (m keyMask) close(decoder *json.Decoder, out *bytes.Buffer, bracket byte) error {
	_, err := decoder.Token()
	out.WriteByte(bracket)
	return err
}

// writeJSON writes v as the SDK writes JSON: compact, and without escapes for HTML.
func writeJSON(out *bytes.Buffer, v any) error {
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(v)
	out.Truncate(out.Len() - len("\n"))
	return err
}
