package genkit_test

import (
	"net/http"
	"testing"

	"github.com/firebase/genkit/go/ai"
	"github.com/firebase/genkit/go/genkit"
	"github.com/firebase/genkit/go/plugins/compat_oai"
	"github.com/firebase/genkit/go/plugins/googlegenai"
	"github.com/firebase/genkit/go/plugins/ollama"
	"github.com/openai/openai-go/option"

	"github.com/traceroot-ai/traceroot-go"
)

// model is one of genkit's plugins, and what its provider answers.
type model struct {
	name    string
	retries bool

	// connect makes a model that asks the server at url. The hook is for the one plugin that takes options.
	connect func(t *testing.T, url string, hook []option.RequestOption) (*genkit.Genkit, ai.Model)

	requestModel, provider   string
	whole, toolCall, refusal string
	events                   []string
	streamType               string
	finish, refused          string // as spans show them
}

const (
	chatUsage  = `"usage":{"prompt_tokens":90,"completion_tokens":20,"total_tokens":110}`
	geminiTail = `"modelVersion":"gemini-2.5-flash","usageMetadata":{"promptTokenCount":90,"candidatesTokenCount":20,"totalTokenCount":110}`
	ollamaTail = `"done":true,"done_reason":"stop","prompt_eval_count":90,"eval_count":20`
)

var (
	compatible = model{
		name: "genkit compat_oai", retries: true, connect: connectCompatible,
		requestModel: "gpt-4o", provider: "openai_compatible",
		whole: `{"id":"1","object":"chat.completion","model":"gpt-4o","choices":[{"index":0,"finish_reason":"stop",` +
			`"message":{"role":"assistant","content":"It has shipped."}}],` + chatUsage + `}`,
		toolCall: `{"id":"1","object":"chat.completion","model":"gpt-4o","choices":[{"index":0,"finish_reason":"tool_calls",` +
			`"message":{"role":"assistant","content":null,"tool_calls":[{"id":"call_2","type":"function",` +
			`"function":{"name":"find_order","arguments":"{\"number\":1043}"}}]}}],` + chatUsage + `}`,
		events: []string{
			`data: {"id":"1","object":"chat.completion.chunk","model":"gpt-4o","choices":[{"index":0,"delta":{"role":"assistant","content":"It has "}}]}` + "\n\n",
			`data: {"id":"1","object":"chat.completion.chunk","model":"gpt-4o","choices":[{"index":0,"delta":{"content":"shipped."},"finish_reason":"stop"}]}` + "\n\n",
			`data: {"id":"1","object":"chat.completion.chunk","model":"gpt-4o","choices":[],` + chatUsage + `}` + "\n\n",
			"data: [DONE]\n\n",
		},
		streamType: "text/event-stream", finish: "stop",
		refusal: `{"error":{"message":"The model does not exist.","type":"invalid_request_error"}}`,
		refused: "invalid_request_error: The model does not exist.",
	}
	local = model{
		name: "genkit ollama", connect: connectOllama,
		requestModel: "llama3.2", provider: "ollama",
		whole: `{"model":"llama3.2","created_at":"2025-10-08T08:00:00Z","message":{"role":"assistant","content":"It has shipped."},` + ollamaTail + `}`,
		toolCall: `{"model":"llama3.2","created_at":"2025-10-08T08:00:00Z","message":{"role":"assistant","content":"",` +
			`"tool_calls":[{"function":{"name":"find_order","arguments":{"number":1043}}}]},` + ollamaTail + `}`,
		events: []string{
			`{"model":"llama3.2","message":{"role":"assistant","content":"It has "},"done":false}` + "\n",
			`{"model":"llama3.2","message":{"role":"assistant","content":"shipped."},"done":false}` + "\n",
			`{"model":"llama3.2","message":{"role":"assistant","content":""},` + ollamaTail + `}` + "\n",
		},
		streamType: "application/x-ndjson", finish: "stop",
		refusal: `{"error":"The model does not exist."}`,
		refused: "The model does not exist.",
	}
	google = model{
		name: "genkit googlegenai", connect: connectGoogle,
		requestModel: "gemini-2.5-flash", provider: "gcp.gemini",
		whole: `{"candidates":[{"index":0,"finishReason":"STOP","content":{"role":"model","parts":[{"text":"It has shipped."}]}}],` + geminiTail + `}`,
		toolCall: `{"candidates":[{"index":0,"finishReason":"STOP","content":{"role":"model","parts":[` +
			`{"functionCall":{"name":"find_order","args":{"number":1043}}}]}}],` + geminiTail + `}`,
		events: []string{
			`data: {"candidates":[{"index":0,"content":{"role":"model","parts":[{"text":"It has "}]}}],` + geminiTail + `}` + "\r\n\r\n",
			`data: {"candidates":[{"index":0,"finishReason":"STOP","content":{"role":"model","parts":[{"text":"shipped."}]}}],` + geminiTail + `}` + "\r\n\r\n",
		},
		streamType: "text/event-stream", finish: "STOP",
		refusal: `{"error":{"code":404,"message":"The model does not exist.","status":"NOT_FOUND"}}`,
		refused: "NOT_FOUND: The model does not exist.",
	}
)

func withMiddleware() []option.RequestOption {
	return []option.RequestOption{option.WithMiddleware(traceroot.Middleware())}
}

var supports = ai.ModelOptions{Supports: &ai.ModelSupports{Multiturn: true, SystemRole: true, Tools: true}}

func connectCompatible(t *testing.T, url string, hook []option.RequestOption) (*genkit.Genkit, ai.Model) {
	t.Helper()
	plugin := &compat_oai.OpenAICompatible{Provider: "compatible", APIKey: "sk", BaseURL: url + "/v1", Opts: hook}
	g := genkit.Init(t.Context(), genkit.WithPlugins(plugin))
	return g, plugin.DefineModel("compatible", "gpt-4o", supports)
}

func connectOllama(t *testing.T, url string, _ []option.RequestOption) (*genkit.Genkit, ai.Model) {
	t.Helper()
	plugin := &ollama.Ollama{ServerAddress: url}
	g := genkit.Init(t.Context(), genkit.WithPlugins(plugin))
	return g, plugin.DefineModel(g, ollama.ModelDefinition{Name: "llama3.2", Type: "chat"}, &supports)
}

// connectGoogle makes its client with the default transport of this moment.
func connectGoogle(t *testing.T, url string, _ []option.RequestOption) (*genkit.Genkit, ai.Model) {
	t.Helper()
	t.Setenv("GOOGLE_GEMINI_BASE_URL", url)
	g := genkit.Init(t.Context(), genkit.WithPlugins(&googlegenai.GoogleAI{APIKey: "key"}))
	return g, googlegenai.GoogleAIModel(g, "gemini-2.5-flash")
}

func (m *model) answer() answer {
	return answer{header: http.Header{"Content-Type": {"application/json"}}, pieces: []string{m.whole}}
}

func (m *model) stream() answer {
	return answer{header: http.Header{"Content-Type": {m.streamType}}, pieces: m.events}
}

func (m *model) fails(status int) answer {
	return answer{
		status: status, pieces: []string{m.refusal},
		header: http.Header{"Content-Type": {"application/json"}, "Retry-After-Ms": {"1"}},
	}
}
