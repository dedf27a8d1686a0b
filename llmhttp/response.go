package llmhttp

import (
	"cmp"
	"strconv"
)

// Response is what a provider answered. Its zero fields are facts that the answer does not have.
type Response struct {
	Model         string    // as sent, often more exact than the request's
	ID            string    // of the body, not the transport's request id
	Operation     string    // where the answer shows another one than the request promised
	Messages      []Message // one per choice, in index order
	FinishReasons []string  // one per message, as sent; "" where none arrived
	Usage         Usage
	Embeddings    *Embeddings
	Moderation    *Moderation
	Rerank        *Rerank
	Error         *Error  // of an HTTP status of 400 or more, or told by the body
	Stream        *Stream // of an answer that came as a stream

	// Complete is false when a stream ended without its terminal event, was cut or told of an error, and for a body
	// that is not what it should be. The answer of a status of 400 or more is complete.
	Complete bool
}

// Embeddings tells how many vectors were made; vectors themselves are never kept.
type Embeddings struct {
	Count      int `json:"count"`
	Dimensions int `json:"dimensions,omitzero"` // of the first vector
}

// Moderation tells for each input whether it was flagged.
type Moderation struct {
	Flagged []bool `json:"flagged"`
}

// Rerank tells how many documents were sent to be ranked and how many came back.
type Rerank struct {
	Documents int `json:"documents"`
	Results   int `json:"results"`
}

// Stream tells how a stream went.
type Stream struct {
	Events            int   // events so far, the terminal one included
	FirstOutput       int   // the first event that carried output, counted from 0; -1 when none did
	FirstOutputOffset int64 // bytes of the body up to the end of that event
}

// Error is a provider's refusal or failure. Any of its texts may be empty.
type Error struct {
	Status  int // of the HTTP answer; 200 for an error inside a body
	Type    string
	Message string // the whole body when that is no JSON
	Code    string
}

// Error gives "<type>: <message>", or whichever of the two there is, or the HTTP status.
func (e *Error) Error() string {
	if e.Type != "" && e.Message != "" {
		return e.Type + ": " + e.Message
	}
	return cmp.Or(e.Type, e.Message, "HTTP "+strconv.Itoa(e.Status))
}
