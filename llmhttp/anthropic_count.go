package llmhttp

import "strings"

// anthropicCount is the wire format of count_tokens: a request as that for a message, answered by a number.
var anthropicCount = dialect{
	protocol:  "anthropic_count",
	operation: "count_tokens",
	home:      &anthropicHome,
	ends:      []string{"count_tokens"},
	match: func(a address) (place, bool) {
		return place{sure: hasAnthropicVersion(a)}, strings.HasSuffix(a.path, "/messages/count_tokens")
	},
	proof:   hasAnthropicMessages,
	request: readAnthropicRequest,
	answer:  readAnthropicCount,
}

// vertexCount stands in a path where other paths name the model.
const vertexCount = "count-tokens"

// anthropicVertexCount is the same on Vertex AI.
var anthropicVertexCount = dialect{
	protocol:  "anthropic_count",
	operation: "count_tokens",
	home:      &vertexHome,
	ends:      []string{"rawPredict"},
	match: func(a address) (place, bool) {
		model, _ := vertexClaude(a.path)
		return place{}, model == vertexCount
	},
	request: readAnthropicRequest,
	answer:  readAnthropicCount,
}

func readAnthropicCount(body *value, x *exchange) {
	x.Usage.Input = body.get("input_tokens").count()
	if body.get("error").given() {
		x.Error = errorOf(body, 200)
	}
}
