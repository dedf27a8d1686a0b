package llmhttp

// What InvokeModel's families answer that is no text: vectors, images and the ranks of documents. Where the request did
// not tell what it is for, such an answer does.

// readInvokeVectors reads embeddings: one (Titan), a list of objects that hold one each (Nova), or Cohere's lists.
func readInvokeVectors(body *value, x *exchange) bool {
	one := firstGiven(body.get("embedding"), body.get("embeddingsByType", "float"), body.get("embeddingsByType", "binary"))
	vectors := body.get("embeddings")
	switch held := vectors.first().get("embedding"); {
	case one != nil:
		x.Embeddings = &Embeddings{Count: 1, Dimensions: dimensions(one)}
	case held != nil:
		x.Embeddings = &Embeddings{Count: vectors.size, Dimensions: dimensions(held)}
	case vectors.given():
		x.Embeddings = cohereVectors(vectors)
	default:
		return false
	}
	x.turnsOut("embeddings")
	x.Usage.Input = body.get("inputTextTokenCount").count()
	return true
}

// readInvokeImages reads base64 texts (Amazon's models and Stability's later ones), or artifacts that hold one each.
func readInvokeImages(body *value, x *exchange) bool {
	var reasons []string
	for v := range body.get("images").all() {
		x.addImage(v)
	}
	for v := range body.get("finish_reasons").all() {
		reasons = append(reasons, v.str())
	}
	for v := range body.get("artifacts").all() {
		x.addImage(v.get("base64"))
		reasons = append(reasons, v.get("finishReason").str())
	}
	if len(x.Messages) == 0 {
		return false
	}
	if len(reasons) == len(x.Messages) {
		x.FinishReasons = reasons
	}
	x.turnsOut("image_generation")
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
	x.turnsOut("rerank")
	return true
}

// turnsOut says what the request was for when it did not tell.
func (x *exchange) turnsOut(operation string) {
	if x.request.Operation != operation {
		x.Operation = operation
	}
}
