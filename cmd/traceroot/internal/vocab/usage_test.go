package vocab_test

import (
	"maps"
	"reflect"
	"testing"

	"github.com/traceroot-ai/traceroot-go/attr"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/vocab"
)

func TestUsage(t *testing.T) {
	t.Parallel()
	llm := vocab.Attributes{attr.SpanType: "llm", attr.LLMModel: "gpt"}
	agent := vocab.Attributes{attr.SpanType: "agent", attr.LLMModel: "gpt"}
	for _, tt := range []struct {
		name  string
		of, a vocab.Attributes
		scope string
		want  *store.Usage
	}{
		{"nothing known", llm, nil, "", nil},
		{
			"the six counts of the object", llm,
			vocab.Attributes{attr.LLMUsage: `{"input_tokens":100,"output_tokens":50,"cache_read_tokens":40,"cache_write_tokens":30,"cache_write_1h_tokens":20,"reasoning_tokens":10}`},
			"", &store.Usage{Input: 100, Output: 50, CacheRead: 40, CacheWrite: 30, CacheWrite1h: 20, Reasoning: 10},
		},
		{
			"parts fit their whole", llm,
			vocab.Attributes{attr.LLMUsage: `{"input_tokens":1,"output_tokens":5,"cache_read_tokens":40,"cache_write_tokens":30,"cache_write_1h_tokens":99,"reasoning_tokens":10}`},
			"", &store.Usage{Input: 70, Output: 5, CacheRead: 40, CacheWrite: 30, CacheWrite1h: 30, Reasoning: 5},
		},
		{"parts alone are none", llm, vocab.Attributes{attr.LLMUsage: `{"cache_read_tokens":40}`}, "", nil},
		{"an object of a native kind", llm, vocab.Attributes{attr.LLMUsage: map[string]any{"input_tokens": int64(7)}}, "", &store.Usage{Input: 7}},
		{"an object that is none", llm, vocab.Attributes{attr.LLMUsage: "[7]"}, "", nil},
		{"a count beyond belief", llm, vocab.Attributes{attr.LLMUsage: `{"input_tokens":1e10,"output_tokens":5}`}, "", &store.Usage{Output: 5}},
		{
			"every spelling of the cache", llm,
			vocab.Attributes{
				"gen_ai.usage.prompt_tokens": int64(100), attr.GenAIOutputTokens: int64(5), "gen_ai.usage.cache_read_tokens": int64(40),
				"gen_ai.usage.details.cache_creation_input_tokens": "30", attr.GenAICacheWrite1h: int64(20),
			},
			"", &store.Usage{Input: 100, Output: 5, CacheRead: 40, CacheWrite: 30, CacheWrite1h: 20},
		},
		{
			"an unusable reasoning count is the last", llm,
			vocab.Attributes{attr.GenAIOutputTokens: int64(9), attr.GenAIReasoningTokens: "many", "ai.usage.reasoningTokens": int64(3)},
			"", &store.Usage{Output: 9},
		},
		{"the AI SDK's counts on a model call", llm, vocab.Attributes{"ai.usage.promptTokens": int64(8)}, "", &store.Usage{Input: 8}},
		{"the AI SDK's counts elsewhere are sums", agent, vocab.Attributes{"ai.usage.promptTokens": int64(8)}, "", nil},
		{"an agent may have counts", agent, vocab.Attributes{attr.GenAIInputTokens: int64(8)}, "", &store.Usage{Input: 8}},
		{"but not in the scope that repeats them", agent, vocab.Attributes{attr.GenAIInputTokens: int64(8)}, "gen_ai", nil},
		{"a model call may in that scope", llm, vocab.Attributes{attr.GenAIInputTokens: int64(8)}, "gen_ai", &store.Usage{Input: 8}},
		{"a step of an agent repeats its calls", agent, vocab.Attributes{attr.GenAIOperationName: "agent_step", attr.GenAIInputTokens: int64(8)}, "", nil},
		{"no model, no tokens", vocab.Attributes{attr.SpanType: "llm"}, vocab.Attributes{attr.GenAIInputTokens: int64(8)}, "", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			a := maps.Clone(tt.of)
			maps.Copy(a, tt.a)
			raw := rawSpan("a1", "", a)
			raw.Scope = tt.scope
			if got := vocab.Read([]vocab.RawSpan{raw}).Spans[0].Usage; !reflect.DeepEqual(got, tt.want) {
				t.Errorf("got %+v, want %+v", got, tt.want)
			}
		})
	}
}
