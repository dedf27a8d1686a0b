package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// A model thinks before its first word, and between words.
const (
	firstWord = 40 * time.Millisecond
	nextWord  = 5 * time.Millisecond
)

// scriptedModels speaks the protocols of three providers.
func scriptedModels() http.Handler {
	models := http.NewServeMux()
	models.HandleFunc("POST /v1/chat/completions", func(w http.ResponseWriter, r *http.Request) {
		words := "Oslo"
		if body, _ := io.ReadAll(r.Body); bytes.Contains(body, []byte(titler)) {
			words = "Snow and Saunas: Two Days in Oslo"
		}
		speakOpenAI(w, r, words)
	})
	models.HandleFunc("POST /v1/messages", func(w http.ResponseWriter, r *http.Request) {
		speakAnthropic(w, r, "Spend the clear Saturday on the fjord and in a floating sauna. Keep the snowy Sunday for the Munch museum.")
	})
	models.HandleFunc("POST /v1beta/models/", func(w http.ResponseWriter, r *http.Request) {
		speakGemini(w, r, "Saturday: the fjord, then a floating sauna. Sunday: the Munch museum, open until nine.")
	})
	return models
}

func speakOpenAI(w http.ResponseWriter, r *http.Request, text string) {
	say := begin(w, r)
	for word := range words(text) {
		say("", `{"id":"chatcmpl-7","model":"gpt-4.1","choices":[{"index":0,"delta":{"content":%s}}]}`, quoted(word))
	}
	say("", `{"id":"chatcmpl-7","model":"gpt-4.1","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}`)
	say("", `{"id":"chatcmpl-7","model":"gpt-4.1","choices":[],"usage":{"prompt_tokens":31,"completion_tokens":9,"total_tokens":40}}`)
	say("", "[DONE]")
}

func speakAnthropic(w http.ResponseWriter, r *http.Request, text string) {
	say := begin(w, r)
	say("message_start", `{"type":"message_start","message":{"id":"msg_7","type":"message","role":"assistant","model":"claude-haiku-4-5",`+
		`"content":[],"usage":{"input_tokens":40,"cache_read_input_tokens":24,"output_tokens":1}}}`)
	say("content_block_start", `{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}`)
	for word := range words(text) {
		say("content_block_delta", `{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":%s}}`, quoted(word))
	}
	say("content_block_stop", `{"type":"content_block_stop","index":0}`)
	say("message_delta", `{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":34}}`)
	say("message_stop", `{"type":"message_stop"}`)
}

func speakGemini(w http.ResponseWriter, r *http.Request, text string) {
	say := begin(w, r)
	for word := range words(text) {
		say("", `{"candidates":[{"content":{"role":"model","parts":[{"text":%s}]}}],"modelVersion":"gemini-2.5-flash","responseId":"r7"}`, quoted(word))
	}
	say("", `{"candidates":[{"content":{"role":"model","parts":[{"text":""}]},"finishReason":"STOP"}],"modelVersion":"gemini-2.5-flash",`+
		`"responseId":"r7","usageMetadata":{"promptTokenCount":52,"candidatesTokenCount":21,"thoughtsTokenCount":12,"totalTokenCount":85}}`)
}

// begin starts a stream of server-sent events, and gives what says the next one.
func begin(w http.ResponseWriter, r *http.Request) (say func(name, format string, args ...any)) {
	w.Header().Set("Content-Type", "text/event-stream")
	wait := firstWord
	return func(name, format string, args ...any) {
		select {
		case <-time.After(wait):
		case <-r.Context().Done():
		}
		wait = nextWord
		if name != "" {
			_, _ = fmt.Fprintf(w, "event: %s\n", name)
		}
		_, _ = fmt.Fprintf(w, "data: "+format+"\n\n", args...)
		_ = http.NewResponseController(w).Flush()
	}
}

func words(text string) func(yield func(string) bool) { return strings.SplitAfterSeq(text, " ") }

func quoted(text string) string {
	literal, _ := json.Marshal(text)
	return string(literal)
}
