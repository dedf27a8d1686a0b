package llmhttp_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/traceroot-ai/traceroot-go/llmhttp"
)

const responsesURL = "https://api.openai.com/v1/responses"

func TestResponsesRequestMessages(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ sent, want string }{
		"a text":          {`"Hi"`, `[{"role":"user","content":"Hi"}]`},
		"an empty text":   {`""`, `[{"role":"user","content":[]}]`},
		"nothing":         {`null`, `[]`},
		"no list":         {`{"role":"user"}`, `[]`},
		"a text as item":  {`["Hi"]`, `[{"role":"user","content":"Hi"}]`},
		"a mistyped item": {`[7,null]`, `[{"role":"assistant","content":[{"type":"server_item"}]},{"role":"assistant","content":[{"type":"server_item"}]}]`},
		"messages, with a type and without": {
			`[{"role":"developer","content":"Be brief."},{"type":"message","role":"user","content":[{"type":"input_text","text":"Hi"}]},
			  {"type":"message","role":"assistant","content":[{"type":"output_text","text":"Yes?"},{"type":"refusal","refusal":"No"}]}]`,
			`[{"role":"developer","content":"Be brief."},{"role":"user","content":"Hi"},` +
				`{"role":"assistant","content":[{"type":"text","text":"Yes?"},{"type":"refusal","text":"No"}]}]`,
		},
		"images and files": {
			`[{"role":"user","content":[{"type":"input_image","image_url":"https://e.com/a"},{"type":"input_image","file_id":"file-1"},
			  {"type":"input_file","filename":"a.pdf","file_data":"data:application/pdf;base64,AAAA"},{"type":"input_file","file_url":"https://e.com/b"}]}]`,
			`[{"role":"user","content":[{"type":"image","source":"url","url":"https://e.com/a"},{"type":"image","source":"ref","ref":"file-1"},` +
				`{"type":"file","source":"inline","base64_len":4,"media_type":"application/pdf","name":"a.pdf"},{"type":"file","source":"url","url":"https://e.com/b"}]}]`,
		},
		"a call and its output": {
			`[{"type":"function_call","call_id":"c1","name":"add","arguments":"{\"a\": 1.0}"},{"type":"function_call_output","call_id":"c1","output":"3"}]`,
			`[{"role":"assistant","content":[],"tool_calls":[{"id":"c1","name":"add","arguments":{"a":1.0}}]},{"role":"tool","content":"3","tool_call_id":"c1"}]`,
		},
		"an output of parts": {
			`[{"type":"function_call_output","call_id":"c1","output":[{"type":"input_text","text":"3"},{"type":"input_image","image_url":"data:image/png;base64,AAAA"}]}]`,
			`[{"role":"tool","content":[{"type":"text","text":"3"},{"type":"image","source":"inline","base64_len":4,"media_type":"image/png"}],"tool_call_id":"c1"}]`,
		},
		"a custom tool": {
			`[{"type":"custom_tool_call","call_id":"c2","name":"shell","input":"ls -l"},{"type":"custom_tool_call_output","call_id":"c2","output":"a b"}]`,
			`[{"role":"assistant","content":[],"tool_calls":[{"id":"c2","name":"shell","arguments":"ls -l"}]},{"role":"tool","content":"a b","tool_call_id":"c2"}]`,
		},
		"reasoning": {
			`[{"type":"reasoning","summary":[{"type":"summary_text","text":"First."},{"text":""},{"type":"summary_text","text":"Then."}]},
			  {"type":"reasoning","summary":[{"text":"Short."}],"content":[{"type":"reasoning_text","text":"Long."}]},
			  {"type":"reasoning","summary":[],"encrypted_content":"eA=="},{"type":"reasoning","summary":[]}]`,
			`[{"role":"assistant","content":[{"type":"reasoning","text":"First.\nThen."}]},{"role":"assistant","content":[{"type":"reasoning","text":"Long."}]},` +
				`{"role":"assistant","content":[{"type":"reasoning","redacted":true}]},{"role":"assistant","content":[]}]`,
		},
		"items of the provider": {
			`[{"type":"item_reference","id":"msg_1"},{"type":"web_search_call","id":"ws"},{"type":"file_search_call","id":"fs"},{"type":"code_interpreter_call","id":"ci","code":"1"},
			  {"type":"image_generation_call","id":"ig","result":"AAAA"},{"type":"computer_call","id":"cu"},{"type":"mcp_call","id":"mc","name":"prune"},
			  {"type":"mcp_list_tools","id":"ml"},{"type":"mcp_approval_request","id":"ma"}]`,
			`[{"role":"assistant","content":[{"type":"reference","ref":"msg_1"}]},` +
				`{"role":"assistant","content":[{"type":"server_tool_call","name":"web_search_call","id":"ws"}]},` +
				`{"role":"assistant","content":[{"type":"server_tool_call","name":"file_search_call","id":"fs"}]},` +
				`{"role":"assistant","content":[{"type":"server_tool_call","name":"code_interpreter_call","id":"ci"}]},` +
				`{"role":"assistant","content":[{"type":"server_tool_call","name":"image_generation_call","id":"ig"}]},` +
				`{"role":"assistant","content":[{"type":"server_tool_call","name":"computer_call","id":"cu"}]},` +
				`{"role":"assistant","content":[{"type":"server_tool_call","name":"mcp_call:prune","id":"mc"}]},` +
				`{"role":"assistant","content":[{"type":"server_item","name":"mcp_list_tools","id":"ml"}]},` +
				`{"role":"assistant","content":[{"type":"server_item","name":"mcp_approval_request","id":"ma"}]}]`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			q, _ := exchange{url: responsesURL, request: `{"model":"m","input":` + c.sent + `}`}.read(t)
			if got := messages(q.Messages); got != c.want || q.Protocol != "openai_responses" || q.Operation != "responses" {
				t.Errorf("%s %s\ngot  %s\nwant %s", q.Protocol, q.Operation, got, c.want)
			}
		})
	}
}

