package llmhttp_test

import (
	"encoding/json"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"github.com/traceroot-ai/traceroot-go/llmhttp"
)

func TestAnthropicMessagesIn(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ body, want string }{
		"texts": {
			`{"system":"s","messages":[{"role":"user","content":"a"},{"role":"assistant","content":""}]}`,
			`[{"role":"system","content":"s"},{"role":"user","content":"a"},{"role":"assistant","content":[]}]`,
		},
		"blocks": {
			`{"system":[{"type":"text","text":"s"},{"type":"text","text":""},"t"],"messages":[{"role":"user","content":[{"type":"text","text":"a"},"b"]}]}`,
			`[{"role":"system","content":[{"type":"text","text":"s"},{"type":"text","text":"t"}]},` +
				`{"role":"user","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}]`,
		},
		"no system": {
			`{"system":"","messages":[{"role":"system","content":"late"}]}`,
			`[{"role":"system","content":"late"}]`,
		},
		"media": {
			`{"messages":[{"role":"user","content":[
				{"type":"image","source":{"type":"base64","media_type":"image/png","data":"QUI="}},
				{"type":"image","source":{"type":"url","url":"https://e.com/i"}},
				{"type":"image","source":{"type":"url","url":"data:image/gif;base64,QUI="}},
				{"type":"image","source":{"type":"file","file_id":"f1"}},
				{"type":"document","source":{"type":"base64","media_type":"application/pdf","data":"QUI="}},
				{"type":"document","title":"t","source":{"type":"text","media_type":"text/plain","data":"d"}},
				{"type":"document","source":{"type":"content","content":[{"type":"text","text":"x"},{"type":"text","text":"y"}]}},
				{"type":"document","source":{"type":"content","content":"z"}},
				{"type":"image","source":{"type":"unheard"}},{"type":"image"}]}]}`,
			`[{"role":"user","content":[` +
				`{"type":"image","source":"inline","base64_len":4,"media_type":"image/png"},` +
				`{"type":"image","source":"url","url":"https://e.com/i"},` +
				`{"type":"image","source":"inline","base64_len":4,"media_type":"image/gif"},` +
				`{"type":"image","source":"ref","ref":"f1"},` +
				`{"type":"file","source":"inline","base64_len":4,"media_type":"application/pdf"},` +
				`{"type":"file","source":"text","text":"d","media_type":"text/plain"},` +
				`{"type":"file","source":"text","text":"xy"},{"type":"file","source":"text","text":"z"},` +
				`{"type":"image"},{"type":"image"}]}]`,
		},
		"thoughts given back": {
			`{"messages":[{"role":"assistant","content":[{"type":"thinking","thinking":"t","signature":"x"},
				{"type":"thinking","thinking":"","signature":"x"},{"type":"redacted_thinking","data":"x"},{"type":"text","text":"a"}]}]}`,
			`[{"role":"assistant","content":[{"type":"reasoning","text":"t"},{"type":"reasoning","redacted":true},{"type":"text","text":"a"}]}]`,
		},
		"calls": {
			`{"messages":[{"role":"assistant","content":[{"type":"text","text":"a"},
				{"type":"tool_use","id":"c1","name":"f","input":{"x":1.0}},{"type":"tool_use","id":"c2","name":"g","input":{}},
				{"type":"tool_use","id":"c3","name":"h"}]}]}`,
			`[{"role":"assistant","content":"a","tool_calls":[{"id":"c1","name":"f","arguments":{"x":1.0}},` +
				`{"id":"c2","name":"g","arguments":{}},{"id":"c3","name":"h","arguments":{}}]}]`,
		},
		"results among texts": {
			`{"messages":[{"role":"user","content":[{"type":"text","text":"a"},
				{"type":"tool_result","tool_use_id":"c1","content":"r"},
				{"type":"tool_result","tool_use_id":"c2","is_error":true,"content":[{"type":"text","text":"e"},
					{"type":"image","source":{"type":"url","url":"https://e.com/i"}},{"type":"search_result","title":"t"}]},
				{"type":"tool_result","tool_use_id":"c3","is_error":false},{"type":"text","text":"b"}]}]}`,
			`[{"role":"user","content":"a"},{"role":"tool","content":"r","tool_call_id":"c1"},` +
				`{"role":"tool","content":[{"type":"text","text":"e"},{"type":"image","source":"url","url":"https://e.com/i"},{"type":"search_result"}],` +
				`"tool_call_id":"c2","is_error":true},{"role":"tool","content":[],"tool_call_id":"c3"},{"role":"user","content":"b"}]`,
		},
		"what the provider ran": {
			`{"messages":[{"role":"assistant","content":[{"type":"server_tool_use","id":"s1","name":"web_search","input":{"query":"q"}},
				{"type":"web_search_tool_result","tool_use_id":"s1","content":[]},
				{"type":"mcp_tool_use","id":"s2","name":"f","server_name":"s"},
				{"type":"mcp_tool_result","tool_use_id":"s2","is_error":false,"content":[]},
				{"type":"compaction","content":"c"},{"type":"container_upload","file_id":"f1"}]}]}`,
			`[{"role":"assistant","content":[{"type":"server_tool_call","name":"web_search","id":"s1","arguments":{"query":"q"}},` +
				`{"type":"server_tool_result","name":"web_search_tool_result","id":"s1"},` +
				`{"type":"server_tool_call","name":"f","id":"s2","arguments":{}},` +
				`{"type":"server_tool_result","name":"mcp_tool_result","id":"s2"},{"type":"compaction"},{"type":"container_upload"}]}]`,
		},
		"members of other types": {
			`{"system":7,"tools":{},"messages":[{"role":1,"content":{}},{"role":"user","content":[7,null,[],{},{"type":[]},
				{"type":"text","text":7},{"type":"tool_use","id":7,"name":{},"input":"x"},{"type":"tool_result","content":7,"is_error":"yes"}]}]}`,
			`[{"role":"system","content":[]},{"role":"","content":[]},` +
				`{"role":"user","content":[{"type":"unknown"},{"type":"unknown"}],"tool_calls":[{"name":"","arguments":"x"}]},` +
				`{"role":"tool","content":[],"is_error":true}]`,
		},
		"no list": {`{"messages":"a"}`, `[]`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			q := exchange{url: anthropicURL, request: c.body}.ask(t)
			if got := messages(q.Messages); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
			if counted := (exchange{url: anthropicCountURL, request: c.body}).ask(t); !reflect.DeepEqual(counted.Messages, q.Messages) {
				t.Errorf("to be counted: %s", messages(counted.Messages))
			}
		})
	}
}

