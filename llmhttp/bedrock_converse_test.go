package llmhttp_test

import (
	"slices"
	"testing"

	"github.com/traceroot-ai/traceroot-go/llmhttp"
)

func TestConverseRequestMessages(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ sent, want string }{
		"text": {
			`[{"role":"user","content":[{"text":"Hi"},{"text":"there"},{"text":""}]},{"role":"assistant","content":[{"text":"Yes?"}]}]`,
			`[{"role":"user","content":[{"type":"text","text":"Hi"},{"type":"text","text":"there"}]},{"role":"assistant","content":"Yes?"}]`,
		},
		"calls and their results": {
			`[{"role":"assistant","content":[{"text":"Let me see."},{"toolUse":{"toolUseId":"t1","name":"add","input":{"a":1.0}}},{"toolUse":{"toolUseId":"t2","name":"now"}}]},
			  {"role":"user","content":[{"text":"Here:"},{"toolResult":{"toolUseId":"t1","content":[{"json":{"sum":1.50}},{"text":"ok"}]}},
				{"toolResult":{"toolUseId":"t2","status":"error","content":[{"text":"No clock"}]}},{"text":"And?"}]}]`,
			`[{"role":"assistant","content":"Let me see.","tool_calls":[{"id":"t1","name":"add","arguments":{"a":1.0}},{"id":"t2","name":"now","arguments":{}}]},` +
				`{"role":"user","content":"Here:"},` +
				`{"role":"tool","content":[{"type":"text","text":"{\"sum\":1.50}"},{"type":"text","text":"ok"}],"tool_call_id":"t1"},` +
				`{"role":"tool","content":"No clock","tool_call_id":"t2","is_error":true},{"role":"user","content":"And?"}]`,
		},
		"the provider's own tools": {
			`[{"role":"assistant","content":[{"toolUse":{"toolUseId":"s1","name":"nova_grounding","type":"server_tool_use","input":{"q":"x"}}},
				{"toolResult":{"toolUseId":"s1","type":"nova_grounding_result","content":[]}}]}]`,
			`[{"role":"assistant","content":[{"type":"server_tool_call","name":"nova_grounding","id":"s1","arguments":{"q":"x"}},` +
				`{"type":"server_tool_result","name":"nova_grounding_result","id":"s1"}]}]`,
		},
		"reasoning": {
			`[{"role":"assistant","content":[{"reasoningContent":{"reasoningText":{"text":"Hm","signature":"s"}}},{"reasoningContent":{"redactedContent":"AA=="}},{"text":"Yes"}]}]`,
			`[{"role":"assistant","content":[{"type":"reasoning","text":"Hm"},{"type":"reasoning","redacted":true},{"type":"text","text":"Yes"}]}]`,
		},
		"media": {
			`[{"role":"user","content":[{"image":{"format":"png","source":{"bytes":"AAAA"}}},{"video":{"format":"mp4","source":{"s3Location":{"uri":"s3://b/v.mp4"}}}},
				{"audio":{"format":"wav","source":{"bytes":"AAAABBBB"}}},{"document":{"format":"pdf","name":"d","source":{}}}]}]`,
			`[{"role":"user","content":[{"type":"image","source":"inline","base64_len":4,"format":"png"},{"type":"video","source":"url","url":"s3://b/v.mp4","format":"mp4"},` +
				`{"type":"audio","source":"inline","base64_len":8,"format":"wav"},{"type":"file","source":"inline","base64_len":0,"format":"pdf"}]}]`,
		},
		"documents of text": {
			`[{"role":"user","content":[{"document":{"format":"md","source":{"text":"# A"}}},{"document":{"source":{"content":[{"text":"a"},{"text":"b"}]}}}]}]`,
			`[{"role":"user","content":[{"type":"file","source":"text","text":"# A","format":"md"},{"type":"file","source":"text","text":"ab"}]}]`,
		},
		"what a guardrail looks at": {
			`[{"role":"user","content":[{"guardContent":{"text":{"text":"Is it?","qualifiers":["query"]}}},{"guardContent":{"image":{"format":"png","source":{"bytes":"AA=="}}}}]}]`,
			`[{"role":"user","content":[{"type":"text","text":"Is it?"},{"type":"image","source":"inline","base64_len":4,"format":"png"}]}]`,
		},
		"citations": {
			`[{"role":"assistant","content":[{"citationsContent":{"content":[{"text":"It is."}],"citations":[{"title":"T"}]}}]}]`,
			`[{"role":"assistant","content":"It is."}]`,
		},
		"a cache point is none": {`[{"role":"user","content":[{"text":"a"},{"cachePoint":{"type":"default"}}]}]`, `[{"role":"user","content":"a"}]`},
		"blocks nobody knows": {
			`[{"role":"user","content":[{"searchResult":{"title":"T"}},{},7,null,"x",{"text":null}]}]`,
			`[{"role":"user","content":[{"type":"searchResult"},{"type":"unknown"}]}]`,
		},
		"things that are no messages": {`[null,{"role":7,"content":{"a":1}}]`, `[{"role":"","content":[]},{"role":"","content":[]}]`},
		"no list":                     {`"Hi"`, `[]`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			q, _ := exchange{url: converseURL, request: `{"messages":` + c.sent + `}`}.read(t)
			if got := messages(q.Messages); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestConverseRequestFacts(t *testing.T) {
	t.Parallel()
	q, _ := exchange{url: converseStreamURL, request: `{"system":[{"text":"Be brief."},{"cachePoint":{"type":"default"}},{"guardContent":{"text":{"text":"Be kind."}}}],
		"messages":[{"role":"user","content":[{"text":"Hi"}]}],
		"inferenceConfig":{"temperature":0.70,"topP":0.9,"maxTokens":5,"stopSequences":["END"]},
		"additionalModelRequestFields":{"top_k":40,"thinking":{"type":"enabled","budget_tokens":1024}},
		"toolConfig":{"tools":[{"toolSpec":{"name":"add","description":"Adds.","inputSchema":{"json":{"type":"object","b":1,"a":2}}}},
			{"cachePoint":{"type":"default"}},{"systemTool":{"name":"nova_grounding"}},null],"toolChoice":{"any":{}}}}`}.read(t)
	const sent = `[{"role":"system","content":[{"type":"text","text":"Be brief."},{"type":"text","text":"Be kind."}]},{"role":"user","content":"Hi"}]`
	if got := messages(q.Messages); got != sent {
		t.Errorf("got %s", got)
	}
	if q.Model != "eu.amazon.nova-lite-v1:0" || !q.Streaming || q.Provider != "bedrock" {
		t.Errorf("got %+v", q)
	}
	const tools = `[{"name":"add","description":"Adds.","parameters":{"type":"object","b":1,"a":2}},{"name":"nova_grounding"}]`
	if got := string(llmhttp.AppendTools(nil, q.Tools)); got != tools {
		t.Errorf("tools are %s", got)
	}
	wantParameters(t, q, map[string]string{
		"temperature": "0.70", "top_p": "0.9", "max_tokens": "5", "stop": `["END"]`, "top_k": "40", "thinking_budget": "1024", "tool_choice": `{"any":{}}`,
	})
}

// wantParameters compares the parameters of a request, as they were sent.
func wantParameters(t *testing.T, q *llmhttp.Request, want map[string]string) {
	t.Helper()
	for name, value := range q.Parameters {
		if want[name] != string(value) {
			t.Errorf("parameter %s is %s, want %q", name, value, want[name])
		}
	}
	if len(q.Parameters) != len(want) {
		t.Errorf("parameters are %s, want %v", q.Parameters, want)
	}
}

func TestConverseAnswers(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answer, messages string
		reasons          []string
	}{
		"text": {
			`{"output":{"message":{"role":"assistant","content":[{"text":"Hi"},{"text":" there"}]}},"stopReason":"end_turn"}`,
			`[{"role":"assistant","content":"Hi there"}]`,
			[]string{"end_turn"},
		},
		"everything at once": {
			`{"output":{"message":{"role":"assistant","content":[{"reasoningContent":{"reasoningText":{"text":"H"}}},{"reasoningContent":{"reasoningText":{"text":"m"}}},
				{"text":"See"},{"toolUse":{"toolUseId":"s","name":"run","type":"server_tool_use","input":{}}},{"toolResult":{"toolUseId":"s","content":[]}},
				{"toolUse":{"toolUseId":"t","name":"f","input":{"a":[1,2]}}},{"citationsContent":{"content":[{"text":"and"}]}},{"text":" hear"},{"image":{"format":"png","source":{"bytes":"AA=="}}}]}},
				"stopReason":"tool_use"}`,
			`[{"role":"assistant","content":[{"type":"reasoning","text":"Hm"},{"type":"text","text":"See"},{"type":"server_tool_call","name":"run","id":"s","arguments":{}},` +
				`{"type":"server_tool_result","name":"tool_result","id":"s"},{"type":"text","text":"and hear"},` +
				`{"type":"image","source":"inline","base64_len":4,"format":"png"}],"tool_calls":[{"id":"t","name":"f","arguments":{"a":[1,2]}}]}]`,
			[]string{"tool_use"},
		},
		"a guardrail's word": {
			`{"output":{"message":{"content":[{"text":"No."}]}},"stopReason":"guardrail_intervened","trace":{"guardrail":{"modelOutput":["x"]}}}`,
			`[{"role":"assistant","content":"No."}]`,
			[]string{"guardrail_intervened"},
		},
		"an empty answer is no error": {`{"output":{"message":{"role":"assistant","content":[]}},"stopReason":"end_turn"}`, `[{"role":"assistant","content":[]}]`, []string{"end_turn"}},
		"a reason alone":              {`{"stopReason":"malformed_model_output"}`, `[{"role":"assistant","content":[]}]`, []string{"malformed_model_output"}},
		"nothing":                     {`{}`, `[]`, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, r := exchange{url: converseURL, answer: c.answer}.read(t)
			if got := messages(r.Messages); got != c.messages {
				t.Errorf("got  %s\nwant %s", got, c.messages)
			}
			if !slices.Equal(r.FinishReasons, c.reasons) || !r.Complete || r.Stream != nil || r.Error != nil {
				t.Errorf("got %+v, want the reasons %q of a complete answer", r, c.reasons)
			}
		})
	}
}

