package llmhttp

import (
	"maps"
	"slices"
	"strings"
)

// responsesStream folds the events of a response. The terminal event repeats the whole response, and what it says counts;
// what the events before it said is for streams that are cut, and for servers that leave the output out at the end.
type responsesStream struct {
	room    room
	items   map[int]*responsesItem // by output index
	ended   bool                   // by a terminal event
	failed  bool                   // which says that the response failed
	errored bool                   // an event told of an error
}

func newResponsesStream(q *Request) stream { return &responsesStream{room: newRoom(q)} }

func (s *responsesStream) take(e event, x *exchange) mark {
	switch {
	case s.ended:
		return 0
	case e.done:
		return isTerminal
	case !e.data.is(objectKind):
		return 0
	}
	if failure := eventError(e); failure != nil {
		x.Error, s.errored = failure, true
		return 0
	}
	switch kind := e.kind(); kind {
	case "response.completed", "response.incomplete", "response.failed", "response.cancelled":
		s.ended, s.failed = true, kind == "response.failed"
		readResponsesAnswer(e.data.get("response"), x)
		return isTerminal
	case "response.output_item.added", "response.output_item.done":
		return s.takeItem(e.data, strings.HasSuffix(kind, ".done"))
	default:
		readFacts(e.data.get("response"), x)
		return s.takePiece(kind, e.data)
	}
}

// takeItem takes an item as it begins or when it is done.
func (s *responsesStream) takeItem(data *value, done bool) mark {
	i, item := s.item(data), data.get("item")
	if i == nil {
		return 0
	}
	hadPieces := len(i.pieces) > 0
	if done || !hadPieces {
		i.tell(item, &s.room)
	}
	if done && !hadPieces && (len(i.told.ToolCalls) > 0 || responsesType(item) == "message" && len(i.told.Content) > 0) {
		return hasOutput // it came without deltas
	}
	return 0
}

// takePiece takes a piece of an item, or all of it where no piece came before.
func (s *responsesStream) takePiece(kind string, data *value) mark {
	name, isDelta := strings.CutSuffix(kind, ".delta")
	if !isDelta {
		name, _ = strings.CutSuffix(kind, ".done")
	}
	was, known := responsesPieces[name]
	if known {
		if i := s.item(data); i != nil && i.add(was, data, isDelta, &s.room) {
			return hasOutput
		}
		return 0
	}
	switch {
	case kind == "response.shell_call_output_content.delta": // the shell's, not the model's
		return 0
	case isDelta && data.get("delta").given(), strings.HasSuffix(kind, ".partial_image"):
		return hasOutput
	default:
		return 0
	}
}

// item is the one that an event is about; nil when it is one too many.
func (s *responsesStream) item(data *value) *responsesItem {
	index, _ := data.get("output_index").number()
	return piece(&s.room, &s.items, int(min(max(index, 0), maxPieces)))
}

func (s *responsesStream) finish(x *exchange) {
	if len(x.Messages) == 0 && len(s.items) > 0 {
		m := Message{Role: "assistant"}
		for _, index := range slices.Sorted(maps.Keys(s.items)) {
			made := s.items[index].message()
			m.Content = append(m.Content, made.Content...)
			m.ToolCalls = append(m.ToolCalls, made.ToolCalls...)
		}
		x.Messages = []Message{m}
	}
	x.fillReasons()
	x.Complete = s.ended && (!s.errored || s.failed)
}
