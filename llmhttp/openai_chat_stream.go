package llmhttp

import (
	"cmp"
	"maps"
	"slices"
)

// chatStream folds chunks of chat completions. Usage comes after the finish reasons, with [DONE] after it, so only
// [DONE] is the end; but a stream that lacks it (Perplexity, GPUStack) is complete when every choice has its reason.
type chatStream struct {
	room     room
	choices  map[int]*chatChoice
	hasTexts bool // choices say text in place of a delta with content
	done     bool
	failed   bool
}

// chatChoice is one answer as far as it has come.
type chatChoice struct {
	reasoning, text, refusal fragments
	parts                    []streamedPart // Mistral streams its content as lists
	audio                    *chatAudio
	images                   []Part
	calls                    map[int]*streamedCall
	function                 *streamedCall // of 2023
	finish                   string
}

type chatAudio struct {
	id     string
	spoken fragments
}

func newChatStream(q *Request) stream { return &chatStream{room: newRoom(q)} }

func (s *chatStream) repeat(varies *value) bool { return s.room.repeat(varies) }

func (s *chatStream) take(e event, x *exchange) mark {
	s.room.repeats = repetition{}
	if e.done {
		s.done = true
		return isTerminal
	}
	chunk := e.data
	if !chunk.is(objectKind) {
		return 0
	}
	if chunk.get("error").given() || e.name == "error" {
		x.Error = errorOf(chunk, 200) // choices and usage may come with it (OpenRouter)
		s.failed = true
	}
	x.ID = cmp.Or(x.ID, chunk.get("id").str())
	x.Model = cmp.Or(x.Model, chunk.get("model").str())
	if u := firstGiven(chunk.get("usage"), chunk.get("x_groq", "usage")); u != nil {
		x.Usage = openAIUsage(u) // cumulative where it comes more than once (Perplexity)
	}
	var m mark
	choices := chunk.get("choices")
	for v := range choices.all() {
		if u := v.get("usage"); u.given() { // Moonshot
			x.Usage = openAIUsage(u)
		}
		c := piece(&s.room, &s.choices, choiceIndex(v))
		if c == nil {
			continue
		}
		c.finish = cmp.Or(v.get("finish_reason").str(), c.finish)
		if s.takeChoice(c, v) {
			m = hasOutput
		}
	}
	if listSize(choices) != 1 {
		s.room.repeats = repetition{}
	}
	return m
}

// takeChoice adds to a choice and tells whether there was anything to add. Choices without a text of their own (Mistral's
// fill-in-the-middle) have a delta also where texts are the rule.
func (s *chatStream) takeChoice(c *chatChoice, v *value) bool {
	if text := v.get("text"); s.hasTexts && text.is(textKind) {
		return s.takeText(c, text)
	}
	return s.takeDelta(c, v.get("delta"))
}

func (s *chatStream) takeText(c *chatChoice, text *value) bool {
	if s.isFirst(c) {
		return s.room.say(&c.text, text)
	}
	return s.room.add(&c.text, text)
}

func (s *chatStream) takeDelta(c *chatChoice, delta *value) bool {
	content := delta.get("content")
	reasoned := s.room.add(&c.reasoning, firstGiven(delta.get("reasoning_content"), delta.get("reasoning")))
	said := s.takeText(c, content)
	more := slices.Contains([]bool{
		reasoned,
		s.takeParts(c, content),
		s.room.add(&c.refusal, delta.get("refusal")),
		s.takeAudio(c, delta.get("audio")),
		s.takeImages(c, delta.get("images")),
		s.takeCalls(c, delta.get("tool_calls")),
		s.takeFunction(c, delta.get("function_call")),
	}, true)
	if said && !more {
		s.room.repeats = repetition{&c.text, content}
	}
	return said || more
}

func (s *chatStream) isFirst(c *chatChoice) bool { return s.choices[0] == c }

func (s *chatStream) takeParts(c *chatChoice, content *value) (output bool) {
	for v := range content.all() {
		for _, p := range openAIPart(v) {
			s.room.addPart(&c.parts, p, s.isFirst(c))
			output = true
		}
	}
	return output
}

func (s *chatStream) takeAudio(c *chatChoice, audio *value) bool {
	if !audio.given() {
		return false
	}
	if c.audio == nil {
		c.audio = new(chatAudio)
	}
	s.room.name(&c.audio.id, audio.get("id"))
	return s.room.add(&c.audio.spoken, audio.get("transcript")) || audio.get("data").given()
}

func (s *chatStream) takeImages(c *chatChoice, images *value) bool {
	for v := range images.all() {
		image := mediaPart(Part{Type: PartImage}, imageURL(v), nil)
		if len(c.images) < maxPieces && s.room.takePiece() && s.room.spend(len(image.URL)) {
			c.images = append(c.images, image)
		}
	}
	return images.given()
}

func (s *chatStream) takeCalls(c *chatChoice, calls *value) bool {
	position := 0
	for v := range calls.all() {
		index := position // Mistral gives none
		if n, ok := v.get("index").number(); ok {
			index = int(n)
		}
		if call := piece(&s.room, &c.calls, index); call != nil {
			function := v.get("function")
			s.room.addToCall(call, v.get("id"), function.get("name"), function.get("arguments"))
		}
		position++
	}
	return position > 0
}

func (s *chatStream) takeFunction(c *chatChoice, function *value) bool {
	if !function.given() {
		return false
	}
	if c.function == nil {
		c.function = new(streamedCall)
	}
	s.room.addToCall(c.function, nil, function.get("name"), function.get("arguments"))
	return true
}

func (s *chatStream) finish(x *exchange) {
	finished := len(s.choices) > 0
	for _, index := range slices.Sorted(maps.Keys(s.choices)) {
		c := s.choices[index]
		x.Messages = append(x.Messages, c.message())
		x.FinishReasons = append(x.FinishReasons, c.finish)
		finished = finished && c.finish != ""
	}
	x.Complete = (s.done || finished) && !s.failed
}

func (c *chatChoice) message() Message {
	m := Message{Role: "assistant", Content: c.reasoning.part(PartReasoning)}
	m.Content = append(m.Content, wholeParts(c.parts)...)
	m.Content = append(m.Content, c.text.part(PartText)...)
	m.Content = append(m.Content, c.refusal.part(PartRefusal)...)
	if a := c.audio; a != nil {
		m.Content = append(m.Content, Part{
			Type: PartAudio, Ref: a.id, Transcript: string(a.spoken.kept), Dropped: a.spoken.dropped(),
		})
	}
	m.Content = append(m.Content, c.images...)
	for _, index := range slices.Sorted(maps.Keys(c.calls)) {
		m.ToolCalls = append(m.ToolCalls, c.calls[index].call())
	}
	if c.function != nil {
		m.ToolCalls = append(m.ToolCalls, c.function.call())
	}
	return m
}
