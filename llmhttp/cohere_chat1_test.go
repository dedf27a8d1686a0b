package llmhttp_test

import (
	"testing"

	"github.com/traceroot-ai/traceroot-go/llmhttp"
)

const cohereChat1URL = "https://api.cohere.com/v1/chat"

func TestCohereHistories(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ sent, want string }{
		"a message": {`{"message":"Hi","preamble":""}`, `[{"role":"user","content":"Hi"}]`},
		"preamble and history": {
			`{"message":"And now?","preamble":"Be brief.","chat_history":[{"role":"SYSTEM","message":"Now"},{"role":"USER","message":"Hi"},{"role":"Chatbot","message":"Yes?"},{"role":"PARROT","message":"Yes"}]}`,
			`[{"role":"system","content":"Be brief."},{"role":"system","content":"Now"},{"role":"user","content":"Hi"},{"role":"assistant","content":"Yes?"},` +
				`{"role":"user","content":"Yes"},{"role":"user","content":"And now?"}]`,
		},
		"tools in the history": {
			`{"message":"Thanks","chat_history":[{"role":"USER","message":"2+2?"},{"role":"CHATBOT","message":"I add.","tool_calls":[{"name":"add","parameters":{"a":2,"b":2}},{"name":"now"}]},` +
				`{"role":"TOOL","tool_results":[{"call":{"name":"add","parameters":{}},"outputs":[{"sum": 4}]},{"call":{"name":"now"},"outputs":[]}]},{"role":"TOOL","message":"?"}]}`,
			`[{"role":"user","content":"2+2?"},{"role":"assistant","content":"I add.","tool_calls":[{"name":"add","arguments":{"a":2,"b":2}},{"name":"now","arguments":{}}]},` +
				`{"role":"tool","content":"[{\"sum\":4}]","name":"add"},{"role":"tool","content":"[]","name":"now"},{"role":"tool","content":"?"},{"role":"user","content":"Thanks"}]`,
		},
		"results of this step": {
			`{"message":"2+2?","tool_results":[{"call":{"name":"add"},"outputs":[{"sum":4}]}]}`,
			`[{"role":"user","content":"2+2?"},{"role":"tool","content":"[{\"sum\":4}]","name":"add"}]`,
		},
		"results without a message": {
			`{"message":"","chat_history":[{"role":"USER","message":"2+2?"}],"tool_results":[{"call":{"name":"add"},"outputs":[{"sum":4}]}]}`,
			`[{"role":"user","content":"2+2?"},{"role":"tool","content":"[{\"sum\":4}]","name":"add"}]`,
		},
		"things of other types": {`{"message":7,"chat_history":[null,{"role":1,"message":[],"tool_calls":7,"tool_results":"x"}],"tool_results":[]}`, `[{"role":"user","content":[]},{"role":"user","content":[]},{"role":"user","content":[]}]`},
		"nothing was sent":      {``, `[]`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			q := exchange{url: cohereChat1URL, request: c.sent}.ask(t)
			if got := messages(q.Messages); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestCohereFirstVersionsRequestFacts(t *testing.T) {
	t.Parallel()
	q := exchange{url: cohereChat1URL, request: `{"message":"Hi","model":"command-test","stream":true,"num_generations":2,"k":3,"connectors":[{"id":"web-search"}],
		"tools":[{"name":"add","description":"Adds.","parameter_definitions":{"a":{"type":"int","required":true}}},{"name":"now"}]}`}.ask(t)
	if got := parametersText(t, q); got != `{"n":2,"top_k":3}` || q.Model != "command-test" || !q.Streaming {
		t.Errorf("got %s in %+v", got, q)
	}
	const tools = `[{"name":"add","description":"Adds.","parameters":{"a":{"type":"int","required":true}}},{"name":"now"}]`
	if got := string(llmhttp.AppendTools(nil, q.Tools)); got != tools {
		t.Errorf("tools are %s", got)
	}
}

func TestCohereFirstVersionsAnswers(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ answer, id, messages string }{
		"text":           {`{"response_id":"r1","generation_id":"g1","text":"Hi","citations":[{}],"finish_reason":"COMPLETE"}`, "r1", `[{"role":"assistant","content":"Hi"}]`},
		"no response id": {`{"generation_id":"g1","text":"Hi","finish_reason":"COMPLETE"}`, "g1", `[{"role":"assistant","content":"Hi"}]`},
		"calls":          {`{"text":"I add.","tool_calls":[{"name":"add","parameters":{"a":2.0}}],"finish_reason":"COMPLETE"}`, "", `[{"role":"assistant","content":"I add.","tool_calls":[{"name":"add","arguments":{"a":2.0}}]}]`},
		"of other types": {`{"text":7,"tool_calls":[null,7],"finish_reason":"COMPLETE"}`, "", `[{"role":"assistant","content":[],"tool_calls":[{"name":"","arguments":{}},{"name":"","arguments":{}}]}]`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, r := exchange{url: cohereChat1URL, request: `{"message":"Hi"}`, answer: c.answer}.read(t)
			if got := messages(r.Messages); got != c.messages || r.ID != c.id || r.FinishReasons[0] != "COMPLETE" || !r.Complete {
				t.Errorf("got %s of %+v\nwant %s", got, r, c.messages)
			}
		})
	}
}

