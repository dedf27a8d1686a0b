package llmhttp

// LineEvents cuts a body of newline-delimited JSON, read size bytes at a time, into events.
func LineEvents(body []byte, size int) []FramedEvent { return eventsOf(newNDJSON, body, size) }