func TestConverseUsage(t *testing.T) {
	t.Parallel()
	some := llmhttp.Tokens
	for name, c := range map[string]struct {
		sent string
		want llmhttp.Usage
	}{
		"no cache": {`{"inputTokens":10,"outputTokens":5,"totalTokens":15}`, llmhttp.Usage{Input: some(10), Output: some(5), Total: some(15)}},
		"a cache": {
			`{"inputTokens":10,"outputTokens":5,"totalTokens":45,"cacheReadInputTokens":20,"cacheWriteInputTokens":10,"cacheReadInputTokenCount":20,
				"cacheDetails":[{"ttl":"1h","inputTokens":7},{"ttl":"5m","inputTokens":3}]}`,
			llmhttp.Usage{Input: some(40), Output: some(5), Total: some(45), CacheRead: some(20), CacheWrite: some(10), CacheWrite1h: some(7)},
		},
		"Nova's names":              {`{"inputTokens":1,"cacheReadInputTokenCount":2,"cacheWriteInputTokenCount":0}`, llmhttp.Usage{Input: some(3), CacheRead: some(2), CacheWrite: some(0)}},
		"a reported 0 is one":       {`{"inputTokens":0,"outputTokens":0}`, llmhttp.Usage{Input: some(0), Output: some(0)}},
		"a cache without the rest":  {`{"cacheReadInputTokens":2}`, llmhttp.Usage{CacheRead: some(2)}},
		"what is no number is not":  {`{"inputTokens":"7","outputTokens":true,"totalTokens":1e300,"cacheDetails":{"ttl":"1h"}}`, llmhttp.Usage{}},
		"a cache of another length": {`{"inputTokens":1,"cacheDetails":[{"ttl":"5m","inputTokens":3},{"ttl":"1h"},null]}`, llmhttp.Usage{Input: some(1)}},
		"null":                      {`null`, llmhttp.Usage{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, whole := exchange{url: converseURL, answer: `{"output":{},"usage":` + c.sent + `}`}.read(t)
			_, stream := exchange{url: converseStreamURL, answer: eventFrame("metadata", `{"usage":`+c.sent+`}`)}.read(t)
			if whole.Usage != c.want || stream.Usage != c.want {
				t.Errorf("whole %+v\nstream %+v\nwant %+v", whole.Usage, stream.Usage, c.want)
			}
		})
	}
}
