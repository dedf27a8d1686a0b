package llmhttp

import "strings"

// openAICompletion is the wire format of OpenAI's first completions and their imitations: a prompt and the text after it.
var openAICompletion = dialect{
	protocol:  "openai_completion",
	operation: "text_completion",
	home:      &openAIHome,
	ends:      []string{"completions"},
	match: func(a address) (place, bool) {
		to, ok := endingIn(a, "/completions")
		return to, ok && !strings.HasSuffix(a.path, "/chat/completions")
	},
	proof:   provesCompletion,
	request: readCompletionRequest,
	answer:  readCompletionAnswer,
	stream:  newCompletionStream,
}

func provesCompletion(body *value) bool {
	prompt := body.get("prompt")
	return prompt.is(textKind) || prompt.is(arrayKind)
}

func readCompletionRequest(body *value, to *Request) {
	readOpenAI(body, to)
	to.lacksUsage = lacksUsage(body, to)
	to.Messages = promptMessages(body.get("prompt"))
}

func readCompletionAnswer(body *value, x *exchange) {
	textsAsContent(body)
	readChatAnswer(body, x)
}

// newCompletionStream reads completions as chat completions, which they are but for the place of their text.
func newCompletionStream(q *Request) stream { return &chatStream{room: newRoom(q), hasTexts: true} }

// textsAsContent gives each choice that has a text a message with that text as its content. Choices without one (Mistral's
// fill-in-the-middle) have that member already.
func textsAsContent(body *value) {
	for choice := range body.get("choices").all() {
		if text := choice.get("text"); text.is(textKind) {
			content := *text
			content.key = "content"
			choice.items = append(choice.items, value{kind: objectKind, key: "message", items: []value{content}, size: 1})
		}
	}
}
