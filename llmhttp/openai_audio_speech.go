package llmhttp

// openAISpeech is the wire format of OpenAI's text to speech: the audio itself, or events that bring it in pieces.
var openAISpeech = dialect{
	protocol:  "openai_speech",
	operation: "speech",
	home:      &openAIHome,
	ends:      []string{"speech"},
	match:     func(a address) (place, bool) { return endingIn(a, "/audio/speech") },
	proof: func(body *value) bool {
		return body.get("input").is(textKind) && (body.get("model").is(textKind) || body.get("voice").known())
	},
	request: readSpeechRequest,
	answer:  readSpeechAnswer,
	plain:   readSpeech,
	stream:  newSpeechStream,
}

func readSpeechRequest(body *value, to *Request) {
	readOpenAI(body, to)
	to.Streaming = to.Streaming || body.get("stream_format").str() == "sse"
	if instructions := body.get("instructions"); instructions.given() {
		to.Messages = append(to.Messages, Message{Role: "system", Content: textParts(instructions)})
	}
	to.Messages = append(to.Messages, promptMessages(body.get("input"))...)
}

func readSpeech(b plainBody, x *exchange) {
	x.Messages = speechMessage(Part{MediaType: b.mediaType, Base64Len: base64Len(b.size)})
}

// readSpeechAnswer reads Mistral's, which is JSON, and errors of status 200.
func readSpeechAnswer(body *value, x *exchange) {
	readFacts(body, x)
	if body.get("error").given() {
		x.Error = errorOf(body, 200)
	}
	if audio := body.get("audio_data"); audio.is(textKind) {
		x.Messages = speechMessage(Part{Format: audioFormat(x.request), Base64Len: audio.size})
	}
}

func speechMessage(audio Part) []Message {
	audio.Type, audio.Source = PartAudio, SourceInline
	return []Message{{Role: "assistant", Content: []Part{audio}}}
}

// audioFormat is the format of audio that a request wants.
func audioFormat(q *Request) string {
	return parse(q.Parameters["response_format"], bounds{text: alwaysKept, numbers: maxNumbers}).str()
}

// speechStream measures the audio that comes in pieces of base64.
type speechStream struct {
	size    int
	done    bool
	errored bool
}

func newSpeechStream(*Request) stream { return new(speechStream) }

func (s *speechStream) take(e event, x *exchange) mark {
	if e.done {
		return isTerminal
	}
	if failure := eventError(e); failure != nil {
		x.Error, s.errored = failure, true
		return 0
	}
	switch e.kind() {
	case "speech.audio.delta":
		audio := firstGiven(e.data.get("audio"), e.data.get("audio_data"))
		if !audio.is(textKind) {
			return 0
		}
		s.size += audio.size
		return hasOutput
	case "speech.audio.done":
		readFacts(e.data, x)
		s.done = true
		return isTerminal
	default:
		return 0
	}
}

func (s *speechStream) finish(x *exchange) {
	x.Complete = s.done && !s.errored
	if s.size > 0 {
		x.Messages = speechMessage(Part{Format: audioFormat(x.request), Base64Len: s.size})
	}
}
