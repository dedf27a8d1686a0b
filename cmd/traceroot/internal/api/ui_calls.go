package api

import (
	"cmp"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/verdict"
)

// freshView is what a model call was shown that the one before it in the conversation was not.
type freshView struct {
	Since     string `json:"since,omitempty"`     // span id of the call before; none: everything is new
	From      int    `json:"from"`                // messages from this index of in are new
	Rewritten bool   `json:"rewritten,omitempty"` // the list does not begin as that of the call before did
	Replaced  [2]int `json:"replaced,omitzero"`   // where rewritten: of the list before, from and to, exclusive
	By        int    `json:"by,omitempty"`        // were replaced by so many
}

// answersView is for a tool span: the model call that asked, and the first that was shown the result.
type answersView struct {
	Call   string `json:"call"`
	ReadBy string `json:"readBy,omitempty"`
}

// askedCall is a tool call as a model asked for it, with what became of it.
type askedCall struct {
	ID       string        `json:"id"`
	Name     string        `json:"name"`
	Span     string        `json:"span,omitempty"`
	ByOrder  bool          `json:"byOrder,omitempty"` // matched by order, for want of an id
	Args     string        `json:"args"`
	ArgsHash store.Hash    `json:"argsHash"`
	Repeats  string        `json:"repeats,omitempty"` // span id of an equal earlier call
	Failed   bool          `json:"failed,omitempty"`
	Result   *store.Hash   `json:"result,omitempty"` // hash of the message with the result
	Seen     []seenValue   `json:"seen"`
	Unseen   []unseenValue `json:"unseen"`
}

// seenValue is an argument that was found in what the model was shown.
type seenValue struct {
	Path  string     `json:"path"` // of the argument; names and indexes, parted by dots
	Value string     `json:"value"`
	Hash  store.Hash `json:"hash"`           // of the message
	At    int        `json:"at"`             // in the text, in UTF-16 units
	In    string     `json:"in,omitempty"`   // path of the text in the message, as in content.1.text
	Span  string     `json:"span,omitempty"` // that the message came from
}

// unseenValue is an argument that was not.
type unseenValue struct {
	Path    string      `json:"path"`
	Value   string      `json:"value"`
	Closest string      `json:"closest,omitempty"` // what is likeliest meant
	Odd     []int       `json:"odd,omitempty"`     // the characters of value that closest has not
	At      *store.Hash `json:"at,omitempty"`      // of the message with closest
	Span    string      `json:"span,omitempty"`    // that the message came from
}

func freshOf(since verdict.Since) *freshView {
	if since.Previous == "" && since.Same == 0 && len(since.New) == 0 {
		return nil
	}
	fresh := &freshView{Since: since.Previous, From: since.Same, Rewritten: since.Rewritten, By: since.By}
	if since.Rewritten {
		fresh.Replaced = [2]int{since.From, since.To}
	}
	return fresh
}

// tellCalls fills what a span asked for, and whose call it ran.
func (v *view) tellCalls(t *verdict.Trace, shown *spanView) {
	calls := verdict.Calls(t)
	for i := range calls {
		c := &calls[i]
		if c.SpanID == shown.ID {
			shown.Answers = &answersView{c.AskedBy, c.ReadBy}
		}
		if c.AskedBy == shown.ID {
			shown.Asked = append(shown.Asked, asked(t, calls, c))
		}
	}
}

func asked(t *verdict.Trace, calls []verdict.Call, c *verdict.Call) askedCall {
	a := askedCall{
		ID: c.ID, Name: c.Name, Span: c.SpanID, ByOrder: c.ByOrder, Args: cut(c.Args, maxText), ArgsHash: c.ArgsHash,
		Failed: c.Failed, Seen: []seenValue{}, Unseen: []unseenValue{},
	}
	if c.Repeats >= 0 {
		before := &calls[c.Repeats]
		a.Repeats = cmp.Or(before.SpanID, before.AskedBy)
	}
	if c.Result != (store.Hash{}) {
		a.Result = &c.Result
	}
	for _, source := range verdict.Sources(t, *c) {
		if at := source.Seen; at != nil {
			a.Seen = append(a.Seen, seenValue{source.Path, source.Value, at.Message, at.Offset, at.Path, at.SpanID})
			continue
		}
		unseen := unseenValue{Path: source.Path, Value: source.Value, Closest: source.Closest, Odd: source.Odd}
		if source.At != nil {
			unseen.At, unseen.Span = &source.At.Message, source.At.SpanID
		}
		a.Unseen = append(a.Unseen, unseen)
	}
	return a
}
