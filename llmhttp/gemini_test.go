package llmhttp_test

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/traceroot-ai/traceroot-go/llmhttp"
)

const (
	geminiURL       = "https://generativelanguage.googleapis.com/v1beta/models/gemini-test:generateContent"
	geminiStreamURL = "https://generativelanguage.googleapis.com/v1beta/models/gemini-test:streamGenerateContent?alt=sse"
)

func TestMatchGemini(t *testing.T) {
	t.Parallel()
	const (
		studio = "https://generativelanguage.googleapis.com/v1beta/"
		vertex = "https://us-central1-aiplatform.googleapis.com/v1/projects/p/locations/us-central1/"
	)
	type route struct{ provider, protocol, operation, model string }
	for address, want := range map[string]route{
		studio + "models/gemini-x:generateContent":                     {"gemini", "gemini", "chat", "gemini-x"},
		studio + "models/gemini-x:streamGenerateContent?alt=sse&key=k": {"gemini", "gemini_stream", "chat", "gemini-x"},
		studio + "models/gemini-x%3AgenerateContent":                   {"gemini", "gemini", "chat", "gemini-x"},
		studio + "models/my%20model:generateContent/":                  {"gemini", "gemini", "chat", "my model"},
		studio + "tunedModels/tuned-1:generateContent":                 {"gemini", "gemini", "chat", "tuned-1"},
		studio + "models/embed-x:embedContent":                         {"gemini", "gemini_embed", "embeddings", "embed-x"},
		studio + "models/embed-x:batchEmbedContents":                   {"gemini", "gemini_embed", "embeddings", "embed-x"},
		studio + "models/gemini-x:countTokens":                         {"gemini", "gemini_count", "count_tokens", "gemini-x"},
		studio + "models/imagen-x:predict":                             {"gemini", "vertex_predict", "predict", "imagen-x"},
		vertex + "publishers/google/models/gemini-x:generateContent":   {"vertex_ai", "gemini", "chat", "gemini-x"},
		vertex + "publishers/google/models/text-x:predict":             {"vertex_ai", "vertex_predict", "predict", "text-x"},
		vertex + "endpoints/123:streamGenerateContent":                 {"vertex_ai", "gemini_stream", "chat", "123"},
		"http://127.0.0.1:8080/models/m:generateContent":               {"gemini", "gemini", "chat", "m"},
		"http://127.0.0.1:8080/models/m:predict":                       {"vertex_ai", "vertex_predict", "predict", "m"},
		vertex + "endpoints/123:predict":                               {},
		studio + "models/gemini-x":                                     {},
		studio + "models/generateContent":                              {},
		studio + "models/:generateContent":                             {},
		studio + "models/gemini-x:generateText":                        {},
		studio + "models/gemini-x:generateContent/operations":          {},
		studio + "files/f:generateContent":                             {},
		"https://example.com/generateContent":                          {},
		"https://example.com/m:predict":                                {},
		"https://example.com/predict":                                  {},
	} {
		got, ok := match(t, http.MethodPost, address, nil)
		if ok != (want != route{}) || (route{got.Provider, got.Protocol, got.Operation, got.Model}) != want {
			t.Errorf("%s: got %v %+v, want %+v", address, ok, got, want)
		}
	}
}

