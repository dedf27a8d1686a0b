package providers_test

import (
	"context"
	"fmt"

	"github.com/anthropics/anthropic-sdk-go"
	"github.com/anthropics/anthropic-sdk-go/bedrock"
	"github.com/anthropics/anthropic-sdk-go/option"
	"github.com/anthropics/anthropic-sdk-go/vertex"
	"golang.org/x/oauth2"
	"golang.org/x/oauth2/google"

	"github.com/traceroot-ai/traceroot-go"
)

func Example_anthropic() {
	url, printSpans := rehearse(anthropicMessages.answer)
	defer printSpans()

	client := anthropic.NewClient(
		option.WithMiddleware(traceroot.Middleware()),
		option.WithBaseURL(url), option.WithAPIKey(key),
	)
	answer, err := client.Messages.New(context.Background(), anthropic.MessageNewParams{
		Model: "claude-sonnet-4-5", MaxTokens: maxTokens,
		Messages: []anthropic.MessageParam{anthropic.NewUserMessage(anthropic.NewTextBlock(question))},
	})
	if err != nil {
		panic(err)
	}
	fmt.Println(answer.Content[0].Text)
	// Output:
	// It has shipped.
	// recorded: chat claude-sonnet-4-5
}

// The hook stands before the cloud's own option, which rewrites and signs what comes after it.
func Example_anthropicOnBedrock() {
	url, printSpans := rehearse(anthropicOnBedrock.answer)
	defer printSpans()

	config := awsConfig() // in a program: config.LoadDefaultConfig
	client := anthropic.NewClient(
		option.WithMiddleware(traceroot.Middleware()),
		bedrock.WithConfig(config),
		option.WithBaseURL(url),
	)
	answer, err := client.Messages.New(context.Background(), anthropic.MessageNewParams{
		Model: bedrockModel, MaxTokens: maxTokens,
		Messages: []anthropic.MessageParam{anthropic.NewUserMessage(anthropic.NewTextBlock(question))},
	})
	if err != nil {
		panic(err)
	}
	fmt.Println(answer.Content[0].Text)
	// Output:
	// It has shipped.
	// recorded: chat anthropic.claude-sonnet-4-5-v1:0
}

// With vertex.WithGoogleAuth too, which has a transport of its own.
func Example_anthropicOnVertexAI() {
	url, printSpans := rehearse(anthropicMessages.answer)
	defer printSpans()

	ctx := context.Background()
	credentials := &google.Credentials{TokenSource: oauth2.StaticTokenSource(&oauth2.Token{AccessToken: key})}
	client := anthropic.NewClient(
		option.WithMiddleware(traceroot.Middleware()),
		vertex.WithCredentials(ctx, "global", "a-project", credentials),
		option.WithBaseURL(url),
	)
	answer, err := client.Messages.New(ctx, anthropic.MessageNewParams{
		Model: "claude-sonnet-4-5", MaxTokens: maxTokens,
		Messages: []anthropic.MessageParam{anthropic.NewUserMessage(anthropic.NewTextBlock(question))},
	})
	if err != nil {
		panic(err)
	}
	fmt.Println(answer.Content[0].Text)
	// Output:
	// It has shipped.
	// recorded: chat claude-sonnet-4-5
}
