package providers_test

import (
	"context"
	"fmt"

	"github.com/Azure/azure-sdk-for-go/sdk/ai/azopenai"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"

	"github.com/traceroot-ai/traceroot-go"
)

func Example_azopenai() {
	url, printSpans := rehearse(openAIChat.answer)
	defer printSpans()

	options := &azopenai.ClientOptions{ClientOptions: policy.ClientOptions{Transport: traceroot.HTTPClient(nil)}}
	options.InsecureAllowCredentialWithHTTP = true // for the server of this example
	client, err := azopenai.NewClientWithKeyCredential(url, azcore.NewKeyCredential(key), options)
	if err != nil {
		panic(err)
	}
	answer, err := client.GetChatCompletions(context.Background(), azopenai.ChatCompletionsOptions{
		DeploymentName: new("gpt-4o"), Messages: []azopenai.ChatRequestMessageClassification{
			&azopenai.ChatRequestUserMessage{Content: azopenai.NewChatRequestUserMessageContent(question)},
		},
	}, nil)
	if err != nil {
		panic(err)
	}
	fmt.Println(*answer.Choices[0].Message.Content)
	// Output:
	// It has shipped.
	// recorded: chat gpt-4o
}
