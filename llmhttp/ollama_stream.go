package llmhttp

import "cmp"

// ollamaStream folds the lines of an answer to chat or generate. Each brings a little more of one message; the last says
// done and brings the finish reason and the usage.
type ollamaStream struct {
	room            room
	reasoning, text fragments
	calls           []*streamedCall
	finishReason    string
	done            bool
}

func newOllamaStream(q *Request) stream { return &ollamaStream{room: newRoom(q)} }

// readOllamaAnswer reads a whole answer, which is a stream of one line.
func readOllamaAnswer(body *value, x *exchange) {
	s := newOllamaStream(x.request)
	s.take(event{data: body}, x)
	s.finish(x)
}

func (s *ollamaStream) take(e event, x *exchange) mark {
	line := e.data
	if line.get("error").given() {
		x.Error = errorOf(line, 200)
		return 0
	}
	x.Model = cmp.Or(x.Model, line.get("model").str())
	var m mark
	if s.takeMessage(line) {
		m = hasOutput
	}
	if line.get("done").given() {
		s.done = true
		s.finishReason = line.get("done_reason").str()
		x.Usage = Usage{Input: line.get("prompt_eval_count").count(), Output: line.get("eval_count").count()}
		m |= isTerminal
	}
	return m
}

// takeMessage reads the members of a chat's message, which generate has on the line itself.
func (s *ollamaStream) takeMessage(line *value) (output bool) {
	message, content := line.get("message"), "content"
	if message == nil {
		message, content = line, "response"
	}
	output = s.room.add(&s.reasoning, message.get("thinking"))
	output = s.room.say(&s.text, message.get(content)) || output
	return s.takeCalls(message.get("tool_calls")) || output
}

// takeCalls adds calls, none of which ever comes in pieces.
func (s *ollamaStream) takeCalls(calls *value) (output bool) {
	for v := range calls.all() {
		output = true
		if len(s.calls) == maxPieces {
			break
		}
		function := v.get("function")
		call := new(streamedCall)
		s.room.addToCall(call, v.get("id"), function.get("name"), function.get("arguments"))
		s.calls = append(s.calls, call)
	}
	return output
}

func (s *ollamaStream) finish(x *exchange) {
	x.Complete = s.done && x.Error == nil
	if !s.done && s.reasoning.size == 0 && s.text.size == 0 && len(s.calls) == 0 {
		return
	}
	m := Message{Role: "assistant", Content: append(s.reasoning.part(PartReasoning), s.text.part(PartText)...)}
	for _, c := range s.calls {
		m.ToolCalls = append(m.ToolCalls, c.call())
	}
	x.Messages, x.FinishReasons = []Message{m}, []string{s.finishReason}
}
