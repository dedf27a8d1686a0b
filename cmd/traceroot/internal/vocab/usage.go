package vocab

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"

	"github.com/traceroot-ai/traceroot-go/attr"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// maxCount is the largest number of tokens that is believed.
const maxCount = 1_000_000_000

// genAIScope is the instrumentation scope whose other spans repeat the usage of its model calls.
const genAIScope = "gen_ai"

// Spellings of the counts among the attributes of instrumentation, in the order in which they are tried.
var (
	inputCounts = []string{
		"llm.token_count.prompt", attr.GenAIInputTokens, "gen_ai.usage.prompt_tokens",
	}
	outputCounts = []string{
		"llm.token_count.completion", attr.GenAIOutputTokens, "gen_ai.usage.completion_tokens",
	}
	cacheReadCounts = []string{
		"llm.token_count.prompt_details.cache_read", attr.GenAICacheRead, "gen_ai.usage.cache_read_input_tokens",
		"gen_ai.usage.input_cached_tokens", "gen_ai.usage.details.cache_read_tokens", "gen_ai.usage.cache_read_tokens",
		"gen_ai.usage.details.cache_read_input_tokens",
		"ai.usage.cachedInputTokens", "ai.usage.inputTokenDetails.cacheReadTokens",
	}
	cacheWriteCounts = []string{
		"llm.token_count.prompt_details.cache_write", attr.GenAICacheWrite, "gen_ai.usage.cache_creation_input_tokens",
		"gen_ai.usage.details.cache_write_tokens", "gen_ai.usage.details.cache_creation_input_tokens",
		"ai.usage.inputTokenDetails.cacheWriteTokens",
	}
	cacheWrite1hCounts = []string{
		"llm.token_count.prompt_details.cache_write_1h", attr.GenAICacheWrite1h,
		"gen_ai.usage.cache_creation_ephemeral_1h_input_tokens",
	}
	reasoningCounts = []string{
		"llm.token_count.completion_details.reasoning", attr.GenAIReasoningTokens,
		"gen_ai.usage.output_details.reasoning_tokens", "gen_ai.usage.details.reasoning_tokens",
		"ai.usage.outputTokenDetails.reasoningTokens", "ai.usage.reasoningTokens",
	}

	// The Vercel AI SDK gives totals to spans that hold model calls, so on these its counts of a call are not read.
	llmInputCounts  = []string{"ai.usage.inputTokens", "ai.usage.promptTokens", "ai.usage.tokens"} // the last of embeddings
	llmOutputCounts = []string{"ai.usage.outputTokens", "ai.usage.completionTokens"}
)

// countsTokens is false for spans whose counts repeat those of the spans below them.
func countsTokens(raw *RawSpan, kind store.Kind) bool {
	switch raw.Attributes.str(attr.GenAIOperationName) {
	case "invoke_agent", "agent_step":
		return false
	}
	return kind == store.KindLLM || raw.Scope != genAIScope
}

// usage is what instrumentation counted, else what the program said; never a mixture. Nil where neither knows the
// input or the output.
func usage(a Attributes, kind store.Kind) *store.Usage {
	if u, ok := countedUsage(a, kind); ok {
		return new(normal(u))
	}
	if u, ok := statedUsage(a[attr.LLMUsage]); ok {
		return new(normal(u))
	}
	return nil
}

func countedUsage(a Attributes, kind store.Kind) (store.Usage, bool) {
	input, hasInput := a.count(inputCounts)
	output, hasOutput := a.count(outputCounts)
	if kind == store.KindLLM {
		if !hasInput {
			input, hasInput = a.count(llmInputCounts)
		}
		if !hasOutput {
			output, hasOutput = a.count(llmOutputCounts)
		}
	}
	u := store.Usage{Input: input, Output: output}
	u.CacheRead, _ = a.count(cacheReadCounts)
	u.CacheWrite, _ = a.count(cacheWriteCounts)
	u.CacheWrite1h, _ = a.count(cacheWrite1hCounts)
	for _, key := range reasoningCounts {
		if a.has(key) { // here the platform takes the first that is there, be it usable or not
			u.Reasoning, _ = count(a[key])
			break
		}
	}
	return u, hasInput || hasOutput
}

// count is the first usable count among keys.
func (a Attributes) count(keys []string) (int64, bool) {
	for _, key := range keys {
		if n, ok := count(a[key]); ok {
			return n, true
		}
	}
	return 0, false
}

func count(v any) (int64, bool) {
	n := int64(-1)
	switch v := v.(type) {
	case int64:
		n = v
	case string:
		if parsed, err := strconv.ParseInt(strings.TrimSpace(v), 10, 64); err == nil {
			n = parsed
		}
	}
	if n < 0 || n > maxCount {
		return 0, false
	}
	return n, true
}

// statedUsage reads the object under attr.LLMUsage.
func statedUsage(v any) (store.Usage, bool) {
	members, ok := jsonObject(stored(v))
	if !ok {
		return store.Usage{}, false
	}
	input, hasInput := statedCount(members[attr.UsageInput])
	output, hasOutput := statedCount(members[attr.UsageOutput])
	u := store.Usage{Input: input, Output: output}
	u.CacheRead, _ = statedCount(members[attr.UsageCacheRead])
	u.CacheWrite, _ = statedCount(members[attr.UsageCacheWrite])
	u.CacheWrite1h, _ = statedCount(members[attr.UsageCacheWrite1h])
	u.Reasoning, _ = statedCount(members[attr.UsageReasoning])
	return u, hasInput || hasOutput
}

// statedCount takes more than count does: fractions are cut, negative numbers are 0.
func statedCount(member json.RawMessage) (int64, bool) {
	text := string(member)
	if unquoted := ""; json.Unmarshal(member, &unquoted) == nil {
		text = unquoted
	}
	n, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	if err != nil || math.IsNaN(n) || math.IsInf(n, 0) || n > maxCount {
		return 0, false
	}
	return int64(max(n, 0)), true
}

// normal makes the parts fit what they are part of. Some senders count cached input beside the input: it is then at least
// as large as its parts.
func normal(u store.Usage) store.Usage {
	u.Input = max(u.Input, u.CacheRead+u.CacheWrite)
	u.CacheWrite1h = min(u.CacheWrite1h, u.CacheWrite)
	u.Reasoning = min(u.Reasoning, u.Output)
	return u
}