func TestResponsesRequestFacts(t *testing.T) {
	t.Parallel()
	q, _ := exchange{url: responsesURL, request: `{"model":"gpt","instructions":"Be kind.","input":"Hi","stream":true,"max_output_tokens":9,
		"reasoning":{"effort":"high","summary":"auto"},"text":{"format":{"type":"json_schema","name":"x"}},
		"tools":[{"type":"function","name":"add","description":"Adds.","parameters":{"type":"object"}},{"type":"custom","name":"run"},
			{"type":"mcp","server_label":"wiki"},{"type":"code_interpreter","container":{}}]}`}.read(t)
	if got, want := messages(q.Messages), `[{"role":"system","content":"Be kind."},{"role":"user","content":"Hi"}]`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	for name, want := range map[string]string{"max_tokens": "9", "reasoning_effort": `"high"`, "response_format": `"json_schema"`} {
		if got := string(q.Parameters[name]); got != want {
			t.Errorf("%s is %s, want %s", name, got, want)
		}
	}
	const tools = `[{"name":"add","description":"Adds.","parameters":{"type":"object"}},{"name":"run"},{"name":"mcp:wiki"},{"name":"code_interpreter"}]`
	if got := string(llmhttp.AppendTools(nil, q.Tools)); got != tools || !q.Streaming || q.Model != "gpt" {
		t.Errorf("got tools %s of %+v", got, q)
	}
	if q.MayAskForUsage() {
		t.Error("the usage of a response needs no asking")
	}
}

func TestResponsesOnHostsNobodyKnows(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]bool{
		`{"model":"m","input":"Hi"}`:                                 true,
		`{"model":"m","input":[{"role":"user","content":"Hi"}]}`:     true,
		`{"model":"m","instructions":"Go."}`:                         true,
		`{"model":"m","conversation":"conv_1"}`:                      true,
		`{"model":"m","conversation":{"id":"conv_1"}}`:               true,
		`{"prompt":{"id":"pmpt_1"}}`:                                 true,
		`{"previous_response_id":"resp_1","input":[]}`:               true,
		`{"answers":["yes","no"]}`:                                   false,
		`{"answers":["yes","no"],"input":"x"}`:                       false,
		`{"model":"Volvo","answers":[{"question":1,"answer":"no"}]}`: false,
		`{"model":"Volvo","input":7}`:                                false,
		`{"prompt":"How was it?","responses":[]}`:                    false,
		`[]`: false,
		``:   false,
	} {
		q := exchange{url: "http://127.0.0.1:8080/v1/responses", request: body}.ask(t)
		if q.IsModelCall() != want || q.Provider != "openai_compatible" {
			t.Errorf("%s: got %v of %s, want %v", body, q.IsModelCall(), q.Provider, want)
		}
	}
	if q := (exchange{url: responsesURL, request: `{"answers":[]}`}).ask(t); !q.IsModelCall() {
		t.Error("OpenAI's host alone is proof")
	}
}

