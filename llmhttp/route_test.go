package llmhttp_test

import (
	"net/http"
	"testing"

	"github.com/traceroot-ai/traceroot-go/llmhttp"
)

func TestMatchNamesTheProvider(t *testing.T) {
	t.Parallel()
	for host, want := range map[string]struct{ provider, system string }{
		"api.openai.com":                           {"openai", "openai"},
		"API.OpenAI.com:443":                       {"openai", "openai"},
		"res.openai.azure.com":                     {"azure_openai", "azure.ai.openai"},
		"res.services.ai.azure.com":                {"azure_openai", "azure.ai.openai"},
		"res.cognitiveservices.azure.com":          {"azure_openai", "azure.ai.openai"},
		"api.anthropic.com":                        {"anthropic", "anthropic"},
		"generativelanguage.googleapis.com":        {"gemini", "gcp.gemini"},
		"us-central1-aiplatform.googleapis.com":    {"vertex_ai", "gcp.vertex_ai"},
		"aiplatform.googleapis.com":                {"vertex_ai", "gcp.vertex_ai"},
		"bedrock-runtime.us-east-1.amazonaws.com":  {"bedrock", "aws.bedrock"},
		"bedrock-runtime-fips.us-west-2.amazonaws": {"bedrock", "aws.bedrock"},
		"bedrock-mantle.us-east-1.api.aws":         {"bedrock", "aws.bedrock"},
		"localhost:11434":                          {"ollama", "ollama"},
		"[::1]:11434":                              {"ollama", "ollama"},
		"ollama.com":                               {"ollama", "ollama"},
		"api.groq.com":                             {"groq", "groq"},
		"api.mistral.ai":                           {"mistral", "mistral_ai"},
		"api.deepseek.com":                         {"deepseek", "deepseek"},
		"api.x.ai":                                 {"xai", "x_ai"},
		"openrouter.ai":                            {"openrouter", "openrouter"},
		"api.together.xyz":                         {"together", "together_ai"},
		"api.together.ai":                          {"together", "together_ai"},
		"api.fireworks.ai":                         {"fireworks", "fireworks_ai"},
		"api.perplexity.ai":                        {"perplexity", "perplexity"},
		"api.cohere.com":                           {"cohere", "cohere"},
		"api.cerebras.ai":                          {"cerebras", "cerebras"},
		"router.huggingface.co":                    {"huggingface", "huggingface"},
		"localhost:8000":                           {"openai_compatible", "openai_compatible"},
		"api.openai.com.example":                   {"openai_compatible", "openai_compatible"},
		"openai.azure.com.example":                 {"openai_compatible", "openai_compatible"},
		"api.openai.com:8080":                      {"openai_compatible", "openai_compatible"},
	} {
		route, ok := match(t, http.MethodPost, "https://"+host+"/v1/chat/completions", nil)
		if !ok || route.Provider != want.provider || route.System != want.system {
			t.Errorf("%s: got %v %s, %s, want %s, %s", host, ok, route.Provider, route.System, want.provider, want.system)
		}
	}
}

func TestMatchGoesByThePath(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]struct{ protocol, operation, model string }{
		"https://api.openai.com/v1/chat/completions":                              {"openai_chat", "chat", ""},
		"https://api.openai.com/v1/chat/completions/":                             {"openai_chat", "chat", ""},
		"http://localhost:1/a/b/chat/completions?key=1":                           {"openai_chat", "chat", ""},
		"https://r.openai.azure.com/openai/deployments/my%20gpt/chat/completions": {"openai_chat", "chat", "my gpt"},
		"https://r.openai.azure.com/openai/deployments/ada/embeddings?v=2":        {"openai_embeddings", "embeddings", "ada"},
		"https://api.openai.com/v1/embeddings":                                    {"openai_embeddings", "embeddings", ""},
		"http://localhost:11434/api/embeddings":                                   {"ollama_embeddings", "embeddings", ""},
		"http://localhost:11434/api/embed":                                        {"ollama_embed", "embeddings", ""},
		"http://localhost:11434/api/chat":                                         {"ollama_chat", "chat", ""},
		"http://localhost:11434/api/generate":                                     {"ollama_generate", "text_completion", ""},
		"https://gateway.example/ollama/api/chat/":                                {"ollama_chat", "chat", ""},
		"http://localhost:11434/v1/chat/completions":                              {"openai_chat", "chat", ""},
		"http://localhost:11434/v1/embeddings":                                    {"openai_embeddings", "embeddings", ""},
		"http://localhost:11434/api/tags":                                         {},
		"http://localhost:11434/chat":                                             {},
		"https://api.cohere.com/v2/chat":                                          {"cohere_chat2", "chat", ""},
		"https://api.cohere.com/v1/chat":                                          {"cohere_chat1", "chat", ""},
		"https://api.cohere.ai/v1/generate":                                       {"cohere_generate", "text_completion", ""},
		"https://api.cohere.com/v2/embed":                                         {"cohere_embed", "embeddings", ""},
		"https://api.cohere.ai/embed":                                             {"cohere_embed", "embeddings", ""},
		"https://api.cohere.com/v1/rerank":                                        {"cohere_rerank", "rerank", ""},
		"https://gateway.example/account/cohere/v2/chat":                          {"cohere_chat2", "chat", ""},
		"https://gateway.example/v1/embed":                                        {"cohere_embed", "embeddings", ""},
		"https://gateway.example/embed":                                           {},
		"https://gateway.example/rerank":                                          {},
		"https://api.together.xyz/v1/rerank":                                      {},
		"https://api.cohere.com/v2/chats/v2-chat":                                 {},
		"https://api.cohere.com/compatibility/v1/chat/completions":                {"openai_chat", "chat", ""},
		"https://api.openai.com/v1/models":                                        {},
		"https://api.openai.com/v1/chat/completions/chatcmpl-1":                   {},
		"https://example.com/":                                                    {},
	} {
		route, ok := match(t, http.MethodPost, address, nil)
		if ok != (want.protocol != "") || route.Protocol != want.protocol || route.Operation != want.operation || route.Model != want.model {
			t.Errorf("%s: got %v %+v, want %+v", address, ok, route, want)
		}
	}
}

func TestMatchLeavesOtherRequestsAlone(t *testing.T) {
	t.Parallel()
	if _, ok := match(t, http.MethodGet, chatURL, nil); ok {
		t.Error("a GET was taken for a model call")
	}
	if _, ok := llmhttp.Match(&http.Request{Method: http.MethodPost}); ok {
		t.Error("a request without a URL was taken for a model call")
	}
}
