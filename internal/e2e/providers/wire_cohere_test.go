package providers_test

import "net/http"

const cohereUsage = `"usage":{"billed_units":{"input_tokens":5,"output_tokens":3},"tokens":{"input_tokens":90,"output_tokens":20}}`

var cohereChat = wire{
	provider: "cohere", operation: "chat", model: "command-a-03-2025", answerID: "chat_1",

	ask: `{"model":"command-a-03-2025","temperature":0.25,"max_tokens":64,"messages":[
		{"role":"system","content":"Be brief."},{"role":"user","content":"Where is order 1042?"}]}`,
	askTools: `{"model":"command-a-03-2025","temperature":0.25,"max_tokens":64,"messages":[
		{"role":"system","content":"Be brief."},{"role":"user","content":"Where is order 1042?"},
		{"role":"assistant","tool_calls":[{"id":"call_1","type":"function",
			"function":{"name":"find_order","arguments":"{\"number\":1042}"}}]},
		{"role":"tool","tool_call_id":"call_1","content":"shipped"}],
		"tools":[{"type":"function","function":{"name":"find_order","description":"Finds an order.",
			"parameters":{"type":"object","properties":{"number":{"type":"integer"}}}}}]}`,

	answer: says(`{"id":"chat_1","finish_reason":"COMPLETE","message":{"role":"assistant",
		"content":[{"type":"text","text":"It has shipped."}]},` + cohereUsage + `}`),
	toolCall: says(`{"id":"chat_1","finish_reason":"TOOL_CALL","message":{"role":"assistant","tool_calls":[
		{"id":"call_2","type":"function","function":{"name":"find_order","arguments":"{\"number\":1043}"}}]},` + cohereUsage + `}`),
	stream: named(
		`{"type":"message-start","id":"chat_1","delta":{"message":{"role":"assistant","content":[],"tool_plan":"","tool_calls":[],"citations":[]}}}`,
		`{"type":"content-start","index":0,"delta":{"message":{"content":{"type":"text","text":""}}}}`,
		`{"type":"content-delta","index":0,"delta":{"message":{"content":{"text":"It has "}}}}`,
		`{"type":"content-delta","index":0,"delta":{"message":{"content":{"text":"shipped."}}}}`,
		`{"type":"content-end","index":0}`,
		`{"type":"message-end","delta":{"finish_reason":"COMPLETE",`+cohereUsage+`}}`,
		`[DONE]`,
	), beginning: 3, atOnce: true,
	refusal:  refuses(http.StatusNotFound, `{"message":"The model does not exist."}`),
	overload: overloads(`{"message":"Slow down."}`),

	parameters: map[string]any{"temperature": temperature, "max_tokens": float64(maxTokens)},
	usage:      tokens(0, 0, 0),
	finish:     "COMPLETE", toolFinish: "TOOL_CALL",
	refused: "The model does not exist.", overloaded: "Slow down.",
}

// cohereGenerate is the older form, which takes one text.
var cohereGenerate = wire{
	provider: "cohere", operation: "text_completion", model: "command", answerID: "gen_1",

	answer:  says(`{"id":"gen_1","generations":[{"id":"1","text":"It has shipped.","finish_reason":"COMPLETE"}],"prompt":"Where is order 1042?"}`),
	refusal: refuses(http.StatusNotFound, `{"message":"model not found: The model does not exist."}`),

	input:   `[{"role":"user","content":"Be brief."}]`, // the first text of the conversation is all that langchaingo sends
	finish:  "COMPLETE",
	refused: "model not found: The model does not exist.",
}
