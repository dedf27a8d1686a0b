package llmhttp_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/traceroot-ai/traceroot-go/llmhttp"
)

const (
	ollamaChatURL     = "http://localhost:11434/api/chat"
	ollamaGenerateURL = "http://localhost:11434/api/generate"
	ollamaEmbedURL    = "http://localhost:11434/api/embed"
)

// lines is a stream of newline-delimited JSON.
func lines(values ...string) string { return strings.Join(values, "\n") + "\n" }

// parametersText is the JSON of a request's parameters, in the order of their names.
func parametersText(tb testing.TB, q *llmhttp.Request) string {
	tb.Helper()
	text, err := json.Marshal(q.Parameters)
	if err != nil {
		tb.Fatal(err)
	}
	return string(text)
}

func TestOllamaConversations(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ sent, want string }{
		"roles": {
			`[{"role":"system","content":"Be brief."},{"role":"user","content":"Hi"},{"role":"assistant","content":"Yes?"}]`,
			`[{"role":"system","content":"Be brief."},{"role":"user","content":"Hi"},{"role":"assistant","content":"Yes?"}]`,
		},
		"thinking and images": {
			`[{"role":"assistant","thinking":"Hm","content":"Yes"},{"role":"user","content":"See","images":["QUJD","",7]}]`,
			`[{"role":"assistant","content":[{"type":"reasoning","text":"Hm"},{"type":"text","text":"Yes"}]},` +
				`{"role":"user","content":[{"type":"text","text":"See"},{"type":"image","source":"inline","base64_len":4},` +
				`{"type":"image","source":"inline","base64_len":0},{"type":"image"}]}]`,
		},
		"tool calls and results": {
			`[{"role":"assistant","content":"","tool_calls":[{"id":"c1","function":{"name":"add","arguments":{"b":2,"a":1.50}}},{"function":{"name":"now"}}]},` +
				`{"role":"tool","tool_name":"add","tool_call_id":"c1","content":"3.5"}]`,
			`[{"role":"assistant","content":[],"tool_calls":[{"id":"c1","name":"add","arguments":{"b":2,"a":1.50}},{"name":"now","arguments":{}}]},` +
				`{"role":"tool","content":"3.5","tool_call_id":"c1","name":"add"}]`,
		},
		"arguments in a text":         {`[{"role":"assistant","tool_calls":[{"function":{"name":"f","arguments":"{\"a\":1}"}}]}]`, `[{"role":"assistant","content":[],"tool_calls":[{"name":"f","arguments":{"a":1}}]}]`},
		"arguments that are null":     {`[{"role":"assistant","tool_calls":[{"function":{"name":"f","arguments":null}}]}]`, `[{"role":"assistant","content":[],"tool_calls":[{"name":"f","arguments":{}}]}]`},
		"things that are no messages": {`[null,{"role":7,"content":["x"],"images":{},"tool_calls":"x"}]`, `[{"role":"","content":[]},{"role":"","content":[]}]`},
		"no list":                     {`{"role":"user"}`, `[]`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			q := exchange{url: ollamaChatURL, request: `{"model":"m","messages":` + c.sent + `}`}.ask(t)
			if got := messages(q.Messages); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestOllamaPrompts(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ sent, want string }{
		"prompt":           {`{"model":"m","prompt":"Hi","system":""}`, `[{"role":"user","content":"Hi"}]`},
		"system":           {`{"model":"m","prompt":"Hi","system":"Be brief."}`, `[{"role":"system","content":"Be brief."},{"role":"user","content":"Hi"}]`},
		"image":            {`{"model":"m","prompt":"See","images":["QUJD"]}`, `[{"role":"user","content":[{"type":"text","text":"See"},{"type":"image","source":"inline","base64_len":4}]}]`},
		"load only":        {`{"model":"m"}`, `[{"role":"user","content":[]}]`},
		"nothing was sent": {``, `[]`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			q := exchange{url: ollamaGenerateURL, request: c.sent}.ask(t)
			if got := messages(q.Messages); got != c.want || q.Operation != "text_completion" || !q.Streaming {
				t.Errorf("got  %s, streaming %v\nwant %s", got, q.Streaming, c.want)
			}
		})
	}
}

