package llmhttp

// geminiEmbed is the wire format of embedContent and batchEmbedContents.
var geminiEmbed = dialect{
	protocol:  "gemini_embed",
	operation: "embeddings",
	home:      &geminiHome,
	vectors:   true,
	ends:      []string{"embedContent", "batchEmbedContents"},
	match:     func(a address) (place, bool) { return namedIn(a, geminiCollections...) },
	request:   readGeminiEmbedRequest,
	answer:    readGeminiEmbedAnswer,
}

var geminiEmbedParameters = []parameter{
	{"dimensions", []string{
		"outputDimensionality", "output_dimensionality", "embedContentConfig.outputDimensionality",
	}},
}

func readGeminiEmbedRequest(body *value, to *Request) {
	to.Model = body.get("model").str()
	requests, first := body, body
	if batch := body.get("requests"); batch.is(arrayKind) {
		requests, first = batch, batch.first() // all are for one model, and commonly with the same settings
	}
	to.Parameters = readParameters(first, geminiEmbedParameters)
	for v := range requests.each() {
		for content := range v.get("content").each() {
			to.Messages = append(to.Messages, geminiMessages(content, to)...)
		}
	}
}

func readGeminiEmbedAnswer(body *value, x *exchange) {
	x.Usage = geminiUsage(body.get("usageMetadata"))
	x.Embeddings = &Embeddings{}
	if list := body.get("embeddings"); list.is(arrayKind) {
		x.Embeddings.Count = list.size
		x.Embeddings.Dimensions = dimensions(list.first().get("values"))
	} else if one := body.get("embedding"); one.given() {
		x.Embeddings.Count = 1
		x.Embeddings.Dimensions = dimensions(one.get("values"))
	}
}
