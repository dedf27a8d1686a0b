package llmhttp

import "strings"

// The dialects of Bedrock's InvokeModel, by which each family of models is spoken to in its own words. What kind of model
// it is, its name tells; the ARN of a profile does not, and then the answer tells.
var (
	bedrockEmbeddings = dialect{
		protocol:  "invoke",
		operation: "embeddings",
		home:      &bedrockHome,
		vectors:   true,
		ends:      []string{"invoke"},
		match:     func(a address) (place, bool) { return inModelNamed(a, "embed") },
		request:   readInvokeEmbeddingsRequest,
		answer:    readInvokeAnswer,
	}
	bedrockImages = dialect{
		protocol:  "invoke",
		operation: "image_generation",
		home:      &bedrockHome,
		ends:      []string{"invoke"},
		match: func(a address) (place, bool) {
			return inModelNamed(a, "image", "stable-diffusion", "canvas", "stability.")
		},
		request: readInvokeImagesRequest,
		answer:  readInvokeAnswer,
	}
	bedrockRerank = dialect{
		protocol:  "invoke",
		operation: "rerank",
		home:      &bedrockHome,
		ends:      []string{"invoke"},
		match:     func(a address) (place, bool) { return inModelNamed(a, "rerank") },
		request:   readCohereRerankRequest,
		answer:    readInvokeAnswer,
	}
	bedrockInvoke = dialect{
		protocol:  "invoke",
		operation: "chat",
		home:      &bedrockHome,
		ends:      []string{"invoke"},
		match:     func(a address) (place, bool) { return inModel(a, "invoke", false) },
		request:   readInvokeRequest,
		answer:    readInvokeAnswer,
	}
	bedrockInvokeStream = dialect{
		protocol:  "invoke_stream",
		operation: "chat",
		home:      &bedrockHome,
		ends:      []string{"invoke-with-response-stream"},
		match:     func(a address) (place, bool) { return inModel(a, "invoke-with-response-stream", true) },
		request:   readInvokeRequest,
		answer:    readInvokeAnswer,
		stream:    newInvokeStream,
		framing:   framesAWS,
		wraps:     []string{"bytes"},
	}

	invokeParameters = []parameter{
		{"temperature", []string{"temperature", "textGenerationConfig.temperature"}},
		{"top_p", []string{"top_p", "p", "topP", "textGenerationConfig.topP"}},
		{"top_k", []string{"top_k", "k"}},
		{"max_tokens", []string{
			"max_tokens", "max_gen_len", "maxTokens", "max_tokens_to_sample", "textGenerationConfig.maxTokenCount",
		}},
		{"stop", []string{"stop", "stop_sequences", "stopSequences", "textGenerationConfig.stopSequences"}},
		{"seed", []string{"seed"}},
	}
)

// inModelNamed matches the invocation of a model with one of these words in its name.
func inModelNamed(a address, words ...string) (place, bool) {
	to, ok := inModel(a, "invoke", false)
	for _, word := range words {
		if ok && strings.Contains(to.model, word) {
			return to, true
		}
	}
	return place{}, false
}