func TestGeminiConversations(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ sent, want string }{
		"a conversation": {
			`"systemInstruction":{"parts":[{"text":"Be "},{"text":"brief."}]},
			 "contents":[{"role":"user","parts":[{"text":"Hi"}]},{"role":"model","parts":[{"text":"Yes?"}]},{"parts":[{"text":"Go on"}]}]`,
			`[{"role":"system","content":[{"type":"text","text":"Be "},{"type":"text","text":"brief."}]},` +
				`{"role":"user","content":"Hi"},{"role":"assistant","content":"Yes?"},{"role":"user","content":"Go on"}]`,
		},
		"one thing in place of a list": {
			`"system_instruction":{"parts":{"text":"Be brief."}},"contents":{"role":"user","parts":{"text":"Hi"}}`,
			`[{"role":"system","content":"Be brief."},{"role":"user","content":"Hi"}]`,
		},
		"texts in place of contents": {
			`"systemInstruction":"Be brief.","contents":["Hi",{"parts":["there"]}]`,
			`[{"role":"system","content":"Be brief."},{"role":"user","content":"Hi"},{"role":"user","content":"there"}]`,
		},
		"a tool call and its result": {
			`"contents":[{"role":"model","parts":[{"text":"Wait."},{"functionCall":{"id":"c1","name":"add","args":{"a":1.0}}}]},
			  {"role":"user","parts":[{"functionResponse":{"id":"c1","name":"add","response":{"sum": 3}}}]}]`,
			`[{"role":"assistant","content":"Wait.","tool_calls":[{"id":"c1","name":"add","arguments":{"a":1.0}}]},` +
				`{"role":"tool","content":"{\"sum\":3}","tool_call_id":"c1","name":"add"}]`,
		},
		"results among other parts": {
			`"contents":[{"role":"user","parts":[{"text":"Here:"},{"function_response":{"name":"a","response":{}}},{"function_response":{"name":"b"}}]}]`,
			`[{"role":"tool","content":"{}","name":"a"},{"role":"tool","content":"null","name":"b"},{"role":"user","content":"Here:"}]`,
		},
		"the role of functions": {
			`"contents":[{"role":"function","parts":[{"functionResponse":{"name":"a","response":{"x":[1,"é"]}}}]},{"role":"function","parts":[{"text":"late"}]}]`,
			`[{"role":"tool","content":"{\"x\":[1,\"é\"]}","name":"a"},{"role":"tool","content":"late"}]`,
		},
		"a call without arguments": {
			`"contents":[{"role":"model","parts":[{"function_call":{"name":"now"}},{"functionCall":{"name":"then","args":{}}}]}]`,
			`[{"role":"assistant","content":[],"tool_calls":[{"name":"now","arguments":{}},{"name":"then","arguments":{}}]}]`,
		},
		"media": {
			`"contents":[{"parts":[{"inlineData":{"mimeType":"image/png","data":"AAAA"}},{"inline_data":{"mime_type":"audio/wav","data":""}},
			  {"fileData":{"mimeType":"video/mp4","fileUri":"https://e.com/v"}},{"file_data":{"mime_type":"application/pdf","file_uri":"gs://b/f.pdf"}},
			  {"fileData":{"fileUri":"https://youtu.be/x"}}]}]`,
			`[{"role":"user","content":[{"type":"image","source":"inline","base64_len":4,"media_type":"image/png"},` +
				`{"type":"audio","source":"inline","base64_len":0,"media_type":"audio/wav"},` +
				`{"type":"video","source":"url","url":"https://e.com/v","media_type":"video/mp4"},` +
				`{"type":"file","source":"url","url":"gs://b/f.pdf","media_type":"application/pdf"},` +
				`{"type":"file","source":"url","url":"https://youtu.be/x"}]}]`,
		},
		"thoughts and Google's own tools": {
			`"contents":[{"role":"model","parts":[{"text":"Hm.","thought":true,"thoughtSignature":"s"},{"executableCode":{"code":"1"}},
			  {"codeExecutionResult":{"outcome":"OUTCOME_OK"}},{"executable_code":{"code":"2"}},{"code_execution_result":{"output":"2"}},
			  {"toolCall":{"toolType":"GOOGLE_SEARCH_WEB"}},{"toolResponse":{"toolType":"GOOGLE_SEARCH_WEB"}}]}]`,
			`[{"role":"assistant","content":[{"type":"reasoning","text":"Hm."},{"type":"server_tool_call","name":"code_execution"},` +
				`{"type":"server_tool_result","name":"code_execution"},{"type":"server_tool_call","name":"code_execution"},` +
				`{"type":"server_tool_result","name":"code_execution"},{"type":"server_tool_call","name":"GOOGLE_SEARCH_WEB"},` +
				`{"type":"server_tool_result","name":"GOOGLE_SEARCH_WEB"}]}]`,
		},
		"parts nobody knows":         {`"contents":[{"role":"user","parts":[7,null,{},{"hologram":1},{"text":""},{"text":3}]}]`, `[{"role":"user","content":[]}]`},
		"things that are no content": {`"systemInstruction":{},"contents":[null,7,["x"],{"role":7,"parts":"x"}]`, `[{"role":"user","content":"x"}]`},
		"nothing":                    {`"contents":null`, `[]`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			q, _ := exchange{url: geminiURL, request: `{` + c.sent + `}`}.read(t)
			if got := messages(q.Messages); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestGeminiParameters(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		sent string
		want map[string]string
	}{
		"camel case": {
			`"generationConfig":{"temperature":0.70,"topP":0.9,"topK":40,"maxOutputTokens":5,"stopSequences":["END"],"seed":7,
				"frequencyPenalty":1.0,"presencePenalty":-1.5,"candidateCount":2,"thinkingConfig":{"thinkingBudget":0,"thinkingLevel":"LOW","includeThoughts":true},
				"responseMimeType":"application/json","responseLogprobs":true,"logprobs":3,"responseModalities":["TEXT"]}`,
			map[string]string{
				"temperature": "0.70", "top_p": "0.9", "top_k": "40", "max_tokens": "5", "stop": `["END"]`, "seed": "7",
				"frequency_penalty": "1.0", "presence_penalty": "-1.5", "n": "2", "thinking_budget": "0", "reasoning_effort": `"LOW"`,
				"response_format": `"application/json"`, "logprobs": "true", "top_logprobs": "3",
			},
		},
		"snake case": {
			`"generation_config":{"top_p":0.9,"top_k":40,"max_output_tokens":5,"stop_sequences":["END"],"frequency_penalty":1,"presence_penalty":2,
				"candidate_count":2,"thinking_config":{"thinking_budget":9,"thinking_level":"HIGH"},"response_mime_type":"text/plain","response_logprobs":false}`,
			map[string]string{
				"top_p": "0.9", "top_k": "40", "max_tokens": "5", "stop": `["END"]`, "frequency_penalty": "1", "presence_penalty": "2",
				"n": "2", "thinking_budget": "9", "reasoning_effort": `"HIGH"`, "response_format": `"text/plain"`, "logprobs": "false",
			},
		},
		"none":    {`"generationConfig":{"temperature":null,"stopSequences":[]}`, nil},
		"no list": {`"generationConfig":[1]`, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			q, _ := exchange{url: geminiStreamURL, request: `{"model":"models/other",` + c.sent + `}`}.read(t)
			got := map[string]string{}
			for name, value := range q.Parameters {
				got[name] = string(value)
			}
			if !maps.Equal(got, c.want) || q.Model != "other" || !q.Streaming {
				t.Errorf("got  %v of %+v\nwant %v", got, q, c.want)
			}
		})
	}
}

