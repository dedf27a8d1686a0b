package llmhttp_test

import (
	"fmt"
	"io"
	"net/http"
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
