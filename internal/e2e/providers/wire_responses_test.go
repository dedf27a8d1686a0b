package providers_test

import "net/http"

var openAIResponses = wire{
	provider: "openai_compatible", operation: "responses",
	model: "gpt-4o", answeredBy: "gpt-4o-2024-11-20", answerID: "resp_1",

	ask: `{"model":"gpt-4o","temperature":0.25,"max_output_tokens":64,"instructions":"Be brief.",
		"input":[{"type":"message","role":"user","content":"Where is order 1042?"}]}`,
	askTools: `{"model":"gpt-4o","temperature":0.25,"max_output_tokens":64,"instructions":"Be brief.","input":[
		{"type":"message","role":"user","content":"Where is order 1042?"},
		{"type":"function_call","call_id":"call_1","name":"find_order","arguments":"{\"number\":1042}"},
		{"type":"function_call_output","call_id":"call_1","output":"shipped"}],
		"tools":[{"type":"function","name":"find_order","description":"Finds an order.","strict":false,
			"parameters":{"type":"object","properties":{"number":{"type":"integer"}}}}]}`,

	answer: says(responseOf(`{"type":"message","id":"msg_1","status":"completed","role":"assistant",
		"content":[{"type":"output_text","text":"It has shipped.","annotations":[]}]}`)),
	toolCall: says(responseOf(`{"type":"function_call","id":"fc_1","status":"completed","call_id":"call_2",
		"name":"find_order","arguments":"{\"number\":1043}"}`)),
	stream: named(
		`{"type":"response.created","sequence_number":0,"response":{"id":"resp_1","object":"response",
			"created_at":1760000000,"status":"in_progress","model":"gpt-4o-2024-11-20","output":[]}}`,
		`{"type":"response.output_item.added","sequence_number":1,"output_index":0,
			"item":{"type":"message","id":"msg_1","status":"in_progress","role":"assistant","content":[]}}`,
		`{"type":"response.content_part.added","sequence_number":2,"item_id":"msg_1","output_index":0,"content_index":0,
			"part":{"type":"output_text","text":"","annotations":[]}}`,
		`{"type":"response.output_text.delta","sequence_number":3,"item_id":"msg_1","output_index":0,"content_index":0,
			"delta":"It has "}`,
		`{"type":"response.output_text.delta","sequence_number":4,"item_id":"msg_1","output_index":0,"content_index":0,
			"delta":"shipped."}`,
		`{"type":"response.output_text.done","sequence_number":5,"item_id":"msg_1","output_index":0,"content_index":0,
			"text":"It has shipped."}`,
		`{"type":"response.output_item.done","sequence_number":6,"output_index":0,"item":{"type":"message","id":"msg_1",
			"status":"completed","role":"assistant","content":[{"type":"output_text","text":"It has shipped.","annotations":[]}]}}`,
		`{"type":"response.completed","sequence_number":7,"response":`+responseOf(`{"type":"message","id":"msg_1",
			"status":"completed","role":"assistant","content":[{"type":"output_text","text":"It has shipped.","annotations":[]}]}`)+`}`,
	), beginning: 4,
	refusal: refuses(http.StatusNotFound, openAIRefusal), overload: overloads(openAIOverload),

	parameters: map[string]any{"temperature": temperature, "max_tokens": float64(maxTokens)},
	usage:      tokens(40, 0, 5),
	finish:     "completed", toolFinish: "completed",
	refused: openAIRefused, overloaded: openAIBusy,
}

// responseOf is a whole response with one item of output.
func responseOf(item string) string {
	return `{"id":"resp_1","object":"response","created_at":1760000000,"status":"completed","model":"gpt-4o-2024-11-20",
		"output":[` + item + `],"usage":{"input_tokens":90,"input_tokens_details":{"cached_tokens":40},
			"output_tokens":20,"output_tokens_details":{"reasoning_tokens":5},"total_tokens":110}}`
}
