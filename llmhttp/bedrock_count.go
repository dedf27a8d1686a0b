package llmhttp

// bedrockCount is the wire format of Bedrock's CountTokens: the request wraps one of Converse, or the text of one of
// InvokeModel, and a number answers it.
var bedrockCount = dialect{
	protocol:  "bedrock_count",
	operation: "count_tokens",
	home:      &bedrockHome,
	ends:      []string{"count-tokens"},
	match:     func(a address) (place, bool) { return inModel(a, "count-tokens", false) },
	wraps:     []string{"input", "invokeModel", "body"}, // the text of a request of InvokeModel
	request:   readBedrockCountRequest,
	answer:    func(body *value, x *exchange) { x.Usage.Input = body.get("inputTokens").count() },
}

func readBedrockCountRequest(body *value, to *Request) {
	if conversation := body.get("input", "converse"); conversation.known() {
		readConverseRequest(conversation, to)
		return
	}
	if invoked := body.get("input", "invokeModel", "body").wrapped(); isConversation(invoked.get("messages")) {
		readConverseRequest(invoked, to)
	} else {
		readAnthropicRequest(invoked, to)
	}
	to.Streaming = false
}
