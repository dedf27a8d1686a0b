package llmhttp_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/traceroot-ai/traceroot-go/llmhttp"
)

func TestInvokeRequests(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		sent, messages, tools string
		parameters            map[string]string
	}{
		"Claude": {
			`{"anthropic_version":"bedrock-2023-05-31","system":"Be brief.","max_tokens":5,"stream":true,"messages":[{"role":"user","content":[{"type":"text","text":"Hi"}]}],
				"tools":[{"name":"add","description":"Adds.","input_schema":{"type":"object"}}]}`,
			`[{"role":"system","content":"Be brief."},{"role":"user","content":"Hi"}]`,
			`[{"name":"add","description":"Adds.","parameters":{"type":"object"}}]`,
			map[string]string{"max_tokens": "5"},
		},
		"Claude 2": {
			`{"prompt":"\n\nHuman: Hi\n\nAssistant:","max_tokens_to_sample":5,"stop_sequences":["Human:"],"top_k":3}`,
			`[{"role":"user","content":"\n\nHuman: Hi\n\nAssistant:"}]`, `[]`,
			map[string]string{"max_tokens": "5", "stop": `["Human:"]`, "top_k": "3"},
		},
		"Titan": {
			`{"inputText":"Hi","textGenerationConfig":{"maxTokenCount":5,"temperature":0.0,"topP":1,"stopSequences":[]}}`,
			`[{"role":"user","content":"Hi"}]`, `[]`,
			map[string]string{"max_tokens": "5", "temperature": "0.0", "top_p": "1"},
		},
		"Nova": {
			`{"schemaVersion":"messages-v1","system":[{"text":"Be brief."}],"messages":[{"role":"user","content":[{"text":"Hi"}]}],"inferenceConfig":{"max_new_tokens":5,"topK":20},
				"toolConfig":{"tools":[{"toolSpec":{"name":"add"}}]}}`,
			`[{"role":"system","content":"Be brief."},{"role":"user","content":"Hi"}]`, `[{"name":"add"}]`,
			map[string]string{"max_tokens": "5", "top_k": "20"},
		},
		"Llama": {
			`{"prompt":"Hi","max_gen_len":5,"top_p":0.5}`, `[{"role":"user","content":"Hi"}]`, `[]`,
			map[string]string{"max_tokens": "5", "top_p": "0.5"},
		},
		"Mistral": {
			`{"messages":[{"role":"system","content":"Be brief."},{"role":"assistant","content":"","tool_calls":[{"id":"c","function":{"name":"add","arguments":"{}"}}]},
				{"role":"tool","tool_call_id":"c","content":"3"}],"stop":["END"],"seed":1,"tools":[{"type":"function","function":{"name":"add"}}]}`,
			`[{"role":"system","content":"Be brief."},{"role":"assistant","content":[],"tool_calls":[{"id":"c","name":"add","arguments":{}}]},{"role":"tool","content":"3","tool_call_id":"c"}]`,
			`[{"name":"add"}]`,
			map[string]string{"stop": `["END"]`, "seed": "1"},
		},
		"parts in OpenAI's form": {
			`{"messages":[{"role":"user","content":[{"type":"text","text":"Hi"}]}]}`, `[{"role":"user","content":"Hi"}]`, `[]`, nil,
		},
		"Cohere Command R": {
			`{"message":"And you?","chat_history":[{"role":"USER","message":"Hi"},{"role":"CHATBOT","message":"Hello"}],"preamble":"Be brief.","p":0.9,"k":0,"max_tokens":5,
				"tools":[{"name":"add","description":"Adds.","parameter_definitions":{"a":{"type":"int"}}}]}`,
			`[{"role":"system","content":"Be brief."},{"role":"user","content":"Hi"},{"role":"assistant","content":"Hello"},{"role":"user","content":"And you?"}]`,
			`[{"name":"add","description":"Adds.","parameters":{"a":{"type":"int"}}}]`,
			map[string]string{"top_p": "0.9", "top_k": "0", "max_tokens": "5"},
		},
		"Pegasus":          {`{"inputPrompt":"What is it?","mediaSource":{"s3Location":{"uri":"s3://b/v"}}}`, `[{"role":"user","content":"What is it?"}]`, `[]`, nil},
		"nothing":          {`{}`, `[]`, `[]`, nil},
		"no JSON":          {`{"prompt":`, `[]`, `[]`, nil},
		"mistyped members": {`{"messages":[{"content":[7]},null],"tools":[7],"stop":7}`, `[{"role":"","content":[]},{"role":"","content":[]}]`, `[{"name":""}]`, map[string]string{"stop": "7"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, url := range []string{invokeURL, invokeStreamURL} {
				q := exchange{url: url, request: c.sent}.ask(t)
				if got := messages(q.Messages); got != c.messages {
					t.Errorf("got  %s\nwant %s", got, c.messages)
				}
				if got := string(llmhttp.AppendTools(nil, q.Tools)); got != c.tools {
					t.Errorf("tools are %s, want %s", got, c.tools)
				}
				wantParameters(t, q, c.parameters)
				if q.Streaming != (url == invokeStreamURL) || q.Model != "x.model-v1:0" {
					t.Errorf("got %+v", q)
				}
			}
		})
	}
}

