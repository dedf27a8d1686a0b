package llmhttp

// gemini is the wire format of generateContent, in AI Studio and in Vertex AI.
var gemini = dialect{
	protocol:  "gemini",
	operation: "chat",
	home:      &geminiHome,
	ends:      []string{"generateContent"},
	match:     func(a address) (place, bool) { return namedIn(a, geminiCollections...) },
	request:   readGeminiRequest,
	answer:    readGeminiAnswer,
	stream:    newGeminiStream, // with alt=sse the answer is a stream of one event
	framing:   framesGemini,
}

// geminiStreaming is that of streamGenerateContent.
var geminiStreaming = dialect{
	protocol:  "gemini_stream",
	operation: "chat",
	home:      &geminiHome,
	ends:      []string{"streamGenerateContent"},
	match: func(a address) (place, bool) {
		to, ok := namedIn(a, geminiCollections...)
		to.streams = true
		return to, ok
	},
	request: readGeminiRequest,
	answer:  readGeminiAnswer,
	stream:  newGeminiStream,
	framing: framesGemini,
}

// geminiCollections hold what generates content: models, those tuned in AI Studio, those tuned in Vertex AI.
var geminiCollections = []string{"models", "tunedModels", "endpoints"}

var geminiParameters = []parameter{
	{"temperature", []string{"temperature"}},
	{"top_p", []string{"topP", "top_p"}},
	{"top_k", []string{"topK", "top_k"}},
	{"max_tokens", []string{"maxOutputTokens", "max_output_tokens"}},
	{"stop", []string{"stopSequences", "stop_sequences"}},
	{"seed", []string{"seed"}},
	{"frequency_penalty", []string{"frequencyPenalty", "frequency_penalty"}},
	{"presence_penalty", []string{"presencePenalty", "presence_penalty"}},
	{"n", []string{"candidateCount", "candidate_count"}},
	{"thinking_budget", []string{
		"thinkingConfig.thinkingBudget", "thinkingConfig.thinking_budget", "thinking_config.thinking_budget",
	}},
	{"reasoning_effort", []string{"thinkingConfig.thinkingLevel", "thinking_config.thinking_level"}},
	{"response_format", []string{"responseMimeType", "response_mime_type"}},
	{"logprobs", []string{"responseLogprobs", "response_logprobs"}},
	{"top_logprobs", []string{"logprobs"}},
}

func readGeminiRequest(body *value, to *Request) {
	to.Model = body.get("model").str()
	to.Parameters = readParameters(body.either("generationConfig", "generation_config"), geminiParameters)
	to.Tools = geminiTools(body.get("tools"))
	if v := body.either("systemInstruction", "system_instruction"); v.given() {
		to.Messages = append(to.Messages, Message{Role: "system", Content: geminiParts(v)})
	}
	for v := range body.get("contents").each() {
		to.Messages = append(to.Messages, geminiMessages(v, to)...)
	}
}

// geminiTools reads functions, and a provider's own tools by the names of the members that ask for them.
func geminiTools(tools *value) []Tool {
	var found []Tool
	for v := range tools.each() {
		for f := range v.either("functionDeclarations", "function_declarations").each() {
			schema := f.either("parameters", "parametersJsonSchema", "parameters_json_schema")
			found = append(found, Tool{
				Name: f.get("name").str(), Description: f.get("description").str(), Parameters: schema.raw(),
			})
		}
		for hosted := range v.members() {
			switch {
			case !hosted.known(), hosted.key == "functionDeclarations", hosted.key == "function_declarations":
			default:
				found = append(found, Tool{Name: hosted.key})
			}
		}
	}
	return found
}

// readGeminiAnswer reads a whole answer, which is a stream of one chunk.
func readGeminiAnswer(body *value, x *exchange) {
	s := geminiStream{room: newRoom(x.request)}
	s.take(event{data: body}, x)
	s.finish(x)
	x.Complete = true
}
