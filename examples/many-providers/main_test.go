package main

import (
	"strings"
	"testing"
)

func TestOneTraceOfManyProviders(t *testing.T) {
	t.Setenv("TRACEROOT_API_KEY", "")
	var out strings.Builder
	if err := run(t.Context(), nil, &out); err != nil {
		t.Fatal(err)
	}
	printed := out.String()
	for _, want := range []string{
		"agent travel-planner",
		"  llm   chat gpt-4.1-mini (openai_compatible)",
		"  tool  forecast",
		"    tool  forecast",
		"  llm   chat claude-haiku-4-5 (anthropic)",
		"  llm   chat gemini-2.5-flash (gcp.gemini)",
		"  llm   chat gpt-4.1-nano (openai_compatible)",
		", 31 + 9 tokens", ", 64 + 34 tokens", ", 52 + 33 tokens",
		"→ user: Two days in Oslo: what should I do?",
		"← assistant: Saturday: the fjord, then a floating sauna. Sunday: the Munch museum, open until nine.",
	} {
		if !strings.Contains(printed, want) {
			t.Errorf("nothing says %q in\n%s", want, printed)
		}
	}
	if roots := strings.Count("\n"+printed, "\nagent ") + strings.Count("\n"+printed, "\nllm ") + strings.Count("\n"+printed, "\ntool "); roots != 1 {
		t.Errorf("%d traces, want 1:\n%s", roots, printed)
	}
	if n := strings.Count(printed, "first token after"); n != 4 {
		t.Errorf("%d times to a first token, want 4:\n%s", n, printed)
	}
}
