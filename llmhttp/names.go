package llmhttp

// frequentNames are what most events of streams are made of. They are not allocated again.
var frequentNames = func() map[string]string {
	known := make(map[string]string)
	for _, name := range []string{
		"arguments", "audio", "candidates", "candidatesTokenCount", "choices", "completion_tokens", "content", "content_block",
		"content_index", "created", "created_at", "delta", "done", "done_reason", "finishReason", "finish_reason", "function",
		"id", "index", "input", "input_tokens", "item", "item_id", "logprobs", "message", "metadata", "model", "modelVersion",
		"name", "object", "obfuscation", "output", "output_index", "output_tokens", "parallel_tool_calls", "partial_json",
		"parts", "promptTokenCount", "prompt_tokens", "reasoning", "reasoning_content", "refusal", "response", "responseId",
		"role", "sequence_number", "service_tier", "signature", "status", "stop_reason", "stop_sequence", "system_fingerprint",
		"text", "thinking", "tool_calls", "tools", "totalTokenCount", "total_tokens", "type", "usage", "usageMetadata",

		"assistant", "auto", "chat.completion.chunk", "content_block_delta", "default", "in_progress", "input_json_delta",
		"model", "response.function_call_arguments.delta", "response.output_text.delta", "response.reasoning_text.delta",
		"text_delta", "thinking_delta",
	} {
		known[name] = name
	}
	return known
}()
