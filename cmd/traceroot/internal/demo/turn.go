package demo

import (
	"iter"
	"slices"
	"strings"
	"time"
)

// turn is one answer of the model, tool calls or a text, with the time and the tokens that it takes.
type turn struct {
	id    string
	model string // by the name that answers bear
	calls []toolCall
	text  string
	first time.Duration // to the first token
	total time.Duration // to the last
	usage usage
}

// completion is the turn in one body.
func (t turn) completion() completion {
	m := message{Role: "assistant", ToolCalls: t.calls}
	if t.text != "" {
		m.Content = &t.text
	}
	whole := t.envelope("chat.completion", choice{Message: &m, FinishReason: new(t.finishReason())})
	whole.Usage = &t.usage
	return whole
}

// chunks are the turn as a stream, each with the time at which it is due, counted from the request. As OpenAI does, it
// says first who speaks, then what, then why it ended, and at last the usage for those who asked for it.
func (t turn) chunks(withUsage bool) iter.Seq2[time.Duration, completion] {
	return func(yield func(time.Duration, completion) bool) {
		deliver := func(due time.Duration, choices ...choice) bool {
			return yield(due, t.envelope("chat.completion.chunk", choices...))
		}
		if !deliver(t.first, choice{Delta: &message{Role: "assistant", Content: new("")}}) {
			return
		}
		deltas := t.deltas()
		for i, delta := range deltas {
			due := t.first + (t.total-t.first)*time.Duration(i)/time.Duration(len(deltas))
			if !deliver(due, choice{Delta: &delta}) {
				return
			}
		}
		if !deliver(t.total, choice{Delta: new(message), FinishReason: new(t.finishReason())}) || !withUsage {
			return
		}
		last := t.envelope("chat.completion.chunk")
		last.Usage = &t.usage
		yield(t.total, last)
	}
}

// deltas cut the turn into pieces of about a token.
func (t turn) deltas() []message {
	var deltas []message
	for _, call := range t.calls {
		arguments := []byte(call.Function.Arguments)
		call.Function.Arguments = ""
		deltas = append(deltas, message{ToolCalls: []toolCall{call}})
		for piece := range slices.Chunk(arguments, 4) {
			deltas = append(deltas, message{ToolCalls: []toolCall{
				{Index: call.Index, Function: functionCall{Arguments: string(piece)}},
			}})
		}
	}
	for word := range strings.SplitAfterSeq(t.text, " ") {
		if word != "" {
			deltas = append(deltas, message{Content: &word})
		}
	}
	return deltas
}

func (t turn) finishReason() string {
	if len(t.calls) > 0 {
		return "tool_calls"
	}
	return "stop"
}

// envelope has an empty list of choices, not null, when there are none.
func (t turn) envelope(object string, choices ...choice) completion {
	return completion{
		ID:      "chatcmpl-" + t.id,
		Object:  object,
		Created: time.Now().Unix(),
		Model:   t.model,
		Choices: append([]choice{}, choices...),
	}
}
