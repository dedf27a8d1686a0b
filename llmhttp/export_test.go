package llmhttp

import "encoding/json"

// Decode reads data cut at the given places and gives it back, compact; nil when it is no JSON value.
func Decode(data []byte, textLimit int, cuts ...int) json.RawMessage {
	d := newDecoder(bounds{text: textLimit, numbers: maxNumbers})
	from := 0
	for _, at := range append(cuts, len(data)) {
		at = min(max(at, from), len(data))
		d.write(data[from:at])
		from = at
	}
	return d.end().raw()
}

// A FramedEvent is what a framing gives.
type FramedEvent struct {
	Name, Data string
	Done       bool
	End        int64
}

// Events cuts a body of server-sent events, read size bytes at a time, into events.
func Events(body []byte, size int) []FramedEvent {
	var events []FramedEvent
	s := newSSE(0, bounds{text: defaultText, numbers: maxNumbers}, func(e event) {
		events = append(events, FramedEvent{Name: e.name, Data: string(e.data.raw()), Done: e.done, End: e.end})
	})
	for len(body) > 0 {
		n := min(size, len(body))
		s.write(body[:n])
		body = body[n:]
	}
	s.end()
	return events
}

// DecodeAll has every event of a stream decoded, also those that fit a pattern.
func DecodeAll(l Limits) Limits {
	l.decodeAll = true
	return l
}
