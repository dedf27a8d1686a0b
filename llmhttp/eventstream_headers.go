package llmhttp

import (
	"cmp"
	"encoding/binary"
	"strings"
)

// frameHeaders are the headers of an event stream's frame that say what it is.
type frameHeaders struct {
	event     string // the kind of an event
	exception string // the kind of an error that the service's model knows
	message   string // event, exception, or error for one that it does not know
	code      string // of an error
	text      string // of an error
}

func (h *frameHeaders) name() string { return cmp.Or(h.event, h.exception) }

// failure is the error that a frame tells of, nil when it is an event.
func (h *frameHeaders) failure(payload *value) *Error {
	switch {
	case h.message == "error":
		return &Error{Status: 200, Type: h.code, Message: h.text}
	case h.exception != "" || h.message == "exception":
		text := firstGiven(payload.get("message"), payload.get("Message"))
		return &Error{Status: 200, Type: h.exception, Message: text.str()}
	default:
		return nil
	}
}

// read takes all headers of a frame; false when they are not cut as they should be.
func (h *frameHeaders) read(p []byte) bool {
	for len(p) > 0 {
		name, value, rest, ok := cutHeader(p)
		if !ok {
			return false
		}
		if known := h.named(string(name)); known != nil {
			*known = strings.ToValidUTF8(string(value), replacement)
		}
		p = rest
	}
	return true
}

func (h *frameHeaders) named(name string) *string {
	switch name {
	case ":event-type":
		return &h.event
	case ":exception-type":
		return &h.exception
	case ":message-type":
		return &h.message
	case ":error-code":
		return &h.code
	case ":error-message":
		return &h.text
	default:
		return nil
	}
}

// The types of a header's value. Those between the two texts' have a fixed length.
const (
	headerBytes = 6
	headerText  = 7
)

// headerLengths of values by their types: true, false, a byte, integers of 2, 4 and 8 bytes, two that begin with their
// own length, a time and a UUID.
var headerLengths = [...]int{0, 0, 1, 2, 4, 8, 0, 0, 8, 16}

// cutHeader splits off the first header. The value is nil unless it is a text.
func cutHeader(p []byte) (name, value, rest []byte, ok bool) {
	name, rest, ok = cutBytes(p[1:], int(p[0]))
	if !ok || len(rest) == 0 || int(rest[0]) >= len(headerLengths) {
		return nil, nil, nil, false
	}
	kind, rest := rest[0], rest[1:]
	length := headerLengths[kind]
	if kind == headerBytes || kind == headerText {
		prefix, after, hasLength := cutBytes(rest, 2)
		if !hasLength {
			return nil, nil, nil, false
		}
		length, rest = int(binary.BigEndian.Uint16(prefix)), after
	}
	value, rest, ok = cutBytes(rest, length)
	if kind != headerText {
		value = nil
	}
	return name, value, rest, ok
}

func cutBytes(p []byte, n int) (before, after []byte, ok bool) {
	if len(p) < n {
		return nil, nil, false
	}
	return p[:n], p[n:], true
}
