package llmhttp

// cohereChat2 is the wire format of Cohere's chat, version 2.
var cohereChat2 = dialect{
	protocol:  "cohere_chat2",
	operation: "chat",
	home:      &cohereHome,
	ends:      []string{"chat"},
	match:     func(a address) (place, bool) { return atCohere(a, "/v2/chat") },
	proof:     func(body *value) bool { return namesModel(body) && body.get("messages").is(arrayKind) },
	request:   readCohereChat2Request,
	answer:    readCohereChat2Answer,
	stream:    newCohereChat2Stream,
}

func readCohereChat2Request(body *value, to *Request) {
	readCohere(body, to)
	to.Tools = openAITools(body)
	for v := range body.get("messages").all() {
		m := chatMessage(v)
		m.Content = cohereContent(v)
		to.Messages = append(to.Messages, m)
	}
}

// cohereContent reads what a message says, the plan for its tool calls first. Citations repeat what it says.
func cohereContent(message *value) []Part {
	parts := reasoningParts(message.get("tool_plan"))
	content := message.get("content")
	if content.is(textKind) {
		return append(parts, textParts(content)...)
	}
	for v := range content.all() {
		if v.get("type").str() == "document" {
			parts = append(parts, jsonParts(v.get("document", "data"))...)
		} else {
			parts = append(parts, openAIPart(v)...)
		}
	}
	return parts
}

func readCohereChat2Answer(body *value, x *exchange) {
	x.ID = body.get("id").str()
	x.Usage = cohereUsage(body.get("usage"))
	message := body.get("message")
	if !message.is(objectKind) {
		if body.get("error").given() {
			x.Error = errorOf(body, 200)
		}
		return
	}
	x.Messages = []Message{{
		Role: "assistant", Content: cohereContent(message), ToolCalls: openAICalls(message.get("tool_calls"), nil),
	}}
	x.FinishReasons = []string{body.get("finish_reason").str()}
}
