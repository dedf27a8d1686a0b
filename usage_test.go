package traceroot_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"reflect"
	"testing"

	"go.opentelemetry.io/otel/attribute"

	"github.com/traceroot-ai/traceroot-go"
	"github.com/traceroot-ai/traceroot-go/attr"
)

type counts = map[string]any

func TestUsageIsSent(t *testing.T) {
	t.Parallel()
	all := traceroot.Usage{
		InputTokens: 100, OutputTokens: 50, CacheReadTokens: 20, CacheWriteTokens: 10, CacheWrite1hTokens: 5, ReasoningTokens: 7,
		Details: map[string]int64{"audio_tokens": 3},
	}
	for _, c := range []struct {
		name  string
		usage traceroot.Usage
		want  any
	}{
		{
			"llm-01 under the six keys, and others by their names", all,
			`{"audio_tokens":3,"cache_read_tokens":20,"cache_write_1h_tokens":5,"cache_write_tokens":10,"input_tokens":100,"output_tokens":50,"reasoning_tokens":7}`,
		},
		{"llm-03 without the counts that are unknown", traceroot.Usage{OutputTokens: 5}, `{"output_tokens":5}`},
		{"llm-03 not at all when nothing is known", traceroot.Usage{Details: map[string]int64{"audio": 0}}, nil},
		{
			"llm-10 without counts that are out of range",
			traceroot.Usage{InputTokens: 1_000_000_000, OutputTokens: 1_000_000_001, ReasoningTokens: -1, Details: map[string]int64{"x": math.MaxInt64}},
			`{"input_tokens":1000000000}`,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			wantValues(t, updated(t, traceroot.SpanUpdate{Model: "m", Usage: c.usage}), map[string]any{attr.LLMUsage: c.want})
		})
	}
	t.Run("a count out of range is warned about", func(t *testing.T) {
		t.Parallel()
		logger, book := newLogBook()
		sentTo(t, func(ctx context.Context) {
			_ = traceroot.Run(ctx, "work", func(ctx context.Context) error {
				traceroot.UpdateCurrentSpan(ctx, traceroot.SpanUpdate{Usage: traceroot.Usage{InputTokens: -1, OutputTokens: 2_000_000_000}})
				return nil
			})
		}, traceroot.WithLogger(logger))
		if lines := book.about("out of range"); len(lines) != 2 {
			t.Errorf("logged %q, want a warning for each", lines)
		}
	})
	t.Run("llm-09 beside no counts of instrumentation", func(t *testing.T) {
		t.Parallel()
		server := newReceiver(t)
		client := traceroot.New(traceroot.WithHostURL(server.URL), traceroot.WithLogger(quiet))
		ctx, s := client.TracerProvider().Tracer("other").Start(client.Context(t.Context()), "chat")
		others := []string{
			"gen_ai.usage.input_tokens", "gen_ai.usage.output_tokens", "gen_ai.usage.prompt_tokens", "gen_ai.usage.completion_tokens",
			"gen_ai.usage.cache_read_input_tokens", "gen_ai.usage.details.cache_write_tokens", "llm.token_count.prompt",
			"llm.token_count.completion", "llm.token_count.prompt_details.cache_read", "ai.usage.inputTokens", "ai.usage.promptTokens",
			"ai.usage.outputTokens", "ai.usage.completionTokens", "ai.usage.reasoningTokens",
		}
		for _, key := range others {
			s.SetAttributes(attribute.Int(key, 999))
		}
		traceroot.UpdateCurrentSpan(ctx, traceroot.SpanUpdate{Model: "m", Usage: traceroot.Usage{InputTokens: 1}})
		s.End()
		if err := client.Shutdown(t.Context()); err != nil {
			t.Error(err)
		}
		got := server.byName()["chat"]
		wantValues(t, got, map[string]any{attr.LLMUsage: `{"input_tokens":1}`})
		for _, key := range others {
			if value, sent := got.attributes[key]; sent {
				t.Errorf("%s = %v is sent beside the program's own usage", key, value)
			}
		}
	})
	t.Run("llm-11 on the span that has it, not on those above", func(t *testing.T) {
		t.Parallel()
		got := sentTo(t, func(ctx context.Context) {
			_ = traceroot.Run(ctx, "agent", func(ctx context.Context) error {
				return traceroot.Run(ctx, "call", func(ctx context.Context) error {
					traceroot.UpdateCurrentSpan(ctx, traceroot.SpanUpdate{Model: "m", Usage: all})
					return nil
				}, traceroot.Type("llm"))
			}, traceroot.Type("agent"))
		})
		if usage, sent := got["agent"].attributes[attr.LLMUsage]; sent || got["call"].attributes[attr.LLMUsage] == nil {
			t.Errorf("the agent has usage %v, the call %v", usage, got["call"].attributes[attr.LLMUsage])
		}
	})
}

