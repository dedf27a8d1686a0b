package traceroot

import (
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/traceroot-ai/traceroot-go/internal/capture"
)

// UsageOf reads the usage value of any provider's client: a struct, a pointer or a map, by the names of its fields or
// JSON members. openai-go, anthropic-sdk-go, genai, go-openai and bedrockruntime are known, and so is every spelling of
// TraceRoot's wire contract. Net input counts (Anthropic, Bedrock) become gross, thoughts that are counted apart
// (Gemini, xAI) become part of the output. Counters that it does not know go to Details by their own names; a value in
// which it knows nothing gives the zero Usage.
func UsageOf(v any) Usage {
	switch v := v.(type) {
	case Usage:
		return v
	case *Usage:
		if v == nil {
			return Usage{}
		}
		return *v
	}
	counters := countersOf(v)
	known, rest := counters.split()
	if len(known) == 0 {
		return Usage{}
	}
	u := Usage{
		InputTokens:        known.first(inputNames),
		OutputTokens:       known.first(outputNames),
		CacheReadTokens:    known.first(cacheReadNames),
		CacheWriteTokens:   known.first(cacheWriteNames),
		CacheWrite1hTokens: known.first(cacheWrite1hNames),
		ReasoningTokens:    known.first(reasoningNames),
		Details:            rest,
	}
	u.InputTokens += known[toolUseInput]
	if known.isNet() {
		u.InputTokens += u.CacheReadTokens + u.CacheWriteTokens
	}
	if known.reasoningApart(u) {
		u.OutputTokens += u.ReasoningTokens
	}
	return u
}

// The spellings of each count, in snake case, members of nested objects behind a dot. Of several, the first one that is
// not zero counts. Sources: the wire contract, section 5.2, and the usage types of the clients named at UsageOf.
var (
	inputNames  = []string{"input_tokens", "prompt_tokens", "prompt_token_count", "input", "tokens.input_tokens"}
	outputNames = []string{
		"output_tokens", "completion_tokens", "candidates_token_count", "output", "tokens.output_tokens",
	}
	cacheReadNames = []string{
		"cache_read_tokens", "cache_read_input_tokens", "cached_tokens", "cache_read", "cached_content_token_count",
		"prompt_tokens_details.cached_tokens", "input_tokens_details.cached_tokens", "prompt_cache_hit_tokens",
		"cached_input_tokens", "input_token_details.cache_read", "input_token_details.cache_read_tokens",
	}
	cacheWriteNames = []string{
		"cache_write_tokens", "cache_creation_input_tokens", "cache_write_input_tokens", "cache_write",
		"prompt_tokens_details.cache_write_tokens", "input_tokens_details.cache_write_tokens",
		"input_token_details.cache_creation", "input_token_details.cache_write_tokens",
	}
	cacheWrite1hNames = []string{"cache_write_1h_tokens", "cache_creation.ephemeral_1h_input_tokens"}
	reasoningNames    = []string{
		"reasoning_tokens", "completion_tokens_details.reasoning_tokens", "output_tokens_details.reasoning_tokens",
		"output_tokens_details.thinking_tokens",
		"thoughts_token_count", "output_token_details.reasoning", "output_token_details.reasoning_tokens",
	}
)

const (
	toolUseInput   = "tool_use_prompt_token_count" // Gemini counts it apart from the prompt
	geminiThoughts = "thoughts_token_count"        // Gemini counts them apart from the candidates
)

// netMarks are spellings of cached counts by providers whose input count leaves the cached part out, and grossInputs those
// of input counts that never do: proxies put Anthropic's counts beside OpenAI's.
var (
	netMarks = []string{
		"cache_read_input_tokens", "cache_creation_input_tokens", "cache_write_input_tokens", "cache_read", "cache_write",
	}
	grossInputs = []string{"prompt_tokens", "prompt_token_count"}
)

var totalNames = []string{"total_tokens", "total_token_count", "total"}

// counters are counts by name, in snake case.
type counters map[string]int64