func TestInvokeAnswers(t *testing.T) {
	t.Parallel()
	some := llmhttp.Tokens
	header := http.Header{"X-Amzn-Bedrock-Input-Token-Count": {"3"}, "X-Amzn-Bedrock-Output-Token-Count": {"4"}}
	for name, c := range map[string]struct {
		answer, messages string
		reasons          []string
		usage            llmhttp.Usage
		id, model        string
	}{
		"Claude": {
			`{"id":"msg_1","type":"message","role":"assistant","model":"claude-x","content":[{"type":"text","text":"Hi"},{"type":"tool_use","id":"t","name":"f","input":{"a":1}}],
				"stop_reason":"tool_use","usage":{"input_tokens":1,"cache_read_input_tokens":10,"output_tokens":2}}`,
			`[{"role":"assistant","content":"Hi","tool_calls":[{"id":"t","name":"f","arguments":{"a":1}}]}]`,
			[]string{"tool_use"},
			llmhttp.Usage{Input: some(11), Output: some(2), CacheRead: some(10)},
			"msg_1", "claude-x",
		},
		"Claude 2": {
			`{"type":"completion","completion":" Hi","stop_reason":"stop_sequence","stop":"\n\nHuman:"}`,
			`[{"role":"assistant","content":" Hi"}]`,
			[]string{"stop_sequence"},
			llmhttp.Usage{Input: some(3), Output: some(4)},
			"", "",
		},
		"Titan": {
			`{"inputTextTokenCount":1.0,"results":[{"tokenCount":2.0,"outputText":"a","completionReason":"FINISH"},{"tokenCount":3,"outputText":"b","completionReason":"LENGTH"}]}`,
			`[{"role":"assistant","content":"a"},{"role":"assistant","content":"b"}]`,
			[]string{"FINISH", "LENGTH"},
			llmhttp.Usage{Input: some(1), Output: some(5)},
			"", "",
		},
		"Llama": {
			`{"generation":"Hi","prompt_token_count":1,"generation_token_count":2,"stop_reason":"stop"}`,
			`[{"role":"assistant","content":"Hi"}]`,
			[]string{"stop"},
			llmhttp.Usage{Input: some(1), Output: some(2)},
			"", "",
		},
		"Nova": {
			`{"output":{"message":{"role":"assistant","content":[{"text":"H"},{"text":"i"}]}},"stopReason":"end_turn","usage":{"inputTokens":1,"outputTokens":2,"cacheReadInputTokenCount":5}}`,
			`[{"role":"assistant","content":"Hi"}]`,
			[]string{"end_turn"},
			llmhttp.Usage{Input: some(6), Output: some(2), CacheRead: some(5)},
			"", "",
		},
		"choices": {
			`{"id":"c1","model":"jamba","choices":[{"index":0,"message":{"role":"assistant","content":"Hi"},"finish_reason":"stop"},{"text":"Oh","stop_reason":"length"}],
				"usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3}}`,
			`[{"role":"assistant","content":"Hi"},{"role":"assistant","content":"Oh"}]`,
			[]string{"stop", "length"},
			llmhttp.Usage{Input: some(1), Output: some(2), Total: some(3)},
			"c1", "jamba",
		},
		"Mistral": {
			`{"outputs":[{"text":"Hi","stop_reason":"stop"}]}`, `[{"role":"assistant","content":"Hi"}]`,
			[]string{"stop"},
			llmhttp.Usage{Input: some(3), Output: some(4)},
			"", "",
		},
		"Cohere Command": {
			`{"id":"g1","generations":[{"id":"x","text":"Hi","finish_reason":"COMPLETE"}],"prompt":"Oh"}`, `[{"role":"assistant","content":"Hi"}]`,
			[]string{"COMPLETE"},
			llmhttp.Usage{Input: some(3), Output: some(4)},
			"g1", "",
		},
		"AI21 Jurassic": {
			`{"id":1234,"prompt":{"text":"Oh"},"completions":[{"data":{"text":"Hi"},"finishReason":{"reason":"length"}}]}`, `[{"role":"assistant","content":"Hi"}]`,
			[]string{"length"},
			llmhttp.Usage{Input: some(3), Output: some(4)},
			"1234", "",
		},
		"Cohere Command R": {
			`{"response_id":"r1","generation_id":"g","text":"Hi","finish_reason":"COMPLETE","tool_calls":[{"name":"add","parameters":{"a":1}}]}`,
			`[{"role":"assistant","content":"Hi","tool_calls":[{"name":"add","arguments":{"a":1}}]}]`,
			[]string{"COMPLETE"},
			llmhttp.Usage{Input: some(3), Output: some(4)},
			"r1", "",
		},
		"Pegasus":          {`{"message":"A cat.","finishReason":"stop"}`, `[{"role":"assistant","content":"A cat."}]`, []string{"stop"}, llmhttp.Usage{Input: some(3), Output: some(4)}, "", ""},
		"mistyped members": {`{"id":{},"results":[7,null,{"outputText":1}],"usage":[]}`, `[{"role":"assistant","content":[]},{"role":"assistant","content":[]},{"role":"assistant","content":[]}]`, []string{"", "", ""}, llmhttp.Usage{Input: some(3), Output: some(4)}, "", ""},
		"nothing":          {`{}`, `[]`, nil, llmhttp.Usage{Input: some(3), Output: some(4)}, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, r := exchange{url: invokeURL, answer: c.answer, header: header}.read(t)
			if got := messages(r.Messages); got != c.messages {
				t.Errorf("got  %s\nwant %s", got, c.messages)
			}
			if r.Usage != c.usage {
				t.Errorf("usage %+v, want %+v", r.Usage, c.usage)
			}
			if !slices.Equal(r.FinishReasons, c.reasons) || r.ID != c.id || r.Model != c.model || r.Operation != "" || !r.Complete || r.Error != nil {
				t.Errorf("got %+v, want %+v", r, c)
			}
		})
	}
}

