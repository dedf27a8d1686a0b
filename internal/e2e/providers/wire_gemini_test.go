package providers_test

import "net/http"

const geminiTail = `"modelVersion":"gemini-2.5-flash-001","responseId":"gen_1","usageMetadata":{"promptTokenCount":90,
	"cachedContentTokenCount":40,"candidatesTokenCount":15,"thoughtsTokenCount":5,"totalTokenCount":110}`

// gemini is asked with the arguments of the genai package's GenerateContent, as its requests are no type of that package.
var gemini = wire{
	provider: "gcp.gemini", operation: "chat",
	model: "gemini-2.5-flash", answeredBy: "gemini-2.5-flash-001", answerID: "gen_1",

	ask: `{"model":"gemini-2.5-flash","config":{"temperature":0.25,"maxOutputTokens":64,
			"systemInstruction":{"parts":[{"text":"Be brief."}]}},
		"contents":[{"role":"user","parts":[{"text":"Where is order 1042?"}]}]}`,
	askTools: `{"model":"gemini-2.5-flash","config":{"temperature":0.25,"maxOutputTokens":64,
			"systemInstruction":{"parts":[{"text":"Be brief."}]},
			"tools":[{"functionDeclarations":[{"name":"find_order","description":"Finds an order.",
				"parametersJsonSchema":{"type":"object","properties":{"number":{"type":"integer"}}}}]}]},
		"contents":[{"role":"user","parts":[{"text":"Where is order 1042?"}]},
			{"role":"model","parts":[{"functionCall":{"id":"call_1","name":"find_order","args":{"number":1042}}}]},
			{"role":"user","parts":[{"functionResponse":{"id":"call_1","name":"find_order","response":{"result":"shipped"}}}]}]}`,

	answer: says(`{"candidates":[{"index":0,"finishReason":"STOP",
		"content":{"role":"model","parts":[{"text":"It has shipped."}]}}],` + geminiTail + `}`),
	toolCall: says(`{"candidates":[{"index":0,"finishReason":"STOP","content":{"role":"model","parts":[
		{"functionCall":{"id":"call_2","name":"find_order","args":{"number":1043}}}]}}],` + geminiTail + `}`),
	stream: events(
		`{"candidates":[{"index":0,"content":{"role":"model","parts":[{"text":"It has "}]}}],`+geminiTail+`}`,
		`{"candidates":[{"index":0,"content":{"role":"model","parts":[{"text":"shipped."}]},"finishReason":"STOP"}],`+geminiTail+`}`,
	), beginning: 1,
	refusal:  refuses(http.StatusNotFound, `{"error":{"code":404,"message":"The model does not exist.","status":"NOT_FOUND"}}`),
	overload: overloads(`{"error":{"code":429,"message":"Slow down.","status":"RESOURCE_EXHAUSTED"}}`),

	toolInput: `[{"role":"system","content":"Be brief."},{"role":"user","content":"Where is order 1042?"},
		{"role":"assistant","content":[],"tool_calls":[{"id":"call_1","name":"find_order","arguments":{"number":1042}}]},
		{"role":"tool","tool_call_id":"call_1","name":"find_order","content":"{\"result\":\"shipped\"}"}]`,
	parameters: map[string]any{"temperature": temperature, "max_tokens": float64(maxTokens)},
	usage:      tokens(40, 0, 5),
	finish:     "STOP", toolFinish: "STOP",
	refused: "NOT_FOUND: The model does not exist.", overloaded: "RESOURCE_EXHAUSTED: Slow down.",
}

// geminiArray is what Google's older client makes of it, which langchaingo uses: all answers are arrays, and enumerations
// are numbers.
var geminiArray = func() wire {
	w := gemini
	w.answer = says(`[{"candidates":[{"index":0,"finishReason":1,
		"content":{"role":"model","parts":[{"text":"It has shipped."}]}}],` + geminiTail + `}]`)
	w.toolCall = says(`[{"candidates":[{"index":0,"finishReason":1,"content":{"role":"model","parts":[
		{"functionCall":{"name":"find_order","args":{"number":1043}}}]}}],` + geminiTail + `}]`)
	w.stream = answer{pieces: []string{
		`[{"candidates":[{"index":0,"content":{"role":"model","parts":[{"text":"It has "}]}}],` + oneLine(geminiTail) + "}\r\n",
		`,{"candidates":[{"index":0,"content":{"role":"model","parts":[{"text":"shipped."}]},"finishReason":1}],` + oneLine(geminiTail) + "}\r\n",
		"]",
	}}
	w.toolInput = `[{"role":"system","content":"Be brief."},{"role":"user","content":"Where is order 1042?"},
		{"role":"assistant","content":[],"tool_calls":[{"name":"find_order","arguments":{"number":1042}}]},
		{"role":"tool","name":"find_order","content":"{\"response\":\"shipped\"}"}]`
	w.tools = `[{"name":"find_order","description":"Finds an order.",
		"parameters":{"type":6,"properties":{"number":{"type":3}}}}]`
	w.toolOutput = `[{"role":"assistant","content":[],"tool_calls":[{"name":"find_order","arguments":{"number":1043}}]}]`
	w.parameters = map[string]any{"temperature": temperature, "max_tokens": float64(maxTokens), "top_p": 0.95, "top_k": 3.0, "n": 1.0}
	return w
}()