func (c counters) first(names []string) int64 {
	for _, name := range names {
		if n := c[name]; n > 0 {
			return n
		}
	}
	return 0
}

func (c counters) isNet() bool { return c.first(netMarks) > 0 && c.first(grossInputs) == 0 }

// reasoningApart tells that the output count leaves reasoning out: Gemini says so by the name, others (xAI) by a total
// that does not add up without it.
func (c counters) reasoningApart(u Usage) bool {
	if _, ok := c[geminiThoughts]; ok {
		return true
	}
	total := c.first(totalNames)
	return u.ReasoningTokens > 0 && total == u.InputTokens+u.OutputTokens+u.ReasoningTokens
}

// namedCounter is a counter under its own name.
type namedCounter struct {
	name  string
	count int64
}

type namedCounters map[string]namedCounter // by name in snake case

// split tells the counters that UsageOf knows from the others, which keep their own names.
func (c namedCounters) split() (known counters, rest map[string]int64) {
	known = counters{}
	recognised := false
	for snake, counter := range c {
		switch {
		case slices.Contains(totalNames, snake):
			known[snake] = counter.count
		case isCount(snake):
			known[snake], recognised = counter.count, true
		case counter.count > 0:
			if rest == nil {
				rest = map[string]int64{}
			}
			rest[counter.name] = counter.count
		}
	}
	if !recognised {
		return nil, nil
	}
	return known, rest
}

func isCount(snake string) bool {
	if snake == toolUseInput {
		return true
	}
	for _, names := range [][]string{
		inputNames, outputNames, cacheReadNames, cacheWriteNames, cacheWrite1hNames, reasoningNames,
	} {
		if slices.Contains(names, snake) {
			return true
		}
	}
	return false
}

// countersOf finds the numbers in v, as JSON shows it.
func countersOf(v any) namedCounters {
	const limit = 1 << 20 // far more than a usage is
	decoder := json.NewDecoder(strings.NewReader(capture.Text(v, limit).Text))
	decoder.UseNumber()
	var object map[string]any
	if decoder.Decode(&object) != nil {
		return nil
	}
	found := namedCounters{}
	found.collect("", "", object)
	return found
}

func (c namedCounters) collect(snakePrefix, prefix string, object map[string]any) {
	for name, value := range object {
		snake, own := snakePrefix+snakeCase(name), prefix+name
		switch value := value.(type) {
		case map[string]any:
			c.collect(snake+".", own+".", value)
		case json.Number:
			c.note(snake, own, value.String())
		case string:
			c.note(snake, own, value)
		case []any:
			if snake == "cache_details" {
				c.noteCacheDetails(value)
			}
		}
	}
}

// note keeps a count: a whole number, one as text, or one with a fraction, which is cut. Other texts are no counts.
func (c namedCounters) note(snake, own, text string) {
	number, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(number) || number < 0 || number > maxTokens {
		return
	}
	c[snake] = namedCounter{own, int64(number)}
}

// noteCacheDetails reads Bedrock's list of cache writes by time to live.
func (c namedCounters) noteCacheDetails(details []any) {
	for _, detail := range details {
		entry, ok := detail.(map[string]any)
		if !ok {
			continue
		}
		fields := namedCounters{}
		fields.collect("", "", entry)
		for name, value := range entry {
			if ttl, ok := value.(string); ok && snakeCase(name) == "ttl" && ttl == "1h" {
				c["cache_write_1h_tokens"] = namedCounter{"cache_write_1h_tokens", fields["input_tokens"].count}
			}
		}
	}
}

// snakeCase turns promptTokens and PromptTokens into prompt_tokens, cacheWrite1hTokens into cache_write_1h_tokens;
// ephemeral_1h_input_tokens stays.
func snakeCase(name string) string {
	var b strings.Builder
	previous := '_'
	for _, r := range name {
		if unicode.IsUpper(r) && previous != '_' && !unicode.IsUpper(previous) || unicode.IsDigit(r) && unicode.IsLetter(previous) {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(r))
		previous = r
	}
	return b.String()
}
