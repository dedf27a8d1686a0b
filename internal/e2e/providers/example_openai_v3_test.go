package providers_test

import (
	"context"
	"fmt"

	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"

	"github.com/traceroot-ai/traceroot-go"
)

// The middleware fits v1 and v2 as well, which differ in the import path.
func Example_openAIv3() {
	url, printSpans := rehearse(openAIChat.answer)
	defer printSpans()

	client := openai.NewClient(
		option.WithMiddleware(traceroot.Middleware()),
		option.WithBaseURL(url+"/v1"), option.WithAPIKey(key),
	)
	answer, err := client.Chat.Completions.New(context.Background(), openai.ChatCompletionNewParams{
		Model: "gpt-4o", Messages: []openai.ChatCompletionMessageParamUnion{openai.UserMessage(question)},
	})
	if err != nil {
		panic(err)
	}
	fmt.Println(answer.Choices[0].Message.Content)
	// Output:
	// It has shipped.
	// recorded: chat gpt-4o
}
