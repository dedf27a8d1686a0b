package providers_test

import (
	"context"
	"fmt"

	"github.com/sashabaranov/go-openai"

	"github.com/traceroot-ai/traceroot-go"
)

func Example_goOpenAI() {
	url, printSpans := rehearse(openAIChat.answer)
	defer printSpans()

	config := openai.DefaultConfig(key)
	config.HTTPClient = traceroot.HTTPClient(nil)
	config.BaseURL = url + "/v1"
	answer, err := openai.NewClientWithConfig(config).CreateChatCompletion(context.Background(), openai.ChatCompletionRequest{
		Model: openai.GPT4o, Messages: []openai.ChatCompletionMessage{{Role: openai.ChatMessageRoleUser, Content: question}},
	})
	if err != nil {
		panic(err)
	}
	fmt.Println(answer.Choices[0].Message.Content)
	// Output:
	// It has shipped.
	// recorded: chat gpt-4o
}