func TestUsageOfSpellings(t *testing.T) {
	t.Parallel()
	spellings := map[string]func(*traceroot.Usage) *int64{}
	note := func(field func(*traceroot.Usage) *int64, names ...string) {
		for _, name := range names {
			spellings[name] = field
		}
	}
	note(func(u *traceroot.Usage) *int64 { return &u.InputTokens },
		"input_tokens", "prompt_tokens", "inputTokens", "promptTokens", "input", "prompt_token_count", "promptTokenCount")
	note(func(u *traceroot.Usage) *int64 { return &u.OutputTokens },
		"output_tokens", "completion_tokens", "outputTokens", "completionTokens", "output", "candidates_token_count", "candidatesTokenCount")
	note(func(u *traceroot.Usage) *int64 { return &u.CacheReadTokens },
		"cache_read_tokens", "cacheReadTokens", "cached_tokens", "cached_content_token_count", "cachedContentTokenCount",
		"prompt_tokens_details.cached_tokens", "input_tokens_details.cached_tokens", "inputTokensDetails.cachedTokens")
	note(func(u *traceroot.Usage) *int64 { return &u.CacheWriteTokens }, "cache_write_tokens", "cacheWriteTokens")
	note(func(u *traceroot.Usage) *int64 { return &u.CacheWrite1hTokens },
		"cache_write_1h_tokens", "cacheWrite1hTokens", "cache_creation.ephemeral_1h_input_tokens", "cacheCreation.ephemeral1hInputTokens")
	note(func(u *traceroot.Usage) *int64 { return &u.ReasoningTokens },
		"reasoning_tokens", "reasoningTokens", "completion_tokens_details.reasoning_tokens", "output_tokens_details.reasoning_tokens")

	for name, field := range spellings {
		t.Run("llm-04 "+name, func(t *testing.T) {
			t.Parallel()
			want := traceroot.Usage{InputTokens: 1000, OutputTokens: 200}
			value := counts{}
			if *field(&want) == 0 {
				value["input_tokens"], value["output_tokens"] = 1000, 200
			}
			if field(&want) == &want.InputTokens {
				value["output_tokens"] = 200
			}
			if field(&want) == &want.OutputTokens {
				value["input_tokens"] = 1000
			}
			*field(&want) = 77
			maps.Copy(value, atPath(name, 77))
			if got := traceroot.UsageOf(value); !reflect.DeepEqual(got, want) {
				t.Errorf("UsageOf(%v) = %+v, want %+v", value, got, want)
			}
		})
	}
}

// atPath is an object with the count at a path of names with dots between them.
func atPath(path string, count int) counts {
	for i, c := range path {
		if c == '.' {
			return counts{path[:i]: atPath(path[i+1:], count)}
		}
	}
	return counts{path: count}
}

// openAIUsage has the shape of a client's struct, with tags.
type openAIUsage struct {
	PromptTokens     int64 `json:"prompt_tokens"`
	CompletionTokens int64 `json:"completion_tokens"`
	TotalTokens      int64 `json:"total_tokens"`
	Details          *struct {
		Cached int64 `json:"cached_tokens"`
		Audio  int64 `json:"audio_tokens"`
	} `json:"prompt_tokens_details,omitempty"`
}

// bareUsage has no tags.
type bareUsage struct {
	InputTokens, OutputTokens int32
	CacheReadInputTokens      *int32
	Server                    struct{ WebSearchRequests uint8 }
	private                   int //nolint:unused // it must not show
}

