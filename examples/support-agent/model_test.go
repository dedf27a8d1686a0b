package main

import (
	"encoding/json"
	"fmt"
	"net/http"
)

// plan is the stream in which the model calls both tools, the second in pieces.
const plan = `data: {"id":"chatcmpl-1","object":"chat.completion.chunk","model":"gpt-4.1-mini-2025-04-14","choices":[{"index":0,"delta":{"role":"assistant","content":null},"finish_reason":null}]}

data: {"id":"chatcmpl-1","object":"chat.completion.chunk","model":"gpt-4.1-mini-2025-04-14","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"call_1","type":"function","function":{"name":"get_order","arguments":"{\"order_id\":\"60418\"}"}}]},"finish_reason":null}]}

data: {"id":"chatcmpl-1","object":"chat.completion.chunk","model":"gpt-4.1-mini-2025-04-14","choices":[{"index":0,"delta":{"tool_calls":[{"index":1,"id":"call_2","type":"function","function":{"name":"check_stock","arguments":""}}]},"finish_reason":null}]}

data: {"id":"chatcmpl-1","object":"chat.completion.chunk","model":"gpt-4.1-mini-2025-04-14","choices":[{"index":0,"delta":{"tool_calls":[{"index":1,"function":{"arguments":"{\"article\":"}}]},"finish_reason":null}]}

data: {"id":"chatcmpl-1","object":"chat.completion.chunk","model":"gpt-4.1-mini-2025-04-14","choices":[{"index":0,"delta":{"tool_calls":[{"index":1,"function":{"arguments":"\"RD-7150\"}"}}]},"finish_reason":null}]}

data: {"id":"chatcmpl-1","object":"chat.completion.chunk","model":"gpt-4.1-mini-2025-04-14","choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}

data: {"id":"chatcmpl-1","object":"chat.completion.chunk","model":"gpt-4.1-mini-2025-04-14","choices":[],"usage":{"prompt_tokens":612,"completion_tokens":48,"total_tokens":660}}

data: [DONE]

`

// report is the stream of the answer, with the place for its words.
const report = `data: {"id":"chatcmpl-2","object":"chat.completion.chunk","model":"gpt-4.1-mini-2025-04-14","choices":[{"index":0,"delta":{"role":"assistant","content":%q},"finish_reason":null}]}

data: {"id":"chatcmpl-2","object":"chat.completion.chunk","model":"gpt-4.1-mini-2025-04-14","choices":[{"index":0,"delta":{"content":%q},"finish_reason":"stop"}]}

data: [DONE]

`

// scriptedModel calls both tools, and answers with what they returned.
func scriptedModel(w http.ResponseWriter, r *http.Request) {
	var request struct {
		Messages []struct {
			Content    string `json:"content"`
			ToolCallID string `json:"tool_call_id"`
		} `json:"messages"`
	}
	if err := json.NewDecoder(r.Body).Decode(&request); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	var (
		found     order
		remaining stock
	)
	for _, message := range request.Messages {
		switch message.ToolCallID {
		case "call_1":
			_ = json.Unmarshal([]byte(message.Content), &found)
		case "call_2":
			_ = json.Unmarshal([]byte(message.Content), &remaining)
		}
	}
	w.Header().Set("Content-Type", "text/event-stream")
	if found.ID == "" {
		_, _ = fmt.Fprint(w, plan)
		return
	}
	_, _ = fmt.Fprintf(w, report, "Delivered to "+found.ReceivedBy+"; ", fmt.Sprintf("%d in stock.", remaining.Pieces))
}
