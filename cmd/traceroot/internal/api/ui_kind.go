package api

import (
	"time"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// kind is what a span is drawn as.
type kind string

const (
	agentKind kind = "agent"
	llmKind   kind = "llm"
	toolKind  kind = "tool"
	spanKind  kind = "span"
)

// kindOf draws the kinds of evaluations as any other span.
func kindOf(k store.Kind) kind {
	switch k {
	case store.KindAgent:
		return agentKind
	case store.KindLLM:
		return llmKind
	case store.KindTool:
		return toolKind
	default:
		return spanKind
	}
}

// letter is A, L, T or S.
func (k kind) letter() byte { return k[0] - 'a' + 'A' }

// fine is a duration in milliseconds with what a page can show of a fraction.
func fine(d time.Duration) float64 {
	if d >= 10*time.Second {
		return float64(d.Milliseconds())
	}
	return float64(d.Microseconds()/10) / 100
}

// lasted is how long a span took, nil while it runs.
func lasted(s *store.Span) *float64 {
	if s.Running() {
		return nil
	}
	return new(fine(spanned(s)))
}

// spanned is how long a span took, zero while it runs.
func spanned(s *store.Span) time.Duration {
	if s.Running() {
		return 0
	}
	return max(s.End.Sub(s.Start), 0)
}