func TestOllamaRequestFacts(t *testing.T) {
	t.Parallel()
	q := exchange{url: ollamaChatURL, request: `{"model":"tiny:1b","messages":[],"keep_alive":"5m","temperature":9,
		"options":{"temperature":0.10,"top_p":1,"top_k":40,"num_predict":-1,"stop":"END","seed":7,"num_ctx":4096,
			"frequency_penalty":0.5,"presence_penalty":null},
		"format":{"type":"object"},"tools":[{"type":"function","function":{"name":"add","description":"Adds.","parameters":{"b":1,"a":2}}}]}`}.ask(t)
	want := `{"frequency_penalty":0.5,"max_tokens":-1,"response_format":"json_schema","seed":7,"stop":["END"],"temperature":0.10,"top_k":40,"top_p":1}`
	if got := parametersText(t, q); got != want || q.Model != "tiny:1b" || !q.Streaming {
		t.Errorf("got %s of %s, streaming %v\nwant %s", got, q.Model, q.Streaming, want)
	}
	const tools = `[{"name":"add","description":"Adds.","parameters":{"b":1,"a":2}}]`
	if got := string(llmhttp.AppendTools(nil, q.Tools)); got != tools {
		t.Errorf("tools are %s", got)
	}
}

func TestOllamaStreamsUnlessToldOtherwise(t *testing.T) {
	t.Parallel()
	for sent, want := range map[string]bool{
		`{"model":"m"}`: true, `{"stream":null}`: true, `{"stream":true}`: true, `{"stream":false}`: false, ``: true,
	} {
		for _, url := range []string{ollamaChatURL, ollamaGenerateURL} {
			if q := (exchange{url: url, request: sent}).ask(t); q.Streaming != want {
				t.Errorf("%s to %s: streaming %v", sent, url, q.Streaming)
			}
		}
	}
	if q := (exchange{url: ollamaEmbedURL, request: `{"model":"m","input":"a"}`}).ask(t); q.Streaming {
		t.Error("embeddings are said to stream")
	}
}

func TestOllamaFormats(t *testing.T) {
	t.Parallel()
	for sent, want := range map[string]string{
		`"json"`: `{"response_format":"json"}`, `{"type":"object"}`: `{"response_format":"json_schema"}`,
		`""`: `{}`, `null`: `{}`, `{}`: `{}`,
	} {
		q := exchange{url: ollamaChatURL, request: `{"format":` + sent + `}`}.ask(t)
		if got := parametersText(t, q); got != want {
			t.Errorf("format %s: got %s", sent, got)
		}
	}
}

func TestOllamaAnswers(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		url, answer, messages string
		usage                 llmhttp.Usage
		complete              bool
	}{
		"text": {
			ollamaChatURL, `{"model":"m2","message":{"role":"assistant","content":"Hi"},"done":true,"done_reason":"stop","prompt_eval_count":5,"eval_count":2}`,
			`[{"role":"assistant","content":"Hi"}]`,
			llmhttp.Usage{Input: llmhttp.Tokens(5), Output: llmhttp.Tokens(2)},
			true,
		},
		"thinking and calls": {
			ollamaChatURL, `{"model":"m2","message":{"content":"","thinking":"Hm","tool_calls":[{"id":"c","function":{"index":0,"name":"f","arguments":{"x":1}}}]},"done":true,"done_reason":"stop","eval_count":0}`,
			`[{"role":"assistant","content":[{"type":"reasoning","text":"Hm"}],"tool_calls":[{"id":"c","name":"f","arguments":{"x":1}}]}]`,
			llmhttp.Usage{Output: llmhttp.Tokens(0)},
			true,
		},
		"generated": {
			ollamaGenerateURL, `{"model":"m2","response":"Hi","thinking":"Hm","context":[1,2],"done":true,"done_reason":"stop"}`,
			`[{"role":"assistant","content":[{"type":"reasoning","text":"Hm"},{"type":"text","text":"Hi"}]}]`,
			llmhttp.Usage{},
			true,
		},
		"not done":     {ollamaChatURL, `{"model":"m2","message":{"content":"Hi"},"done":false,"done_reason":"stop"}`, `[{"role":"assistant","content":"Hi"}]`, llmhttp.Usage{}, false},
		"nothing said": {ollamaChatURL, `{"model":"m2","message":7,"done":"yes","done_reason":"stop","eval_count":"many"}`, `[{"role":"assistant","content":[]}]`, llmhttp.Usage{}, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, r := exchange{url: c.url, request: `{"model":"m","stream":false}`, answer: c.answer, size: 3}.read(t)
			if got := messages(r.Messages); got != c.messages || r.Usage != c.usage || r.Complete != c.complete {
				t.Errorf("got %s, %+v, complete %v\nwant %s, %+v", got, r.Usage, r.Complete, c.messages, c.usage)
			}
			if r.Model != "m2" || r.Stream != nil || len(r.FinishReasons) != 1 {
				t.Errorf("got %+v", r)
			}
		})
	}
}