func TestAnthropicParameters(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		`{"model":"m","temperature":0.50,"top_p":1,"top_k":4,"max_tokens":9,"stop_sequences":["a"],"service_tier":"auto"}`: `{"max_tokens":9,"service_tier":"auto","stop":["a"],"temperature":0.50,"top_k":4,"top_p":1}`,
		`{"thinking":{"type":"enabled","budget_tokens":1024},"tool_choice":{"type":"any"}}`:                                `{"thinking_budget":1024,"tool_choice":{"type":"any"}}`,
		`{"output_config":{"effort":"low","format":{"type":"json_schema","schema":{}}}}`:                                   `{"reasoning_effort":"low","response_format":"json_schema"}`,
		`{"output_format":{"type":"json_schema"},"max_tokens_to_sample":5}`:                                                `{"max_tokens":5,"response_format":"json_schema"}`,
		`{"temperature":null,"stop_sequences":[],"thinking":{"type":"adaptive"},"metadata":{}}`:                            `{}`,
	} {
		q := exchange{url: anthropicURL, request: body}.ask(t)
		got, err := json.Marshal(q.Parameters)
		if err != nil || string(got) != want {
			t.Errorf("%s: got %s (%v), want %s", body, got, err, want)
		}
	}
}

func TestAnthropicTools(t *testing.T) {
	t.Parallel()
	q := exchange{url: anthropicURL, request: `{"tools":[
		{"name":"f","description":"d","input_schema":{"type":"object"}},{"type":"custom","name":"g"},
		{"type":"web_search_20250305","name":"web_search","max_uses":1},{"type":"mcp_toolset","mcp_server_name":"s"},
		{"type":"unheard"},7]}`}.ask(t)
	const want = `[{"name":"f","description":"d","parameters":{"type":"object"}},{"name":"g"},{"name":"web_search"},` +
		`{"name":"mcp:s"},{"name":"unheard"},{"name":""}]`
	if got := string(llmhttp.AppendTools(nil, q.Tools)); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestAnthropicAnswers(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ content, messages string }{
		"a text": {`[{"type":"text","text":"a"}]`, `[{"role":"assistant","content":"a"}]`},
		"a text cut at citations": {
			`[{"type":"text","text":"a"},{"type":"text","text":"b","citations":[{"cited_text":"c"}]},{"type":"text","text":""}]`,
			`[{"role":"assistant","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}]`,
		},
		"thoughts": {
			`[{"type":"thinking","thinking":"t","signature":"x"},{"type":"redacted_thinking","data":"x"}]`,
			`[{"role":"assistant","content":[{"type":"reasoning","text":"t"},{"type":"reasoning","redacted":true}]}]`,
		},
		"calls of both kinds": {
			`[{"type":"server_tool_use","id":"s","name":"web_fetch","input":{"url":"u"}},
				{"type":"web_fetch_tool_result","tool_use_id":"s","content":{"type":"web_fetch_tool_result_error"}},
				{"type":"tool_use","id":"c","name":"f","input":{"x":[1]}}]`,
			`[{"role":"assistant","content":[{"type":"server_tool_call","name":"web_fetch","id":"s","arguments":{"url":"u"}},` +
				`{"type":"server_tool_result","name":"web_fetch_tool_result","id":"s"}],"tool_calls":[{"id":"c","name":"f","arguments":{"x":[1]}}]}]`,
		},
		"nothing":                {`[]`, `[{"role":"assistant","content":[]}]`},
		"not even a list":        {`null`, `[{"role":"assistant","content":[]}]`},
		"blocks of other types":  {`[7,null,{"type":7}]`, `[{"role":"assistant","content":[{"type":"unknown"}]}]`},
		"a block never heard of": {`[{"type":"song","text":"a"}]`, `[{"role":"assistant","content":[{"type":"song"}]}]`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, r := exchange{
				url: anthropicURL, answer: `{"id":"i","model":"m","stop_reason":"end_turn","content":` + c.content + `}`,
			}.read(t)
			if got := messages(r.Messages); got != c.messages {
				t.Errorf("got  %s\nwant %s", got, c.messages)
			}
			if r.ID != "i" || r.Model != "m" || !reflect.DeepEqual(r.FinishReasons, []string{"end_turn"}) || !r.Complete {
				t.Errorf("got %+v", r)
			}
		})
	}
}

