package parity_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
)

// modelAnswers are what the model says: first it asks for the tool, then it answers.
var modelAnswers = []string{
	`{"id":"chatcmpl-1","object":"chat.completion","created":1760000000,"model":"gpt-4o-2024-11-20",
	"choices":[{"index":0,"finish_reason":"tool_calls","message":{"role":"assistant","content":null,"tool_calls":[
		{"id":"call_1","type":"function","function":{"name":"find_order","arguments":"{\"number\":1042,\"detail\":\"full\"}"}}]}}],
	"usage":{"prompt_tokens":90,"completion_tokens":20,"total_tokens":110,
		"prompt_tokens_details":{"cached_tokens":40},"completion_tokens_details":{"reasoning_tokens":5}}}`,
	`{"id":"chatcmpl-2","object":"chat.completion","created":1760000001,"model":"gpt-4o-2024-11-20",
	"choices":[{"index":0,"finish_reason":"stop","message":{"role":"assistant","content":"It has shipped."}}],
	"usage":{"prompt_tokens":130,"completion_tokens":6,"total_tokens":136}}`,
}

// newModel starts a server that speaks OpenAI's protocol, and returns the base URL of its API.
func newModel(t *testing.T) string {
	t.Helper()
	var calls atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		call := int(calls.Add(1))
		if request.URL.Path != "/v1/chat/completions" || call > len(modelAnswers) {
			http.Error(w, "no answer is scripted for this request", http.StatusNotFound)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, modelAnswers[call-1])
	}))
	t.Cleanup(server.Close)
	return server.URL + "/v1"
}
