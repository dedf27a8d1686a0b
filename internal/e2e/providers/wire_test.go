package providers_test

import (
	"net/http"
	"strings"
)

// wire is a provider's format: what clients send in it, what the scripted server answers, and what a span then shows.
// Texts of the zero value mean the story as it is most often shown.
type wire struct {
	provider, operation         string
	model, answeredBy, answerID string // answeredBy and answerID are "" where the format has none

	ask, askTools     string // requests, for the clients that read them as JSON
	answer, toolCall  answer // whole answers
	stream            answer // the answer in pieces
	beginning         int    // how many pieces of the stream hold the first words
	atOnce            bool   // the client cannot wait for the next piece of a stream
	refusal, overload answer // the second one is worth another attempt
	failure           string // a piece of a stream that says what went wrong; "" where clients are not agreed on one

	input, toolInput, tools string // JSON
	output, toolOutput      string // JSON
	parameters              map[string]any
	usage                   want
	finish, toolFinish      string
	refused, overloaded     string // the errors
	failed                  string
}

// retryNow makes clients try again without a pause.
var retryNow = []string{"Retry-After-Ms", "1"}

// streams is the whole stream.
func (w *wire) streams() answer {
	s := w.stream
	if w.atOnce {
		s.pieces = []string{strings.Join(s.pieces, "")}
	}
	return s
}

// begins is the beginning of the stream. The server then waits until done is closed or the client leaves.
func (w *wire) begins(done <-chan struct{}) answer {
	cut := *w
	cut.stream.pieces = w.stream.pieces[:w.beginning]
	s := cut.streams()
	s.hold = done
	return s
}

// isEmbedding tells whether the answers are vectors.
func (w *wire) isEmbedding() bool { return w.operation == "embeddings" }

// tokens are the counts of the story as spans show them, with what of the input and the output they count apart. One of 0
// has not been reported.
func tokens(cacheRead, cacheWrite, reasoning int64) want {
	usage := map[string]any{"input_tokens": 90.0, "output_tokens": 20.0}
	shown := want{"gen_ai.usage.input_tokens": int64(90), "gen_ai.usage.output_tokens": int64(20), "traceroot.llm.usage": usage}
	if cacheRead > 0 {
		usage["cache_read_tokens"] = float64(cacheRead)
		shown["gen_ai.usage.cache_read.input_tokens"] = cacheRead
	}
	if cacheWrite > 0 {
		usage["cache_write_tokens"] = float64(cacheWrite)
		shown["gen_ai.usage.cache_creation.input_tokens"] = cacheWrite
	}
	if reasoning > 0 {
		usage["reasoning_tokens"] = float64(reasoning)
		shown["gen_ai.usage.reasoning_tokens"] = reasoning
	}
	return shown
}

// refuses is an answer that says no.
func refuses(status int, body string, headers ...string) answer {
	return answer{status: status, headers: headers, pieces: []string{body}}
}

func overloads(body string) answer { return refuses(http.StatusTooManyRequests, body, retryNow...) }
