package llmhttp

import (
	"cmp"
	"maps"
	"slices"
)

// cohereChat1Stream folds the events of version 1. The last one, stream-end, repeats the whole answer; what came before
// it counts only when it is missing.
type cohereChat1Stream struct {
	room  room
	text  fragments
	calls map[int]*streamedCall
	ended bool
}

func newCohereChat1Stream(q *Request) stream { return &cohereChat1Stream{room: newRoom(q)} }

func (s *cohereChat1Stream) take(e event, x *exchange) mark {
	if e.name == "error" || e.data.get("error").given() {
		x.Error = errorOf(e.data, 200)
	}
	output := false
	switch cmp.Or(e.data.get("event_type").str(), e.name) {
	case "stream-start":
		x.ID = e.data.get("generation_id").str()
	case "text-generation":
		output = s.room.say(&s.text, e.data.get("text"))
	case "tool-calls-chunk":
		output = s.takeChunk(e.data)
	case "tool-calls-generation":
		output = s.takeCalls(e.data.get("tool_calls"))
	case "stream-end":
		s.end(e.data, x)
		return isTerminal
	}
	if output {
		return hasOutput
	}
	return 0
}

// takeChunk adds a piece of the plan for the calls, which is text in this version, or of one of the calls.
func (s *cohereChat1Stream) takeChunk(chunk *value) bool {
	output := s.room.say(&s.text, chunk.get("text"))
	delta := chunk.get("tool_call_delta")
	if !delta.given() {
		return output
	}
	if c := piece(&s.room, &s.calls, positionOf(delta)); c != nil {
		s.room.addToCall(c, nil, delta.get("name"), delta.get("parameters"))
	}
	return true
}

// takeCalls takes all calls, which replace the pieces of them that may have come.
func (s *cohereChat1Stream) takeCalls(calls *value) bool {
	s.calls = nil
	for v := range calls.all() {
		if c := piece(&s.room, &s.calls, len(s.calls)); c != nil {
			s.room.addToCall(c, nil, v.get("name"), v.get("parameters"))
		}
	}
	return calls.given()
}

func (s *cohereChat1Stream) end(last *value, x *exchange) {
	s.ended = true
	if response := last.get("response"); response.is(objectKind) {
		readCohereChat1Answer(response, x)
	} else {
		x.Messages, x.FinishReasons = []Message{s.message()}, []string{""}
	}
	x.FinishReasons[0] = cmp.Or(last.get("finish_reason").str(), x.FinishReasons[0])
}

func (s *cohereChat1Stream) finish(x *exchange) {
	x.Complete = s.ended && x.Error == nil
	if !s.ended && (s.text.size > 0 || len(s.calls) > 0) {
		x.Messages, x.FinishReasons = []Message{s.message()}, []string{""}
	}
}

func (s *cohereChat1Stream) message() Message {
	m := Message{Role: "assistant", Content: s.text.part(PartText)}
	for _, index := range slices.Sorted(maps.Keys(s.calls)) {
		m.ToolCalls = append(m.ToolCalls, s.calls[index].call())
	}
	return m
}
