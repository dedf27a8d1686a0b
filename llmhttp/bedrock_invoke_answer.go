package llmhttp

import "net/http"

// readInvokeAnswer reads the body of any family. Some report no usage in it, but in headers.
func readInvokeAnswer(body *value, x *exchange) {
	x.ID = firstGiven(body.get("id"), body.get("response_id"), body.get("generation_id")).literal()
	x.Model = body.get("model").str()
	switch {
	case body.get("type").str() == "message", body.get("content").is(arrayKind): // Claude
		readAnthropicAnswer(body, x)
	case body.get("output", "message").known(): // Nova
		readConverseAnswer(body, x)
	case body.get("choices").is(arrayKind):
		readInvokeChoices(body, x)
	case readInvokeVectors(body, x), readInvokeImages(body, x), readInvokeRanks(body, x):
	default:
		readInvokeTexts(body, x)
	}
	if len(x.Messages) == 0 && body.get("error").given() {
		x.Error = errorOf(body, 200)
	}
	if x.Usage == (Usage{}) {
		x.Usage = headerUsage(x.header)
	}
}

// readInvokeChoices reads an answer in OpenAI's form, with Mistral's name for the reason to stop.
func readInvokeChoices(body *value, x *exchange) {
	x.Usage = openAIUsage(body.get("usage"))
	for choice := range body.get("choices").all() {
		m := Message{Role: "assistant", Content: textParts(choice.get("text"))}
		if sent := choice.get("message"); sent.known() {
			m = chatAnswer(sent)
		}
		x.Messages = append(x.Messages, m)
		x.FinishReasons = append(x.FinishReasons, choiceReason(choice))
	}
}

func choiceReason(choice *value) string {
	return firstGiven(choice.get("finish_reason"), choice.get("stop_reason")).str()
}

// invokeTexts are the forms in which families give plain texts: one at the top of the body, or a list of them.
var invokeTexts = []struct {
	list, text, reason string // paths
}{
	{"results", "outputText", "completionReason"},       // Titan
	{"outputs", "text", "stop_reason"},                  // Mistral
	{"generations", "text", "finish_reason"},            // Cohere Command
	{"completions", "data.text", "finishReason.reason"}, // AI21 Jurassic
	{"", "completion", "stop_reason"},                   // Claude 2
	{"", "generation", "stop_reason"},                   // Llama
	{"", "text", "finish_reason"},                       // Cohere Command R
	{"", "message", "finishReason"},                     // TwelveLabs Pegasus
}

func readInvokeTexts(body *value, x *exchange) {
	x.Usage = invokeUsage(body)
	for _, form := range invokeTexts {
		list := body.get(form.list)
		if form.list == "" && body.get(form.text).is(textKind) {
			list = &value{kind: arrayKind, items: []value{*body}}
		}
		if !list.is(arrayKind) {
			continue
		}
		for v := range list.all() {
			x.Messages = append(x.Messages, Message{Role: "assistant", Content: textParts(v.path(form.text))})
			x.FinishReasons = append(x.FinishReasons, v.path(form.reason).str())
		}
		break
	}
	if calls := cohereCalls(body.get("tool_calls")); len(x.Messages) == 1 {
		x.Messages[0].ToolCalls = calls
	}
}

// invokeUsage reads the counts of Titan and Llama. Titan counts each result apart.
func invokeUsage(body *value) Usage {
	u := Usage{
		Input:  firstCount(body.get("inputTextTokenCount").count(), body.get("prompt_token_count").count()),
		Output: body.get("generation_token_count").count(),
	}
	for result := range body.get("results").all() {
		if n := result.get("tokenCount").count(); n.Known {
			u.Output = Tokens(u.Output.N + n.N)
		}
	}
	return u
}

// headerUsage reads the counts that Bedrock itself puts beside the answers of all families.
func headerUsage(header http.Header) Usage {
	count := func(of string) Count {
		v := &value{kind: numberKind, text: header.Get("X-Amzn-Bedrock-" + of + "-Token-Count")}
		return v.count()
	}
	return grossUsage(Usage{
		Input: count("Input"), Output: count("Output"),
		CacheRead: count("Cache-Read-Input"), CacheWrite: count("Cache-Write-Input"),
	})
}
