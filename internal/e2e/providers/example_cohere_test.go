package providers_test

import (
	"context"
	"fmt"

	cohere "github.com/cohere-ai/cohere-go/v2"
	cohereclient "github.com/cohere-ai/cohere-go/v2/client"
	"github.com/cohere-ai/cohere-go/v2/option"

	"github.com/traceroot-ai/traceroot-go"
)

func Example_cohere() {
	url, printSpans := rehearse(cohereChat.answer)
	defer printSpans()

	client := cohereclient.NewClient(
		option.WithHTTPClient(traceroot.HTTPClient(nil)),
		option.WithBaseURL(url), option.WithToken(key),
	)
	answer, err := client.V2.Chat(context.Background(), &cohere.V2ChatRequest{
		Model: "command-a-03-2025", Messages: cohere.ChatMessages{{
			Role: "user", User: &cohere.UserMessageV2{Content: &cohere.UserMessageV2Content{String: question}},
		}},
	})
	if err != nil {
		panic(err)
	}
	fmt.Println(answer.Message.Content[0].Text.Text)
	// Output:
	// It has shipped.
	// recorded: chat command-a-03-2025
}
