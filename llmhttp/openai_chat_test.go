package llmhttp_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/traceroot-ai/traceroot-go/llmhttp"
)

func TestChatRequestMessages(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ sent, want string }{
		"a conversation": {
			`[{"role":"developer","content":"Be brief."},{"role":"user","content":"Hi","name":"ann"}]`,
			`[{"role":"developer","content":"Be brief."},{"role":"user","content":"Hi","name":"ann"}]`,
		},
		"a tool call and its result": {
			`[{"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"add","arguments":"{\"a\": 1.0}"}}]},
			  {"role":"tool","tool_call_id":"c1","content":"3"}]`,
			`[{"role":"assistant","content":[],"tool_calls":[{"id":"c1","name":"add","arguments":{"a":1.0}}]},` +
				`{"role":"tool","content":"3","tool_call_id":"c1"}]`,
		},
		"a function call of 2023": {
			`[{"role":"assistant","function_call":{"name":"add","arguments":""}},{"role":"function","name":"add","content":"3"}]`,
			`[{"role":"assistant","content":[],"tool_calls":[{"name":"add","arguments":{}}]},{"role":"tool","content":"3","name":"add"}]`,
		},
		"a function call without a name": {
			`[{"role":"assistant","content":"x","function_call":{"name":"","arguments":""}}]`,
			`[{"role":"assistant","content":"x"}]`,
		},
		"arguments that are no JSON": {
			`[{"role":"assistant","tool_calls":[{"id":"c","custom":{"name":"run","input":"ls -l"}}]}]`,
			`[{"role":"assistant","content":[],"tool_calls":[{"id":"c","name":"run","arguments":"ls -l"}]}]`,
		},
		"images": {
			`[{"role":"user","content":[{"type":"text","text":"What?"},{"type":"image_url","image_url":{"url":"https://e.com/a.png"}},
			  {"type":"image_url","image_url":{"url":"data:image/png;base64,AAAABBBB"}}]}]`,
			`[{"role":"user","content":[{"type":"text","text":"What?"},{"type":"image","source":"url","url":"https://e.com/a.png"},` +
				`{"type":"image","source":"inline","base64_len":8,"media_type":"image/png"}]}]`,
		},
		"audio": {
			`[{"role":"user","content":[{"type":"input_audio","input_audio":{"data":"AAAA","format":"wav"}}]}]`,
			`[{"role":"user","content":[{"type":"audio","source":"inline","base64_len":4,"media_type":"audio/wav"}]}]`,
		},
		"files": {
			`[{"role":"user","content":[{"type":"file","file":{"filename":"a.pdf","file_data":"data:application/pdf;base64,AAAA"}},
			  {"type":"file","file":{"file_id":"file-1"}},{"type":"document_url","document_url":"https://e.com/b.pdf"}]}]`,
			`[{"role":"user","content":[{"type":"file","source":"inline","base64_len":4,"media_type":"application/pdf","name":"a.pdf"},` +
				`{"type":"file","source":"ref","ref":"file-1"},{"type":"file","source":"url","url":"https://e.com/b.pdf"}]}]`,
		},
		"reasoning given back": {
			`[{"role":"assistant","reasoning_content":"Hm.","content":"Yes."}]`,
			`[{"role":"assistant","content":[{"type":"reasoning","text":"Hm."},{"type":"text","text":"Yes."}]}]`,
		},
		"Mistral's thinking": {
			`[{"role":"assistant","content":[{"type":"thinking","thinking":[{"type":"text","text":"H"},{"type":"text","text":"m"}]},{"type":"text","text":"Yes"}]}]`,
			`[{"role":"assistant","content":[{"type":"reasoning","text":"Hm"},{"type":"text","text":"Yes"}]}]`,
		},
		"refusals": {
			`[{"role":"assistant","content":[{"type":"refusal","refusal":"No"}]},{"role":"assistant","content":null,"refusal":"Never"}]`,
			`[{"role":"assistant","content":[{"type":"refusal","text":"No"}]},{"role":"assistant","content":[{"type":"refusal","text":"Never"}]}]`,
		},
		"parts nobody knows": {
			`[{"role":"user","content":["plain",{"type":"hologram","x":1},{},7,null,{"type":"text","text":""}]}]`,
			`[{"role":"user","content":[{"type":"text","text":"plain"},{"type":"hologram"},{"type":"unknown"}]}]`,
		},
		"things that are no messages": {`[null,"x",{"role":7,"content":{"a":1}}]`, `[{"role":"","content":[]},{"role":"","content":[]},{"role":"","content":[]}]`},
		"no list":                     {`"Hi"`, `[]`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			q, _ := exchange{request: `{"model":"m","messages":` + c.sent + `}`}.read(t)
			if got := messages(q.Messages); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestChatRequestFacts(t *testing.T) {
	t.Parallel()
	q, _ := exchange{request: `{"model":"models/gpt-4o","stream":true,"temperature":0.70,"max_completion_tokens":5,"max_tokens":9,
		"stop":"END","response_format":{"type":"json_schema","json_schema":{}},"reasoning":{"effort":"low"},"seed":null,
		"tool_choice":{"type":"function","function":{"name":"add"}},"parallel_tool_calls":false,"user":"u",
		"tools":[{"type":"function","function":{"name":"add","description":"Adds.","parameters":{"type":"object","b":1,"a":2}}},
			{"type":"web_search"},{"type":"mcp","server_label":"wiki"},{"type":"custom","custom":{"name":"run"}},
			{"type":"function","name":"flat"}],
		"functions":[{"name":"old"}]}`}.read(t)
	if q.Model != "gpt-4o" || !q.Streaming || q.Operation != "chat" || q.Provider != "openai" {
		t.Errorf("got %+v", q)
	}
	want := map[string]string{
		"temperature": "0.70", "max_tokens": "5", "stop": `["END"]`, "response_format": `"json_schema"`,
		"reasoning_effort": `"low"`, "tool_choice": `{"type":"function","function":{"name":"add"}}`, "parallel_tool_calls": "false",
	}
	for name, value := range q.Parameters {
		if want[name] != string(value) {
			t.Errorf("parameter %s is %s, want %q", name, value, want[name])
		}
	}
	if len(q.Parameters) != len(want) {
		t.Errorf("parameters %v, want those of %v", slices.Sorted(maps.Keys(q.Parameters)), want)
	}
	const tools = `[{"name":"add","description":"Adds.","parameters":{"type":"object","b":1,"a":2}},{"name":"web_search"},` +
		`{"name":"mcp:wiki"},{"name":"run"},{"name":"flat"},{"name":"old"}]`
	if got := string(llmhttp.AppendTools(nil, q.Tools)); got != tools {
		t.Errorf("tools are %s", got)
	}
}

func TestChatRequestThatIsNoJSON(t *testing.T) {
	t.Parallel()
	for _, body := range []string{"", "{", "null", `"x"`, "[]", "\x1f\x8b\x08"} {
		q, r := exchange{
			url:     "https://r.openai.azure.com/openai/deployments/gpt/chat/completions",
			request: body, answer: `{"choices":[]}`,
		}.read(t)
		if q.Model != "gpt" || len(q.Messages) != 0 || q.Streaming || !r.Complete {
			t.Errorf("request %q: got %+v and %+v", body, q, r)
		}
	}
}

func TestChatAnswers(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answer, messages string
		reasons          []string
	}{
		"text": {
			`{"choices":[{"index":0,"message":{"role":"assistant","content":"Hi"},"finish_reason":"stop"}]}`,
			`[{"role":"assistant","content":"Hi"}]`,
			[]string{"stop"},
		},
		"several choices out of order": {
			`{"choices":[{"index":1,"message":{"content":"b"},"finish_reason":"length"},{"index":0,"message":{"content":"a"}}]}`,
			`[{"role":"assistant","content":"a"},{"role":"assistant","content":"b"}]`,
			[]string{"", "length"},
		},
		"everything at once": {
			`{"choices":[{"message":{"reasoning":"Hm","content":"Yes","refusal":"No","audio":{"id":"au","data":"AA","transcript":"Oh"},
				"images":[{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}}],
				"tool_calls":[{"id":"c","function":{"name":"f","arguments":{"a":1}}}]},"finish_reason":"tool_calls"}]}`,
			`[{"role":"assistant","content":[{"type":"reasoning","text":"Hm"},{"type":"text","text":"Yes"},{"type":"refusal","text":"No"},` +
				`{"type":"audio","ref":"au","transcript":"Oh"},{"type":"image","source":"inline","base64_len":4,"media_type":"image/png"}],` +
				`"tool_calls":[{"id":"c","name":"f","arguments":{"a":1}}]}]`,
			[]string{"tool_calls"},
		},
		"filled with zero values": {
			`{"choices":[{"message":{"content":"x","tool_calls":[],"function_call":{"name":"","arguments":""},"refusal":"","reasoning":""},"finish_reason":""}]}`,
			`[{"role":"assistant","content":"x"}]`,
			[]string{""},
		},
		"no choice": {`{"choices":null}`, `[]`, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, r := exchange{answer: c.answer}.read(t)
			if got := messages(r.Messages); got != c.messages {
				t.Errorf("got  %s\nwant %s", got, c.messages)
			}
			if !slices.Equal(r.FinishReasons, c.reasons) || !r.Complete || r.Stream != nil || r.Error != nil {
				t.Errorf("got %+v, want the reasons %q of a complete answer", r, c.reasons)
			}
		})
	}
}

