package llmhttp

// openAIModerations is the wire format of OpenAI's moderations, and of Mistral's, which judge conversations, too.
var openAIModerations = dialect{
	protocol:  "openai_moderations",
	operation: "moderation",
	home:      &openAIHome,
	ends:      []string{"moderations"},
	match:     func(a address) (place, bool) { return endingIn(a, "/moderations") },
	proof: func(body *value) bool {
		return body.get("input").is(textKind) || body.get("input").is(arrayKind)
	},
	request: readModerationsRequest,
	answer:  readModerationsAnswer,
}

func readModerationsRequest(body *value, to *Request) {
	readOpenAI(body, to)
	to.Messages = moderated(body.get("input"))
}

func moderated(input *value) []Message {
	if !holdsMessages(input) {
		return promptMessages(input)
	}
	var messages []Message
	for v := range input.all() {
		if v.is(arrayKind) {
			messages = append(messages, moderated(v)...)
		} else {
			messages = append(messages, chatMessage(v))
		}
	}
	return messages
}

// holdsMessages tells whether an input is a list of messages, or a list of such lists.
func holdsMessages(input *value) bool {
	first := input.first()
	return first.get("role") != nil || first.first().get("role") != nil
}

func readModerationsAnswer(body *value, x *exchange) {
	readFacts(body, x)
	x.Moderation = &Moderation{Flagged: []bool{}}
	for v := range body.get("results").all() {
		x.Moderation.Flagged = append(x.Moderation.Flagged, isFlagged(v))
	}
}

// isFlagged goes by the categories where no sum of them is given (Mistral).
func isFlagged(result *value) bool {
	if flagged := result.get("flagged"); flagged.known() {
		return flagged.given()
	}
	for category := range result.get("categories").members() {
		if category.given() {
			return true
		}
	}
	return false
}
