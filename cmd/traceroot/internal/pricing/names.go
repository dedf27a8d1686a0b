package pricing

import (
	"regexp"
	"slices"
	"strings"
)

// A model's name says what it costs only together with who runs it: open models cost what their host asks. So models of
// hosts are found when the host is known, by the span's provider or by the name's prefix, and those of their makers by
// name alone.

// hosts run models of others, at prices of their own.
var hosts = map[string]string{
	"groq": "groq", "cerebras": "cerebras", "perplexity": "perplexity",
	"together": "together_ai", "together_ai": "together_ai", "togetherai": "together_ai",
	"fireworks": "fireworks_ai", "fireworks_ai": "fireworks_ai",
}

// strangers run models of others at prices that nobody here knows, or at none.
var strangers = []string{
	"ollama", "huggingface", "hugging_face", "lmstudio", "vllm", "llama_cpp", "localai", "deepinfra", "novita", "nebius",
	"replicate", "sambanova", "baseten", "databricks", "watsonx", "ibm", "nvidia", "cloudflare", "hyperbolic", "github",
}

// makers are whose models a provider sells at their maker's price. A provider that is not here may sell any.
var makers = map[string][]string{
	"azure": {"openai"}, "azure_openai": {"openai"}, "azure_ai": {"openai"}, "az": {"openai"},
	"gcp": {"google", "anthropic"}, "vertex_ai": {"google", "anthropic"}, "vertex": {"google", "anthropic"},
	"google_vertexai": {"google", "anthropic"}, "google": {"google", "anthropic"}, "gemini": {"google"},
	"google_genai": {"google"}, "google-gla": {"google"}, "google-vertex": {"google", "anthropic"},
	"aws": {"bedrock"}, "bedrock": {"bedrock"}, "amazon-bedrock": {"bedrock"}, "converse": {"bedrock"},
	"openrouter": {"openai", "anthropic", "google", "xai"}, // passes on the prices of models that only their maker runs
	"openai":     nil, "anthropic": {"anthropic", "bedrock"}, "litellm": nil, "models": nil,
	"mistral": {"mistral"}, "mistralai": {"mistral"}, "mistral_ai": {"mistral"},
	"deepseek": {"deepseek"}, "xai": {"xai"}, "x-ai": {"xai"}, "x_ai": {"xai"}, "cohere": {"cohere"},
	"voyage": {"voyage"}, "voyageai": {"voyage"}, "moonshot": {"moonshot"}, "moonshotai": {"moonshot"},
}

// find returns the entry of a model as a sender named it, nil where there is none.
func (c *catalog) find(provider, model string) *entry {
	seller, name := route(provider, strings.ToLower(strings.TrimSpace(model)))
	if slices.Contains(strangers, seller) {
		return nil
	}
	host := hosts[seller]
	for _, form := range forms(name) {
		if host != "" {
			form = host + "/" + form
		}
		if e := c.byName[form]; e != nil {
			if wanted := makers[seller]; wanted != nil && !slices.Contains(wanted, e.seller) {
				return nil
			}
			return e
		}
	}
	return nil
}

// qualified is the name under which an entry is kept.
func qualified(seller, model string) string {
	if hosts[seller] != "" {
		return seller + "/" + model
	}
	return model
}

// route parts who runs a model from its name. The longest way that senders write is
// projects/p/locations/l/publishers/google/models/gemini-2.5-pro.
func route(provider, name string) (seller, rest string) {
	seller, _, _ = strings.Cut(strings.ToLower(provider), ".") // gcp.gemini, openai.chat
	if strings.HasPrefix(name, "arn:") || strings.HasPrefix(name, "projects/") || strings.HasPrefix(name, "publishers/") {
		return seller, name[strings.LastIndexByte(name, '/')+1:]
	}
	if _, after, found := strings.Cut(name, "accounts/fireworks/models/"); found {
		return "fireworks", after
	}
	for hosts[seller] == "" {
		end := strings.IndexAny(name, "/:")
		if end < 0 {
			break
		}
		prefix := name[:end]
		_, maker := makers[prefix]
		if hosts[prefix] == "" && !maker && !slices.Contains(strangers, prefix) {
			break
		}
		if seller != "openrouter" && prefix != "models" {
			seller = prefix
		}
		name = name[end+1:]
	}
	return seller, name
}

var (
	longContext = regexp.MustCompile(`\[1m\]$`)
	tuned       = regexp.MustCompile(`^(ft:[^:]+):.*$`) // an own name follows the model's
	throughput  = regexp.MustCompile(`:\d+k?$`)         // Bedrock's minor version
	version     = regexp.MustCompile(`-v\d+$`)          // and its major one
	date        = regexp.MustCompile(`[-@](\d{8}|\d{4}-\d{2}-\d{2}|latest|default)$`)
	revision    = regexp.MustCompile(`^(gemini-.+)-00\d$`)
)

// forms are the names to try, the one as it stands first, each shorter than the one before it.
func forms(name string) []string {
	all := []string{name}
	shorten := func(shorter string) {
		if shorter != "" && shorter != all[len(all)-1] {
			all = append(all, shorter)
		}
	}
	last := func() string { return all[len(all)-1] }
	shorten(longContext.ReplaceAllString(name, ""))
	if strings.HasPrefix(name, "claude-") {
		shorten(strings.ReplaceAll(last(), ".", "-")) // claude-sonnet-4.5, as gateways write it
	}
	shorten(tuned.ReplaceAllString(last(), "$1"))
	shorten(throughput.ReplaceAllString(last(), ""))
	shorten(version.ReplaceAllString(last(), ""))
	if !strings.HasSuffix(last(), "-latest") || strings.HasPrefix(last(), "claude-") {
		shorten(date.ReplaceAllString(last(), ""))
	}
	shorten(revision.ReplaceAllString(last(), "$1"))
	return all
}
