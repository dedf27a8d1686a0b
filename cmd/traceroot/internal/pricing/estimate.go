package pricing

import (
	"unicode/utf8"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// charactersPerToken is the platform's own estimate for Claude. For other models it runs a tokenizer; we take this.
const charactersPerToken = 4

// estimate counts the tokens of a model call by the text that is stored of it. Nil for what is no model call, for one
// that holds calls (its tokens would count twice), and for one that still runs and may yet report them.
func estimate(s *store.Span) *store.Usage {
	if s.Kind != store.KindLLM || s.Running() || aggregate(s.Call) {
		return nil
	}
	return &store.Usage{Input: tokens(s.Input), Output: tokens(s.Output), Estimated: true}
}

func aggregate(c *store.Call) bool {
	return c != nil && (c.Operation == "invoke_agent" || c.Operation == "agent_step")
}

func tokens(text *string) int64 {
	if text == nil {
		return 0
	}
	return int64(utf8.RuneCountInString(*text) / charactersPerToken)
}
