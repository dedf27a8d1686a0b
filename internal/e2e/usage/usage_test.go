package usage_test

import (
	"encoding/json"
	"reflect"
	"testing"

	"github.com/anthropics/anthropic-sdk-go"
	bedrock "github.com/aws/aws-sdk-go-v2/service/bedrockruntime/types"
	openaiv1 "github.com/openai/openai-go"
	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/responses"
	goopenai "github.com/sashabaranov/go-openai"
	"google.golang.org/genai"

	"github.com/traceroot-ai/traceroot-go"
)

const (
	chatUsage = `{"prompt_tokens":100,"completion_tokens":40,"total_tokens":140,
		"prompt_tokens_details":{"cached_tokens":60,"audio_tokens":3},
		"completion_tokens_details":{"reasoning_tokens":24}}`
	responseUsage = `{"input_tokens":100,"input_tokens_details":{"cached_tokens":60,"cache_write_tokens":10},
		"output_tokens":40,"output_tokens_details":{"reasoning_tokens":24},"total_tokens":140}`
	anthropicUsage = `{"input_tokens":30,"cache_read_input_tokens":60,"cache_creation_input_tokens":10,
		"cache_creation":{"ephemeral_1h_input_tokens":4,"ephemeral_5m_input_tokens":6},
		"output_tokens":40,"output_tokens_details":{"thinking_tokens":24},"service_tier":"standard"}`
	geminiUsage = `{"promptTokenCount":100,"cachedContentTokenCount":60,"candidatesTokenCount":16,
		"thoughtsTokenCount":24,"totalTokenCount":140}`
)

// The answers above, and those in the other tests, all tell of the same call.
var (
	want = traceroot.Usage{InputTokens: 100, OutputTokens: 40, CacheReadTokens: 60, ReasoningTokens: 24}

	wantCacheWrite   = with(want, func(u *traceroot.Usage) { u.CacheWriteTokens = 10 })
	wantCacheWrite1h = with(wantCacheWrite, func(u *traceroot.Usage) { u.CacheWrite1hTokens = 4 })
)

// The leaf names carry the row of the parity table that each client proves.
func TestUsageOf(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name  string
		value any
		want  traceroot.Usage
	}{
		{"llm-13 openai-go v3 chat", decode[openai.CompletionUsage](t, chatUsage), want},
		{"llm-13 openai-go v3 responses", decode[responses.ResponseUsage](t, responseUsage), wantCacheWrite},
		{"llm-13 openai-go v1 chat", decode[openaiv1.CompletionUsage](t, chatUsage), want},
		{"llm-13 go-openai", decode[goopenai.Usage](t, chatUsage), want},
		{"llm-05 anthropic-sdk-go message", decode[anthropic.Usage](t, anthropicUsage), wantCacheWrite1h},
		{"llm-05 anthropic-sdk-go stream", decode[anthropic.MessageDeltaUsage](t, anthropicUsage), wantCacheWrite},
		{"llm-05 anthropic-sdk-go beta", decode[anthropic.BetaUsage](t, anthropicUsage), wantCacheWrite1h},
		{"llm-06 genai", decode[genai.GenerateContentResponseUsageMetadata](t, geminiUsage), want},
		{
			"llm-13 genai, tool results counted apart",
			genai.GenerateContentResponseUsageMetadata{
				PromptTokenCount: 80, ToolUsePromptTokenCount: 20, CandidatesTokenCount: 40, TotalTokenCount: 140,
			},
			traceroot.Usage{InputTokens: 100, OutputTokens: 40},
		},
		{
			"llm-13 bedrockruntime",
			bedrock.TokenUsage{
				InputTokens: new(int32(30)), OutputTokens: new(int32(40)), TotalTokens: new(int32(140)),
				CacheReadInputTokens: new(int32(60)), CacheWriteInputTokens: new(int32(10)),
				CacheDetails: []bedrock.CacheDetail{
					{Ttl: bedrock.CacheTTLOneHour, InputTokens: new(int32(4))},
					{Ttl: bedrock.CacheTTLFiveMinutes, InputTokens: new(int32(6))},
				},
			},
			with(wantCacheWrite1h, func(u *traceroot.Usage) { u.ReasoningTokens = 0 }),
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			expect(t, "a value", test.value, test.want)
			expect(t, "a pointer", pointerTo(test.value), test.want)
		})
	}
}

// What a client leaves out must not turn up as a count.
func TestUsageOfNothing(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name  string
		value any
	}{
		{"openai-go v3", openai.CompletionUsage{}},
		{"openai-go v3 responses", (*responses.ResponseUsage)(nil)},
		{"anthropic-sdk-go", anthropic.Usage{}},
		{"genai, as in an answer without usage", (*genai.GenerateContentResponseUsageMetadata)(nil)},
		{"go-openai", goopenai.Usage{}},
		{"bedrockruntime, as in an answer without usage", (*bedrock.TokenUsage)(nil)},
	} {
		t.Run("llm-13 nothing from "+test.name, func(t *testing.T) {
			t.Parallel()
			expect(t, "a value", test.value, traceroot.Usage{})
		})
	}
}

func expect(t *testing.T, form string, value any, want traceroot.Usage) {
	t.Helper()
	got := traceroot.UsageOf(value)
	got.Details = nil // the providers' other counters, which differ from one to the next
	if !reflect.DeepEqual(got, want) {
		t.Errorf("UsageOf(%s of %T) = %+v, want %+v", form, value, got, want)
	}
}

// decode reads an answer the way the client does, with the decoder of its own type.
func decode[T any](t *testing.T, answer string) T {
	t.Helper()
	var usage T
	if err := json.Unmarshal([]byte(answer), &usage); err != nil {
		t.Fatalf("decode %T: %v", usage, err)
	}
	return usage
}

func pointerTo(value any) any {
	pointer := reflect.New(reflect.TypeOf(value))
	pointer.Elem().Set(reflect.ValueOf(value))
	return pointer.Interface()
}

func with(u traceroot.Usage, change func(*traceroot.Usage)) traceroot.Usage {
	change(&u)
	return u
}
