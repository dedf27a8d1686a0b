package llmhttp

// ArrayEvents cuts a body that is a JSON array, read size bytes at a time, into events.
func ArrayEvents(body []byte, size int) []FramedEvent {
	return eventsOf(newJSONArray, body, size)
}

// GeminiEvents does the same with a stream of Gemini that is no JSON at its first byte.
func GeminiEvents(body []byte, size int) []FramedEvent {
	return eventsOf(newGeminiSSE, body, size)
}

func eventsOf(begin newFraming, body []byte, size int) []FramedEvent {
	var events []FramedEvent
	f := begin(0, bounds{text: defaultText, numbers: maxNumbers}, func(e event) {
		events = append(events, FramedEvent{Name: e.name, Data: string(e.data.raw()), Done: e.done, End: e.end})
	})
	for len(body) > 0 {
		n := min(size, len(body))
		f.write(body[:n])
		body = body[n:]
	}
	f.end()
	return events
}