func TestChatUsage(t *testing.T) {
	t.Parallel()
	some := llmhttp.Tokens
	for name, c := range map[string]struct {
		sent string
		want llmhttp.Usage
	}{
		"OpenAI": {
			`{"prompt_tokens":10,"completion_tokens":5,"total_tokens":15,"prompt_tokens_details":{"cached_tokens":4,"cache_write_tokens":2},
				"completion_tokens_details":{"reasoning_tokens":3}}`,
			llmhttp.Usage{Input: some(10), Output: some(5), Total: some(15), CacheRead: some(4), CacheWrite: some(2), Reasoning: some(3)},
		},
		"a reported 0 is one":        {`{"prompt_tokens":0,"completion_tokens":0}`, llmhttp.Usage{Input: some(0), Output: some(0)}},
		"newer names":                {`{"input_tokens":1,"output_tokens":2}`, llmhttp.Usage{Input: some(1), Output: some(2)}},
		"fractions are cut":          {`{"prompt_tokens":1.9,"completion_tokens":2e1}`, llmhttp.Usage{Input: some(1), Output: some(20)}},
		"what is no number is not":   {`{"prompt_tokens":"7","completion_tokens":true,"total_tokens":1e300}`, llmhttp.Usage{}},
		"xAI: reasoning outside":     {`{"prompt_tokens":10,"completion_tokens":5,"total_tokens":22,"completion_tokens_details":{"reasoning_tokens":7}}`, llmhttp.Usage{Input: some(10), Output: some(12), Total: some(22), Reasoning: some(7)}},
		"Mistral: audio outside":     {`{"prompt_tokens":3,"completion_tokens":5,"total_tokens":108,"prompt_tokens_details":{"audio_tokens":100}}`, llmhttp.Usage{Input: some(103), Output: some(5), Total: some(108)}},
		"DeepSeek: cache at the top": {`{"prompt_tokens":9,"prompt_cache_hit_tokens":8}`, llmhttp.Usage{Input: some(9), CacheRead: some(8)}},
		"null":                       {`null`, llmhttp.Usage{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, whole := exchange{answer: `{"choices":[],"usage":` + c.sent + `}`}.read(t)
			usage := strings.ReplaceAll(c.sent, "\n", " ")
			_, stream := exchange{request: `{"stream":true}`, answer: sse(`{"choices":[],"usage":`+usage+`}`, "[DONE]")}.read(t)
			if whole.Usage != c.want || stream.Usage != c.want {
				t.Errorf("whole %+v\nstream %+v\nwant %+v", whole.Usage, stream.Usage, c.want)
			}
		})
	}
}

