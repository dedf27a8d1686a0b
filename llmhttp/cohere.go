package llmhttp

import "strings"

// What the dialects of Cohere share.

var (
	cohereHome = provider{"cohere", "cohere"}

	cohereParameters = []parameter{
		{"temperature", []string{"temperature"}},
		{"top_p", []string{"p"}},
		{"top_k", []string{"k"}},
		{"max_tokens", []string{"max_tokens"}},
		{"stop", []string{"stop_sequences"}},
		{"seed", []string{"seed"}},
		{"frequency_penalty", []string{"frequency_penalty"}},
		{"presence_penalty", []string{"presence_penalty"}},
		{"n", []string{"num_generations"}},
		{"response_format", []string{"response_format"}},
		{"tool_choice", []string{"tool_choice"}},
		{"thinking_budget", []string{"thinking.token_budget"}},
	}
)

// atCohere matches paths with this end: at Cohere itself, and on hosts that are not known if the path names the version of
// the API. The other known providers have no such API.
func atCohere(a address, end string) (place, bool) {
	head, found := strings.CutSuffix(a.path, end[strings.LastIndexByte(end, '/'):])
	found = found && strings.HasSuffix(a.path, end)
	isVersioned := strings.HasSuffix(head, "/v1") || strings.HasSuffix(head, "/v2")
	return place{}, found && (a.provider == cohereHome || a.provider == provider{} && isVersioned)
}

// readCohere reads what all of Cohere's requests for text have.
func readCohere(body *value, to *Request) {
	to.Model = body.get("model").str()
	to.Streaming = body.get("stream").given()
	to.Parameters = readParameters(body, cohereParameters)
}

// cohereUsage reads the tokens that a model saw and made; those that were billed only where nothing else is said.
func cohereUsage(u *value) Usage {
	tokens := firstGiven(u.get("tokens"), u.get("billed_units"))
	return Usage{
		Input:     tokens.get("input_tokens").count(),
		Output:    tokens.get("output_tokens").count(),
		CacheRead: u.get("cached_tokens").count(),
	}
}

// positionOf is where a piece belongs, 0 where it does not say.
func positionOf(piece *value) int {
	n, _ := piece.get("index").number()
	return int(n)
}
