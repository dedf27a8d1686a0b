package llmhttp

import (
	"cmp"
	"maps"
	"slices"
)

// anthropicStream folds the events of a message. It goes by the type that their data gives, since Bedrock sends no names.
type anthropicStream struct {
	room    room
	blocks  map[int]*anthropicBlock
	usage   anthropicTally
	reason  string
	begun   bool
	stopped bool
	failed  bool
}

// anthropicBlock is one block of the content as far as it has come.
type anthropicBlock struct {
	part      Part      // what the block is; Type "" when its beginning is missing
	text      fragments // of text or reasoning
	input     fragments // of a call, as it stood in the block's beginning
	arguments fragments // of a call, in pieces; they replace the input
}

func newAnthropicStream(q *Request) stream { return &anthropicStream{room: newRoom(q)} }

func (s *anthropicStream) repeat(varies *value) bool { return s.room.repeat(varies) }

func (s *anthropicStream) take(e event, x *exchange) mark {
	s.room.repeats = repetition{}
	kind := e.data.get("type").str()
	if kind == "error" || e.name == "error" || kind == "" && e.data.get("error").given() {
		x.Error = errorOf(e.data, 200)
		s.failed = true
		return 0
	}
	output := false
	switch kind {
	case "message_start":
		s.begin(e.data.get("message"), x)
	case "content_block_start":
		output = s.takeStart(e.data)
	case "content_block_delta":
		output = s.takeDelta(e.data)
	case "message_delta":
		s.begun = true
		s.reason = cmp.Or(e.data.get("delta", "stop_reason").str(), s.reason)
		s.takeUsage(e.data.get("usage"), x)
	case "message_stop":
		s.stopped = true
		return isTerminal
	}
	if output {
		return hasOutput
	}
	return 0
}

func (s *anthropicStream) begin(message *value, x *exchange) {
	s.begun = true
	x.ID = cmp.Or(x.ID, message.get("id").str())
	x.Model = cmp.Or(x.Model, message.get("model").str())
	s.takeUsage(message.get("usage"), x)
}

func (s *anthropicStream) takeUsage(u *value, x *exchange) {
	s.usage.take(u)
	x.Usage = s.usage.usage()
}

// takeStart tells whether the beginning of a block says anything yet: texts mostly begin empty, a call has its name.
func (s *anthropicStream) takeStart(v *value) (output bool) {
	b := s.block(v)
	if b == nil {
		return false
	}
	block := v.get("content_block")
	switch block.get("type").str() {
	case "text":
		*b = anthropicBlock{part: Part{Type: PartText}}
		return s.room.say(&b.text, block.get("text"))
	case "thinking":
		*b = anthropicBlock{part: Part{Type: PartReasoning}}
		return s.room.add(&b.text, block.get("thinking"))
	}
	p := anthropicItem(block)
	if p.Type == anthropicCall {
		p.Name, p.ID = block.get("name").str(), block.get("id").str()
	}
	p.Type, p.Name, p.ID = PartType(s.room.label(string(p.Type))), s.room.label(p.Name), s.room.label(p.ID)
	*b = anthropicBlock{part: p}
	if b.isCall() {
		s.room.add(&b.input, argumentsText(block.get("input")))
	}
	return b.isCall() || p.Redacted
}

// takeDelta tells whether there was anything to add. Signatures and citations are nothing that is shown.
func (s *anthropicStream) takeDelta(v *value) (output bool) {
	b, delta := s.block(v), v.get("delta")
	if b == nil {
		return false
	}
	switch delta.get("type").str() {
	case "text_delta":
		return s.addText(b, PartText, delta.get("text"))
	case "thinking_delta":
		return s.addText(b, PartReasoning, delta.get("thinking"))
	case "input_json_delta":
		return s.addOnly(&b.arguments, delta.get("partial_json"))
	default:
		return false
	}
}

// addOnly adds what is all that an event brings.
func (s *anthropicStream) addOnly(to *fragments, piece *value) bool {
	s.room.repeats = repetition{to, piece}
	return s.room.add(to, piece)
}

func (s *anthropicStream) addText(b *anthropicBlock, t PartType, text *value) bool {
	b.part.Type = cmp.Or(b.part.Type, t)
	switch {
	case b.part.Type != t:
		return false
	case t == PartText:
		s.room.repeats = repetition{&b.text, text}
		return s.room.say(&b.text, text)
	default:
		return s.addOnly(&b.text, text)
	}
}

// block is the one that an event is about, nil when that would be one too many.
func (s *anthropicStream) block(v *value) *anthropicBlock {
	s.begun = true
	index, _ := v.get("index").number()
	return piece(&s.room, &s.blocks, int(index))
}

func (s *anthropicStream) finish(x *exchange) {
	if s.begun {
		x.Messages, x.FinishReasons = []Message{s.message()}, []string{s.reason}
	}
	x.Complete = s.stopped && !s.failed
}

func (s *anthropicStream) message() Message {
	m := Message{Role: "assistant"}
	for _, index := range slices.Sorted(maps.Keys(s.blocks)) {
		b := s.blocks[index]
		if b.part.Type == anthropicCall {
			m.ToolCalls = append(m.ToolCalls, b.call())
		} else {
			m.Content = append(m.Content, b.parts()...)
		}
	}
	return m
}

func (b *anthropicBlock) parts() []Part {
	p := b.part
	switch {
	case p.Type == "":
		return nil
	case p.isText() && !p.Redacted:
		return b.text.part(p.Type)
	case p.Type == PartServerToolCall:
		call := b.call()
		p.Arguments, p.Dropped = call.Arguments, call.Dropped
	}
	return []Part{p}
}

func (b *anthropicBlock) isCall() bool {
	return b.part.Type == anthropicCall || b.part.Type == PartServerToolCall
}

func (b *anthropicBlock) call() ToolCall {
	sent := b.arguments
	if sent.size == 0 {
		sent = b.input
	}
	return toolCall(b.part.ID, b.part.Name, sent.value())
}
