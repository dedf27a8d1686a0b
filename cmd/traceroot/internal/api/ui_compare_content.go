package api

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// content is a text under a heading. Two that are equal say the same, though the ids of their tool calls may differ.
type content struct {
	heading string // role of a message, or what else it is
	text    string
}

// readSaid reads a message.
func readSaid(body string) content {
	message := gjson.Parse(body)
	if !message.IsObject() {
		return content{"message", body}
	}
	var lines []string
	for _, part := range message.Get("content").Array() {
		switch text := part.Get("text"); {
		case part.Type == gjson.String:
			lines = append(lines, pretty(part.Str))
		case text.Type == gjson.String:
			lines = append(lines, pretty(text.Str))
		case part.Type != gjson.Null:
			lines = append(lines, pretty(dataless(part.Raw)))
		}
	}
	for _, call := range message.Get("tool_calls").Array() {
		lines = append(lines, call.Get("name").String()+" "+pretty(argumentsOf(call)))
	}
	return content{message.Get("role").String(), strings.Join(slices.DeleteFunc(lines, func(line string) bool { return line == "" }), "\n")}
}

// argumentsOf are the arguments of a call as JSON.
func argumentsOf(call gjson.Result) string {
	arguments := call.Get("arguments")
	if arguments.Type == gjson.String {
		return arguments.Str
	}
	return arguments.Raw
}

// pretty is JSON on many lines, and other text as it is.
func pretty(text string) string {
	if trimmed := strings.TrimSpace(text); trimmed == "" || !strings.ContainsRune("{[", rune(trimmed[0])) {
		return text
	}
	var lines bytes.Buffer
	if json.Indent(&lines, []byte(text), "", "  ") != nil {
		return text
	}
	return lines.String()
}

// oneLine is the beginning of a text on one line.
func oneLine(text string, most int) string {
	whole := strings.Join(strings.Fields(cut(text, 4*most)), " ")
	if short := cut(whole, most); short != whole || len(text) > 4*most {
		return short + "…"
	}
	return whole
}

// what says what differs between two steps, nothing where they are the same.
func (c *comparer) what(p pair) string {
	switch {
	case p[1] < 0:
		return "only A"
	case p[0] < 0:
		return "only B"
	}
	model := c.sides[0].spans[p[0]].Kind == store.KindLLM
	switch input, result := c.sameInput(p), c.sameResult(p); {
	case input && result:
		return ""
	case model && !result && len(c.argument(p)) > 0:
		return "arguments"
	case model && !result:
		return "output"
	case model:
		return "prompt"
	case !input:
		return "arguments"
	}
	return "result"
}

func (c *comparer) sameInput(p pair) bool {
	return slices.Equal(c.inputs(0, p[0]), c.inputs(1, p[1]))
}

// sameResult is of what came out of steps, which both have to be there.
func (c *comparer) sameResult(p pair) bool {
	return p[0] >= 0 && p[1] >= 0 && c.sides[0].spans[p[0]].Status == c.sides[1].spans[p[1]].Status &&
		slices.Equal(c.outputs(0, p[0]), c.outputs(1, p[1]))
}

// inputs are the messages and parameters that a model was given, or the input of another step.
func (c *comparer) inputs(side, i int) []content {
	s := &c.sides[side]
	span := &s.spans[i]
	if span.Call == nil || len(span.Call.In) == 0 {
		return optional("input", span.Input)
	}
	all := s.said(span.Call.In)
	if span.Payload.Parameters != "" {
		all = append(all, content{"parameters", pretty(span.Payload.Parameters)})
	}
	return all
}

func (c *comparer) outputs(side, i int) []content {
	s := &c.sides[side]
	span := &s.spans[i]
	var all []content
	if span.Status == store.StatusError {
		all = append(all, content{"error", errorOf(span)})
	}
	if span.Call == nil || len(span.Call.Out) == 0 {
		return append(all, optional("output", span.Output)...)
	}
	return append(all, s.said(span.Call.Out)...)
}

func optional(heading string, text *string) []content {
	if text == nil {
		return nil
	}
	return []content{{heading, pretty(*text)}}
}

func (s *side) said(messages []store.Message) []content {
	all := make([]content, len(messages))
	for n, m := range messages {
		said, known := s.content[m.Hash]
		if !known {
			if said = readSaid(s.bodies[m.Hash]); s.bodies[m.Hash] == "" {
				said = content{"message", m.Hash.String()}
			}
			s.content[m.Hash] = said
		}
		all[n] = said
	}
	return all
}