func TestGeminiTools(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ sent, want string }{
		"functions": {
			`[{"functionDeclarations":[{"name":"add","description":"Adds.","parameters":{"type":"OBJECT","b":1,"a":2}},{"name":"sub","parametersJsonSchema":{"type":"object"}}]}]`,
			`[{"name":"add","description":"Adds.","parameters":{"type":"OBJECT","b":1,"a":2}},{"name":"sub","parameters":{"type":"object"}}]`,
		},
		"snake case, and no list": {`{"function_declarations":{"name":"add","parameters_json_schema":{}},"google_search":{}}`, `[{"name":"add","parameters":{}},{"name":"google_search"}]`},
		"Google's own":            {`[{"googleSearch":{}},{"codeExecution":{},"functionDeclarations":[{"name":"f"}],"urlContext":null}]`, `[{"name":"googleSearch"},{"name":"f"},{"name":"codeExecution"}]`},
		"no tools":                {`[null,7,"x",{}]`, `[]`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			q, _ := exchange{url: geminiURL, request: `{"tools":` + c.sent + `}`}.read(t)
			if got := string(llmhttp.AppendTools(nil, q.Tools)); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestGeminiAnswers(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answer, messages string
		reasons          []string
	}{
		"adjacent texts are one": {
			`{"candidates":[{"content":{"role":"model","parts":[{"text":"Hm","thought":true},{"text":".","thought":true},{"text":"Y"},{"text":"es"}]},"finishReason":"STOP"}]}`,
			`[{"role":"assistant","content":[{"type":"reasoning","text":"Hm."},{"type":"text","text":"Yes"}]}]`,
			[]string{"STOP"},
		},
		"other parts stand between texts": {
			`{"candidates":[{"content":{"parts":[{"text":"a"},{"inlineData":{"mimeType":"image/png","data":"AAAA"}},{"inlineData":{"mimeType":"image/png","data":"AA"}},{"text":"b"}]}}]}`,
			`[{"role":"assistant","content":[{"type":"text","text":"a"},{"type":"image","source":"inline","base64_len":4,"media_type":"image/png"},` +
				`{"type":"image","source":"inline","base64_len":2,"media_type":"image/png"},{"type":"text","text":"b"}]}]`,
			[]string{""},
		},
		"calls": {
			`{"candidates":[{"content":{"parts":[{"functionCall":{"name":"a","args":{"x":[1,{"y":2.50}]}}},{"functionCall":{"id":"2","name":"b"}}]},"finishReason":"STOP"}]}`,
			`[{"role":"assistant","content":[],"tool_calls":[{"name":"a","arguments":{"x":[1,{"y":2.50}]}},{"id":"2","name":"b","arguments":{}}]}]`,
			[]string{"STOP"},
		},
		"several candidates out of order": {
			`{"candidates":[{"index":1,"content":{"parts":[{"text":"b"}]},"finishReason":"MAX_TOKENS"},{"content":{"parts":[{"text":"a"}]},"finishReason":"STOP"}]}`,
			`[{"role":"assistant","content":"a"},{"role":"assistant","content":"b"}]`,
			[]string{"STOP", "MAX_TOKENS"},
		},
		"stopped without a word":    {`{"candidates":[{"finishReason":"SAFETY"}]}`, `[{"role":"assistant","content":[]}]`, []string{"SAFETY"}},
		"a refused prompt":          {`{"promptFeedback":{"blockReason":"PROHIBITED_CONTENT"}}`, `[]`, []string{"PROHIBITED_CONTENT"}},
		"refused, as a number":      {`{"promptFeedback":{"blockReason":4}}`, `[]`, []string{"4"}},
		"a reason nobody gave":      {`{"candidates":[{"content":{},"finishReason":0}],"promptFeedback":{"blockReason":""}}`, `[{"role":"assistant","content":[]}]`, []string{""}},
		"results of tools are none": {`{"candidates":[{"content":{"parts":[{"functionResponse":{"name":"a","response":{}}}]}}]}`, `[{"role":"assistant","content":[]}]`, []string{""}},
		"mistyped":                  {`{"candidates":[7,{"content":"x","index":"y","finishReason":{}},{"index":-3,"content":{"parts":{"text":"a"}}}],"usageMetadata":[]}`, `[{"role":"assistant","content":"a"}]`, []string{""}},
		"nothing":                   {`{}`, `[]`, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, r := exchange{url: geminiURL, answer: c.answer}.read(t)
			if got := messages(r.Messages); got != c.messages {
				t.Errorf("got  %s\nwant %s", got, c.messages)
			}
			if !slices.Equal(r.FinishReasons, c.reasons) || !r.Complete || r.Stream != nil || r.Error != nil {
				t.Errorf("got %+v, want the reasons %q of a complete answer", r, c.reasons)
			}
		})
	}
}