func TestOllamaErrorOfAWholeAnswer(t *testing.T) {
	t.Parallel()
	for _, url := range []string{ollamaChatURL, ollamaGenerateURL, ollamaEmbedURL} {
		_, r := exchange{url: url, request: `{"stream":false}`, answer: `{"error":"out of memory"}`}.read(t)
		if r.Error == nil || *r.Error != (llmhttp.Error{Status: 200, Message: "out of memory"}) || r.Messages != nil {
			t.Errorf("%s: got %+v", url, r)
		}
	}
	_, r := exchange{url: ollamaChatURL, status: 404, answer: `{"error":"no such model"}`}.read(t)
	if *r.Error != (llmhttp.Error{Status: 404, Message: "no such model"}) || !r.Complete {
		t.Errorf("got %+v", r)
	}
}

func TestOllamaEmbeddings(t *testing.T) {
	t.Parallel()
	const older = "http://localhost:11434/api/embeddings"
	for name, c := range map[string]struct {
		url, sent, messages, answer string
		want                        *llmhttp.Embeddings
	}{
		"a text":      {ollamaEmbedURL, `{"input":"a"}`, `[{"role":"user","content":"a"}]`, `{"embeddings":[[0.1,0.2,0.3]]}`, &llmhttp.Embeddings{Count: 1, Dimensions: 3}},
		"texts":       {ollamaEmbedURL, `{"input":["a","b"]}`, `[{"role":"user","content":"a"},{"role":"user","content":"b"}]`, `{"embeddings":[[1,2],[3,4]]}`, &llmhttp.Embeddings{Count: 2, Dimensions: 2}},
		"a prompt":    {older, `{"prompt":"a"}`, `[{"role":"user","content":"a"}]`, `{"embedding":[1,2,3,4]}`, &llmhttp.Embeddings{Count: 1, Dimensions: 4}},
		"nothing":     {ollamaEmbedURL, `{}`, `[]`, `{"embeddings":[]}`, &llmhttp.Embeddings{}},
		"no vectors":  {older, `{"prompt":7}`, `[{"role":"user","content":[]}]`, `{"embedding":"x"}`, nil},
		"no vectors2": {ollamaEmbedURL, `{"input":null}`, `[]`, `{"embeddings":null}`, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			q, r := exchange{url: c.url, request: c.sent, answer: `{"model":"m2","prompt_eval_count":6,` + c.answer[1:]}.read(t)
			if got := messages(q.Messages); got != c.messages || q.Operation != "embeddings" {
				t.Errorf("got %s, want %s", got, c.messages)
			}
			if (r.Embeddings == nil) != (c.want == nil) || c.want != nil && *r.Embeddings != *c.want {
				t.Errorf("got %+v, want %+v", r.Embeddings, c.want)
			}
			if r.Model != "m2" || r.Usage != (llmhttp.Usage{Input: llmhttp.Tokens(6)}) || !r.Complete {
				t.Errorf("got %+v", r)
			}
		})
	}
}

func TestOllamaOnUnknownHosts(t *testing.T) {
	t.Parallel()
	for path, bodies := range map[string]map[string]bool{
		"chat": {
			`{"model":"m","messages":[{"role":"user","content":"Hi"}]}`: true, `{"model":"m","messages":[]}`: true,
			`{"messages":[]}`: false, `{"model":"m","messages":"Hi"}`: false, `{"message":"Hi"}`: false, `[]`: false, ``: false, `null`: false,
		},
		"generate": {
			`{"model":"m","prompt":"Hi"}`: true, `{"model":"m","prompt":"","images":["QUJD"]}`: true,
			`{"model":"m"}`: false, `{"prompt":"Hi"}`: false, `{"model":{"id":1},"prompt":"Hi"}`: false, ``: false,
		},
		"embed": {
			`{"model":"m","input":["a"]}`: true, `{"model":"m","input":"a"}`: true, `{"model":"m"}`: false, `{"url":"https://e.com"}`: false, ``: false,
		},
		"embeddings": {`{"model":"m","prompt":"a"}`: true, `{"model":"","prompt":"a"}`: false, `{"prompt":"a"}`: false, ``: false},
	} {
		for body, want := range bodies {
			q := exchange{url: "http://127.0.0.1:8080/api/" + path, request: body}.ask(t)
			if q.IsModelCall() != want || q.Provider != "ollama" || q.System != "ollama" {
				t.Errorf("%s to %s: got %v of %s, want %v", body, path, q.IsModelCall(), q.Provider, want)
			}
		}
		if q := (exchange{url: "http://localhost:11434/api/" + path, request: `{"model":"m"}`}).ask(t); !q.IsModelCall() {
			t.Errorf("%s asks a known host for a proof", path)
		}
	}
}
