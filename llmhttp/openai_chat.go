package llmhttp

import (
	"slices"
	"strings"
)

// openAIChat is the wire format of chat completions: OpenAI's own, and that of the many that imitate it.
var openAIChat = dialect{
	protocol:  "openai_chat",
	operation: "chat",
	home:      &openAIHome,
	ends:      []string{"completions"},
	match: func(a address) (place, bool) {
		return place{model: deployment(a.path)}, strings.HasSuffix(a.path, "/chat/completions")
	},
	request: readChatRequest,
	answer:  readChatAnswer,
	stream:  newChatStream,
}

func readChatRequest(body *value, to *Request) {
	readOpenAI(body, to)
	to.lacksUsage = lacksUsage(body, to)
	to.Tools = openAITools(body)
	for v := range body.get("messages").all() {
		to.Messages = append(to.Messages, chatMessage(v))
	}
}

// chatMessage reads a message of a request.
func chatMessage(v *value) Message {
	m := Message{
		Role: v.get("role").str(), Name: v.get("name").str(), ToolCallID: v.get("tool_call_id").str(),
		Content: chatContent(v),
	}
	if m.Role == "function" { // of 2023
		m.Role, m.ToolCallID = "tool", ""
		return m
	}
	m.ToolCalls = openAICalls(v.get("tool_calls"), v.get("function_call"))
	return m
}

// chatContent reads what requests and answers have in common: reasoning, content, refusal.
func chatContent(v *value) []Part {
	parts := reasoningParts(firstGiven(v.get("reasoning_content"), v.get("reasoning")))
	parts = append(parts, openAIParts(v.get("content"))...)
	if refusal := v.get("refusal"); refusal.given() {
		parts = append(parts, Part{Type: PartRefusal, Text: refusal.str(), Dropped: dropped(refusal)})
	}
	return parts
}

func readChatAnswer(body *value, x *exchange) {
	x.ID, x.Model = body.get("id").str(), body.get("model").str()
	x.Usage = openAIUsage(body.get("usage"))
	choices := slices.SortedStableFunc(body.get("choices").all(), func(a, b *value) int {
		return choiceIndex(a) - choiceIndex(b)
	})
	if body.get("error").given() && len(choices) == 0 {
		x.Error = errorOf(body, 200)
	}
	for _, choice := range choices {
		x.Messages = append(x.Messages, chatAnswer(choice.get("message")))
		x.FinishReasons = append(x.FinishReasons, choice.get("finish_reason").str())
	}
}

// chatAnswer reads the message of a choice.
func chatAnswer(v *value) Message {
	m := Message{Role: v.get("role").str(), Content: chatContent(v)}
	if m.Role == "" {
		m.Role = "assistant"
	}
	if audio := v.get("audio"); audio.get("id").given() {
		spoken := audio.get("transcript")
		m.Content = append(m.Content, Part{
			Type: PartAudio, Ref: audio.get("id").str(), Transcript: spoken.str(), Dropped: dropped(spoken),
		})
	}
	for image := range v.get("images").all() {
		m.Content = append(m.Content, mediaPart(Part{Type: PartImage}, imageURL(image), nil))
	}
	m.ToolCalls = openAICalls(v.get("tool_calls"), v.get("function_call"))
	return m
}