func TestInvokeUsageInHeaders(t *testing.T) {
	t.Parallel()
	header := http.Header{
		"X-Amzn-Bedrock-Input-Token-Count": {"3"}, "X-Amzn-Bedrock-Output-Token-Count": {"many"},
		"X-Amzn-Bedrock-Cache-Read-Input-Token-Count": {"20"}, "X-Amzn-Bedrock-Cache-Write-Input-Token-Count": {"0"},
	}
	_, r := exchange{url: invokeURL, header: header, answer: `{"outputs":[]}`}.read(t)
	if want := (llmhttp.Usage{Input: llmhttp.Tokens(23), CacheRead: llmhttp.Tokens(20), CacheWrite: llmhttp.Tokens(0)}); r.Usage != want {
		t.Errorf("got %+v, want %+v", r.Usage, want)
	}
	if _, r = (exchange{url: invokeURL, answer: `{"outputs":[]}`}).read(t); r.Usage != (llmhttp.Usage{}) {
		t.Errorf("got %+v without headers", r.Usage)
	}
}

func TestInvokeEmbeddings(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		sent, messages, answer string
		want                   llmhttp.Embeddings
	}{
		"Titan":               {`{"inputText":"a"}`, `[{"role":"user","content":"a"}]`, `{"embedding":[0.1,0.2,0.3],"inputTextTokenCount":5}`, llmhttp.Embeddings{Count: 1, Dimensions: 3}},
		"Titan's binary ones": {`{"inputText":"a","embeddingTypes":["binary"]}`, `[{"role":"user","content":"a"}]`, `{"embeddingsByType":{"binary":[0,1]},"inputTextTokenCount":5}`, llmhttp.Embeddings{Count: 1, Dimensions: 2}},
		"Titan's images": {
			`{"inputText":"a","inputImage":"AAAA"}`, `[{"role":"user","content":[{"type":"text","text":"a"},{"type":"image","source":"inline","base64_len":4}]}]`,
			`{"embedding":[1],"inputTextTokenCount":5}`,
			llmhttp.Embeddings{Count: 1, Dimensions: 1},
		},
		"Cohere": {
			`{"texts":["a","b"],"input_type":"search_query"}`, `[{"role":"user","content":"a"},{"role":"user","content":"b"}]`,
			`{"id":"e1","embeddings":[[1,2],[3,4]],"response_type":"embeddings_floats"}`,
			llmhttp.Embeddings{Count: 2, Dimensions: 2},
		},
		"Cohere's by type": {
			`{"images":["data:image/png;base64,AAAA"]}`, `[{"role":"user","content":[{"type":"image","source":"inline","base64_len":4,"media_type":"image/png"}]}]`,
			`{"embeddings":{"float":[[1,2]]}}`,
			llmhttp.Embeddings{Count: 1, Dimensions: 2},
		},
		"Nova": {
			`{"taskType":"SINGLE_EMBEDDING","singleEmbeddingParams":{"text":{"value":"a"}}}`, `[{"role":"user","content":"a"}]`,
			`{"embeddings":[{"embeddingType":"TEXT","embedding":[1,2,3]}]}`,
			llmhttp.Embeddings{Count: 1, Dimensions: 3},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			header := http.Header{"X-Amzn-Bedrock-Input-Token-Count": {"5"}}
			q, r := exchange{url: modelURL("a.embed-v1", "invoke"), request: c.sent, answer: c.answer, header: header}.read(t)
			if got := messages(q.Messages); got != c.messages {
				t.Errorf("got  %s\nwant %s", got, c.messages)
			}
			if r.Embeddings == nil || *r.Embeddings != c.want || r.Operation != "" || r.Messages != nil || r.Usage != (llmhttp.Usage{Input: llmhttp.Tokens(5)}) {
				t.Errorf("got %+v with %+v, want %+v", r, r.Embeddings, c.want)
			}
		})
	}
}

