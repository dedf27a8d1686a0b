package llmhttp_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/traceroot-ai/traceroot-go/llmhttp"
)

func Example() {
	call, _ := http.NewRequest(http.MethodPost, "https://api.openai.com/v1/chat/completions", http.NoBody)
	route, ok := llmhttp.Match(call)
	fmt.Println(ok, route.Provider, route.Operation)

	body := `{"model":"gpt-4o","stream":true,"temperature":0.2,"messages":[{"role":"user","content":"Hi"}]}`
	request := route.Request([]byte(body), llmhttp.Limits{})
	fmt.Println(request.Model, string(request.Parameters["temperature"]), string(llmhttp.AppendMessages(nil, request.Messages)))

	parser := request.Parser(http.StatusOK, http.Header{"Content-Type": {"text/event-stream"}})
	stream := `data: {"choices":[{"index":0,"delta":{"content":"Hello"},"finish_reason":"stop"}]}` + "\n\n" +
		`data: {"choices":[],"usage":{"prompt_tokens":8,"completion_tokens":2}}` + "\n\ndata: [DONE]\n\n"
	_, _ = io.Copy(parser, strings.NewReader(stream))
	response := parser.Finish(false)
	fmt.Println(string(llmhttp.AppendMessages(nil, response.Messages)), response.FinishReasons, response.Usage.Input.N, response.Complete)
	// Output:
	// true openai chat
	// gpt-4o 0.2 [{"role":"user","content":"Hi"}]
	// [{"role":"assistant","content":"Hello"}] [stop] 8 true
}

func ExampleUsageFilter() {
	filter := llmhttp.NewUsageFilter()
	var seen []byte
	for _, piece := range []string{": wait\n\n", `data: {"choices":[],"usage":{"prompt`, `_tokens":8}}` + "\n\n", "data: [DONE]\n\n"} {
		seen = filter.Append(seen, []byte(piece))
	}
	fmt.Printf("%q\n", filter.AppendRest(seen))
	// Output: ": wait\n\ndata: [DONE]\n\n"
}

func ExampleRequest_MayAskForUsage() {
	call, _ := http.NewRequest(http.MethodPost, "https://api.openai.com/v1/chat/completions", http.NoBody)
	route, _ := llmhttp.Match(call)
	body := []byte(`{"model":"gpt-4o","stream":true}`)
	if route.Request(body, llmhttp.Limits{}).MayAskForUsage() {
		body = llmhttp.AskForUsage(body)
	}
	fmt.Println(string(body))
	// Output: {"stream_options":{"include_usage":true},"model":"gpt-4o","stream":true}
}

// A gateway that speaks OpenAI's protocol at an address of its own.
func ExampleRegister() {
	err := llmhttp.Register(llmhttp.Dialect{
		Provider: "our_gateway",
		Speaks:   "openai_chat",
		Match: func(r *http.Request) (model string, ok bool) {
			return "", r.URL.Host == "llm.corp.example" && r.URL.Path == "/ask"
		},
	})
	call, _ := http.NewRequest(http.MethodPost, "https://llm.corp.example/ask", http.NoBody)
	route, ok := llmhttp.Match(call)
	fmt.Println(err, ok, route.Provider, route.Protocol, route.Operation)
	// Output: <nil> true our_gateway openai_chat chat
}

// A gateway with a format of its own.
func ExampleRegister_ownFormat() {
	type question struct{ Model, Prompt string }
	type reply struct{ Text string }
	err := llmhttp.Register(llmhttp.Dialect{
		Provider: "our_models",
		Protocol: "our_models",
		Match: func(r *http.Request) (model string, ok bool) {
			return "", r.URL.Host == "models.corp.example"
		},
		Request: func(body json.RawMessage, to *llmhttp.Request) {
			var q question
			_ = json.Unmarshal(body, &q)
			to.Model = q.Model
			to.Messages = []llmhttp.Message{llmhttp.TextMessage("user", q.Prompt)}
		},
		Answer: func(body json.RawMessage, to *llmhttp.Response) {
			var a reply
			_ = json.Unmarshal(body, &a)
			to.Messages = []llmhttp.Message{llmhttp.TextMessage("assistant", a.Text)}
		},
	})
	call, _ := http.NewRequest(http.MethodPost, "https://models.corp.example/", http.NoBody)
	route, _ := llmhttp.Match(call)
	request := route.Request([]byte(`{"model":"m1","prompt":"Hi"}`), llmhttp.Limits{})
	parser := request.Parser(http.StatusOK, nil)
	_, _ = io.WriteString(parser, `{"text":"Hello"}`)
	answer := parser.Finish(false)
	fmt.Println(err, request.Model, string(llmhttp.AppendMessages(nil, answer.Messages)), answer.Complete)
	// Output: <nil> m1 [{"role":"assistant","content":"Hello"}] true
}

func ExampleProtocols() {
	fmt.Println(slices.Contains(llmhttp.Protocols(), "openai_chat"))
	// Output: true
}
