package llmhttp_test

import (
	"net/http"
	"testing"

	"github.com/traceroot-ai/traceroot-go/llmhttp"
)

const (
	anthropicURL      = "https://api.anthropic.com/v1/messages"
	anthropicCountURL = anthropicURL + "/count_tokens"
	claudeOnVertex    = "https://us-east5-aiplatform.googleapis.com/v1/projects/p/locations/l/publishers/anthropic/models/"
)

func TestAnthropicAddresses(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]llmhttp.Route{
		anthropicURL: {Provider: "anthropic", System: "anthropic", Protocol: "anthropic", Operation: "chat"},
		"https://api.anthropic.com/v1/messages/?beta=true": {
			Provider: "anthropic", System: "anthropic", Protocol: "anthropic", Operation: "chat",
		},
		anthropicCountURL: {Provider: "anthropic", System: "anthropic", Protocol: "anthropic_count", Operation: "count_tokens"},
		"https://api.deepseek.com/anthropic/v1/messages": {
			Provider: "deepseek", System: "deepseek", Protocol: "anthropic", Operation: "chat",
		},
		"https://openrouter.ai/api/v1/messages": {
			Provider: "openrouter", System: "openrouter", Protocol: "anthropic", Operation: "chat",
		},
		"http://localhost:11434/v1/messages": {Provider: "ollama", System: "ollama", Protocol: "anthropic", Operation: "chat"},
		"https://bedrock-mantle.us-east-1.api.aws/anthropic/v1/messages": {
			Provider: "bedrock", System: "aws.bedrock", Protocol: "anthropic", Operation: "chat",
		},
		"https://r.services.ai.azure.com/anthropic/v1/messages": {
			Provider: "azure_openai", System: "azure.ai.openai", Protocol: "anthropic", Operation: "chat",
		},
		"https://gateway.example.com/claude/v1/messages": {
			Provider: "anthropic", System: "anthropic", Protocol: "anthropic", Operation: "chat",
		},
		claudeOnVertex + "claude-x@1:rawPredict": {
			Provider: "vertex_ai", System: "gcp.vertex_ai", Protocol: "anthropic", Operation: "chat", Model: "claude-x@1",
		},
		claudeOnVertex + "claude-x%401%3AstreamRawPredict": {
			Provider: "vertex_ai", System: "gcp.vertex_ai", Protocol: "anthropic", Operation: "chat", Model: "claude-x@1",
		},
		"http://127.0.0.1:9/v1/projects/p/locations/l/publishers/anthropic/models/claude-x:rawPredict": {
			Provider: "vertex_ai", System: "gcp.vertex_ai", Protocol: "anthropic", Operation: "chat", Model: "claude-x",
		},
		claudeOnVertex + "count-tokens:rawPredict": {
			Provider: "vertex_ai", System: "gcp.vertex_ai", Protocol: "anthropic_count", Operation: "count_tokens",
		},
	} {
		got, ok := match(t, http.MethodPost, address, nil)
		if !ok {
			t.Errorf("%s is not recognised", address)
			continue
		}
		facts := llmhttp.Route{
			Provider: got.Provider, System: got.System, Protocol: got.Protocol, Operation: got.Operation, Model: got.Model,
		}
		if facts != want {
			t.Errorf("%s: got %+v, want %+v", address, facts, want)
		}
	}
}

func TestAddressesThatAreNotAnthropics(t *testing.T) {
	t.Parallel()
	sure := http.Header{"Anthropic-Version": {"2023-06-01"}}
	for _, address := range []string{
		"https://api.openai.com/v1/threads/thread_1/messages",
		"https://r.openai.azure.com/openai/threads/thread_1/messages",
		"https://chat.example.com/threads/7/messages",
		"https://api.anthropic.com/v1/messages/batches",
		"https://chat.example.com/room:messages",
		"https://chat.example.com/count_tokens",
		"https://us-east5-aiplatform.googleapis.com/v1/projects/p/locations/l/publishers/mistralai/models/m:rawPredict",
		"https://us-east5-aiplatform.googleapis.com/v1/projects/p/locations/l/endpoints/7:rawPredict",
		claudeOnVertex + "rawPredict",
		claudeOnVertex + ":rawPredict",
		claudeOnVertex + "a/b:rawPredict",
		claudeOnVertex + "count-tokens:streamRawPredict",
	} {
		if route, ok := match(t, http.MethodPost, address, sure); ok {
			t.Errorf("%s is taken for %+v", address, route)
		}
	}
	if _, ok := match(t, http.MethodGet, anthropicURL, sure); ok {
		t.Error("a GET is taken for a model call")
	}
}