func TestGeminiFinishReasonsThatAreNumbers(t *testing.T) {
	t.Parallel()
	for number, want := range map[string]string{
		"1": "STOP", "2": "MAX_TOKENS", "3": "SAFETY", "4": "RECITATION", "5": "OTHER", "6": "6", "99": "99", "-1": "-1",
	} {
		_, r := exchange{url: geminiURL, answer: `{"candidates":[{"finishReason":` + number + `}]}`}.read(t)
		if !slices.Equal(r.FinishReasons, []string{want}) {
			t.Errorf("%s gives %q, want %s", number, r.FinishReasons, want)
		}
	}
}

func TestGeminiUsage(t *testing.T) {
	t.Parallel()
	some := llmhttp.Tokens
	for name, c := range map[string]struct {
		sent string
		want llmhttp.Usage
	}{
		"llm-06 thoughts are output, and reasoning": {
			`{"promptTokenCount":10,"candidatesTokenCount":4,"thoughtsTokenCount":3,"totalTokenCount":17}`,
			llmhttp.Usage{Input: some(10), Output: some(7), Total: some(17), Reasoning: some(3)},
		},
		"what tools add is input":     {`{"promptTokenCount":10,"toolUsePromptTokenCount":5}`, llmhttp.Usage{Input: some(15)}},
		"the cached part is in input": {`{"promptTokenCount":10,"cachedContentTokenCount":8}`, llmhttp.Usage{Input: some(10), CacheRead: some(8)}},
		"thoughts alone":              {`{"thoughtsTokenCount":3}`, llmhttp.Usage{Output: some(3), Reasoning: some(3)}},
		"a reported 0 is one":         {`{"promptTokenCount":0,"candidatesTokenCount":0}`, llmhttp.Usage{Input: some(0), Output: some(0)}},
		"what is no number is not":    {`{"promptTokenCount":"7","candidatesTokenCount":true}`, llmhttp.Usage{}},
		"null":                        {`null`, llmhttp.Usage{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			chunk := `{"candidates":[],"usageMetadata":` + c.sent + `}`
			_, whole := exchange{url: geminiURL, answer: chunk}.read(t)
			_, stream := exchange{url: geminiStreamURL, answer: sse(chunk)}.read(t)
			if whole.Usage != c.want || stream.Usage != c.want {
				t.Errorf("whole %+v\nstream %+v\nwant %+v", whole.Usage, stream.Usage, c.want)
			}
		})
	}
}

