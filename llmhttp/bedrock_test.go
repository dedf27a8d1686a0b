package llmhttp_test

import (
	"encoding/base64"
	"net/http"
	"testing"

	"github.com/traceroot-ai/traceroot-go/llmhttp"
)

// modelURL is Bedrock's address of a model and what is wanted of it.
func modelURL(model, verb string) string {
	return "https://bedrock-runtime.eu-west-1.amazonaws.com/model/" + model + "/" + verb
}

var (
	converseURL       = modelURL("eu.amazon.nova-lite-v1%3A0", "converse")
	converseStreamURL = modelURL("eu.amazon.nova-lite-v1%3A0", "converse-stream")
	invokeURL         = modelURL("x.model-v1:0", "invoke")
	invokeStreamURL   = modelURL("x.model-v1:0", "invoke-with-response-stream")
)

// chunkFrame wraps one event of a model family's stream.
func chunkFrame(data string) string {
	return eventFrame("chunk", `{"bytes":"`+base64.StdEncoding.EncodeToString([]byte(data))+`","p":"abcdefgh"}`)
}

func TestBedrockRoutes(t *testing.T) {
	t.Parallel()
	const profile = "arn:aws:bedrock:eu-west-1:000000000000:inference-profile/eu.anthropic.claude-sonnet-4-6"
	for address, want := range map[string]llmhttp.Route{
		converseURL:                    {Protocol: "converse", Operation: "chat", Model: "eu.amazon.nova-lite-v1:0"},
		converseStreamURL:              {Protocol: "converse_stream", Operation: "chat", Model: "eu.amazon.nova-lite-v1:0"},
		invokeURL:                      {Protocol: "invoke", Operation: "chat", Model: "x.model-v1:0"},
		invokeStreamURL:                {Protocol: "invoke_stream", Operation: "chat", Model: "x.model-v1:0"},
		modelURL("a", "count-tokens/"): {Protocol: "bedrock_count", Operation: "count_tokens", Model: "a"},
		modelURL("arn%3Aaws%3Abedrock%3Aeu-west-1%3A000000000000%3Ainference-profile%2Feu.anthropic.claude-sonnet-4-6", "converse"): {
			Protocol: "converse", Operation: "chat", Model: profile,
		},
		modelURL(profile, "converse"):                                 {Protocol: "converse", Operation: "chat", Model: profile},
		modelURL("amazon.titan-embed-image-v1", "invoke"):             {Protocol: "invoke", Operation: "embeddings", Model: "amazon.titan-embed-image-v1"},
		modelURL("amazon.nova-canvas-v1:0", "invoke"):                 {Protocol: "invoke", Operation: "image_generation", Model: "amazon.nova-canvas-v1:0"},
		modelURL("stability.sd3-5-large-v1:0", "invoke"):              {Protocol: "invoke", Operation: "image_generation", Model: "stability.sd3-5-large-v1:0"},
		modelURL("cohere.rerank-v3-5:0", "invoke"):                    {Protocol: "invoke", Operation: "rerank", Model: "cohere.rerank-v3-5:0"},
		"http://127.0.0.1:4000/bedrock/model/a.b/converse":            {Protocol: "converse", Operation: "chat", Model: "a.b"},
		"https://gateway.example/model/a/invoke-with-response-stream": {Protocol: "invoke_stream", Operation: "chat", Model: "a"},
	} {
		want.Provider, want.System = "bedrock", "aws.bedrock"
		route, ok := match(t, http.MethodPost, address, nil)
		got := llmhttp.Route{
			Provider: route.Provider, System: route.System, Protocol: route.Protocol, Operation: route.Operation, Model: route.Model,
		}
		if !ok || got != want {
			t.Errorf("%s\ngot  %+v\nwant %+v", address, got, want)
		}
		if q := route.Request(nil, llmhttp.Limits{}); !q.IsModelCall() {
			t.Errorf("%s needs a proof", address)
		}
	}
	for _, address := range []string{
		"https://bedrock-runtime.eu-west-1.amazonaws.com/model//converse",
		"https://bedrock-runtime.eu-west-1.amazonaws.com/model/converse",
		"https://bedrock-runtime.eu-west-1.amazonaws.com/model/a/b/invoke",
		"https://bedrock-runtime.eu-west-1.amazonaws.com/model/a:invoke",
		"https://bedrock-runtime.eu-west-1.amazonaws.com/guardrail/a/version/1/apply",
		"https://e.com/functions/a/invoke",
	} {
		if route, ok := match(t, http.MethodPost, address, nil); ok {
			t.Errorf("%s is taken for %+v", address, route)
		}
	}
}

