package llmhttp

import (
	"maps"
	"slices"
)

// converseBlock is one block of a streamed message as far as it has come.
type converseBlock struct {
	part            Part      // what the block is when it is no text; else its Type is ""
	reasoning, text fragments // of text
	arguments       fragments // of a call
}

// converseCallPart is a block by which a model asks the program to run a function.
const converseCallPart PartType = "toolUse"

// block is the one that an event is about, nil when that would be one too many.
func (s *converseStream) block(v *value) *converseBlock {
	index := blockIndex(v)
	b := piece(&s.room, &s.blocks, index)
	if b != nil {
		s.last = max(s.last, index)
	}
	return b
}

func blockIndex(v *value) int {
	index, _ := v.get("contentBlockIndex").number()
	return int(index)
}

// textBlock is block for a piece of text. Nova makes a block of each piece, which would soon be too many: one that only
// continues the last block becomes part of it.
func (s *converseStream) textBlock(v *value, t PartType) *converseBlock {
	index, last := blockIndex(v), s.blocks[s.last]
	if index > s.last && last != nil && last.takes(t) {
		delete(s.blocks, s.last)
		s.blocks[index], s.last = last, index
	}
	return s.block(v)
}

// takes tells whether text of a type may follow what the block has. Reasoning stands before other text.
func (b *converseBlock) takes(t PartType) bool {
	return b.part.Type == "" && (t == PartText || b.text.size == 0)
}

func (s *converseStream) message() Message {
	m := Message{Role: "assistant"}
	for _, index := range slices.Sorted(maps.Keys(s.blocks)) {
		b := s.blocks[index]
		if b.part.Type == converseCallPart {
			m.ToolCalls = append(m.ToolCalls, b.call())
		} else {
			m.Content = append(m.Content, b.parts()...)
		}
	}
	m.Content = mergedParts(m.Content)
	return m
}

func (b *converseBlock) parts() []Part {
	p := b.part
	if p.Type == "" {
		return append(b.reasoning.part(PartReasoning), b.text.part(PartText)...)
	}
	if p.Type == PartServerToolCall {
		call := b.call()
		p.Arguments, p.Dropped = call.Arguments, call.Dropped
	}
	return []Part{p}
}

func (b *converseBlock) call() ToolCall {
	return toolCall(b.part.ID, b.part.Name, b.arguments.value())
}
