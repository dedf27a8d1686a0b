package demo

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/sashabaranov/go-openai"

	"github.com/traceroot-ai/traceroot-go"
)

const classifyRules = `Sort the mail of a bicycle shop. Answer with JSON alone: {"queue": "orders" | "returns" | "billing" | "workshop", "priority": "low" | "normal" | "high"}.`

// classifier sorts mail with one call of a small model: no tools, no user, no session.
type classifier struct {
	client *openai.Client
	model  string
}

func newClassifier(client *http.Client, url string) *classifier {
	config := openai.DefaultConfig("demo")
	config.BaseURL = url + "/openai/v1"
	config.HTTPClient = traceroot.HTTPClient(client) // Each call of the model becomes a span.
	return &classifier{client: openai.NewClientWithConfig(config), model: "gpt-4.1-mini"}
}

type verdict struct {
	Queue    string `json:"queue"`
	Priority string `json:"priority"`
}

func (c *classifier) classify(ctx context.Context, mail string) (verdict, error) {
	ctx = traceroot.UsingAttributes(ctx, traceroot.Attributes{Tags: []string{"batch"}})
	return traceroot.Do(ctx, "classify-ticket", func(ctx context.Context) (v verdict, err error) {
		answer, err := c.client.CreateChatCompletion(ctx, openai.ChatCompletionRequest{
			Model:          c.model,
			ResponseFormat: &openai.ChatCompletionResponseFormat{Type: openai.ChatCompletionResponseFormatTypeJSONObject},
			Messages: []openai.ChatCompletionMessage{
				{Role: openai.ChatMessageRoleSystem, Content: classifyRules},
				{Role: openai.ChatMessageRoleUser, Content: mail},
			},
		})
		if err != nil {
			return v, fmt.Errorf("ask %s: %w", c.model, err)
		}
		if len(answer.Choices) == 0 {
			return v, fmt.Errorf("%s gave no answer", c.model)
		}
		err = json.Unmarshal([]byte(answer.Choices[0].Message.Content), &v)
		return v, err
	}, traceroot.Type(traceroot.KindAgent), traceroot.Input(mail))
}