func TestErrorsOfAWS(t *testing.T) {
	t.Parallel()
	header := http.Header{"X-Amzn-Errortype": {"ThrottlingException:http://internal.amazon.com/coral/com.amazon.bedrock/"}}
	for name, c := range map[string]struct {
		header http.Header
		body   string
		want   llmhttp.Error
	}{
		"in a header":         {header, `{"message":"Slow down"}`, llmhttp.Error{Status: 400, Type: "ThrottlingException", Message: "Slow down"}},
		"in a member":         {nil, `{"__type":"com.amazon.coral.service#AccessDeniedException","Message":"No"}`, llmhttp.Error{Status: 400, Type: "AccessDeniedException", Message: "No"}},
		"header and member":   {header, `{"__type":"a#B"}`, llmhttp.Error{Status: 400, Type: "ThrottlingException"}},
		"a capital alone":     {nil, `{"Message":"User is not authorized"}`, llmhttp.Error{Status: 400, Message: "User is not authorized"}},
		"no body":             {header, ``, llmhttp.Error{Status: 400, Type: "ThrottlingException"}},
		"no JSON":             {header, `<html>`, llmhttp.Error{Status: 400, Type: "ThrottlingException", Message: "<html>"}},
		"nothing of AWS's":    {nil, `{"message":"m"}`, llmhttp.Error{Status: 400, Message: "m"}},
		"members of no text":  {nil, `{"__type":7,"message":{"a":1},"Message":true}`, llmhttp.Error{Status: 400, Message: `{"a":1}`}},
		"another's error":     {nil, `{"error":{"type":"t","message":"m"}}`, llmhttp.Error{Status: 400, Type: "t", Message: "m"}},
		"a type after a sign": {http.Header{"X-Amzn-Errortype": {"com.amazon#ValidationException"}}, `[]`, llmhttp.Error{Status: 400, Type: "ValidationException"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, url := range []string{converseURL, converseStreamURL, invokeStreamURL} {
				_, r := exchange{url: url, status: http.StatusBadRequest, header: c.header, answer: c.body}.read(t)
				if r.Error == nil || *r.Error != c.want || !r.Complete || r.Stream != nil {
					t.Errorf("got %+v in %+v, want %+v", r.Error, r, c.want)
				}
			}
		})
	}
}

func TestBedrockCount(t *testing.T) {
	t.Parallel()
	wrapped := func(body string) string {
		return `{"input":{"invokeModel":{"body":"` + base64.StdEncoding.EncodeToString([]byte(body)) + `"}}}`
	}
	for name, c := range map[string]struct{ request, want, tools string }{
		"a conversation": {
			`{"input":{"converse":{"system":[{"text":"Be brief."}],"messages":[{"role":"user","content":[{"text":"Hi"}]}],
				"toolConfig":{"tools":[{"toolSpec":{"name":"add"}}]}}}}`,
			`[{"role":"system","content":"Be brief."},{"role":"user","content":"Hi"}]`, `[{"name":"add"}]`,
		},
		"Claude's own body": {
			wrapped(`{"anthropic_version":"bedrock-2023-05-31","system":"Be brief.","stream":true,"messages":[{"role":"user","content":"Hi"}],"tools":[{"name":"add"}]}`),
			`[{"role":"system","content":"Be brief."},{"role":"user","content":"Hi"}]`, `[{"name":"add"}]`,
		},
		"Nova's own body":                {wrapped(`{"messages":[{"role":"user","content":[{"text":"Hi"}]}]}`), `[{"role":"user","content":"Hi"}]`, `[]`},
		"a system prompt that is a text": {`{"input":{"converse":{"system":"Be brief."}}}`, `[{"role":"system","content":"Be brief."}]`, `[]`},
		"no base64":                      {`{"input":{"invokeModel":{"body":"{}"}}}`, `[]`, `[]`},
		"no JSON":                        {wrapped(`{"messages":`), `[]`, `[]`},
		"no text":                        {`{"input":{"invokeModel":{"body":7}}}`, `[]`, `[]`},
		"nothing":                        {`{}`, `[]`, `[]`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			q, r := exchange{url: modelURL("a", "count-tokens"), request: c.request, answer: `{"inputTokens":12}`}.read(t)
			if got := messages(q.Messages); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
			if got := string(llmhttp.AppendTools(nil, q.Tools)); got != c.tools {
				t.Errorf("tools are %s, want %s", got, c.tools)
			}
			if want := (llmhttp.Usage{Input: llmhttp.Tokens(12)}); r.Usage != want || r.Messages != nil || q.Streaming || q.Model != "a" {
				t.Errorf("got %+v and %+v", q, r)
			}
		})
	}
}
