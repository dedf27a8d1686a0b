package llmhttp

// cohereEmbed is the wire format of Cohere's embeddings, of both versions.
var cohereEmbed = dialect{
	protocol:  "cohere_embed",
	operation: "embeddings",
	home:      &cohereHome,
	vectors:   true,
	ends:      []string{"embed"},
	match:     func(a address) (place, bool) { return atCohere(a, "/embed") },
	proof: func(body *value) bool {
		return body.get("texts").is(arrayKind) || body.get("inputs").is(arrayKind) || body.get("images").is(arrayKind)
	},
	request: readCohereEmbedRequest,
	answer:  readCohereEmbedAnswer,
}

func readCohereEmbedRequest(body *value, to *Request) {
	to.Model = body.get("model").str()
	to.Parameters = readParameters(body, []parameter{{"dimensions", []string{"output_dimension"}}})
	to.Messages = promptMessages(body.get("texts"))
	for v := range body.get("images").all() {
		to.Messages = append(to.Messages, Message{Role: "user", Content: []Part{mediaPart(Part{Type: PartImage}, v, nil)}})
	}
	for v := range body.get("inputs").all() {
		to.Messages = append(to.Messages, Message{Role: "user", Content: openAIParts(v.get("content"))})
	}
}

func readCohereEmbedAnswer(body *value, x *exchange) {
	x.ID = body.get("id").str()
	x.Usage.Input = cohereUsage(body.get("meta")).Input
	x.Embeddings = cohereVectors(body.get("embeddings"))
}

// cohereVectors counts vectors that stand in a list, or in one list for each encoding that was asked for.
func cohereVectors(v *value) *Embeddings {
	const bitsPerByte = 8
	vectors := v
	if v.is(objectKind) {
		vectors = someVectors(v)
	}
	found := &Embeddings{Count: listSize(vectors), Dimensions: dimensions(vectors.first())}
	if packed := firstGiven(v.get("binary"), v.get("ubinary")); packed != nil && packed == vectors {
		found.Dimensions *= bitsPerByte
	}
	return found
}

// someVectors picks one of the encodings of the same vectors, rather one that does not pack bits into bytes.
func someVectors(byType *value) *value {
	return firstGiven(
		byType.get("float"), byType.get("base64"), byType.get("int8"), byType.get("uint8"),
		byType.get("binary"), byType.get("ubinary"),
	)
}
