package traceeino

import (
	"github.com/cloudwego/eino/components/embedding"
	"github.com/cloudwego/eino/components/model"
	"github.com/cloudwego/eino/schema"

	"github.com/traceroot-ai/traceroot-go"
)

// modelRequest is what a model component says of its call beforehand.
func modelRequest(input any) traceroot.SpanUpdate {
	if in, ok := input.(*model.CallbackInput); ok && in != nil {
		return modelConfig(in.Config)
	}
	if in, ok := input.(*embedding.CallbackInput); ok && in != nil {
		return embeddingConfig(in.Config)
	}
	return traceroot.SpanUpdate{}
}

// modelAnswer is what a model component says of its call afterwards.
func modelAnswer(output any) traceroot.SpanUpdate {
	if out, ok := output.(*model.CallbackOutput); ok && out != nil {
		u := modelConfig(out.Config)
		u.Usage = messageUsage(out.Message)
		if out.TokenUsage != nil {
			u.Usage = chatUsage(*out.TokenUsage)
		}
		return u
	}
	if out, ok := output.(*schema.Message); ok {
		return traceroot.SpanUpdate{Usage: messageUsage(out)}
	}
	if out, ok := output.(*embedding.CallbackOutput); ok && out != nil {
		u := embeddingConfig(out.Config)
		if out.TokenUsage != nil {
			u.Usage = traceroot.Usage{InputTokens: int64(out.TokenUsage.PromptTokens), OutputTokens: int64(out.TokenUsage.CompletionTokens)}
		}
		return u
	}
	return traceroot.SpanUpdate{}
}

func modelConfig(c *model.Config) traceroot.SpanUpdate {
	if c == nil {
		return traceroot.SpanUpdate{}
	}
	parameters := map[string]any{}
	if c.MaxTokens != 0 {
		parameters["max_tokens"] = c.MaxTokens
	}
	if c.Temperature != 0 {
		parameters["temperature"] = c.Temperature
	}
	if c.TopP != 0 {
		parameters["top_p"] = c.TopP
	}
	if len(c.Stop) > 0 {
		parameters["stop"] = c.Stop
	}
	return traceroot.SpanUpdate{Model: c.Model, ModelParameters: parameters}
}

func embeddingConfig(c *embedding.Config) traceroot.SpanUpdate {
	if c == nil {
		return traceroot.SpanUpdate{}
	}
	u := traceroot.SpanUpdate{Model: c.Model}
	if c.EncodingFormat != "" {
		u.ModelParameters = map[string]any{"encoding_format": c.EncodingFormat}
	}
	return u
}

// chatUsage reads counts that are gross already: eino's prompt tokens include the cached ones.
func chatUsage(u model.TokenUsage) traceroot.Usage {
	return traceroot.Usage{
		InputTokens:     int64(u.PromptTokens),
		OutputTokens:    int64(u.CompletionTokens),
		CacheReadTokens: int64(u.PromptTokenDetails.CachedTokens),
		ReasoningTokens: int64(u.CompletionTokensDetails.ReasoningTokens),
	}
}

func messageUsage(m *schema.Message) traceroot.Usage {
	if m == nil || m.ResponseMeta == nil || m.ResponseMeta.Usage == nil {
		return traceroot.Usage{}
	}
	u := m.ResponseMeta.Usage
	return traceroot.Usage{
		InputTokens:     int64(u.PromptTokens),
		OutputTokens:    int64(u.CompletionTokens),
		CacheReadTokens: int64(u.PromptTokenDetails.CachedTokens),
		ReasoningTokens: int64(u.CompletionTokensDetails.ReasoningTokens),
	}
}
