package llmhttp

import (
	"cmp"
	"maps"
	"slices"
)

// cohereChat2Stream folds the events of version 2: one message, made of blocks of content and of tool calls that come in
// pieces. The event message-end is the last but for a [DONE].
type cohereChat2Stream struct {
	room         room
	plan         fragments
	blocks       map[int]*cohereBlock
	calls        map[int]*streamedCall
	finishReason string
	begun        bool
	ended        bool
}

// cohereBlock is text or a thought.
type cohereBlock struct {
	thinking, text fragments
}

func newCohereChat2Stream(q *Request) stream { return &cohereChat2Stream{room: newRoom(q)} }

func (s *cohereChat2Stream) take(e event, x *exchange) mark {
	if e.done {
		return isTerminal
	}
	if e.name == "error" || e.data.get("error").given() {
		x.Error = errorOf(e.data, 200)
		return 0
	}
	delta := e.data.get("delta")
	message := delta.get("message")
	index := positionOf(e.data)
	output := false
	switch e.kind() {
	case "message-start":
		x.ID = cmp.Or(x.ID, e.data.get("id").str())
	case "content-start", "content-delta":
		output = s.takeContent(index, message.get("content"))
	case "tool-plan-delta":
		output = s.room.add(&s.plan, message.get("tool_plan"))
	case "tool-call-start":
		s.takeCall(index, message.get("tool_calls"))
		output = true
	case "tool-call-delta":
		s.takeCall(index, message.get("tool_calls"))
	case "message-end":
		s.end(delta, x)
		return isTerminal
	default:
		return 0
	}
	s.begun = true
	if output {
		return hasOutput
	}
	return 0
}

func (s *cohereChat2Stream) takeContent(index int, content *value) bool {
	b := piece(&s.room, &s.blocks, index)
	if b == nil {
		return false
	}
	thought := s.room.add(&b.thinking, content.get("thinking"))
	return s.room.say(&b.text, content.get("text")) || thought
}

func (s *cohereChat2Stream) takeCall(index int, call *value) {
	if c := piece(&s.room, &s.calls, index); c != nil {
		function := call.get("function")
		s.room.addToCall(c, call.get("id"), function.get("name"), function.get("arguments"))
	}
}

func (s *cohereChat2Stream) end(delta *value, x *exchange) {
	s.begun, s.ended = true, true
	s.finishReason = delta.get("finish_reason").str()
	x.Usage = cohereUsage(delta.get("usage"))
	if delta.get("error").given() {
		x.Error = errorOf(delta, 200)
	}
}

func (s *cohereChat2Stream) finish(x *exchange) {
	x.Complete = s.ended && x.Error == nil
	if !s.begun {
		return
	}
	m := Message{Role: "assistant", Content: s.plan.part(PartReasoning)}
	for _, index := range slices.Sorted(maps.Keys(s.blocks)) {
		b := s.blocks[index]
		m.Content = append(m.Content, b.thinking.part(PartReasoning)...)
		m.Content = append(m.Content, b.text.part(PartText)...)
	}
	for _, index := range slices.Sorted(maps.Keys(s.calls)) {
		m.ToolCalls = append(m.ToolCalls, s.calls[index].call())
	}
	x.Messages, x.FinishReasons = []Message{m}, []string{s.finishReason}
}
