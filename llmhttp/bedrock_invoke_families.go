package llmhttp

import (
	"cmp"
	"strings"
)

// The streams of the families of models behind InvokeModel, each event of which is a chunk of an invokeStream.

// familyOf goes by the first chunk.
func familyOf(chunk *value, q *Request) stream {
	switch kind := chunk.get("type").str(); {
	case strings.HasPrefix(kind, "message_"):
		return newAnthropicStream(q)
	case chunk.get("messageStart").known(), chunk.get("contentBlockStart").known(), chunk.get("contentBlockDelta").known():
		return novaStream{newConverseStream(q)}
	case chunk.get("event_type").known(): // Cohere Command R
		return newCohereChat1Stream(q)
	case chunk.get("choices").is(arrayKind):
		return &choicesStream{chatStream{room: newRoom(q)}}
	default:
		return &textStream{room: newRoom(q)}
	}
}

// novaStream is a conversation whose events are named by their only member, but for the metrics.
type novaStream struct{ stream }

func (s novaStream) take(e event, x *exchange) mark {
	for v := range e.data.members() {
		if v.key != invokeMetrics {
			return s.stream.take(event{name: v.key, data: v, end: e.end}, x)
		}
	}
	return 0
}

// choicesStream is a stream in OpenAI's form, with Mistral's names: message for a delta, and one for the reason to stop.
type choicesStream struct{ chatStream }

func (s *choicesStream) take(e event, x *exchange) mark {
	x.ID = cmp.Or(x.ID, e.data.get("id").str())
	x.Model = cmp.Or(x.Model, e.data.get("model").str())
	if u := e.data.get("usage"); u.given() {
		x.Usage = openAIUsage(u)
	}
	var m mark
	for v := range e.data.get("choices").all() {
		c := piece(&s.room, &s.choices, choiceIndex(v))
		if c == nil {
			continue
		}
		c.finish = cmp.Or(choiceReason(v), c.finish)
		if s.takeDelta(c, firstGiven(v.get("delta"), v.get("message"))) {
			m = hasOutput
		}
	}
	return m
}

// textStream is one text in pieces: that of Titan, Llama, Claude 2, Cohere Command or Mistral.
type textStream struct {
	room   room
	text   fragments
	reason string
}

func (s *textStream) take(e event, x *exchange) mark {
	chunk, output := e.data, e.data.get("outputs").first()
	x.ID = cmp.Or(x.ID, chunk.get("id").literal())
	x.Model = cmp.Or(x.Model, chunk.get("model").str())
	s.reason = cmp.Or(firstGiven(
		chunk.get("completionReason"), chunk.get("stop_reason"), chunk.get("finish_reason"), output.get("stop_reason"),
	).str(), s.reason)
	if s.room.say(&s.text, firstGiven(
		chunk.get("outputText"), chunk.get("generation"), chunk.get("completion"), chunk.get("text"), output.get("text"),
	)) {
		return hasOutput
	}
	return 0
}

func (s *textStream) finish(x *exchange) {
	m := Message{Role: "assistant", Content: s.text.part(PartText)}
	x.Messages, x.FinishReasons = []Message{m}, []string{s.reason}
	x.Complete = s.reason != ""
}