const (
	firstStart = `{"is_finished":false,"event_type":"stream-start","generation_id":"g1"}`
	firstText  = `{"is_finished":false,"event_type":"text-generation","text":"a"}`
	firstEnd   = `{"is_finished":true,"event_type":"stream-end","finish_reason":"COMPLETE","response":{"response_id":"r1","text":"aa","meta":{"tokens":{"input_tokens":5,"output_tokens":2}}}}`
)

func TestCohereFirstVersionsStreams(t *testing.T) {
	t.Parallel()
	chunk := func(members string) string { return `{"event_type":"tool-calls-chunk",` + members + `}` }
	call := chunk(`"tool_call_delta":{"index":1,"name":"now"}`)
	const fault = `{"event_type":"stream-error","error":"overloaded"}`
	for name, c := range map[string]struct {
		events           []string
		id, messages     string
		first            int
		complete, failed bool
	}{
		"text":                {[]string{firstStart, firstText, firstText, firstEnd}, "r1", `[{"role":"assistant","content":"aa"}]`, 1, true, false},
		"cut":                 {[]string{firstStart, firstText, firstText}, "g1", `[{"role":"assistant","content":"aa"}]`, 1, false, false},
		"cut before any text": {[]string{firstStart}, "g1", `[]`, -1, false, false},
		"calls in pieces, cut": {
			[]string{
				firstStart, chunk(`"text":"I "`), chunk(`"text":"add."`), chunk(`"tool_call_delta":{"index":0,"name":"add"}`), call,
				chunk(`"tool_call_delta":{"index":0,"parameters":"{\"a\": "}`),
			},
			"g1", `[{"role":"assistant","content":"I add.","tool_calls":[{"name":"add","arguments":"{\"a\": "},{"name":"now","arguments":{}}]}]`, 1, false, false,
		},
		"whole calls, cut": {
			[]string{firstStart, call, `{"event_type":"tool-calls-generation","text":"I add.","tool_calls":[{"name":"add","parameters":{"a":2.0}}]}`},
			"g1", `[{"role":"assistant","content":[],"tool_calls":[{"name":"add","arguments":{"a":2.0}}]}]`, 1, false, false,
		},
		"an end without an answer": {[]string{firstStart, firstText, `{"event_type":"stream-end","finish_reason":"COMPLETE"}`}, "g1", `[{"role":"assistant","content":"a"}]`, 1, true, false},
		"an error":                 {[]string{firstStart, firstText, fault}, "g1", `[{"role":"assistant","content":"a"}]`, 1, false, true},
		"an error, then the end":   {[]string{firstStart, fault, firstEnd}, "r1", `[{"role":"assistant","content":"aa"}]`, -1, false, true},
		"events that say nothing":  {[]string{`{"event_type":7}`, `{}`, `{"event_type":"tool-calls-chunk","tool_call_delta":[]}`, `{"event_type":"citation-generation","citations":[{}]}`, firstEnd}, "r1", `[{"role":"assistant","content":"aa"}]`, -1, true, false},
	} {
		for framing, answer := range map[string]string{"lines": lines(c.events...), "server-sent events": sse(c.events...)} {
			t.Run(name+" in "+framing, func(t *testing.T) {
				t.Parallel()
				_, r := exchange{url: cohereChat1URL, request: `{"message":"Hi","stream":true}`, answer: answer, size: 5}.read(t)
				if got := messages(r.Messages); got != c.messages || r.ID != c.id || r.Complete != c.complete {
					t.Errorf("got %s of %s, complete %v\nwant %s of %s", got, r.ID, r.Complete, c.messages, c.id)
				}
				if r.Stream.FirstOutput != c.first || r.Stream.Events != len(c.events) {
					t.Errorf("got %+v, want first output in event %d of %d", r.Stream, c.first, len(c.events))
				}
				if (r.Error != nil) != c.failed || c.failed && *r.Error != (llmhttp.Error{Status: 200, Message: "overloaded"}) {
					t.Errorf("got error %+v", r.Error)
				}
			})
		}
	}
}

func TestCohereFirstVersionsStreamFacts(t *testing.T) {
	t.Parallel()
	_, r := exchange{url: cohereChat1URL, request: `{"message":"Hi","stream":true}`, answer: lines(firstStart, firstText, firstEnd)}.read(t)
	if want := (llmhttp.Usage{Input: llmhttp.Tokens(5), Output: llmhttp.Tokens(2)}); r.Usage != want || r.FinishReasons[0] != "COMPLETE" {
		t.Errorf("got %+v", r)
	}
	_, r = exchange{url: cohereChat1URL, request: `{"message":"Hi","stream":true}`, answer: lines(firstStart), cut: true}.read(t)
	if r.Complete || r.FinishReasons != nil || r.ID != "g1" {
		t.Errorf("got %+v", r)
	}
}
