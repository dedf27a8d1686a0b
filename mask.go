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
// "***", at any depth, in any letter case, among other words, and inside strings that hold JSON themselves, such as the
// arguments of a tool call.
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

// text masks every JSON value in text, alone, one after another or among other words. Of JSON that was cut off, the whole
// part is kept when the rest might hold something to hide.
func (m keyMask) text(text string) string {
	if !m.mayHide(text) {
		return text
	}
	var out strings.Builder
	effort := maskEffort * len(text)
	for at := 0; at < len(text); {
		begin := strings.IndexAny(text[at:], `{["`)
		if begin < 0 {
			out.WriteString(text[at:])
			break
		}
		out.WriteString(text[at : at+begin])
		at += begin
		masked, read, looked, changed := m.first(text[at:])
		if effort -= looked; effort < 0 {
			out.WriteString(maskedValue)
			break
		}
		if !changed {
			masked = text[at : at+read]
		}
		out.WriteString(masked)
		at += read
	}
	return out.String()
}

// maskEffort bounds, as a multiple of a text's length, how much is read in search of JSON in it. A text that takes more,
// which none but a hostile one does, is hidden from there on.
const maskEffort = 64

// first masks the JSON value at the beginning of text and tells how many bytes it took, of how many that were looked at.
// Unchanged, these are the bytes that need no other look: the whole of an object, but of what only looks like a value its
// first byte.
func (m keyMask) first(text string) (masked string, read, looked int, changed bool) {
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	var out bytes.Buffer
	token, err := decoder.Token()
	if err == nil {
		changed, err = m.value(decoder, token, &out)
	}
	looked = int(decoder.InputOffset())
	switch isText := text[0] == '"'; {
	case err == nil && (changed || !isText):
		return out.String(), looked, looked, changed
	case isCutOff(err) && !isText && m.mayHide(text):
		return out.String(), len(text), len(text), true
	case changed:
		return out.String(), max(looked, 1), looked, true
	default:
		return "", 1, max(looked, 1), false
	}
}

func isCutOff(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
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