func TestGeminiLimits(t *testing.T) {
	t.Parallel()
	const limit, long = 1000, 5000
	text := strings.Repeat("x", long)
	for name, c := range map[string]struct {
		sent, answer  string
		kept, dropped int
	}{
		"a text":             {sent: `{"contents":[{"parts":[{"text":"` + text + `"}]}]}`, kept: limit, dropped: long - limit},
		"arguments":          {sent: `{"contents":[{"parts":[{"functionCall":{"name":"f","args":{"a":["` + text + `"]}}}]}]}`, kept: limit, dropped: long - limit},
		"a result":           {sent: `{"contents":[{"parts":[{"functionResponse":{"name":"f","response":{"a":"` + text + `"}}}]}]}`, kept: limit - len(`{"a":"`), dropped: long + len(`{"a":""}`) - limit},
		"an answer":          {answer: `{"candidates":[{"content":{"parts":[{"text":"` + text + `"},{"text":"` + text + `"}]}}]}`, kept: limit, dropped: 2*long - limit},
		"answered arguments": {answer: `{"candidates":[{"content":{"parts":[{"functionCall":{"name":"f","args":{"a":"` + text + `"}}}]}}]}`, kept: limit - len(`{"a":"`), dropped: long + len(`{"a":""}`) - limit},
		"a vast file":        {sent: `{"contents":[{"parts":[{"inlineData":{"mimeType":"image/png","data":"` + text + `"}}]}]}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			q, r := exchange{url: geminiURL, request: c.sent, answer: c.answer, limits: llmhttp.Limits{Text: limit}}.read(t)
			all := slices.Concat(q.Messages, r.Messages)
			if got := strings.Count(messages(all), "x"); got != c.kept {
				t.Errorf("%d bytes kept, want %d: %s", got, c.kept, messages(all))
			}
			if got := llmhttp.Dropped(all); got != c.dropped {
				t.Errorf("%d bytes dropped, want %d", got, c.dropped)
			}
			if c.kept == 0 && !strings.Contains(messages(all), fmt.Sprint(long)) {
				t.Errorf("got %s without the length", messages(all))
			}
		})
	}
}