func TestInvokeImages(t *testing.T) {
	t.Parallel()
	image := `{"role":"assistant","content":[{"type":"image","source":"inline","base64_len":4}]}`
	for name, c := range map[string]struct {
		sent, messages, answer, want string
		reasons                      []string
		failure                      string
	}{
		"Amazon": {
			`{"taskType":"TEXT_IMAGE","textToImageParams":{"text":"a cat","negativeText":"a dog"},"imageGenerationConfig":{"seed":1}}`,
			`[{"role":"user","content":"a cat"}]`, `{"images":["AAAA","BBBB"],"error":null}`, "[" + image + "," + image + "]", nil, "",
		},
		"Amazon's refusal": {
			`{"taskType":"OUTPAINTING","outPaintingParams":{"text":"a cat"}}`, `[{"role":"user","content":"a cat"}]`,
			`{"images":[],"error":"Blocked by our filters."}`, `[]`, nil, "Blocked by our filters.",
		},
		"Stability": {
			`{"prompt":"a cat","seed":1}`, `[{"role":"user","content":"a cat"}]`,
			`{"seeds":[1],"finish_reasons":["Filter reason: prompt"],"images":["AAAA"]}`, "[" + image + "]",
			[]string{"Filter reason: prompt"},
			"",
		},
		"reasons that are not one for each": {`{"prompt":"a cat"}`, `[{"role":"user","content":"a cat"}]`, `{"finish_reasons":[null,"x"],"images":["AAAA"]}`, "[" + image + "]", nil, ""},
		"Stable Diffusion XL": {
			`{"text_prompts":[{"text":"a cat","weight":1},{"text":"a dog","weight":-1}],"seed":1}`, `[{"role":"user","content":"a cat"},{"role":"user","content":"a dog"}]`,
			`{"result":"success","artifacts":[{"seed":1,"base64":"AAAA","finishReason":"SUCCESS"}]}`, "[" + image + "]",
			[]string{"SUCCESS"},
			"",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			q, r := exchange{url: modelURL("a.image-v1", "invoke"), request: c.sent, answer: c.answer}.read(t)
			if got := messages(q.Messages); got != c.messages {
				t.Errorf("got  %s\nwant %s", got, c.messages)
			}
			if got := messages(r.Messages); got != c.want || r.Operation != "" || !slices.Equal(r.FinishReasons, c.reasons) {
				t.Errorf("got %+v, want %s", r, c.want)
			}
			if (r.Error != nil) != (c.failure != "") || r.Error != nil && r.Error.Message != c.failure {
				t.Errorf("got error %+v, want %q", r.Error, c.failure)
			}
		})
	}
}

