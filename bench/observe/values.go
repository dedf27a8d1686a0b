package main

import (
	"strings"
)

// The arguments and results of the traced functions.

type query struct {
	Text   string   `json:"text"`
	City   string   `json:"city"`
	Days   int      `json:"days"`
	Metric bool     `json:"metric"`
	Tags   []string `json:"tags,omitempty"`
}

type forecast struct {
	Summary string  `json:"summary"`
	High    float64 `json:"high"`
	Low     float64 `json:"low"`
	Source  string  `json:"source"`
}

var (
	smallIn  = query{Text: "Will it rain at the weekend?", City: "Oslo", Days: 3, Metric: true}
	smallOut = forecast{Summary: "Rain on Saturday, dry on Sunday.", High: 11.5, Low: 4, Source: "yr.no"}
)

type request struct {
	Model       string         `json:"model"`
	Messages    []message      `json:"messages"`
	Temperature float64        `json:"temperature"`
	MaxTokens   int            `json:"max_tokens,omitempty"`
	Metadata    map[string]any `json:"metadata,omitempty"`
}

type message struct {
	Role       string     `json:"role"`
	Content    string     `json:"content"`
	ToolCalls  []toolCall `json:"tool_calls,omitempty"`
	ToolCallID string     `json:"tool_call_id,omitempty"`
}

type toolCall struct {
	ID        string `json:"id"`
	Name      string `json:"name"`
	Arguments string `json:"arguments"`
}

type completion struct {
	ID      string         `json:"id"`
	Choices []choice       `json:"choices"`
	Usage   map[string]int `json:"usage"`
}

type choice struct {
	Index        int     `json:"index"`
	Message      message `json:"message"`
	FinishReason string  `json:"finish_reason"`
}

const handbook = `A parcel counts as late from the third working day after its last scan, and as lost from the tenth. Until it is late, ask the customer for patience: nine of ten parcels move again by themselves, most of them because a depot was full. Between the third and the tenth day the customer chooses. A case with the carrier takes up to three days and is free; it ends with a date or with the word "lost". Sending the goods again is possible for everything that is in stock.

A lost parcel is paid back or sent again, as the customer wishes, on the same day. The carrier pays us; this is none of the customer's business and should not be mentioned. If what was in it is a present for a certain day, say so in the case: it is looked for first.
`

var turns = []message{
	{Role: "user", Content: "Hi! I ordered a tent (order 60418) two weeks ago and it still isn't here. The page says \"in transit\" since Monday — can you find out where it is?"},
	{Role: "assistant", ToolCalls: []toolCall{{"call_9fK2", "get_order", `{"order_id":60418,"with":["parcels","payments"]}`}}},
	{Role: "tool", ToolCallID: "call_9fK2", Content: `{"id":60418,"state":"shipped","total":{"amount":249.9,"currency":"EUR"},"parcels":[{"carrier":"DHL","number":"JD014600003"}]}`},
	{Role: "assistant", Content: "Your tent was picked up on 2 February and reached the depot in Tromsø on the 5th. Nothing has been scanned since then, which is unusual: the last part normally takes one working day.\n\nI can do one of two things:\n- open a case with the carrier, which takes up to 3 days, or\n- send a second tent today and have the first one returned.\n\nWhich would you prefer?"},
	{Role: "tool", ToolCallID: "call_9fK3", Content: handbook},
}

// requestOf asks a model with a conversation of so many bytes.
func requestOf(size int) request {
	r := request{
		Model: "gpt-4o", Temperature: 0.2, MaxTokens: 1024, Metadata: map[string]any{"user": "u-1841", "attempt": 1, "shop": "outdoor"},
		Messages: []message{{Role: "system", Content: "You are the support agent of an outdoor shop. Be brief, and never promise a refund."}},
	}
	for i := 0; size > 0; i++ {
		next := turns[i%len(turns)]
		r.Messages = append(r.Messages, next)
		size -= len(next.Content) + 60
	}
	return r
}

// completionOf is an answer of so many bytes.
func completionOf(size int) completion {
	return completion{
		ID:    "chatcmpl-9fK2",
		Usage: map[string]int{"prompt_tokens": size / 4, "completion_tokens": size / 4, "total_tokens": size / 2},
		Choices: []choice{{
			Message: message{Role: "assistant", Content: strings.Repeat(handbook, 1+size/len(handbook))[:size]}, FinishReason: "stop",
		}},
	}
}
