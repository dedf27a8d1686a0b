package llmhttp_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/traceroot-ai/traceroot-go/llmhttp"
)

const cohereChat2URL = "https://api.cohere.com/v2/chat"

func TestCohereConversations(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ sent, want string }{
		"roles": {
			`[{"role":"system","content":"Be brief."},{"role":"user","content":"Hi"},{"role":"assistant","content":[{"type":"text","text":"Yes?"}]}]`,
			`[{"role":"system","content":"Be brief."},{"role":"user","content":"Hi"},{"role":"assistant","content":"Yes?"}]`,
		},
		"thinking, image, citations": {
			`[{"role":"assistant","content":[{"type":"thinking","thinking":"Hm"},{"type":"text","text":"Yes"}],"citations":[{"start":0,"end":3,"text":"Yes"}]},` +
				`{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,QUJD","detail":"low"}}]}]`,
			`[{"role":"assistant","content":[{"type":"reasoning","text":"Hm"},{"type":"text","text":"Yes"}]},` +
				`{"role":"user","content":[{"type":"image","source":"inline","base64_len":4,"media_type":"image/png"}]}]`,
		},
		"plan, calls and results": {
			`[{"role":"assistant","tool_plan":"I ask.","tool_calls":[{"id":"c1","type":"function","function":{"name":"stock","arguments":"{\"sku\": 7}"}}]},` +
				`{"role":"tool","tool_call_id":"c1","content":[{"type":"document","document":{"id":"1","data":{"left": 2.50,"of":"é"}}},{"type":"text","text":"ok"}]},` +
				`{"role":"tool","tool_call_id":"c2","content":"none"}]`,
			`[{"role":"assistant","content":[{"type":"reasoning","text":"I ask."}],"tool_calls":[{"id":"c1","name":"stock","arguments":{"sku":7}}]},` +
				`{"role":"tool","content":[{"type":"text","text":"{\"left\":2.50,\"of\":\"é\"}"},{"type":"text","text":"ok"}],"tool_call_id":"c1"},` +
				`{"role":"tool","content":"none","tool_call_id":"c2"}]`,
		},
		"documents that say nothing": {
			`[{"role":"tool","content":[{"type":"document"},{"type":"document","document":"x"},{"type":"document","document":{"data":null}}]}]`,
			`[{"role":"tool","content":[]}]`,
		},
		"parts nobody knows":          {`[{"role":"user","content":[{"type":"hologram"},{},7,null,"plain"]}]`, `[{"role":"user","content":[{"type":"hologram"},{"type":"unknown"},{"type":"text","text":"plain"}]}]`},
		"things that are no messages": {`[null,"x",{"role":7,"content":{"a":1},"tool_plan":[]}]`, `[{"role":"","content":[]},{"role":"","content":[]},{"role":"","content":[]}]`},
		"no list":                     {`"Hi"`, `[]`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			q := exchange{url: cohereChat2URL, request: `{"model":"m","messages":` + c.sent + `}`}.ask(t)
			if got := messages(q.Messages); got != c.want || q.Streaming {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestCohereRequestFacts(t *testing.T) {
	t.Parallel()
	q := exchange{url: cohereChat2URL, request: `{"model":"command-test","stream":true,"temperature":0.30,"p":0.9,"k":20,"max_tokens":5,
		"stop_sequences":["END"],"seed":7,"frequency_penalty":0,"presence_penalty":null,"response_format":{"type":"json_object","schema":{}},
		"tool_choice":"REQUIRED","thinking":{"type":"enabled","token_budget":99},"safety_mode":"OFF","documents":[{"data":{"a":"b"}}],
		"tools":[{"type":"function","function":{"name":"stock","description":"Counts.","parameters":{"type":"object"}}}]}`}.ask(t)
	want := `{"frequency_penalty":0,"max_tokens":5,"response_format":"json_object","seed":7,"stop":["END"],"temperature":0.30,"thinking_budget":99,` +
		`"tool_choice":"REQUIRED","top_k":20,"top_p":0.9}`
	if got := parametersText(t, q); got != want || q.Model != "command-test" || !q.Streaming || q.Operation != "chat" {
		t.Errorf("got %s in %+v\nwant %s", got, q, want)
	}
	if got := string(llmhttp.AppendTools(nil, q.Tools)); got != `[{"name":"stock","description":"Counts.","parameters":{"type":"object"}}]` {
		t.Errorf("tools are %s", got)
	}
}

func TestCohereAnswers(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ message, want string }{
		"text":               {`{"role":"assistant","content":[{"type":"text","text":"Hi"}]}`, `[{"role":"assistant","content":"Hi"}]`},
		"thinking":           {`{"content":[{"type":"thinking","thinking":"Hm"},{"type":"text","text":"Yes"}]}`, `[{"role":"assistant","content":[{"type":"reasoning","text":"Hm"},{"type":"text","text":"Yes"}]}]`},
		"blocks stay apart":  {`{"content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}`, `[{"role":"assistant","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}]`},
		"plan and calls":     {`{"tool_plan":"I ask.","tool_calls":[{"id":"c","function":{"name":"f","arguments":"{}"}}]}`, `[{"role":"assistant","content":[{"type":"reasoning","text":"I ask."}],"tool_calls":[{"id":"c","name":"f","arguments":{}}]}]`},
		"no JSON in a call":  {`{"tool_calls":[{"id":"c","function":{"name":"f","arguments":"{\"a\":"}}]}`, `[{"role":"assistant","content":[],"tool_calls":[{"id":"c","name":"f","arguments":"{\"a\":"}]}]`},
		"nothing":            {`{}`, `[{"role":"assistant","content":[]}]`},
		"not a message":      {`"Hi"`, `[]`},
		"citations are left": {`{"content":[{"type":"text","text":"Hi"}],"citations":[{"text":"Hi"}]}`, `[{"role":"assistant","content":"Hi"}]`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, r := exchange{url: cohereChat2URL, answer: `{"id":"r1","finish_reason":"COMPLETE","message":` + c.message + `}`, size: 4}.read(t)
			if got := messages(r.Messages); got != c.want || r.ID != "r1" || r.Model != "" || !r.Complete {
				t.Errorf("got  %s of %+v\nwant %s", got, r, c.want)
			}
			if len(r.FinishReasons) != len(r.Messages) || len(r.FinishReasons) == 1 && r.FinishReasons[0] != "COMPLETE" {
				t.Errorf("got reasons %v", r.FinishReasons)
			}
		})
	}
}

func TestCohereUsage(t *testing.T) {
	t.Parallel()
	for sent, want := range map[string]llmhttp.Usage{
		`{"billed_units":{"input_tokens":1,"output_tokens":2},"tokens":{"input_tokens":30.0,"output_tokens":4},"cached_tokens":20}`: {
			Input: llmhttp.Tokens(30), Output: llmhttp.Tokens(4), CacheRead: llmhttp.Tokens(20),
		},
		`{"billed_units":{"input_tokens":1,"output_tokens":2}}`:            {Input: llmhttp.Tokens(1), Output: llmhttp.Tokens(2)},
		`{"billed_units":{"input_tokens":1},"tokens":{}}`:                  {Input: llmhttp.Tokens(1)},
		`{"billed_units":{"input_tokens":1},"tokens":{"output_tokens":0}}`: {Output: llmhttp.Tokens(0)},
		`{"tokens":{"input_tokens":"many","output_tokens":null}}`:          {},
		`{"billed_units":{"search_units":1}}`:                              {},
		`[]`:                                                               {},
	} {
		_, r := exchange{url: cohereChat2URL, answer: `{"message":{},"usage":` + sent + `}`}.read(t)
		if r.Usage != want {
			t.Errorf("%s: got %+v, want %+v", sent, r.Usage, want)
		}
		_, r = exchange{url: cohereChat1URL, answer: `{"text":"a","meta":` + sent + `}`}.read(t)
		if r.Usage != want {
			t.Errorf("%s in version 1: got %+v, want %+v", sent, r.Usage, want)
		}
	}
}

func TestCohereErrors(t *testing.T) {
	t.Parallel()
	_, r := exchange{url: cohereChat2URL, status: 401, answer: `{"id":"e1","message":"no such key"}`}.read(t)
	if *r.Error != (llmhttp.Error{Status: 401, Message: "no such key"}) || r.ID != "" || !r.Complete {
		t.Errorf("got %+v", r)
	}
	_, r = exchange{url: cohereChat2URL, answer: `{"error":{"type":"overloaded","message":"Later"}}`}.read(t)
	if r.Error == nil || *r.Error != (llmhttp.Error{Status: 200, Type: "overloaded", Message: "Later"}) || r.Messages != nil {
		t.Errorf("got %+v", r)
	}
}

func TestCohereOnUnknownHosts(t *testing.T) {
	t.Parallel()
	for path, bodies := range map[string]map[string]bool{
		"/v2/chat": {
			`{"model":"m","messages":[{"role":"user","content":"Hi"}]}`: true,
			`{"messages":[]}`: false, `{"model":"m","message":"Hi"}`: false, `{"model":"m","messages":{}}`: false, ``: false, `[]`: false,
		},
		"/v1/chat": {
			`{"model":"m","message":"Hi"}`: true, `{"message":"Hi"}`: true, `{"message":"","tool_results":[]}`: true,
			`{"message":{"text":"Hi"}}`: false, `{"messages":[]}`: false, ``: false,
		},
		"/v1/embed": {
			`{"texts":["a"],"input_type":"search_query"}`: true, `{"images":["data:image/png;base64,QUJD"]}`: true,
			`{"texts":"a"}`: false, `{"url":"https://e.com"}`: false, ``: false,
		},
		"/v2/embed": {`{"model":"m","inputs":[{"content":[]}]}`: true, `{"inputs":"a"}`: false},
		"/v2/rerank": {
			`{"model":"m","query":"q","documents":["a"]}`: true, `{"query":"q","documents":["a"]}`: false,
			`{"model":"m","query":"q"}`: false, `{"model":"m","documents":["a"]}`: false, ``: false,
		},
		"/v1/generate": {`{"model":"","prompt":"Hi"}`: true, `{"prompt":"Hi"}`: false, `{"model":"m","prompt":["Hi"]}`: false, ``: false},
	} {
		for body, want := range bodies {
			q := exchange{url: "http://127.0.0.1:8080" + path, request: body}.ask(t)
			if q.IsModelCall() != want || q.Provider != "cohere" || q.System != "cohere" {
				t.Errorf("%s to %s: got %v of %s, want %v", body, path, q.IsModelCall(), q.Provider, want)
			}
		}
		if q := (exchange{url: "https://api.cohere.com" + path, request: `{}`}).ask(t); !q.IsModelCall() {
			t.Errorf("%s asks a known host for a proof", path)
		}
	}
}

// cohereEvent is an event of version 2: its type, and members beside it.
func cohereEvent(kind, members string) string {
	return "event: " + kind + "\ndata: {\"type\":\"" + kind + "\"" + members + "}\n\n"
}

// messageDelta is what an event brings for the message.
func messageDelta(message string) string { return `,"index":0,"delta":{"message":{` + message + `}}` }

func callDelta(index, call string) string {
	return `,"index":` + index + `,"delta":{"message":{"tool_calls":` + call + `}}`
}

var (
	cohereStart = cohereEvent("message-start", `,"id":"r1","delta":{"message":{"role":"assistant","content":[]}}`)
	cohereText  = cohereEvent("content-delta", messageDelta(`"content":{"text":"a"}`))
	cohereEnd   = cohereEvent("message-end", `,"delta":{"finish_reason":"COMPLETE","usage":{"tokens":{"input_tokens":5,"output_tokens":2}}}`)
)

func TestCohereStreams(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		events   []string
		messages string
		first    int // event with the first output
	}{
		"text": {
			[]string{
				cohereStart, cohereEvent("content-start", messageDelta(`"content":{"type":"text","text":""}`)), cohereText,
				cohereEvent("citation-start", messageDelta(`"citations":{"text":"a"}`)), cohereText, cohereEvent("content-end", `,"index":0`),
			},
			`[{"role":"assistant","content":"aa"}]`, 2,
		},
		"thinking, then text": {
			[]string{
				cohereStart, cohereEvent("content-start", messageDelta(`"content":{"type":"thinking","thinking":"H"}`)),
				cohereEvent("content-delta", messageDelta(`"content":{"thinking":"m"}`)),
				cohereEvent("content-delta", `,"index":1,"delta":{"message":{"content":{"text":"Yes"}}}`),
			},
			`[{"role":"assistant","content":[{"type":"reasoning","text":"Hm"},{"type":"text","text":"Yes"}]}]`, 1,
		},
		"plan and calls": {
			[]string{
				cohereStart, cohereEvent("tool-plan-delta", messageDelta(`"tool_plan":"I "`)), cohereEvent("tool-plan-delta", messageDelta(`"tool_plan":"ask."`)),
				cohereEvent("tool-call-start", callDelta("1", `{"id":"b","type":"function","function":{"name":"g","arguments":""}}`)),
				cohereEvent("tool-call-start", callDelta("0", `{"id":"a","type":"function","function":{"name":"f","arguments":"{\"x\""}}`)),
				cohereEvent("tool-call-delta", callDelta("0", `{"function":{"arguments":":1}"}}`)), cohereEvent("tool-call-end", `,"index":0`),
			},
			`[{"role":"assistant","content":[{"type":"reasoning","text":"I ask."}],"tool_calls":[{"id":"a","name":"f","arguments":{"x":1}},{"id":"b","name":"g","arguments":{}}]}]`, 1,
		},
		"a call at once": {
			[]string{cohereStart, cohereEvent("tool-call-start", callDelta("0", `{"id":"a","function":{"name":"f"}}`))},
			`[{"role":"assistant","content":[],"tool_calls":[{"id":"a","name":"f","arguments":{}}]}]`, 1,
		},
		"names of events only": {
			[]string{"event: content-delta\ndata: {\"delta\":{\"message\":{\"content\":{\"text\":\"a\"}}}}\n\n"},
			`[{"role":"assistant","content":"a"}]`, 0,
		},
		"events that say nothing": {
			[]string{
				sse(`null`), sse(`[]`), sse(`not JSON`), sse(`{"type":7}`), cohereEvent("debug", ``), cohereEvent("content-delta", `,"index":"x","delta":7`),
				cohereEvent("tool-plan-delta", messageDelta(`"tool_plan":[]`)), cohereEvent("content-start", messageDelta(`"content":"text"`)),
			},
			`[{"role":"assistant","content":[]}]`, -1,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			answer := strings.Join(c.events, "") + cohereEnd + sse("[DONE]")
			_, r := exchange{url: cohereChat2URL, request: `{"stream":true}`, answer: answer, size: 5}.read(t)
			if got := messages(r.Messages); got != c.messages {
				t.Errorf("got  %s\nwant %s", got, c.messages)
			}
			if r.Stream.FirstOutput != c.first || r.Stream.Events != len(c.events)+2 || !r.Complete {
				t.Errorf("got %+v, complete %v, want first output in event %d of %d", r.Stream, r.Complete, c.first, len(c.events)+2)
			}
			if want := (llmhttp.Usage{Input: llmhttp.Tokens(5), Output: llmhttp.Tokens(2)}); r.Usage != want || r.FinishReasons[0] != "COMPLETE" {
				t.Errorf("got %+v", r)
			}
		})
	}
}

