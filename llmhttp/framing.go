package llmhttp

import (
	"cmp"
	"strings"
)

// doneMark is the data by which OpenAI's streams, and those of its imitators, say that they are over.
const doneMark = "[DONE]"

// An event is one piece of a stream.
type event struct {
	name string // of the kind of event, "" where the stream gives none
	data *value // nil when it is no JSON
	done bool   // it is the doneMark
	end  int64  // bytes of the body up to its end

	// varies is the only value that is not what it was in the event before, but for what no dialect reads; nil where more
	// may differ. See repeater.
	varies *value

	failure *Error // that the frame around the data tells of
	broken  bool   // no event: what follows cannot be read
}

// kind is what the event says it is, in its data or else by its name.
func (e event) kind() string { return cmp.Or(e.data.get("type").str(), e.name) }

// A framing cuts the bytes of a body into events. It takes them cut anywhere and gives each event as soon as its last
// byte has come.
type framing interface {
	write(p []byte)
	// end says that no more bytes will come: an event that lacks only its end mark is given out.
	end()
}

// newFraming begins to cut a body after as many bytes of it as offset says.
type newFraming func(offset int64, b bounds, deliver func(event)) framing

// firstOfSSE are the bytes with which a comment, a field's name or a byte order mark begins.
const firstOfSSE = ":deir\xEF"

// framesSSE is how most streams begin. JSON at the first byte is an answer in one piece.
func framesSSE(first byte) newFraming {
	if first == '{' || first == '[' {
		return nil
	}
	return newSSE
}

// frames tells how a stream of the dialect that begins with a byte is cut, nil for a body that is one JSON value.
func (d *dialect) frames(first byte) newFraming {
	switch {
	case d.framing != nil:
		return d.framing(first)
	case d.lines && strings.IndexByte(firstOfSSE, first) < 0:
		return newNDJSON
	default:
		return framesSSE(first)
	}
}

// isStreamType tells whether a media type is that of streams alone.
func isStreamType(mediaType string) bool {
	switch mediaType {
	case "text/event-stream", "application/vnd.amazon.eventstream",
		"application/x-ndjson", "application/ndjson", "application/stream+json", // Cohere's
		"application/jsonl", "application/jsonlines", "application/x-jsonlines":
		return true
	default:
		return false
	}
}
