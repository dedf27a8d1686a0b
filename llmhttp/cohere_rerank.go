package llmhttp

// cohereRerank is the wire format of Cohere's ranking of documents, of both versions. Documents are counted only.
var cohereRerank = dialect{
	protocol:  "cohere_rerank",
	operation: "rerank",
	home:      &cohereHome,
	ends:      []string{"rerank"},
	match:     func(a address) (place, bool) { return atCohere(a, "/rerank") },
	proof: func(body *value) bool {
		return namesModel(body) && body.get("query").is(textKind) && body.get("documents").is(arrayKind)
	},
	request: readCohereRerankRequest,
	answer:  readCohereRerankAnswer,
}

func readCohereRerankRequest(body *value, to *Request) {
	to.Model = body.get("model").str()
	to.Parameters = readParameters(body, []parameter{{"top_n", []string{"top_n"}}})
	to.documents = listSize(body.get("documents"))
	if body != nil {
		to.Messages = []Message{{Role: "user", Content: textParts(body.get("query"))}}
	}
}

func readCohereRerankAnswer(body *value, x *exchange) {
	x.ID = body.get("id").str()
	x.Rerank = &Rerank{Documents: x.request.documents, Results: listSize(body.get("results"))}
}