func TestCohereStreamEnds(t *testing.T) {
	t.Parallel()
	call := cohereEvent("tool-call-start", callDelta("0", `{"id":"c","function":{"name":"f","arguments":"{\"x\":"}}`))
	fault := cohereEvent("message-end", `,"delta":{"finish_reason":"ERROR","error":"overloaded"}`)
	const said = `[{"role":"assistant","content":"a"}]`
	for name, c := range map[string]struct {
		answer, messages string
		cut              bool
		complete, failed bool
	}{
		"message-end":           {cohereStart + cohereText + cohereEnd, said, false, true, false},
		"message-end and DONE":  {cohereStart + cohereText + cohereEnd + sse("[DONE]"), said, false, true, false},
		"no message-end":        {cohereStart + cohereText, said, false, false, false},
		"only [DONE]":           {cohereStart + cohereText + sse("[DONE]"), said, false, false, false},
		"cut after message-end": {cohereStart + cohereText + cohereEnd, said, true, false, false},
		"cut inside an event":   {cohereStart + cohereText + `data: {"type":"content`, said, true, false, false},
		"cut inside a call":     {cohereStart + call, `[{"role":"assistant","content":[],"tool_calls":[{"id":"c","name":"f","arguments":"{\"x\":"}]}]`, true, false, false},
		"cut after the start":   {cohereStart, `[{"role":"assistant","content":[]}]`, true, false, false},
		"an error at the end":   {cohereStart + cohereText + fault, said, false, false, true},
		"an error event":        {cohereStart + cohereText + "event: error\n" + sse(`{"message":"overloaded"}`), said, false, false, true},
		"an error of a gateway": {sse(`{"error":{"message":"overloaded"}}`), `[]`, false, false, true},
		"nothing came":          {"", `[]`, false, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, r := exchange{url: cohereChat2URL, request: `{"stream":true}`, answer: c.answer, cut: c.cut}.read(t)
			if got := messages(r.Messages); got != c.messages || r.Complete != c.complete || len(r.FinishReasons) != len(r.Messages) {
				t.Errorf("got %s, complete %v, want %s, %v", got, r.Complete, c.messages, c.complete)
			}
			if want := (llmhttp.Error{Status: 200, Message: "overloaded"}); (r.Error != nil) != c.failed || c.failed && *r.Error != want {
				t.Errorf("got error %+v", r.Error)
			}
		})
	}
}

