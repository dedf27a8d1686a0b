package llmhttp

import (
	"bytes"
	"slices"
)

// MayAskForUsage tells whether the stream that a request asks for would bring its usage only if the request said so. It is
// false for an answer that is no stream, for a body that speaks of stream options itself, for other protocols than
// OpenAI's, and for Mistral, which sends usage anyway and refuses members that it does not know.
func (q *Request) MayAskForUsage() bool { return q.lacksUsage }

// AskForUsage returns a copy of the body of a request that [Request.MayAskForUsage], with the wish for usage in it. The
// server then sends one chunk more, which a [UsageFilter] takes out again.
func AskForUsage(body []byte) []byte {
	const wish = `"stream_options":{"include_usage":true},`
	before, after, _ := bytes.Cut(body, []byte{'{'}) // only space stands before it
	return slices.Concat(before, []byte{'{'}, []byte(wish), after)
}

func lacksUsage(body *value, q *Request) bool {
	return q.Streaming && q.Provider != "mistral" && body.get("stream_options") == nil
}

// maxHeld bounds the event that a UsageFilter holds. A larger one is no usage, and passes as it comes.
const maxHeld = 1 << 20

// A UsageFilter takes the chunk that tells the usage, and nothing else, out of a stream of chat completions. It holds an
// event until its last byte has come. The zero value is not usable; it is for one stream and one goroutine.
type UsageFilter struct {
	events *sse
	held   []byte // since the last event
	from   int64  // where held begins in the stream
	torn   bool   // the event's beginning has passed
	passed []byte
}

// NewUsageFilter is for a new stream.
func NewUsageFilter() *UsageFilter {
	f := new(UsageFilter)
	f.events = beginSSE(0, bounds{text: alwaysKept, numbers: maxNumbers}, f.take)
	return f
}

// Append takes the next bytes of the stream, cut anywhere, and appends to dst those that may pass.
func (f *UsageFilter) Append(dst, p []byte) []byte {
	f.passed = dst
	f.held = append(f.held, p...)
	f.events.write(p)
	f.pass(f.events.blank) // comments keep a connection alive: they must not wait for an event
	if len(f.held) > maxHeld {
		f.torn = true
		f.pass(f.from + int64(len(f.held)))
	}
	return f.handOver()
}

// AppendRest says that no more bytes will come and appends to dst what is still held.
func (f *UsageFilter) AppendRest(dst []byte) []byte {
	f.passed = dst
	f.events.end()
	f.pass(f.from + int64(len(f.held)))
	return f.handOver()
}

func (f *UsageFilter) handOver() []byte {
	passed := f.passed
	f.passed = nil
	return passed
}

func (f *UsageFilter) take(e event) {
	if isUsageAlone(e.data) && !f.torn && e.end-f.from <= maxHeld {
		f.held = f.held[e.end-f.from:]
		f.from = e.end
	}
	f.torn = false
	f.pass(e.end)
}

// pass lets everything before an offset of the stream go.
func (f *UsageFilter) pass(to int64) {
	if n := to - f.from; n > 0 {
		f.passed = append(f.passed, f.held[:n]...)
		f.held = f.held[n:]
		f.from = to
	}
}

func isUsageAlone(chunk *value) bool {
	choices := chunk.get("choices")
	return choices.is(arrayKind) && choices.size == 0 && chunk.get("usage").given() && !chunk.get("error").given()
}
