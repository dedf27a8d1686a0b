package term_test

import (
	"fmt"
	"strings"
	"time"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

func running() []store.Span {
	return []store.Span{
		span("a1", "", store.KindAgent, "research", 0, 0),
		span("b2", "a1", store.KindTool, "search", 100, 900),
		with(span("c3", "a1", store.KindLLM, "chat gpt-4.1", 1000, 0), func(s *store.Span) {
			s.TimeToFirstToken = 400 * time.Millisecond
		}),
	}
}

// orphans have parents that are missing, are themselves, or are each other.
func orphans() []store.Span {
	return []store.Span{
		span("b2", "a1", store.KindSpan, "parent on its way", 100, 300),
		span("c3", "b2", store.KindTool, "child", 100, 200),
		span("d4", "d4", store.KindSpan, "its own parent", 400, 500),
		span("e5", "f6", store.KindSpan, "egg", 600, 900),
		span("f6", "e5", store.KindSpan, "hen", 650, 850),
		span("a0", "", store.KindAgent, "root of another part", 700, 1000),
	}
}

// clocks disagree: a child begins before its parent and ends after it, one ends before it begins, one takes no time.
func clocks() []store.Span {
	return []store.Span{
		span("a1", "", store.KindAgent, "agent", 1000, 2000),
		span("b2", "a1", store.KindTool, "on a machine that is ahead", 500, 2600),
		span("c3", "a1", store.KindTool, "backwards", 1500, 1200),
		span("d4", "a1", store.KindSpan, "instant", 1700, 1700),
		with(span("e5", "a1", store.KindLLM, "first token after the end", 1800, 2000), func(s *store.Span) {
			s.TimeToFirstToken = time.Hour
		}),
	}
}

func failures() []store.Span {
	refused := store.Error{Type: "net.OpError", Message: "dial tcp 127.0.0.1:1: connection refused"}
	return []store.Span{
		failed(span("a1", "", store.KindAgent, "agent", 0, 1000),
			store.Error{Type: "fmt.wrapError", Message: "answer: both lookups: not found\ndial tcp 127.0.0.1:1: connection refused"}),
		failed(span("b2", "a1", store.KindTool, "lookup", 0, 300),
			store.Error{Type: "fmt.wrapError", Message: "both lookups: not found\ndial tcp 127.0.0.1:1: connection refused"},
			store.Error{Type: "errors.joinError", Message: "not found\ndial tcp 127.0.0.1:1: connection refused", Causes: [][]store.Error{
				{{Type: "errors.errorString", Message: "not found"}},
				{refused},
			}}),
		with(failed(span("c3", "a1", store.KindLLM, "chat gpt-4.1", 300, 500)), func(s *store.Span) {
			s.StatusMessage = "rate_limit_exceeded: Rate limit reached for gpt-4.1"
			s.Errors = []store.Error{{Type: "openai.APIError", Message: "429 Too Many Requests"}}
			s.Input = new(`[{"role":"user","content":"hi"}]`)
		}),
		failed(span("d4", "a1", store.KindTool, "silent", 600, 700)),
		failed(span("e5", "a1", store.KindTool, "hopeless", 700, 750), store.Error{Message: "no"}),
		failed(span("f6", "a1", store.KindTool, "hopeless", 800, 850), store.Error{Message: "still no"}),
		failed(span("g7", "a1", store.KindTool, "talkative", 850, 900), manyLinks(20)...),
	}
}

func manyLinks(n int) []store.Error {
	chain := make([]store.Error, n)
	message := "root cause"
	for i := n - 1; i >= 0; i-- {
		chain[i] = store.Error{Message: message}
		message = fmt.Sprintf("layer %d: %s", i, message)
	}
	return chain
}

func loop() []store.Span {
	spans := []store.Span{span("a1", "", store.KindAgent, "price watcher", 0, 10_000)}
	for i := range 1000 {
		s := span(fmt.Sprintf("%016x", 0xb000+i), "a1", store.KindTool, "check_price", i*10, i*10+5+i%4)
		if i == 500 {
			s = failed(s, store.Error{Message: "price of shop 500: no such shop"})
		}
		spans = append(spans, s)
	}
	return spans
}

func deep(levels int) []store.Span {
	var spans []store.Span
	parent := ""
	for i := range levels {
		id := fmt.Sprintf("%016x", i+1)
		spans = append(spans, with(span(id, parent, store.KindSpan, fmt.Sprintf("level %d of recursion", i), i, 2*levels-i), func(s *store.Span) {
			s.Input = new(fmt.Sprint(i))
		}))
		parent = id
	}
	return spans
}

func strange(t store.Trace) store.Trace {
	t.Name = "evil\x1b]0;owned\x07 \x1b[2Jagent"
	t.UserID = "\u202eresu"
	t.Tags = []string{"a\nb", "\x9b31m"}
	return t
}

// strangers write what no terminal should be told.
func strangers() []store.Span {
	return []store.Span{
		with(span("a1", "", store.KindAgent, "代理 エージェント 👩‍💻 with a name that goes on and on and on", 0, 1000), func(s *store.Span) {
			s.Input = new("\x1b[31mred\x1b[0m \r overwritten \b\b\b \u202e reversed \u2028 next \xff\xfe broken")
			s.Output = new("\n\n  first line  \n\nsecond")
			s.Source = store.Source{File: "dir\x1b[1m/文件.go", Line: 7, Function: "f"}
		}),
		with(span("b2", "a1", store.KindTool, "huge", 0, 500), func(s *store.Span) {
			s.Input = new(strings.Repeat("界", 1<<20))
			s.Output = new(`{"key": "` + strings.Repeat("x", 10_000) + `"}`)
		}),
		with(span("c3", "a1", store.KindLLM, "\n", 500, 900), func(s *store.Span) {
			s.Input = new(`[{"role":"\u001b[5muser","content":"\u001b]8;;http://evil\u0007link"}]`)
			s.Output = new(`[{"role":"assistant","tool_calls":[{"name":"rm\u001b[2J","arguments":{"a\u0007":"\u001b[1m","b":{"deep":"\u009b"}}}]}]`)
			s.Usage = &store.Usage{Input: 1_000_000_000, Output: 999}
		}),
		failed(span("d4", "a1", store.KindTool, "fail", 900, 1000), store.Error{Type: "x\x1b[m", Message: "multi\nline\x1b[H"}),
	}
}

// vocabularies are the forms in which other instrumentation writes conversations.
func vocabularies() []store.Span {
	call := func(id, name, input, output string) store.Span {
		return with(span(id, "", store.KindLLM, name, 0, 100), func(s *store.Span) { s.Input, s.Output = &input, &output })
	}
	return []store.Span{
		call("a1", "OpenTelemetry",
			`[{"role":"user","parts":[{"type":"text","content":"Weather in Oslo?"}]},{"role":"tool","parts":[{"type":"tool_call_response","id":"1","response":{"celsius": 3}}]}]`,
			`[{"role":"assistant","parts":[{"type":"text","content":"Let me see."},{"type":"tool_call","id":"2","name":"weather","arguments":{"city":"Oslo"}}],"finish_reason":"tool_call"}]`),
		call("b2", "OpenAI",
			`{"model":"gpt","messages":[{"role":"user","content":[{"type":"text","text":"What is this?"},{"type":"image_url","image_url":{"url":"data:"}}]}]}`,
			`[{"role":"assistant","content":null,"tool_calls":[{"id":"1","type":"function","function":{"name":"look","arguments":"{\"at\": \"it\", \"closely\": true}"}}]},{"role":"assistant","content":"or"}]`),
		call("c3", "text", "Once upon a time", "there was"),
		call("d4", "embeddings", `["one", "two"]`, `{"count": 2, "dimensions": 256}`),
		call("e5", "nothing", "", "[]"),
		call("f6", "refusal", `[{"role":"user","content":"no {"}]`, `[{"role":"assistant","content":[{"type":"refusal","refusal":"I cannot."}]}]`),
		call("a7", "cut off", `[{"role":"user","content":"go"}]`, `[{"role":"assistant","tool_calls":[{"name":"look","arguments":"{\"at\": \"i"}]}]`),
	}
}
