package llmhttp_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/traceroot-ai/traceroot-go/llmhttp"
)

// TestContentTypeOfAnotherKindThanWasAskedFor: gateways stream what was wanted whole, and the other way round.
func TestContentTypeOfAnotherKindThanWasAskedFor(t *testing.T) {
	t.Parallel()
	const (
		chat1, generate = "https://api.cohere.com/v1/chat", "https://api.cohere.com/v1/generate"
		ollama, claude  = "http://localhost:11434/api/chat", "https://api.anthropic.com/v1/messages"
		geminiURL       = "https://generativelanguage.googleapis.com/v1beta/models/m:generateContent"
		geminiStreamURL = "https://generativelanguage.googleapis.com/v1beta/models/m:streamGenerateContent"
		converseStream  = "https://bedrock-runtime.us-east-1.amazonaws.com/model/m/converse-stream"

		json, events, lines = "application/json; charset=utf-8", "text/event-stream", "application/x-ndjson"

		streaming, whole = `{"stream":true}`, `{"stream":false}`
		hello            = `[{"role":"assistant","content":"Hello"}]`

		chat1Answer = "{\n \"generation_id\": \"g\",\n \"text\": \"Hello\",\n \"finish_reason\": \"COMPLETE\"\n}\n"
		chat1Lines  = `{"event_type":"stream-start","generation_id":"g"}` + "\n" + `{"event_type":"text-generation","text":"Hel"}` + "\n" +
			`{"event_type":"text-generation","text":"lo"}` + "\n" + `{"event_type":"stream-end","finish_reason":"COMPLETE"}` + "\n"
		ollamaAnswer = "{\"message\": {\"content\": \"Hello\"},\n\"done\": true}"
		ollamaLines  = `{"message":{"content":"Hel"},"done":false}` + "\r\n" + `{"message":{"content":"lo"},"done":false}` + "\r\n" + `{"done":true}`
		chatAnswer   = `{"choices":[{"message":{"role":"assistant","content":"Hello"},"finish_reason":"stop"}]}`
		claudeAnswer = `{"type":"message","content":[{"type":"text","text":"Hello"}],"stop_reason":"end_turn"}`
		claudeEvents = "data: {\"type\":\"content_block_start\",\"content_block\":{\"type\":\"text\",\"text\":\"Hello\"}}\n\ndata: {\"type\":\"message_stop\"}\n\n"
		geminiAnswer = `{"candidates":[{"content":{"parts":[{"text":"Hello"}]},"finishReason":"STOP"}]}`
	)
	chatEvents := sse(delta(0, `"content":"Hello"`), stop, "[DONE]")
	for name, c := range map[string]struct {
		url, request, contentType, answer string
		events                            int // -1: the answer is whole
	}{
		"Cohere's answer for its stream":           {chat1, streaming, json, chat1Answer, -1},
		"Cohere's answer with space":               {chat1, streaming, json, "\n\n" + chat1Answer + "\n", -1},
		"Cohere's stream for its answer":           {chat1, whole, "application/stream+json", chat1Lines, 4},
		"Cohere's stream, called an answer":        {chat1, streaming, json, chat1Lines, 4},
		"Cohere's answer, called a stream":         {chat1, whole, events, chat1Answer, -1},
		"Cohere's lines, called events":            {chat1, whole, events, chat1Lines, 4},
		"Cohere's completion for its stream":       {generate, streaming, json, "{\n\"generations\":[{\"text\":\"Hello\"}]}", -1},
		"Cohere's stream for its completion":       {generate, whole, lines, `{"text":"Hello"}` + "\n" + `{"is_finished":true,"response":{"generations":[{"text":"Hello"}]}}`, 2},
		"Ollama's answer for its stream":           {ollama, streaming, json, ollamaAnswer, -1},
		"Ollama's answer in a line for its stream": {ollama, streaming, json, strings.ReplaceAll(ollamaAnswer, "\n", ""), -1},
		"Ollama's stream for its answer":           {ollama, whole, lines, ollamaLines, 3},
		"Ollama's stream, called an answer":        {ollama, streaming, json, ollamaLines, 3},
		"Ollama's stream as events":                {ollama, streaming, events, "data: " + strings.ReplaceAll(ollamaLines, "\r\n", "\n\ndata: ") + "\n\n", 3},
		"an answer and more":                       {ollama, streaming, json, ollamaAnswer + " garbage", -1},
		"OpenAI's answer for its stream":           {chatURL, streaming, json, chatAnswer, -1},
		"OpenAI's answer, called a stream":         {chatURL, streaming, events, chatAnswer, -1},
		"OpenAI's stream for its answer":           {chatURL, whole, "Text/Event-Stream;charset=utf-8", chatEvents, 3},
		"OpenAI's stream, called an answer":        {chatURL, streaming, json, chatEvents, 3},
		"Anthropic's answer for its stream":        {claude, streaming, json, claudeAnswer, -1},
		"Anthropic's answer, called a stream":      {claude, whole, events, claudeAnswer, -1},
		"Anthropic's stream for its answer":        {claude, whole, events, claudeEvents, 2},
		"Gemini's answer for its stream":           {geminiStreamURL, "", json, geminiAnswer, -1},
		"Gemini's stream for its answer":           {geminiURL, "", events, "data: " + geminiAnswer + "\r\n\r\n", 1},
		"Gemini's array, called a stream":          {geminiURL, "", events, "[" + geminiAnswer + "]", 1},
		"Converse's answer for its stream":         {converseStream, "", json, `{"output":{"message":{"content":[{"text":"Hello"}]}}}`, -1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, size := range []int{0, 1, 7} {
				e := exchange{url: c.url, request: c.request, answer: c.answer, header: http.Header{"Content-Type": {c.contentType}}, size: size}
				_, r := e.read(t)
				if got := messages(r.Messages); got != hello || !r.Complete {
					t.Errorf("read %d bytes at a time: %s, complete %v", size, got, r.Complete)
				}
				if got := eventsOf(r); got != c.events {
					t.Errorf("read %d bytes at a time: %d events, want %d", size, got, c.events)
				}
			}
		})
	}
}

// eventsOf is the number of a stream's events, -1 for an answer that is no stream.
func eventsOf(r *llmhttp.Response) int {
	if r.Stream == nil {
		return -1
	}
	return r.Stream.Events
}

func TestDoubtfulStreamTellsItsFirstOutput(t *testing.T) {
	t.Parallel()
	const first = `{"message":{"content":"a"}}` + "\n"
	header := http.Header{"Content-Type": {"application/json"}}
	e := exchange{url: "http://localhost:11434/api/chat", header: header, answer: " " + first + first, cut: true}
	_, r := e.read(t)
	if r.Stream == nil || *r.Stream != (llmhttp.Stream{Events: 2, FirstOutputOffset: int64(1 + len(first))}) || r.Complete {
		t.Errorf("got %+v, complete %v", r.Stream, r.Complete)
	}
	e.answer = first[:len(first)/2]
	if _, r := e.read(t); r.Stream != nil || r.Complete || r.Messages != nil {
		t.Errorf("of half a value: %+v", r)
	}
}