func TestInvokeRerank(t *testing.T) {
	t.Parallel()
	q, r := exchange{
		url: modelURL("cohere.rerank-v3-5:0", "invoke"), request: `{"query":"Which?","documents":["a","b","c"],"top_n":2,"api_version":2}`,
		answer: `{"results":[{"index":1,"relevance_score":0.9},{"index":0,"relevance_score":0.1}]}`,
	}.read(t)
	if messages(q.Messages) != `[{"role":"user","content":"Which?"}]` || r.Rerank == nil || *r.Rerank != (llmhttp.Rerank{Documents: 3, Results: 2}) || r.Operation != "" {
		t.Errorf("got %+v and %+v", q, r)
	}
	wantParameters(t, q, map[string]string{"top_n": "2"})
}

func TestInvokeOfAProfileIsWhatItsAnswerShows(t *testing.T) {
	t.Parallel()
	for answer, want := range map[string]string{
		`{"embedding":[1],"inputTextTokenCount":1}`:           "embeddings",
		`{"images":["AAAA"]}`:                                 "image_generation",
		`{"results":[{"index":0,"relevance_score":0.5}]}`:     "rerank",
		`{"results":[{"outputText":"a","tokenCount":1}]}`:     "",
		`{"generation":"a","images":[],"embeddings":[]}`:      "",
		`{"error":"x","outputs":[{"text":"a"}],"results":{}}`: "",
	} {
		_, r := exchange{url: modelURL("arn%3Aaws%3Abedrock%3Aeu-west-1%3A000000000000%3Aapplication-inference-profile%2Fabc", "invoke"), answer: answer}.read(t)
		if r.Operation != want || r.Error != nil {
			t.Errorf("%s is of the operation %q, want %q (%v)", answer, r.Operation, want, r.Error)
		}
	}
}

func TestVectorsOfBedrockAreNotKept(t *testing.T) { // alone: it counts what is allocated
	answer := `{"embeddings":[` + vectors(96, 1536) + `]}`
	kept := heapGrowth(func() {
		_, r := exchange{url: modelURL("cohere.embed-v4:0", "invoke"), answer: answer, size: 32 << 10}.read(t)
		if *r.Embeddings != (llmhttp.Embeddings{Count: 96, Dimensions: 1536}) {
			t.Errorf("got %+v", r.Embeddings)
		}
	})
	if kept > mib+uint64(len(answer)) {
		t.Errorf("%d KiB were allocated to read %d KiB of vectors", kept>>10, len(answer)>>10)
	}
}

// vectors are so many vectors of so many numbers.
func vectors(count, numbers int) string {
	vector := "[" + strings.TrimSuffix(strings.Repeat("0.123456,", numbers), ",") + "]"
	return strings.TrimSuffix(strings.Repeat(vector+",", count), ",")
}
