package llmhttp

// A FrameEvent is what the framing of AWS's event streams gives.
type FrameEvent struct {
	Name, Data string
	Failure    *Error
	Broken     bool
	End        int64
}

// FrameEvents cuts a body of AWS's frames, read size bytes at a time, into events.
func FrameEvents(body []byte, size int) []FrameEvent {
	var events []FrameEvent
	f := newEventStream(0, bounds{text: defaultText, numbers: maxNumbers}, func(e event) {
		events = append(events, FrameEvent{
			Name: e.name, Data: string(e.data.raw()), Failure: e.failure, Broken: e.broken, End: e.end,
		})
	})
	for len(body) > 0 {
		n := min(size, len(body))
		f.write(body[:n])
		body = body[n:]
	}
	f.end()
	return events
}
