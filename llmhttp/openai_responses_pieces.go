package llmhttp

import (
	"cmp"
	"maps"
	"slices"
)

// responsesPieces are the events, without .delta or .done at their end, that bring the pieces of an item.
var responsesPieces = map[string]responsesPiece{
	"response.output_text":             {kind: saidText, index: "content_index"},
	"response.refusal":                 {kind: saidRefusal, index: "content_index"},
	"response.reasoning_text":          {kind: saidThought, index: "content_index"},
	"response.reasoning_summary_text":  {kind: saidSummary, index: "summary_index"},
	"response.function_call_arguments": {kind: saidArguments},
	"response.custom_tool_call_input":  {kind: saidArguments},
}

type responsesPiece struct {
	kind  pieceKind
	index string // the member that numbers several of them
}

type pieceKind uint8

const (
	saidText pieceKind = iota
	saidRefusal
	saidThought
	saidSummary // of the thoughts
	saidArguments
)

// responsesItem is an item of the output as far as it has come, and what that takes of the room for texts.
type responsesItem struct {
	told      Message // by the item itself
	toldCost  int
	pieces    map[pieceKey]*fragments
	pieceCost int
}

type pieceKey struct {
	index int
	kind  pieceKind
}

// tell takes what the item says of itself: in place of the pieces, unless it says less than they do. Where there is no room
// for it, the pieces have said as much.
func (i *responsesItem) tell(item *value, r *room) {
	var told Message
	told.addResponsesItem(item)
	restates := firstGiven(item.get("arguments"), item.get("input")) != nil ||
		slices.ContainsFunc(told.Content, func(p Part) bool { return !p.Redacted })
	free := i.toldCost
	if restates {
		free += i.pieceCost
	}
	cost := len(told.appendJSON(nil)) + pieceSize*(1+len(told.Content))
	if cost > r.all+free {
		return
	}
	r.all += free - cost
	i.told, i.toldCost = told, cost
	if restates {
		i.pieces, i.pieceCost = nil, 0
	}
}

// add takes a piece that an event brings, or all of it where no piece came before. It tells whether that says anything new.
func (i *responsesItem) add(p responsesPiece, data *value, isDelta bool, r *room) bool {
	said := data.get("delta")
	if !isDelta {
		said = firstGiven(data.get("text"), data.get("refusal"), data.get("arguments"), data.get("input"))
	}
	index, _ := data.get(p.index).number()
	key := pieceKey{index: int(min(max(index, 0), maxPieces)), kind: p.kind}
	f := i.pieces[key]
	if !said.hasText() || !isDelta && f != nil {
		return false
	}
	before := r.all
	if f == nil {
		if f = i.newPiece(key, r); f == nil {
			return true
		}
	}
	if p.kind == saidText {
		r.say(f, said)
	} else {
		r.add(f, said)
	}
	i.pieceCost += before - r.all
	return true
}

// newPiece is nil when there is no room for it; but for the first, if only to count what is left out.
func (i *responsesItem) newPiece(key pieceKey, r *room) *fragments {
	if r.all < pieceSize && len(i.pieces) > 0 {
		return nil
	}
	r.all -= pieceSize
	if i.pieces == nil {
		i.pieces = make(map[pieceKey]*fragments)
	}
	i.pieces[key] = new(fragments)
	return i.pieces[key]
}

// message is what the item says: in its pieces where there are any.
func (i *responsesItem) message() Message {
	m := i.told
	var thoughts, summaries, texts []Part
	for _, key := range slices.SortedFunc(maps.Keys(i.pieces), pieceKey.compare) {
		f := i.pieces[key]
		switch key.kind {
		case saidText:
			texts = append(texts, f.part(PartText)...)
		case saidRefusal:
			texts = append(texts, f.part(PartRefusal)...)
		case saidThought:
			thoughts = append(thoughts, f.part(PartReasoning)...)
		case saidSummary:
			summaries = append(summaries, f.part(PartReasoning)...)
		case saidArguments:
			m.ToolCalls = []ToolCall{i.call(f)}
		}
	}
	if thoughts == nil {
		thoughts = summaries
	}
	if said := append(joinedReasoning(thoughts), texts...); said != nil {
		m.Content = said
	}
	return m
}

func (i *responsesItem) call(f *fragments) ToolCall {
	var told ToolCall
	if len(i.told.ToolCalls) > 0 {
		told = i.told.ToolCalls[0]
	}
	return toolCall(told.ID, told.Name, f.value())
}

func (k pieceKey) compare(other pieceKey) int {
	return cmp.Or(cmp.Compare(k.index, other.index), cmp.Compare(k.kind, other.kind))
}