func TestResponsesAnswers(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answer, messages string
		reasons          []string
	}{
		"text": {
			`{"status":"completed","output":[{"type":"message","role":"assistant","content":[{"type":"output_text","text":"Hi"}]}]}`,
			`[{"role":"assistant","content":"Hi"}]`,
			[]string{"completed"},
		},
		"one message of everything": {
			`{"status":"completed","output":[{"type":"reasoning","summary":[{"text":"Hm."}]},{"type":"web_search_call","id":"ws"},
				{"type":"message","content":[{"type":"output_text","text":"a"},{"type":"output_text","text":"b"}]},
				{"type":"function_call","call_id":"c1","name":"f","arguments":""},{"type":"custom_tool_call","call_id":"c2","name":"g","input":"x y"},{"type":"compaction","id":"co"}]}`,
			`[{"role":"assistant","content":[{"type":"reasoning","text":"Hm."},{"type":"server_tool_call","name":"web_search_call","id":"ws"},` +
				`{"type":"text","text":"a"},{"type":"text","text":"b"},{"type":"server_item","name":"compaction","id":"co"}],` +
				`"tool_calls":[{"id":"c1","name":"f","arguments":{}},{"id":"c2","name":"g","arguments":"x y"}]}]`,
			[]string{"completed"},
		},
		"incomplete":                   {`{"status":"incomplete","incomplete_details":{"reason":"content_filter"},"output":[]}`, `[]`, []string{"content_filter"}},
		"incomplete for no reason":     {`{"status":"incomplete","output":null}`, `[]`, []string{"incomplete"}},
		"queued":                       {`{"status":"queued","output":[]}`, `[]`, []string{"queued"}},
		"without a status":             {`{"output":[{"type":"message","content":[{"type":"output_text","text":"a"}]}]}`, `[{"role":"assistant","content":"a"}]`, []string{""}},
		"things that are no items":     {`{"status":7,"output":[null]}`, `[{"role":"assistant","content":[{"type":"server_item"}]}]`, []string{""}},
		"another program's JSON":       {`{"id":"x"}`, `[]`, nil},
		"an item without what it says": {`{"status":"completed","output":[{"type":"message"},{"type":"function_call"}]}`, `[{"role":"assistant","content":[],"tool_calls":[{"name":"","arguments":{}}]}]`, []string{"completed"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, r := exchange{url: responsesURL, answer: c.answer}.read(t)
			if got := messages(r.Messages); got != c.messages {
				t.Errorf("got  %s\nwant %s", got, c.messages)
			}
			if !slices.Equal(r.FinishReasons, c.reasons) || !r.Complete || r.Error != nil || r.Stream != nil {
				t.Errorf("got %+v, want the reasons %q of a complete answer", r, c.reasons)
			}
		})
	}
}

func TestResponsesThatFailed(t *testing.T) {
	t.Parallel()
	want := llmhttp.Error{Status: 200, Type: "server_error", Message: "Oh", Code: "server_error"}
	_, r := exchange{url: responsesURL, answer: `{"id":"r","model":"m","status":"failed","error":{"code":"server_error","message":"Oh"},"output":[]}`}.read(t)
	if r.Error == nil || *r.Error != want || !r.Complete || r.ID != "r" || r.Model != "m" || !slices.Equal(r.FinishReasons, []string{"failed"}) {
		t.Errorf("got %+v in %+v", r.Error, r)
	}
	_, r = exchange{url: responsesURL, status: 429, request: `{"stream":true}`, answer: `{"error":{"message":"Slow down","type":"rate_limit","code":null}}`}.read(t)
	if want := (llmhttp.Error{Status: 429, Type: "rate_limit", Message: "Slow down"}); *r.Error != want || !r.Complete || r.Stream != nil {
		t.Errorf("got %+v in %+v", r.Error, r)
	}
}

func TestResponsesTextsAreCut(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("z", 5000)
	item := `{"type":"message","content":[{"type":"output_text","text":"` + long + `"}]}`
	thought := `{"type":"reasoning","summary":[{"text":"` + long + `"},{"text":"` + long + `"}]}`
	whole := `{"status":"completed","output":[` + thought + `,` + item + `],"usage":{"input_tokens":7}}`
	pieces := make([]string, 0, 12)
	for range 10 {
		pieces = append(pieces, `{"type":"response.output_text.delta","output_index":1,"delta":"`+long[:500]+`"}`)
	}
	done := `{"type":"response.output_item.done","output_index":0,"item":` + thought + `}`
	for name, e := range map[string]exchange{
		"whole":  {answer: whole},
		"stream": {request: `{"stream":true}`, answer: sse(append(pieces, done, `{"type":"response.completed","response":`+whole+`}`)...)},
		"cut":    {request: `{"stream":true}`, answer: sse(append(pieces, done)...)},
	} {
		e.url, e.limits.Text = responsesURL, 1000
		_, r := e.read(t)
		if got := llmhttp.Dropped(r.Messages); got != 12_000 || strings.Count(messages(r.Messages), "z") != 3000 {
			t.Errorf("%s: %d bytes dropped, %d kept", name, got, strings.Count(messages(r.Messages), "z"))
		}
	}
}
