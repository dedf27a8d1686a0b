package providers_test

import "net/http"

const (
	ollamaHead = `"model":"llama3.2","created_at":"2025-10-08T08:00:00Z"`
	ollamaTail = `"done":true,"done_reason":"stop","prompt_eval_count":90,"eval_count":20`
)

var ollamaChat = wire{
	provider: "ollama", operation: "chat", model: "llama3.2", answeredBy: "llama3.2",

	ask: `{"model":"llama3.2","options":{"temperature":0.25,"num_predict":64},"messages":[
		{"role":"system","content":"Be brief."},{"role":"user","content":"Where is order 1042?"}]}`,
	askTools: `{"model":"llama3.2","options":{"temperature":0.25,"num_predict":64},"messages":[
		{"role":"system","content":"Be brief."},{"role":"user","content":"Where is order 1042?"},
		{"role":"assistant","content":"","tool_calls":[{"id":"call_1","function":{"name":"find_order","arguments":{"number":1042}}}]},
		{"role":"tool","content":"shipped","tool_call_id":"call_1"}],
		"tools":[{"type":"function","function":{"name":"find_order","description":"Finds an order.",
			"parameters":{"type":"object","properties":{"number":{"type":"integer"}}}}}]}`,

	answer: says(`{` + ollamaHead + `,"message":{"role":"assistant","content":"It has shipped."},` + ollamaTail + `}`),
	toolCall: says(`{` + ollamaHead + `,"message":{"role":"assistant","content":"","tool_calls":[
		{"id":"call_2","function":{"name":"find_order","arguments":{"number":1043}}}]},` + ollamaTail + `}`),
	stream: lines(
		`{`+ollamaHead+`,"message":{"role":"assistant","content":"It has "},"done":false}`,
		`{`+ollamaHead+`,"message":{"role":"assistant","content":"shipped."},"done":false}`,
		`{`+ollamaHead+`,"message":{"role":"assistant","content":""},`+ollamaTail+`}`,
	), beginning: 1,
	refusal:  refuses(http.StatusNotFound, `{"error":"The model does not exist."}`),
	overload: overloads(`{"error":"Slow down."}`),

	parameters: map[string]any{"temperature": temperature, "max_tokens": float64(maxTokens)},
	usage:      tokens(0, 0, 0),
	finish:     "stop", toolFinish: "stop",
	refused: "The model does not exist.", overloaded: "Slow down.",

	failure: `{"error":"Try again."}` + "\n", failed: "Try again.",
}