func TestMessagesOnUnknownHostsHaveToProveThemselves(t *testing.T) {
	t.Parallel()
	const host, count = "http://127.0.0.1:9/v1/messages", "http://127.0.0.1:9/v1/messages/count_tokens"
	version := http.Header{"Anthropic-Version": {"2023-06-01"}}
	for name, c := range map[string]struct {
		url  string
		sent http.Header
		body string
		want bool
	}{
		"a text":                  {host, nil, `{"model":"m","max_tokens":1,"messages":[{"role":"user","content":"a"}]}`, true},
		"blocks":                  {host, nil, `{"max_tokens":1,"messages":[{"role":"user","content":[{"type":"text","text":"a"}]}]}`, true},
		"no limit":                {host, nil, `{"model":"m","messages":[{"role":"user","content":"a"}]}`, true},
		"counting":                {count, nil, `{"model":"m","messages":[{"role":"user","content":"a"}]}`, true},
		"neither limit nor model": {host, nil, `{"messages":[{"role":"user","content":"a"}]}`, false},
		"a mail":                  {host, nil, `{"to":["a@example.com"],"messages":["a"],"model":"m"}`, false},
		"messages without a role": {host, nil, `{"model":"m","messages":[{"content":"a"}]}`, false},
		"messages of another form": {
			host, nil, `{"model":"m","messages":[{"role":"user","content":"a"},{"role":"user","body":"a"}]}`, false,
		},
		"no messages":           {host, nil, `{"model":"m","max_tokens":1,"messages":[]}`, false},
		"messages in a text":    {host, nil, `{"model":"m","max_tokens":1,"messages":"a"}`, false},
		"messages in an object": {host, nil, `{"model":"m","messages":{"a":{"role":"user","content":"a"}}}`, false},
		"no JSON":               {host, nil, `hello`, false},
		"nothing":               {host, nil, ``, false},
		"nothing to count":      {count, nil, `{"text":"a"}`, false},
		"the header is enough":  {host, version, ``, true},
		"and for counting":      {count, version, ``, true},
		"as is the host":        {anthropicURL, nil, ``, true},
	} {
		if got := (exchange{url: c.url, sent: c.sent, request: c.body}).ask(t).IsModelCall(); got != c.want {
			t.Errorf("%s: got %v", name, got)
		}
	}
}

func TestAnthropicStreamsAreAskedForByBodyOrAddress(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		url, body string
		want      bool
	}{
		{anthropicURL, `{"stream":true}`, true},
		{anthropicURL, `{"stream":false}`, false},
		{anthropicURL, `{}`, false},
		{claudeOnVertex + "m:rawPredict", `{}`, false},
		{claudeOnVertex + "m:rawPredict", `{"stream":true}`, true},
		{claudeOnVertex + "m:streamRawPredict", `{}`, true},
		{claudeOnVertex + "m:streamRawPredict", ``, true},
	} {
		if got := (exchange{url: c.url, request: c.body}).ask(t).Streaming; got != c.want {
			t.Errorf("%s with %s: got %v", c.url, c.body, got)
		}
	}
}

func TestModelOfClaudeOnVertex(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{`{}`: "claude-x@1", `{"model":"claude-y"}`: "claude-y", `{"model":7}`: "claude-x@1"} {
		if got := (exchange{url: claudeOnVertex + "claude-x@1:rawPredict", request: body}).ask(t).Model; got != want {
			t.Errorf("%s: got %s, want %s", body, got, want)
		}
	}
	if got := (exchange{url: claudeOnVertex + "count-tokens:rawPredict", request: `{"model":"claude-y"}`}).ask(t).Model; got != "claude-y" {
		t.Errorf("counting: got %s", got)
	}
}
