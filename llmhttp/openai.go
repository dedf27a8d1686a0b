package llmhttp

import (
	"cmp"
	"strings"
)

// What the dialects of OpenAI, and those that imitate them, share.

var (
	openAIHome = provider{"openai_compatible", "openai_compatible"}

	openAIParameters = []parameter{
		{"temperature", []string{"temperature"}},
		{"top_p", []string{"top_p"}},
		{"top_k", []string{"top_k"}},
		{"max_tokens", []string{"max_completion_tokens", "max_tokens", "max_output_tokens"}},
		{"stop", []string{"stop"}},
		{"seed", []string{"seed", "random_seed"}},
		{"frequency_penalty", []string{"frequency_penalty"}},
		{"presence_penalty", []string{"presence_penalty"}},
		{"n", []string{"n"}},
		{"reasoning_effort", []string{"reasoning_effort", "reasoning.effort"}},
		{"thinking_budget", []string{"reasoning.max_tokens"}},
		{"response_format", []string{"response_format", "text.format"}},
		{"tool_choice", []string{"tool_choice"}},
		{"parallel_tool_calls", []string{"parallel_tool_calls"}},
		{"logprobs", []string{"logprobs"}},
		{"top_logprobs", []string{"top_logprobs"}},
		{"service_tier", []string{"service_tier"}},
		{"dimensions", []string{"dimensions"}},
		{"encoding_format", []string{"encoding_format"}},
		{"size", []string{"size"}},
		{"quality", []string{"quality"}},
	}
)

// endingIn matches paths by their last words, and reads Azure's name for the model in them.
func endingIn(a address, words string) (place, bool) {
	return place{model: deployment(a.path)}, strings.HasSuffix(a.path, words)
}

// readOpenAI reads what all of OpenAI's requests have.
func readOpenAI(body *value, to *Request) {
	to.Model = body.get("model").str()
	to.Streaming = body.get("stream").given()
	to.Parameters = readParameters(body, openAIParameters)
}

// readFacts reads what answers, and events of streams, tell of themselves. The first id and model count, the last usage.
func readFacts(body *value, x *exchange) {
	x.ID = cmp.Or(x.ID, body.get("id").str())
	x.Model = cmp.Or(x.Model, body.get("model").str())
	if u := body.get("usage"); u.given() {
		x.Usage = openAIUsage(u)
	}
}

// eventError is the error that a typed event tells, nil when it tells none. Its members stand in an object or at the top,
// where the type is the event's own.
func eventError(e event) *Error {
	kind, inner := e.kind(), e.data.get("error")
	if kind != "error" && (kind != "" || !inner.given()) {
		return nil
	}
	told := errorOf(e.data, 200)
	if !inner.known() && told.Type == "error" {
		told.Type = e.data.get("code").str()
	}
	return told
}

// openAIParts reads a message's content: a text, or a list of parts.
func openAIParts(content *value) []Part {
	if content.is(textKind) {
		return textParts(content)
	}
	var parts []Part
	for v := range content.all() {
		parts = append(parts, openAIPart(v)...)
	}
	return parts
}

func openAIPart(v *value) []Part {
	if v.is(textKind) {
		return textParts(v)
	}
	if !v.is(objectKind) {
		return nil
	}
	switch t := v.get("type").str(); t {
	case "text", "input_text", "output_text":
		return textParts(v.get("text"))
	case "image_url", "input_image":
		return []Part{mediaPart(Part{Type: PartImage, Ref: v.get("file_id").str()}, imageURL(v), nil)}
	case "input_audio":
		audio := v.get("input_audio")
		p := Part{Type: PartAudio, MediaType: "audio/" + audio.get("format").str()}
		return []Part{mediaPart(p, nil, firstKnown(audio.get("data"), &value{kind: textKind}))}
	case "file", "input_file":
		return []Part{filePart(v)}
	case "document_url": // Mistral
		return []Part{mediaPart(Part{Type: PartFile}, v.get("document_url"), nil)}
	case "refusal":
		refusal := v.get("refusal")
		return []Part{{Type: PartRefusal, Text: refusal.str(), Dropped: dropped(refusal)}}
	case "reasoning_text", "summary_text":
		return reasoningParts(v.get("text"))
	case "thinking": // Mistral
		return thinkingParts(v.get("thinking"))
	case "":
		return []Part{{Type: "unknown"}}
	default:
		return []Part{{Type: PartType(t)}}
	}
}