func TestUsageOf(t *testing.T) {
	t.Parallel()
	openAI := openAIUsage{PromptTokens: 100, CompletionTokens: 40, TotalTokens: 140}
	openAI.Details = &struct {
		Cached int64 `json:"cached_tokens"`
		Audio  int64 `json:"audio_tokens"`
	}{30, 4}
	bare := bareUsage{InputTokens: 10, OutputTokens: 5, CacheReadInputTokens: new(int32(90))}
	bare.Server.WebSearchRequests = 2
	own := traceroot.Usage{InputTokens: 1, Details: map[string]int64{"x": 1}}

	for _, c := range []struct {
		name  string
		value any
		want  traceroot.Usage
	}{
		{
			"llm-13 a struct, already gross", openAI,
			traceroot.Usage{InputTokens: 100, OutputTokens: 40, CacheReadTokens: 30, Details: map[string]int64{"prompt_tokens_details.audio_tokens": 4}},
		},
		{
			"llm-13 a pointer to it", &openAI,
			traceroot.Usage{InputTokens: 100, OutputTokens: 40, CacheReadTokens: 30, Details: map[string]int64{"prompt_tokens_details.audio_tokens": 4}},
		},
		{
			"llm-13 a struct without tags, net", bare,
			traceroot.Usage{InputTokens: 100, OutputTokens: 5, CacheReadTokens: 90, Details: map[string]int64{"Server.WebSearchRequests": 2}},
		},
		{"llm-13 a map of integers", map[string]int{"prompt_tokens": 3, "completion_tokens": 4}, traceroot.Usage{InputTokens: 3, OutputTokens: 4}},
		{"llm-13 JSON", json.RawMessage(`{"input_tokens":3,"total_tokens":9}`), traceroot.Usage{InputTokens: 3}},
		{"itself", own, own},
		{"a pointer to itself", &own, own},
		{
			"llm-05 Anthropic's input, which is net",
			counts{"input_tokens": 100, "output_tokens": 9, "cache_read_input_tokens": 600, "cache_creation_input_tokens": 50, "cache_creation": counts{"ephemeral_1h_input_tokens": 20, "ephemeral_5m_input_tokens": 30}},
			traceroot.Usage{
				InputTokens: 750, OutputTokens: 9, CacheReadTokens: 600, CacheWriteTokens: 50, CacheWrite1hTokens: 20,
				Details: map[string]int64{"cache_creation.ephemeral_5m_input_tokens": 30},
			},
		},
		{
			"llm-05 without cached parts",
			counts{"input_tokens": 100, "cache_read_input_tokens": 0, "cache_creation_input_tokens": nil},
			traceroot.Usage{InputTokens: 100},
		},
		{
			"llm-02 OpenAI's input stays gross beside Anthropic's counts",
			counts{"prompt_tokens": 700, "completion_tokens": 9, "cache_read_input_tokens": 600},
			traceroot.Usage{InputTokens: 700, OutputTokens: 9, CacheReadTokens: 600},
		},
		{
			"llm-02 TypeScript's object is net",
			counts{"input": 100, "output": 20, "cacheRead": 600, "cacheWrite": 30, "total": 750},
			traceroot.Usage{InputTokens: 730, OutputTokens: 20, CacheReadTokens: 600, CacheWriteTokens: 30},
		},
		{
			"llm-05 Bedrock's is net",
			counts{"inputTokens": 10, "outputTokens": 5, "totalTokens": 65, "cacheReadInputTokens": 20, "cacheWriteInputTokens": 30},
			traceroot.Usage{InputTokens: 60, OutputTokens: 5, CacheReadTokens: 20, CacheWriteTokens: 30},
		},
		{
			"llm-06 Gemini's thoughts join the output",
			counts{"promptTokenCount": 100, "candidatesTokenCount": 40, "thoughtsTokenCount": 25, "cachedContentTokenCount": 60, "totalTokenCount": 165},
			traceroot.Usage{InputTokens: 100, OutputTokens: 65, CacheReadTokens: 60, ReasoningTokens: 25},
		},
		{
			"llm-06 in snake case",
			counts{"prompt_token_count": 100, "candidates_token_count": 40, "thoughts_token_count": 25},
			traceroot.Usage{InputTokens: 100, OutputTokens: 65, ReasoningTokens: 25},
		},
		{
			"OpenAI's reasoning is part of the output",
			counts{"prompt_tokens": 10, "completion_tokens": 40, "total_tokens": 50, "completion_tokens_details": counts{"reasoning_tokens": 25}},
			traceroot.Usage{InputTokens: 10, OutputTokens: 40, ReasoningTokens: 25},
		},
		{
			"llm-10 fractions are cut, texts are read, the rest is dropped",
			counts{"input_tokens": 10.9, "output_tokens": "12", "cache_read_tokens": true, "reasoning_tokens": "many", "cache_write_tokens": 1_000_000_001, "x": -4},
			traceroot.Usage{InputTokens: 10, OutputTokens: 12},
		},
		{"llm-10 NaN and infinities are dropped", counts{"input_tokens": 10, "output_tokens": math.NaN(), "cached_tokens": math.Inf(1)}, traceroot.Usage{InputTokens: 10}},
		{"a zero hides no other spelling", counts{"cached_tokens": 0, "prompt_tokens": 5, "prompt_tokens_details": counts{"cached_tokens": 3}}, traceroot.Usage{InputTokens: 5, CacheReadTokens: 3}},
		{"llm-13 nothing known", counts{"requests": 4}, traceroot.Usage{}},
		{"nil", nil, traceroot.Usage{}},
		{"a nil pointer", (*openAIUsage)(nil), traceroot.Usage{}},
		{"a nil pointer to itself", (*traceroot.Usage)(nil), traceroot.Usage{}},
		{"a text", "100 tokens", traceroot.Usage{}},
		{"a list", []int{1, 2}, traceroot.Usage{}},
		{"a number", 7, traceroot.Usage{}},
		{"a function", func() {}, traceroot.Usage{}},
		{"a marshaler that panics", panickingValue{}, traceroot.Usage{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := traceroot.UsageOf(c.value); !reflect.DeepEqual(got, c.want) {
				t.Errorf("UsageOf(%v) = %+v, want %+v", describe(c.value), got, c.want)
			}
		})
	}
}

func describe(v any) string {
	if _, ok := v.(panickingValue); ok {
		return "panickingValue"
	}
	return fmt.Sprintf("%+v", v)
}

// panickingValue panics whatever it is asked.
type panickingValue struct{}

func (panickingValue) MarshalJSON() ([]byte, error) { panic("MarshalJSON") }
func (panickingValue) String() string               { panic("String") }
