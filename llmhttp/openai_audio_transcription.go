package llmhttp

// openAITranscription is the wire format of OpenAI's speech to text: the form of a file, and an answer that is JSON, plain
// text or a stream.
var openAITranscription = dialect{
	protocol:  "openai_transcription",
	operation: "transcription",
	home:      &openAIHome,
	ends:      []string{"transcriptions"},
	match:     func(a address) (place, bool) { return endingIn(a, "/audio/transcriptions") },
	proof:     provesTranscription,
	request:   readTranscriptionRequest,
	answer:    readTranscriptionAnswer,
	plain:     readTranscript,
	stream:    newTranscriptionStream,
}

// openAITranslation is the same for a transcript in English, whatever was spoken.
var openAITranslation = dialect{
	protocol:  "openai_transcription",
	operation: "translation",
	home:      &openAIHome,
	ends:      []string{"translations"},
	match:     func(a address) (place, bool) { return endingIn(a, "/audio/translations") },
	proof:     provesTranscription,
	request:   readTranscriptionRequest,
	answer:    readTranscriptionAnswer,
	plain:     readTranscript,
	stream:    newTranscriptionStream,
}

func provesTranscription(body *value) bool {
	return body.get(formFiles).given() || body.get("model").str() != "" && len(audioElsewhere(body)) > 0
}

func readTranscriptionRequest(body *value, to *Request) {
	readOpenAI(body, to)
	m := Message{Role: "user", Content: textParts(inWords(body.get("prompt")))}
	m.Content = append(m.Content, formParts(body, PartAudio)...)
	m.Content = append(m.Content, audioElsewhere(body)...)
	if len(m.Content) > 0 {
		to.Messages = []Message{m}
	}
}

// audioElsewhere is audio that comes in no file: at an address (Groq, Mistral), with the provider, or inside JSON.
func audioElsewhere(body *value) []Part {
	url := firstGiven(body.get("file_url"), body.get("url"))
	if id := body.get("file_id").str(); url.str() != "" || id != "" {
		return []Part{mediaPart(Part{Type: PartAudio, Ref: id}, url, nil)}
	}
	if audio := body.get("input_audio"); audio.is(objectKind) {
		return openAIPart(&value{kind: objectKind, items: []value{textMember("type", "input_audio"), *audio}})
	}
	return nil
}

func readTranscriptionAnswer(body *value, x *exchange) {
	readFacts(body, x)
	if text := body.get("text"); text.is(textKind) {
		x.Messages = []Message{{Role: "assistant", Content: textParts(text)}}
	} else if body.get("error").given() {
		x.Error = errorOf(body, 200)
	}
}

func readTranscript(b plainBody, x *exchange) {
	if b.text != nil {
		x.Messages = []Message{{Role: "assistant", Content: textParts(b.text)}}
	}
}

// transcriptionStream joins the pieces of a transcript. The last event repeats it whole.
type transcriptionStream struct {
	room     room
	text     fragments
	segments fragments // of several speakers, where no other pieces come
	done     bool
	errored  bool
}

func newTranscriptionStream(q *Request) stream { return &transcriptionStream{room: newRoom(q)} }

func (s *transcriptionStream) take(e event, x *exchange) mark {
	if s.done {
		return 0
	}
	if e.done {
		return isTerminal
	}
	if failure := eventError(e); failure != nil {
		x.Error, s.errored = failure, true
		return 0
	}
	switch e.kind() { // OpenAI's and Mistral's
	case "transcript.text.delta", "transcription.text.delta":
		if s.room.say(&s.text, firstGiven(e.data.get("delta"), e.data.get("text"))) {
			return hasOutput
		}
	case "transcript.text.segment", "transcription.segment":
		if s.room.add(&s.segments, e.data.get("text")) {
			return hasOutput
		}
	case "transcript.text.done", "transcription.done":
		s.done = true
		readTranscriptionAnswer(e.data, x)
		return isTerminal
	}
	return 0
}

func (s *transcriptionStream) finish(x *exchange) {
	x.Complete = s.done && !s.errored
	if len(x.Messages) > 0 && len(x.Messages[0].Content) > 0 {
		return
	}
	heard := s.text.part(PartText)
	if heard == nil {
		heard = s.segments.part(PartText)
	}
	if heard != nil {
		x.Messages = []Message{{Role: "assistant", Content: heard}}
	}
}
