package llmhttp

// openAIEmbeddings is the wire format of OpenAI's embeddings and their imitations.
var openAIEmbeddings = dialect{
	protocol:  "openai_embeddings",
	operation: "embeddings",
	home:      &openAIHome,
	vectors:   true,
	ends:      []string{"embeddings"},
	match:     inDeployment,
	proof:     func(body *value) bool { return body.get("input").known() },
	request:   readEmbeddingsRequest,
	answer:    readEmbeddingsAnswer,
}

func readEmbeddingsRequest(body *value, to *Request) {
	readOpenAI(body, to)
	to.Messages = promptMessages(body.get("input"))
}

func readEmbeddingsAnswer(body *value, x *exchange) {
	x.ID, x.Model = body.get("id").str(), body.get("model").str()
	x.Usage = openAIUsage(body.get("usage"))
	x.Usage.Output = Count{} // a vector is no token
	data := body.get("data")
	x.Embeddings = &Embeddings{Dimensions: dimensions(data.first().get("embedding"))}
	if data.is(arrayKind) {
		x.Embeddings.Count = data.size
	}
}
