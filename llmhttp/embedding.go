package llmhttp

// What dialects of embeddings, completions and images share: prompts, and vectors that are measured.

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
