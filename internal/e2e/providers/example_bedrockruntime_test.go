package providers_test

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/bedrockruntime"
	"github.com/aws/aws-sdk-go-v2/service/bedrockruntime/types"

	"github.com/traceroot-ai/traceroot-go"
)

func Example_bedrockruntime() {
	url, printSpans := rehearse(bedrockConverse.answer)
	defer printSpans()

	config := awsConfig() // in a program: config.LoadDefaultConfig
	client := bedrockruntime.NewFromConfig(config, func(o *bedrockruntime.Options) {
		o.HTTPClient = traceroot.Doer(o.HTTPClient)
		o.BaseEndpoint = aws.String(url)
	})
	answer, err := client.Converse(context.Background(), &bedrockruntime.ConverseInput{
		ModelId: aws.String(bedrockModel), Messages: []types.Message{{
			Role: types.ConversationRoleUser, Content: []types.ContentBlock{&types.ContentBlockMemberText{Value: question}},
		}},
	})
	if err != nil {
		panic(err)
	}
	if message, ok := answer.Output.(*types.ConverseOutputMemberMessage); ok {
		if text, ok := message.Value.Content[0].(*types.ContentBlockMemberText); ok {
			fmt.Println(text.Value)
		}
	}
	// Output:
	// It has shipped.
	// recorded: chat anthropic.claude-sonnet-4-5-v1:0
}