func TestCohereTellsTheEnd(t *testing.T) {
	t.Parallel()
	p := exchange{url: cohereChat2URL, request: `{"stream":true}`}.ask(t).Parser(http.StatusOK, nil)
	_, _ = p.Write([]byte(cohereStart + cohereText))
	if p.Terminal() || !p.HasOutput() {
		t.Errorf("before the end: terminal %v, output %v", p.Terminal(), p.HasOutput())
	}
	_, _ = p.Write([]byte(cohereEnd))
	if !p.Terminal() {
		t.Error("message-end is not the end")
	}
}

func TestCohereKeepsWithinLimits(t *testing.T) {
	t.Parallel()
	const limit, long = 200, 10_000
	text := strings.Repeat("z", long)
	for name, e := range map[string]exchange{
		"whole":    {answer: `{"message":{"content":[{"type":"text","text":"` + text + `"}]}}`},
		"streamed": {request: `{"stream":true}`, answer: strings.Repeat(cohereEvent("content-delta", messageDelta(`"content":{"text":"`+text[:long/10]+`"}`)), 10) + cohereEnd},
		"planned":  {request: `{"stream":true}`, answer: cohereEvent("tool-plan-delta", messageDelta(`"tool_plan":"`+text+`"`)) + cohereEnd},
		"called":   {request: `{"stream":true}`, answer: cohereEvent("tool-call-start", callDelta("0", `{"function":{"arguments":"`+text+`"}}`)) + cohereEnd},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e.url, e.limits.Text = cohereChat2URL, limit
			_, r := e.read(t)
			if kept, left := strings.Count(messages(r.Messages), "z"), llmhttp.Dropped(r.Messages); kept != limit || left != long-limit {
				t.Errorf("%d bytes kept and %d dropped of %d", kept, left, long)
			}
		})
	}
	document := `[{"role":"tool","content":[{"type":"document","document":{"data":{"a":"` + text + `","b":["` + text + `"]}}}]}]`
	q := exchange{url: cohereChat2URL, limits: llmhttp.Limits{Text: limit}, request: `{"messages":` + document + `}`}.ask(t)
	if got := llmhttp.Dropped(q.Messages); got != 2*(long-limit) {
		t.Errorf("%d bytes of a document dropped, want %d", got, 2*(long-limit))
	}
}
