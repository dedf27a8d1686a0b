package llmhttp

// What InvokeModel's families answer that is no text: vectors, images and the ranks of documents. Where the request did
// not tell what it is for, such an answer does.

// readInvokeVectors reads embeddings: one (Titan), a list of them or lists by their types (Cohere), or a list of objects
// that hold one each (Nova).
func readInvokeVectors(body *value, x *exchange) bool {
	vectors := body.get("embeddings")
	if vectors.is(objectKind) {
		vectors = someVectors(vectors)
	}
	first := vectors.first()
	if first.is(objectKind) {
		first = first.get("embedding")
	}
	found := &Embeddings{Count: listSize(vectors), Dimensions: dimensions(first)}
	if one := titanVector(body); one != nil {
		found = &Embeddings{Count: 1, Dimensions: dimensions(one)}
	}
	if found.Count == 0 {
		return false
	}
	x.Operation, x.Embeddings = "embeddings", found
	x.Usage.Input = body.get("inputTextTokenCount").count()
	return true
}

func titanVector(body *value) *value {
	if one := body.get("embedding"); one.given() {
		return one
	}
	return someVectors(body.get("embeddingsByType"))
}

// readInvokeImages reads base64 texts (Amazon's models and Stability's later ones), or artifacts that hold one each.
func readInvokeImages(body *value, x *exchange) bool {
	images, artifacts := body.get("images"), body.get("artifacts")
	for v := range images.all() {
		x.addImage(v)
	}
	for v := range artifacts.all() {
		x.addImage(v.get("base64"))
		x.FinishReasons = append(x.FinishReasons, v.get("finishReason").str())
	}
	for v := range body.get("finish_reasons").all() {
		if len(x.FinishReasons) < len(x.Messages) {
			x.FinishReasons = append(x.FinishReasons, v.str())
		}
	}
	if !images.is(arrayKind) && !artifacts.is(arrayKind) {
		return false
	}
	x.Operation = "image_generation"
	return true
}

func (x *exchange) addImage(data *value) {
	image := mediaPart(Part{Type: PartImage}, nil, data)
	x.Messages = append(x.Messages, Message{Role: "assistant", Content: []Part{image}})
}

// readInvokeRanks reads the results of a reranking, which have a score each.
func readInvokeRanks(body *value, x *exchange) bool {
	if !body.get("results").first().get("relevance_score").known() {
		return false
	}
	readCohereRerankAnswer(body, x)
	x.Operation = "rerank"
	return true
}
