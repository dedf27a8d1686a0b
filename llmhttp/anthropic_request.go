package llmhttp

var anthropicParameters = []parameter{
	{"temperature", []string{"temperature"}},
	{"top_p", []string{"top_p"}},
	{"top_k", []string{"top_k"}},
	{"max_tokens", []string{"max_tokens", "max_tokens_to_sample"}},
	{"stop", []string{"stop_sequences"}},
	{"thinking_budget", []string{"thinking.budget_tokens"}},
	{"reasoning_effort", []string{"output_config.effort"}},
	{"response_format", []string{"output_config.format", "output_format"}},
	{"tool_choice", []string{"tool_choice"}},
	{"service_tier", []string{"service_tier"}},
}

// readAnthropicRequest reads the body of a request. On Bedrock and Vertex AI it names no model, and on Bedrock it does
// not ask for a stream: what the address said stands.
func readAnthropicRequest(body *value, to *Request) {
	to.Model = body.get("model").str()
	to.Streaming = to.Streaming || body.get("stream").given()
	to.Parameters = readParameters(body, anthropicParameters)
	to.Tools = anthropicTools(body.get("tools"))
	if system := body.get("system"); system.given() {
		to.Messages = append(to.Messages, Message{Role: "system", Content: anthropicParts(system)})
	}
	for v := range body.get("messages").all() {
		to.Messages = append(to.Messages, anthropicMessage(v)...)
	}
}

// anthropicTools reads functions, Anthropic's own tools, which have a name as well, and the tools of MCP servers.
func anthropicTools(tools *value) []Tool {
	var found []Tool
	for v := range tools.all() {
		name := v.get("name").str()
		if server := v.get("mcp_server_name").str(); name == "" && server != "" {
			name = "mcp:" + server
		}
		if name == "" {
			name = v.get("type").str()
		}
		found = append(found, Tool{
			Name: name, Description: v.get("description").str(), Parameters: v.get("input_schema").raw(),
		})
	}
	return found
}

// anthropicMessage reads a message as one or more: the results of tools, which stand among the blocks of a user's
// message, are messages of their own.
func anthropicMessage(v *value) []Message {
	role, content := v.get("role").str(), v.get("content")
	var messages []Message
	rest := Message{Role: role}
	for block := range content.all() {
		switch block.get("type").str() {
		case "tool_result":
			if rest.Content != nil || rest.ToolCalls != nil {
				messages = append(messages, rest)
				rest = Message{Role: role}
			}
			messages = append(messages, anthropicResult(block))
		case anthropicCall:
			rest.ToolCalls = append(rest.ToolCalls, anthropicToolCall(block))
		default:
			rest.Content = append(rest.Content, anthropicPart(block)...)
		}
	}
	rest.Content = append(rest.Content, textParts(content)...)
	if rest.Content != nil || rest.ToolCalls != nil || messages == nil {
		messages = append(messages, rest)
	}
	return messages
}

func anthropicResult(block *value) Message {
	return Message{
		Role: "tool", ToolCallID: block.get("tool_use_id").str(), IsError: block.get("is_error").given(),
		Content: anthropicParts(block.get("content")),
	}
}
