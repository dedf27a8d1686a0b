package llmhttp

var (
	// ollamaEmbed is the wire format of Ollama's embeddings.
	ollamaEmbed = dialect{
		protocol:  "ollama_embed",
		operation: "embeddings",
		home:      &ollamaHome,
		vectors:   true,
		ends:      []string{"embed"},
		match:     func(a address) (place, bool) { return underAPI(a, "embed") },
		proof:     provesOllamaVectors,
		request:   readOllamaEmbedRequest,
		answer:    readOllamaEmbedAnswer,
	}
	// ollamaEmbeddings is the older one, of one vector at a time.
	ollamaEmbeddings = dialect{
		protocol:  "ollama_embeddings",
		operation: "embeddings",
		home:      &ollamaHome,
		vectors:   true,
		ends:      []string{"embeddings"},
		match:     func(a address) (place, bool) { return underAPI(a, "embeddings") },
		proof:     provesOllamaVectors,
		request:   readOllamaEmbedRequest,
		answer:    readOllamaEmbedAnswer,
	}
)

func provesOllamaVectors(body *value) bool { return namesModel(body) && ollamaInput(body) != nil }

func ollamaInput(body *value) *value { return firstKnown(body.get("input"), body.get("prompt")) }

func readOllamaEmbedRequest(body *value, to *Request) {
	readOllama(body, to)
	to.Messages = promptMessages(ollamaInput(body))
}

func readOllamaEmbedAnswer(body *value, x *exchange) {
	if body.get("error").given() {
		x.Error = errorOf(body, 200)
	}
	x.Model = body.get("model").str()
	x.Usage.Input = body.get("prompt_eval_count").count()
	if vectors := body.get("embeddings"); vectors.is(arrayKind) {
		x.Embeddings = &Embeddings{Count: vectors.size, Dimensions: dimensions(vectors.first())}
	} else if vector := body.get("embedding"); vector.is(arrayKind) {
		x.Embeddings = &Embeddings{Count: 1, Dimensions: vector.size}
	}
}
