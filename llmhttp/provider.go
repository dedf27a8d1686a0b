package llmhttp

import "strings"

// A provider is who answers, by name and by OpenTelemetry's gen_ai.provider.name.
type provider struct {
	name, system string
}

// providers are known by their hosts. A star stands for any text, at one end only; a host is written without the ports
// 80 and 443.
var providers = []struct {
	provider
	hosts []string
}{
	{provider{"openai", "openai"}, []string{"api.openai.com"}},
	{provider{"azure_openai", "azure.ai.openai"}, []string{"*.openai.azure.com", "*.services.ai.azure.com", "*.cognitiveservices.azure.com"}},
	{provider{"anthropic", "anthropic"}, []string{"api.anthropic.com"}},
	{provider{"gemini", "gcp.gemini"}, []string{"generativelanguage.googleapis.com"}},
	{provider{"vertex_ai", "gcp.vertex_ai"}, []string{"*aiplatform.googleapis.com"}},
	{provider{"bedrock", "aws.bedrock"}, []string{"bedrock-runtime.*", "bedrock-runtime-*", "bedrock-mantle.*", "bedrock-mantle-*"}},
	{provider{"ollama", "ollama"}, []string{"ollama.com", "api.ollama.com", "*:11434"}},
	{provider{"groq", "groq"}, []string{"api.groq.com"}},
	{provider{"mistral", "mistral_ai"}, []string{"api.mistral.ai"}},
	{provider{"deepseek", "deepseek"}, []string{"api.deepseek.com"}},
	{provider{"xai", "x_ai"}, []string{"api.x.ai"}},
	{provider{"openrouter", "openrouter"}, []string{"openrouter.ai"}},
	{provider{"together", "together_ai"}, []string{"api.together.ai", "api.together.xyz"}},
	{provider{"fireworks", "fireworks_ai"}, []string{"api.fireworks.ai"}},
	{provider{"perplexity", "perplexity"}, []string{"api.perplexity.ai"}},
	{provider{"cohere", "cohere"}, []string{"api.cohere.com", "api.cohere.ai"}},
	{provider{"cerebras", "cerebras"}, []string{"api.cerebras.ai"}},
	{provider{"huggingface", "huggingface"}, []string{"router.huggingface.co"}},
}

// providerOf finds the provider of a URL's host; the zero provider when it is none of them.
func providerOf(host string) provider {
	host = strings.ToLower(host)
	host = strings.TrimSuffix(strings.TrimSuffix(host, ":443"), ":80")
	for _, p := range providers {
		for _, pattern := range p.hosts {
			if matchesHost(pattern, host) {
				return p.provider
			}
		}
	}
	return provider{}
}

func matchesHost(pattern, host string) bool {
	if end, ok := strings.CutPrefix(pattern, "*"); ok {
		return strings.HasSuffix(host, end)
	}
	if start, ok := strings.CutSuffix(pattern, "*"); ok {
		return strings.HasPrefix(host, start)
	}
	return host == pattern
}
