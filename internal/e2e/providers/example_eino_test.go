package providers_test

import (
	"context"
	"fmt"

	"github.com/cloudwego/eino-ext/components/model/openai"
	"github.com/cloudwego/eino/schema"

	"github.com/traceroot-ai/traceroot-go"
)

// The configurations of claude, ollama, deepseek, qwen and ark have the same field.
func Example_eino() {
	url, printSpans := rehearse(openAIChat.answer)
	defer printSpans()

	ctx := context.Background()
	config := &openai.ChatModelConfig{Model: "gpt-4o", HTTPClient: traceroot.HTTPClient(nil)}
	config.BaseURL, config.APIKey = url+"/v1", key
	model, err := openai.NewChatModel(ctx, config)
	if err != nil {
		panic(err)
	}
	answer, err := model.Generate(ctx, []*schema.Message{schema.UserMessage(question)})
	if err != nil {
		panic(err)
	}
	fmt.Println(answer.Content)
	// Output:
	// It has shipped.
	// recorded: chat gpt-4o
}
