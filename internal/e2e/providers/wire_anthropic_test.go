package providers_test

import "net/http"

const (
	claudeUsage = `"usage":{"input_tokens":40,"cache_read_input_tokens":40,"cache_creation_input_tokens":10,"output_tokens":20}`
	claudeHead  = `"id":"msg_1","type":"message","role":"assistant","model":"claude-sonnet-4-5-20250929","stop_sequence":null`

	claudeAsk = `"max_tokens":64,"temperature":0.25,"system":[{"type":"text","text":"Be brief."}],"messages":[
		{"role":"user","content":[{"type":"text","text":"Where is order 1042?"}]}]`
	claudeAskTools = `"max_tokens":64,"temperature":0.25,"system":[{"type":"text","text":"Be brief."}],"messages":[
		{"role":"user","content":[{"type":"text","text":"Where is order 1042?"}]},
		{"role":"assistant","content":[{"type":"tool_use","id":"call_1","name":"find_order","input":{"number":1042}}]},
		{"role":"user","content":[{"type":"tool_result","tool_use_id":"call_1","content":[{"type":"text","text":"shipped"}]}]}],
		"tools":[{"name":"find_order","description":"Finds an order.",
			"input_schema":{"type":"object","properties":{"number":{"type":"integer"}}}}]`
	claudeAnswer = `{` + claudeHead + `,"content":[{"type":"text","text":"It has shipped."}],"stop_reason":"end_turn",` +
		claudeUsage + `}`
	claudeToolCall = `{` + claudeHead + `,"content":[{"type":"tool_use","id":"call_2","name":"find_order",
		"input":{"number":1043}}],"stop_reason":"tool_use",` + claudeUsage + `}`
	claudeRefusal  = `{"type":"error","error":{"type":"not_found_error","message":"The model does not exist."}}`
	claudeOverload = `{"type":"error","error":{"type":"rate_limit_error","message":"Slow down."}}`
)

var claudeEvents = []string{
	`{"type":"message_start","message":{` + claudeHead + `,"content":[],"stop_reason":null,
		"usage":{"input_tokens":40,"cache_read_input_tokens":40,"cache_creation_input_tokens":10,"output_tokens":1}}}`,
	`{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}`,
	`{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"It has "}}`,
	`{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"shipped."}}`,
	`{"type":"content_block_stop","index":0}`,
	`{"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":20}}`,
	`{"type":"message_stop"}`,
}

var anthropicMessages = wire{
	provider: "anthropic", operation: "chat",
	model: "claude-sonnet-4-5", answeredBy: "claude-sonnet-4-5-20250929", answerID: "msg_1",

	ask: `{"model":"claude-sonnet-4-5",` + claudeAsk + `}`, askTools: `{"model":"claude-sonnet-4-5",` + claudeAskTools + `}`,
	answer: says(claudeAnswer), toolCall: says(claudeToolCall),
	stream: named(claudeEvents...), beginning: 3,
	refusal: refuses(http.StatusNotFound, claudeRefusal), overload: overloads(claudeOverload),

	parameters: map[string]any{"temperature": temperature, "max_tokens": float64(maxTokens)},
	usage:      tokens(40, 10, 0),
	finish:     "end_turn", toolFinish: "tool_use",
	refused: "not_found_error: The model does not exist.", overloaded: "rate_limit_error: Slow down.",

	failure: "event: error\ndata: " + `{"type":"error","error":{"type":"overloaded_error","message":"Try again."}}` + "\n\n",
	failed:  "overloaded_error: Try again.",
}