func TestChatErrors(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		status int
		answer string
		want   llmhttp.Error
	}{
		"OpenAI":         {429, `{"error":{"message":"Slow down","type":"rate_limit","param":null,"code":"tpm"}}`, llmhttp.Error{Status: 429, Type: "rate_limit", Message: "Slow down", Code: "tpm"}},
		"Google":         {403, `[{"error":{"code":403,"message":"No","status":"PERMISSION_DENIED"}}]`, llmhttp.Error{Status: 403, Type: "PERMISSION_DENIED", Message: "No", Code: "403"}},
		"a code alone":   {400, `{"error":{"message":"Bad","code":"bad_model"}}`, llmhttp.Error{Status: 400, Type: "bad_model", Message: "Bad", Code: "bad_model"}},
		"Python's None":  {500, `{"error":{"message":"Oh","type":"None"}}`, llmhttp.Error{Status: 500, Message: "Oh"}},
		"at the top":     {422, `{"detail":[{"loc":["body"]}]}`, llmhttp.Error{Status: 422, Message: `[{"loc":["body"]}]`}},
		"a text":         {500, `{"error":"broken","code":7}`, llmhttp.Error{Status: 500, Message: "broken", Code: "7"}},
		"HTML":           {502, "<html>\r\nBad gateway</html>", llmhttp.Error{Status: 502, Message: "<html>\r\nBad gateway</html>"}},
		"invalid UTF-8":  {502, "a\xffb", llmhttp.Error{Status: 502, Message: "a\uFFFDb"}},
		"nothing":        {503, "", llmhttp.Error{Status: 503}},
		"status 200":     {200, `{"error":{"message":"Filtered","code":"content_filter"}}`, llmhttp.Error{Status: 200, Type: "content_filter", Message: "Filtered", Code: "content_filter"}},
		"a JSON text":    {500, `"broken"`, llmhttp.Error{Status: 500, Message: "broken"}},
		"an empty error": {500, `{"error":null}`, llmhttp.Error{Status: 500}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, r := exchange{request: `{"model":"m","stream":true}`, status: c.status, answer: c.answer, size: 3}.read(t)
			if r.Error == nil || *r.Error != c.want || !r.Complete || r.Stream != nil {
				t.Errorf("got %+v in %+v, want %+v in a complete answer", r.Error, r, c.want)
			}
		})
	}
	long := llmhttp.Error{Type: "t", Message: "m"}
	for want, e := range map[string]llmhttp.Error{"t: m": long, "m": {Message: "m"}, "t": {Type: "t"}, "HTTP 502": {Status: 502, Code: "c"}} {
		if got := e.Error(); got != want {
			t.Errorf("%+v says %q, want %q", e, got, want)
		}
	}
}

