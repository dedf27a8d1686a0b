package llmhttp

var (
	// ollamaEmbed is the wire format of Ollama's embeddings.
	ollamaEmbed = ollamaVectors("embed")
	// ollamaEmbeddings is the older one, of one vector at a time.
	ollamaEmbeddings = ollamaVectors("embeddings")
)

func ollamaVectors(word string) dialect {
	return dialect{
		protocol:  "ollama_" + word,
		operation: "embeddings",
		home:      ollamaHome,
		vectors:   true,
		ends:      []string{word},
		match:     underAPI(word),
		proof:     func(body *value) bool { return namesModel(body) && ollamaInput(body) != nil },
		request:   readOllamaEmbedRequest,
		answer:    readOllamaEmbedAnswer,
	}
}

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
