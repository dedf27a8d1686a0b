package traceroot

import (
	"log/slog"

	"github.com/traceroot-ai/traceroot-go/attr"
)

// Usage counts the tokens of a model call. A zero count is unknown and not sent.
type Usage struct {
	InputTokens        int64            // all input, cached included
	OutputTokens       int64            // all output, reasoning included
	CacheReadTokens    int64            // part of InputTokens
	CacheWriteTokens   int64            // part of InputTokens
	CacheWrite1hTokens int64            // part of CacheWriteTokens
	ReasoningTokens    int64            // part of OutputTokens
	Details            map[string]int64 // the provider's other counters, by their own names
}

// maxTokens is the largest count that the backend takes.
const maxTokens = 1_000_000_000

// object is the usage as it is sent: the six keys of the wire, and the other counters beside them.
func (u Usage) object(c *Client) map[string]any {
	object := map[string]any{}
	add := func(key string, count int64) {
		switch {
		case count == 0:
		case count < 0 || count > maxTokens:
			c.warn("token count out of range, left out", slog.String("kind", key), slog.Int64("count", count))
		default:
			object[key] = count
		}
	}
	for key, count := range u.Details {
		add(key, count)
	}
	add(attr.UsageInput, u.InputTokens)
	add(attr.UsageOutput, u.OutputTokens)
	add(attr.UsageCacheRead, u.CacheReadTokens)
	add(attr.UsageCacheWrite, u.CacheWriteTokens)
	add(attr.UsageCacheWrite1h, u.CacheWrite1hTokens)
	add(attr.UsageReasoning, u.ReasoningTokens)
	return object
}
