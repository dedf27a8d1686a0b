package llmhttp

import "cmp"

// The dialects of Bedrock's Converse API, which is the same for all of its models.
var (
	bedrockConverse = dialect{
		protocol:  "converse",
		operation: "chat",
		home:      &bedrockHome,
		ends:      []string{"converse"},
		match:     func(a address) (place, bool) { return inModel(a, "converse", false) },
		request:   readConverseRequest,
		answer:    readConverseAnswer,
	}
	bedrockConverseStream = dialect{
		protocol:  "converse_stream",
		operation: "chat",
		home:      &bedrockHome,
		ends:      []string{"converse-stream"},
		match:     func(a address) (place, bool) { return inModel(a, "converse-stream", true) },
		request:   readConverseRequest,
		answer:    readConverseAnswer,
		stream:    newConverseStream,
		framing:   framesAWS,
	}

	converseParameters = []parameter{
		{"temperature", []string{"inferenceConfig.temperature"}},
		{"top_p", []string{"inferenceConfig.topP"}},
		{"top_k", []string{"additionalModelRequestFields.top_k", "inferenceConfig.topK"}},
		{"max_tokens", []string{"inferenceConfig.maxTokens", "inferenceConfig.max_new_tokens"}},
		{"stop", []string{"inferenceConfig.stopSequences"}},
		{"thinking_budget", []string{"additionalModelRequestFields.thinking.budget_tokens"}},
		{"tool_choice", []string{"toolConfig.toolChoice"}},
	}
)

func readConverseRequest(body *value, to *Request) {
	to.Model = body.get("model").str()
	to.Parameters = readParameters(body, converseParameters)
	to.Tools = converseTools(body.get("toolConfig", "tools"))
	if system := body.get("system"); system.given() {
		to.Messages = append(to.Messages, Message{Role: "system", Content: converseContent(system)})
	}
	for v := range body.get("messages").all() {
		to.Messages = append(to.Messages, converseMessages(v)...)
	}
}

// converseTools reads functions and the provider's own tools. A cache point among them is no tool.
func converseTools(tools *value) []Tool {
	var found []Tool
	for v := range tools.all() {
		if t := firstKnown(v.get("toolSpec"), v.get("systemTool")); t != nil {
			found = append(found, Tool{
				Name: t.get("name").str(), Description: t.get("description").str(),
				Parameters: t.get("inputSchema", "json").raw(),
			})
		}
	}
	return found
}

// converseMessages reads a message as one or more: the results of tools, which stand among the blocks of a user's
// message, are messages of their own.
func converseMessages(v *value) []Message {
	var messages []Message
	rest := Message{Role: v.get("role").str()}
	for block := range v.get("content").all() {
		result := block.get("toolResult")
		if !result.known() || result.get("type").given() { // only results of the provider's own tools have a type
			rest.addBlock(block)
			continue
		}
		if rest.Content != nil || rest.ToolCalls != nil {
			messages = append(messages, rest)
			rest = Message{Role: rest.Role}
		}
		messages = append(messages, converseResult(result))
	}
	if rest.Content != nil || rest.ToolCalls != nil || messages == nil {
		messages = append(messages, rest)
	}
	return messages
}

func (m *Message) addBlock(block *value) {
	call := block.get("toolUse")
	if !call.known() || isServerTool(call) {
		m.Content = append(m.Content, conversePart(block)...)
		return
	}
	m.ToolCalls = append(m.ToolCalls, converseCall(call))
}

// isServerTool tells whether the provider itself runs what a toolUse asks for.
func isServerTool(call *value) bool { return call.get("type").str() == "server_tool_use" }

func converseCall(v *value) ToolCall {
	return toolCall(v.get("toolUseId").str(), v.get("name").str(), v.get("input"))
}

func converseResult(v *value) Message {
	return Message{
		Role: "tool", ToolCallID: v.get("toolUseId").str(), IsError: v.get("status").str() == "error",
		Content: converseContent(v.get("content")),
	}
}

// readConverseAnswer reads a whole answer. It is one message, whatever its blocks are.
func readConverseAnswer(body *value, x *exchange) {
	x.Usage = converseUsage(body.get("usage"))
	sent, reason := body.get("output", "message"), body.get("stopReason").str()
	if !sent.known() && reason == "" {
		return
	}
	m := Message{Role: cmp.Or(sent.get("role").str(), "assistant")}
	for block := range sent.get("content").all() {
		m.addBlock(block)
	}
	m.Content = mergedParts(m.Content)
	x.Messages, x.FinishReasons = []Message{m}, []string{reason}
}

// converseUsage reads the usage of an answer, or that of Nova's own API, whose names for cached input are longer.
func converseUsage(u *value) Usage {
	usage := Usage{
		Input:      u.get("inputTokens").count(),
		Output:     u.get("outputTokens").count(),
		Total:      u.get("totalTokens").count(),
		CacheRead:  firstCount(u.get("cacheReadInputTokens").count(), u.get("cacheReadInputTokenCount").count()),
		CacheWrite: firstCount(u.get("cacheWriteInputTokens").count(), u.get("cacheWriteInputTokenCount").count()),
	}
	for detail := range u.get("cacheDetails").all() {
		if detail.get("ttl").str() == "1h" {
			usage.CacheWrite1h = detail.get("inputTokens").count()
		}
	}
	return grossUsage(usage)
}
