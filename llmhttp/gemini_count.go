package llmhttp

// geminiCount is the wire format of countTokens.
var geminiCount = dialect{
	protocol:  "gemini_count",
	operation: "count_tokens",
	home:      &geminiHome,
	ends:      []string{"countTokens"},
	match:     func(a address) (place, bool) { return namedIn(a, geminiCollections...) },
	request:   readGeminiCountRequest,
	answer:    readGeminiCountAnswer,
}

// readGeminiCountRequest reads contents alone, or the request that would be made of them.
func readGeminiCountRequest(body *value, to *Request) {
	meant := body
	if inner := body.either("generateContentRequest", "generate_content_request"); inner.given() {
		meant = inner
	}
	readGeminiRequest(meant, to)
	to.Messages = append(to.Messages, predictMessages(meant)...)
	to.Model = body.get("model").str()
}

func readGeminiCountAnswer(body *value, x *exchange) {
	x.Usage.Input = body.get("totalTokens").count()
	x.Usage.CacheRead = body.get("cachedContentTokenCount").count()
}
