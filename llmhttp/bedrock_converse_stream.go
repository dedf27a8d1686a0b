package llmhttp

// converseStream folds the events of a conversation. The usage comes after the reason to stop, in the last event.
type converseStream struct {
	room    room
	blocks  map[int]*converseBlock
	last    int // the highest index of a block
	reason  string
	begun   bool
	stopped bool
	failed  bool
}

func newConverseStream(q *Request) stream { return &converseStream{room: newRoom(q), last: -1} }

func (s *converseStream) take(e event, x *exchange) mark {
	switch {
	case e.broken:
		s.failed = true
		return isNoEvent
	case e.failure != nil:
		x.Error = e.failure
		s.failed = true
		return 0
	}
	s.begun = true
	output := false
	switch e.name {
	case "contentBlockStart":
		output = s.takeStart(e.data)
	case "contentBlockDelta":
		output = s.takeDelta(e.data)
	case "messageStop":
		s.reason, s.stopped = e.data.get("stopReason").str(), true
	case "metadata":
		x.Usage = converseUsage(e.data.get("usage"))
		return isTerminal
	}
	if output {
		return hasOutput
	}
	return 0
}

// takeStart tells whether the beginning of a block says anything yet, as the name of a function does. Text begins with
// its first piece.
func (s *converseStream) takeStart(v *value) (output bool) {
	start := v.get("start")
	call, result, image := start.get("toolUse"), start.get("toolResult"), start.get("image")
	var p Part
	switch {
	case call.known():
		p = Part{Type: converseCallPart, Name: call.get("name").str(), ID: call.get("toolUseId").str()}
		if isServerTool(call) {
			p.Type = PartServerToolCall
		}
	case result.known():
		p = converseServerResult(result)
	case image.known():
		p = Part{Type: PartImage, Source: SourceInline, Format: image.get("format").str()}
	default:
		return false
	}
	b := s.block(v)
	if b == nil {
		return false
	}
	p.Name, p.ID, p.Format = s.room.label(p.Name), s.room.label(p.ID), s.room.label(p.Format)
	b.part = p
	return call.known()
}

// takeDelta tells whether there was anything to add. Signatures, citations and what the provider's own tools gave are
// nothing that the model says.
func (s *converseStream) takeDelta(v *value) (output bool) {
	delta := v.get("delta")
	call, thought, image := delta.get("toolUse"), delta.get("reasoningContent"), delta.get("image")
	switch {
	case call.known():
		b := s.block(v)
		return b != nil && s.addArguments(b, call.get("input"))
	case thought.get("redactedContent").known():
		s.declare(v, Part{Type: PartReasoning, Redacted: true})
		return false
	case thought.get("text").given():
		b := s.textBlock(v, PartReasoning)
		return b != nil && s.room.add(&b.reasoning, thought.get("text"))
	case image.known():
		s.declare(v, Part{Type: PartImage, Source: SourceInline})
		return s.addImage(v, image.get("source", "bytes"))
	case delta.get("toolResult").known():
		s.declare(v, converseServerResult(nil))
		return false
	case delta.get("text").given():
		b := s.textBlock(v, PartText)
		return b != nil && s.room.say(&b.text, delta.get("text"))
	default:
		return false
	}
}

func (s *converseStream) addArguments(b *converseBlock, input *value) (output bool) {
	if b.part.Type == "" {
		b.part.Type = converseCallPart // its beginning is missing
	}
	s.room.add(&b.arguments, argumentsText(input))
	return true
}

func (s *converseStream) addImage(v, data *value) (output bool) {
	b := s.block(v)
	if b == nil || !data.is(textKind) {
		return false
	}
	b.part.Base64Len += data.size
	return data.size > 0
}

// declare says what the block of an event is, where its beginning has not.
func (s *converseStream) declare(v *value, p Part) {
	if b := s.block(v); b != nil && b.part.Type == "" {
		b.part = p
	}
}

func (s *converseStream) finish(x *exchange) {
	if s.begun {
		x.Messages, x.FinishReasons = []Message{s.message()}, []string{s.reason}
	}
	x.Complete = s.stopped && !s.failed
}
