package llmhttp

// openAIEmbeddings is the wire format of OpenAI's embeddings and their imitations.
var openAIEmbeddings = dialect{
	protocol:  "openai_embeddings",
	operation: "embeddings",
	home:      openAIHome,
	vectors:   true,
	ends:      []string{"embeddings"},
	match:     inDeployment,
	proof:     func(body *value) bool { return body.get("input").known() },
	request:   readEmbeddingsRequest,
	answer:    readEmbeddingsAnswer,
}

func readEmbeddingsRequest(body *value, to *Request) {
	readOpenAI(body, to)
	to.Messages = promptMessages(body.get("input"))
}

// promptMessages makes one message of a user for each input: a text, the tokens of one, or a list of either.
func promptMessages(input *value) []Message {
	switch {
	case !input.known():
		return nil
	case !input.is(arrayKind), input.first().is(numberKind):
		return []Message{promptMessage(input)}
	}
	var messages []Message
	for v := range input.all() {
		messages = append(messages, promptMessage(v))
	}
	return messages
}

func promptMessage(v *value) Message {
	m := Message{Role: "user"}
	if v.is(arrayKind) {
		m.Content = []Part{{Type: PartTokens, Count: v.size}}
	} else {
		m.Content = openAIPart(v)
	}
	return m
}

func readEmbeddingsAnswer(body *value, x *exchange) {
	x.ID, x.Model = body.get("id").str(), body.get("model").str()
	x.Usage = openAIUsage(body.get("usage"))
	x.Usage.Output = Count{} // a vector is no token
	data := body.get("data")
	x.Embeddings = &Embeddings{Dimensions: dimensions(data.first().get("embedding"))}
	if data.is(arrayKind) {
		x.Embeddings.Count = data.size
	}
}

// dimensions of a vector, given as numbers or as the base64 of its 32-bit floats.
func dimensions(vector *value) int {
	switch {
	case vector.is(arrayKind):
		return vector.size
	case vector.is(textKind):
		return vector.size * 3 / 4 / 4
	default:
		return 0
	}
}
