package llmhttp

import (
	"cmp"
	"maps"
	"slices"
)

// cohereGenerate is the wire format of Cohere's completions, which came before its chats.
var cohereGenerate = dialect{
	protocol:  "cohere_generate",
	operation: "text_completion",
	home:      &cohereHome,
	ends:      []string{"generate"},
	match:     func(a address) (place, bool) { return atCohere(a, "/v1/generate") },
	// Cohere itself does without a model, but many others serve this path, too.
	proof:   func(body *value) bool { return body.get("prompt").is(textKind) && body.get("model").is(textKind) },
	request: readCohereGenerateRequest,
	answer:  readCohereGenerateAnswer,
	stream:  newCohereGenerateStream,
	lines:   true,
}

func readCohereGenerateRequest(body *value, to *Request) {
	readCohere(body, to)
	to.Messages = promptMessages(body.get("prompt"))
}

func readCohereGenerateAnswer(body *value, x *exchange) {
	x.ID = body.get("id").str()
	x.Usage = cohereUsage(body.get("meta"))
	for v := range body.get("generations").all() {
		x.Messages = append(x.Messages, Message{Role: "assistant", Content: textParts(v.get("text"))})
		x.FinishReasons = append(x.FinishReasons, v.get("finish_reason").str())
	}
}

// cohereGenerateStream folds pieces of texts. The last event repeats all of them; they count only when it is missing.
type cohereGenerateStream struct {
	room  room
	texts map[int]*fragments
	ended bool
}

func newCohereGenerateStream(q *Request) stream { return &cohereGenerateStream{room: newRoom(q)} }

func (s *cohereGenerateStream) take(e event, x *exchange) mark {
	if failure := firstGiven(e.data.get("err"), e.data.get("error")); failure != nil {
		x.Error = &Error{Status: 200, Message: failure.str()}
	}
	if e.data.get("is_finished").given() {
		s.ended = true
		readCohereGenerateAnswer(e.data.get("response"), x)
		if reason := e.data.get("finish_reason").str(); len(x.FinishReasons) == 1 {
			x.FinishReasons[0] = cmp.Or(x.FinishReasons[0], reason)
		}
		return isTerminal
	}
	text := piece(&s.room, &s.texts, positionOf(e.data))
	if text != nil && s.addText(text, e.data.get("text")) {
		return hasOutput
	}
	return 0
}

func (s *cohereGenerateStream) addText(to *fragments, text *value) bool {
	if s.texts[0] == to {
		return s.room.say(to, text)
	}
	return s.room.add(to, text)
}

func (s *cohereGenerateStream) finish(x *exchange) {
	x.Complete = s.ended && x.Error == nil
	if x.Messages != nil {
		return
	}
	for _, index := range slices.Sorted(maps.Keys(s.texts)) {
		x.Messages = append(x.Messages, Message{Role: "assistant", Content: s.texts[index].part(PartText)})
		x.FinishReasons = append(x.FinishReasons, "")
	}
}