func TestRedirectsAreNoAnswers(t *testing.T) {
	t.Parallel()
	_, r := exchange{status: http.StatusTemporaryRedirect, answer: "<html>"}.read(t)
	if want := (&llmhttp.Response{Complete: true}); !reflect.DeepEqual(r, want) {
		t.Errorf("got %+v", r)
	}
}

func TestMessagesMarshalAsTheyAreAppended(t *testing.T) {
	t.Parallel()
	m := llmhttp.Message{
		Role: "tool", ToolCallID: "c", Name: "n", IsError: true,
		Content: []llmhttp.Part{
			{Type: llmhttp.PartText, Text: "a\n\"b\"\x01é\xff"},
			{Type: llmhttp.PartReasoning, Redacted: true},
			{Type: llmhttp.PartFile, Source: llmhttp.SourceText, Text: "t", Format: "md"},
			{Type: llmhttp.PartServerToolCall, Name: "search", ID: "s", Arguments: json.RawMessage(`{"q":1}`)},
			{Type: llmhttp.PartTokens, Count: 3},
		},
		ToolCalls: []llmhttp.ToolCall{{Name: "f", Arguments: json.RawMessage(`{}`)}},
	}
	const want = `{"role":"tool","content":[{"type":"text","text":"a\n\"b\"\u0001é` + "\uFFFD" + `"},{"type":"reasoning","redacted":true},` +
		`{"type":"file","source":"text","text":"t","format":"md"},{"type":"server_tool_call","name":"search","id":"s","arguments":{"q":1}},` +
		`{"type":"tokens","count":3}],"tool_calls":[{"name":"f","arguments":{}}],"tool_call_id":"c","name":"n","is_error":true}`
	marshalled, err := json.Marshal(m)
	if err != nil || string(marshalled) != want {
		t.Errorf("Marshal gives %s (%v)\nwant %s", marshalled, err, want)
	}
	if got := messages([]llmhttp.Message{m, m}); got != "["+want+","+want+"]" {
		t.Errorf("AppendMessages gives %s", got)
	}
}