func TestAnthropicAnswersThatAreNoMessage(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		status int
		answer string
		want   *llmhttp.Error
	}{
		"refused": {
			400, `{"type":"error","error":{"type":"invalid_request_error","message":"No."},"request_id":"r"}`,
			&llmhttp.Error{Status: 400, Type: "invalid_request_error", Message: "No."},
		},
		"overloaded": {
			529, `{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}`,
			&llmhttp.Error{Status: 529, Type: "overloaded_error", Message: "Overloaded"},
		},
		"Google's own": {
			403, `{"error":{"code":403,"message":"No.","status":"PERMISSION_DENIED"}}`,
			&llmhttp.Error{Status: 403, Type: "PERMISSION_DENIED", Message: "No.", Code: "403"},
		},
		"an error in disguise": {
			200, `{"type":"error","error":{"type":"api_error","message":"Oh"}}`,
			&llmhttp.Error{Status: 200, Type: "api_error", Message: "Oh"},
		},
		"neither": {200, `{"ok":true}`, nil},
	} {
		for _, url := range []string{anthropicURL, anthropicCountURL, claudeOnVertex + "m:rawPredict"} {
			_, r := exchange{url: url, status: c.status, answer: c.answer}.read(t)
			if !reflect.DeepEqual(r.Error, c.want) || r.Messages != nil || r.FinishReasons != nil || !r.Complete {
				t.Errorf("%s from %s: got %+v in %+v", name, url, r.Error, r)
			}
		}
	}
}

