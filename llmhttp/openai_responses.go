package llmhttp

// openAIResponses is the wire format of OpenAI's Responses API and its imitations.
var openAIResponses = dialect{
	protocol:  "openai_responses",
	operation: "responses",
	home:      &openAIHome,
	ends:      []string{"responses"},
	match:     func(a address) (place, bool) { return endingIn(a, "/responses") },
	proof:     provesResponses,
	request:   readResponsesRequest,
	answer:    readResponsesAnswer,
	stream:    newResponsesStream,
}

// provesResponses tells a request for a response from an answer to a survey: it says who shall answer, and to what.
func provesResponses(body *value) bool {
	previous, stored := body.get("previous_response_id").str() != "", body.get("prompt", "id").str() != ""
	who := previous || stored || body.get("model").str() != ""
	what := previous || stored ||
		body.get("input").is(textKind) || body.get("input").is(arrayKind) ||
		body.get("instructions").is(textKind) ||
		body.get("conversation").is(textKind) || body.get("conversation").is(objectKind)
	return who && what
}

func readResponsesRequest(body *value, to *Request) {
	readOpenAI(body, to)
	to.Tools = openAITools(body)
	if instructions := body.get("instructions"); instructions.given() {
		to.Messages = append(to.Messages, Message{Role: "system", Content: textParts(instructions)})
	}
	input := body.get("input")
	if input.is(textKind) {
		to.Messages = append(to.Messages, Message{Role: "user", Content: textParts(input)})
	}
	for item := range input.all() {
		to.Messages = append(to.Messages, responsesMessage(item))
	}
}

func readResponsesAnswer(body *value, x *exchange) {
	readResponse(body, x)
	if items := body.get("output"); items.given() {
		m := Message{Role: "assistant"}
		for item := range items.all() {
			m.addResponsesItem(item)
		}
		x.Messages = []Message{m}
	}
	x.fillReasons()
}

// readResponse reads what a response tells of itself, whole or in an event of a stream.
func readResponse(body *value, x *exchange) {
	readFacts(body, x)
	if body.get("error").given() && x.Error == nil {
		x.Error = errorOf(body, 200)
	}
	x.FinishReasons = nil
	switch status := body.get("status").str(); status {
	case "":
	case "incomplete":
		reason := firstGiven(body.get("incomplete_details", "reason"), body.get("status"))
		x.FinishReasons = []string{reason.str()}
	default:
		x.FinishReasons = []string{status}
	}
}

// fillReasons says of messages without a finish reason that they have none.
func (x *exchange) fillReasons() {
	if x.FinishReasons == nil && len(x.Messages) > 0 {
		x.FinishReasons = make([]string, len(x.Messages))
	}
}
