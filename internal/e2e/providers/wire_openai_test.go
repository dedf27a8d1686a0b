package providers_test

import "net/http"

const (
	openAIRefusal  = `{"error":{"message":"The model does not exist.","type":"invalid_request_error","code":"model_not_found"}}`
	openAIOverload = `{"error":{"message":"Slow down.","type":"rate_limit_error"}}`
	openAIRefused  = "invalid_request_error: The model does not exist."
	openAIBusy     = "rate_limit_error: Slow down."
	openAIFailure  = `{"error":{"message":"Try again.","type":"server_error"}}`
	openAIFailed   = "server_error: Try again."
)

var openAIChat = wire{
	provider:  "openai_compatible", // as the host is not OpenAI's
	operation: "chat", model: "gpt-4o", answeredBy: "gpt-4o-2024-11-20", answerID: "chatcmpl-1",

	ask: `{"model":"gpt-4o","temperature":0.25,"max_tokens":64,"messages":[
		{"role":"system","content":"Be brief."},{"role":"user","content":"Where is order 1042?"}]}`,
	askTools: `{"model":"gpt-4o","temperature":0.25,"max_tokens":64,"messages":[
		{"role":"system","content":"Be brief."},{"role":"user","content":"Where is order 1042?"},
		{"role":"assistant","tool_calls":[{"id":"call_1","type":"function",
			"function":{"name":"find_order","arguments":"{\"number\":1042}"}}]},
		{"role":"tool","tool_call_id":"call_1","content":"shipped"}],
		"tools":[{"type":"function","function":{"name":"find_order","description":"Finds an order.",
			"parameters":{"type":"object","properties":{"number":{"type":"integer"}}}}}]}`,

	answer: says(`{"id":"chatcmpl-1","object":"chat.completion","created":1760000000,"model":"gpt-4o-2024-11-20",
		"choices":[{"index":0,"finish_reason":"stop","message":{"role":"assistant","content":"It has shipped."}}],
		"usage":{"prompt_tokens":90,"completion_tokens":20,"total_tokens":110,
			"prompt_tokens_details":{"cached_tokens":40},"completion_tokens_details":{"reasoning_tokens":5}}}`),
	toolCall: says(`{"id":"chatcmpl-1","object":"chat.completion","created":1760000000,"model":"gpt-4o-2024-11-20",
		"choices":[{"index":0,"finish_reason":"tool_calls","message":{"role":"assistant","content":null,"tool_calls":[
			{"id":"call_2","type":"function","function":{"name":"find_order","arguments":"{\"number\":1043}"}}]}}],
		"usage":{"prompt_tokens":90,"completion_tokens":20,"total_tokens":110,
			"prompt_tokens_details":{"cached_tokens":40},"completion_tokens_details":{"reasoning_tokens":5}}}`),
	stream: events(chatEvents...), beginning: 2,
	refusal: refuses(http.StatusNotFound, openAIRefusal), overload: overloads(openAIOverload),

	parameters: map[string]any{"temperature": temperature, "max_tokens": float64(maxTokens)},
	usage:      tokens(40, 0, 5),
	finish:     "stop", toolFinish: "tool_calls",
	refused: openAIRefused, overloaded: openAIBusy,

	failure: "data: " + openAIFailure + "\n\n", failed: openAIFailed,
}

// chatEvents are the events of an answer, usage included, as a client that asks for it gets it.
var chatEvents = []string{
	`{"id":"chatcmpl-1","object":"chat.completion.chunk","created":1760000000,"model":"gpt-4o-2024-11-20",
		"choices":[{"index":0,"delta":{"role":"assistant","content":""}}]}`,
	`{"id":"chatcmpl-1","object":"chat.completion.chunk","created":1760000000,"model":"gpt-4o-2024-11-20",
		"choices":[{"index":0,"delta":{"content":"It has "}}]}`,
	`{"id":"chatcmpl-1","object":"chat.completion.chunk","created":1760000000,"model":"gpt-4o-2024-11-20",
		"choices":[{"index":0,"delta":{"content":"shipped."}}]}`,
	`{"id":"chatcmpl-1","object":"chat.completion.chunk","created":1760000000,"model":"gpt-4o-2024-11-20",
		"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}`,
	`{"id":"chatcmpl-1","object":"chat.completion.chunk","created":1760000000,"model":"gpt-4o-2024-11-20","choices":[],
		"usage":{"prompt_tokens":90,"completion_tokens":20,"total_tokens":110,
			"prompt_tokens_details":{"cached_tokens":40},"completion_tokens_details":{"reasoning_tokens":5}}}`,
	`[DONE]`,
}

var openAIEmbeddings = wire{
	provider: "openai_compatible", operation: "embeddings",
	model: "text-embedding-3-small", answeredBy: "text-embedding-3-small-1",

	ask: `{"model":"text-embedding-3-small","input":["one","two"],"encoding_format":"float"}`,
	answer: says(`{"object":"list","model":"text-embedding-3-small-1","data":[
		{"object":"embedding","index":0,"embedding":[0.125,0.2,0.3]},{"object":"embedding","index":1,"embedding":[0.4,0.5,0.6]}],
		"usage":{"prompt_tokens":2,"total_tokens":2}}`),
	refusal: refuses(http.StatusNotFound, openAIRefusal), overload: overloads(openAIOverload),

	input:      `[{"role":"user","content":"one"},{"role":"user","content":"two"}]`,
	output:     `{"count":2,"dimensions":3}`,
	parameters: map[string]any{"encoding_format": "float"},
	usage:      want{"gen_ai.usage.input_tokens": int64(2)},
	refused:    openAIRefused, overloaded: openAIBusy,
}