func TestAnthropicCount(t *testing.T) {
	t.Parallel()
	for answer, want := range map[string]llmhttp.Count{
		`{"input_tokens":31,"context_management":{"original_input_tokens":40}}`: llmhttp.Tokens(31),
		`{"input_tokens":0}`:    llmhttp.Tokens(0),
		`{"input_tokens":"31"}`: {},
		`{}`:                    {},
	} {
		for _, url := range []string{anthropicCountURL, claudeOnVertex + "count-tokens:rawPredict"} {
			_, r := exchange{url: url, answer: answer}.read(t)
			if r.Usage != (llmhttp.Usage{Input: want}) || !r.Complete || r.Messages != nil {
				t.Errorf("%s: got %+v", answer, r)
			}
		}
	}
}

func TestAnthropicAnswersInPiecesAndWhole(t *testing.T) {
	t.Parallel()
	const whole = `{"id":"i","model":"m","content":[{"type":"text","text":"a"}],"stop_reason":"end_turn"}`
	_, r := exchange{url: anthropicURL, request: `{"stream":true}`, answer: whole}.read(t)
	if r.Stream != nil || messages(r.Messages) != `[{"role":"assistant","content":"a"}]` || !r.Complete {
		t.Errorf("a whole answer to a request for a stream: %+v", r)
	}
	header := http.Header{"Content-Type": {"text/event-stream"}}
	_, r = exchange{url: anthropicURL, header: header, answer: sse(messageStart, textDelta(0, "a"), messageStop)}.read(t)
	if r.Stream == nil || messages(r.Messages) != `[{"role":"assistant","content":"a"}]` || !r.Complete {
		t.Errorf("a stream for a request of a whole answer: %+v", r)
	}
}

func TestAnthropicCutTextsAreCounted(t *testing.T) {
	t.Parallel()
	const limit, long = 1000, 5000
	text := strings.Repeat("x", long)
	blocks := `[{"type":"text","text":"` + text + `"},{"type":"thinking","thinking":"` + text + `"},
		{"type":"document","source":{"type":"text","data":"` + text + `"}},
		{"type":"tool_use","id":"c","name":"f","input":{"a":["` + text + `"],"b":"` + text + `"}},
		{"type":"server_tool_use","id":"s","name":"f","input":{"a":"` + text + `"}}]`
	q, r := exchange{
		url: anthropicURL, limits: llmhttp.Limits{Text: limit},
		request: `{"messages":[{"role":"assistant","content":` + blocks + `}]}`,
		answer:  `{"content":` + blocks + `,"stop_reason":"end_turn","usage":{"output_tokens":7}}`,
	}.read(t)
	for _, list := range [][]llmhttp.Message{q.Messages, r.Messages} {
		if got := llmhttp.Dropped(list); got != 6*(long-limit) {
			t.Errorf("%d bytes are said to be left out, want %d", got, 6*(long-limit))
		}
		if got := len(messages(list)); got < 6*limit || got > 7*limit {
			t.Errorf("%d bytes of messages are kept", got)
		}
	}
	if r.Usage.Output != llmhttp.Tokens(7) {
		t.Errorf("the usage after the texts is lost: %+v", r.Usage)
	}
}