// imageURL is the address of an image, given as it is or in an object.
func imageURL(v *value) *value {
	u := v.get("image_url")
	if u.is(objectKind) {
		return u.get("url")
	}
	return u
}

func filePart(v *value) Part {
	if inner := v.get("file"); inner.is(objectKind) {
		v = inner
	}
	data, url := v.get("file_data"), v.get("file_url")
	if !url.given() && strings.HasPrefix(data.str(), "data:") {
		url = data
	}
	return mediaPart(Part{Type: PartFile, Name: v.get("filename").str(), Ref: v.get("file_id").str()}, url, data)
}

// thinkingParts joins the pieces of a thought.
func thinkingParts(thought *value) []Part {
	if !thought.is(arrayKind) {
		return reasoningParts(thought)
	}
	var pieces []Part
	for piece := range thought.all() {
		pieces = append(pieces, reasoningParts(piece.get("text"))...)
	}
	if pieces == nil {
		return nil
	}
	p := Part{Type: PartReasoning}
	p.Text, p.Dropped = joinedTexts(pieces, "")
	return []Part{p}
}

// openAICalls reads tool calls, and the one function call of 2023.
func openAICalls(calls, function *value) []ToolCall {
	var found []ToolCall
	for v := range calls.all() {
		f := firstGiven(v.get("function"), v.get("custom"))
		arguments := f.get("arguments")
		if arguments == nil {
			arguments = f.get("input")
		}
		found = append(found, toolCall(v.get("id").str(), f.get("name").str(), arguments))
	}
	if name := function.get("name").str(); name != "" { // some servers send an empty one
		found = append(found, toolCall("", name, function.get("arguments")))
	}
	return found
}

// openAITools reads the functions and hosted tools that a request offers.
func openAITools(body *value) []Tool {
	var tools []Tool
	for v := range body.get("tools").all() {
		f := firstGiven(v.get("function"), v.get("custom"))
		t := v.get("type").str()
		switch {
		case f.is(objectKind):
			tools = append(tools, functionTool(f))
		case t == "function" || t == "custom":
			tools = append(tools, functionTool(v))
		case t == "mcp" && v.get("server_label").given():
			tools = append(tools, Tool{Name: "mcp:" + v.get("server_label").str()})
		default:
			tools = append(tools, Tool{Name: t})
		}
	}
	for v := range body.get("functions").all() {
		tools = append(tools, functionTool(v))
	}
	return tools
}

func functionTool(f *value) Tool {
	return Tool{
		Name: f.get("name").str(), Description: f.get("description").str(), Parameters: f.get("parameters").raw(),
	}
}

// openAIUsage reads a usage object. Reasoning (xAI) or audio (Mistral) that the total proves to stand outside of output
// or input is added to it.
func openAIUsage(u *value) Usage {
	in := firstGiven(u.get("prompt_tokens_details"), u.get("input_tokens_details"))
	out := firstGiven(u.get("completion_tokens_details"), u.get("output_tokens_details"))
	usage := Usage{
		Input:      firstCount(u.get("prompt_tokens").count(), u.get("input_tokens").count()),
		Output:     firstCount(u.get("completion_tokens").count(), u.get("output_tokens").count()),
		Total:      u.get("total_tokens").count(),
		CacheRead:  firstCount(in.get("cached_tokens").count(), u.get("prompt_cache_hit_tokens").count(), u.get("cached_tokens").count()),
		CacheWrite: firstCount(in.get("cache_write_tokens").count(), in.get("cache_creation_tokens").count()),
		Reasoning:  firstCount(out.get("reasoning_tokens").count(), u.get("reasoning_tokens").count()),
	}
	if !usage.Input.Known || !usage.Output.Known || !usage.Total.Known {
		return usage
	}
	switch missing := usage.Total.N - usage.Input.N - usage.Output.N; missing {
	case 0:
	case usage.Reasoning.N:
		usage.Output.N += missing
	case in.get("audio_tokens").count().N:
		usage.Input.N += missing
	}
	return usage
}
