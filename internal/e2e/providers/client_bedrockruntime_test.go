package providers_test

import (
	"context"
	"errors"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/bedrockruntime"
	"github.com/aws/aws-sdk-go-v2/service/bedrockruntime/document"
	"github.com/aws/aws-sdk-go-v2/service/bedrockruntime/types"

	"github.com/traceroot-ai/traceroot-go"
)

func bedrockruntimeSDK() []adapter {
	all := family("bedrockruntime", newBedrock, []way[func(*bedrockruntime.Options)]{
		{"Doer", func() func(*bedrockruntime.Options) { return tracedBedrock }},
	}, []part[*bedrockruntime.Client]{
		{name: " Converse", wire: &bedrockConverse, client: func(c *bedrockruntime.Client) client {
			return client{
				ask: func(ctx context.Context, p prompt) (any, error) { return converse(ctx, c, p) },
				stream: func(ctx context.Context, p prompt, each func(string) error) error {
					return converseStream(ctx, c, p, each)
				},
			}
		}},
		{name: " InvokeModel", wire: &bedrockInvoke, client: func(c *bedrockruntime.Client) client {
			return client{
				ask: func(ctx context.Context, p prompt) (any, error) { return invoke(ctx, c, p) },
				stream: func(ctx context.Context, p prompt, each func(string) error) error {
					return invokeStream(ctx, c, p, each)
				},
			}
		}},
	})
	for i := range all {
		all[i].ownTransport = true
	}
	return all
}

func tracedBedrock(o *bedrockruntime.Options) {
	o.HTTPClient = traceroot.Doer(o.HTTPClient)
}

func awsConfig() aws.Config {
	return aws.Config{Region: "us-east-1", Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{AccessKeyID: "AKIAOFTHETEST", SecretAccessKey: key}, nil
	})}
}

func newBedrock(url string, opts ...func(*bedrockruntime.Options)) *bedrockruntime.Client {
	return bedrockruntime.NewFromConfig(awsConfig(), append([]func(*bedrockruntime.Options){func(o *bedrockruntime.Options) {
		o.BaseEndpoint = aws.String(url)
		o.Retryer = retry.NewStandard(func(o *retry.StandardOptions) { o.MaxBackoff = time.Millisecond })
	}}, opts...)...)
}

// converse returns the answer without its metadata, which hold times.
func converse(ctx context.Context, c *bedrockruntime.Client, p prompt) (any, error) {
	messages, tools := converseMessages(p)
	answer, err := c.Converse(ctx, &bedrockruntime.ConverseInput{
		ModelId: aws.String(bedrockModel), System: converseSystem, Messages: messages, ToolConfig: tools,
		InferenceConfig: converseParameters,
	})
	if err != nil {
		return nil, err
	}
	return []any{answer.Output, answer.StopReason, answer.Usage}, nil
}

func converseStream(ctx context.Context, c *bedrockruntime.Client, p prompt, each func(string) error) error {
	messages, tools := converseMessages(p)
	answer, err := c.ConverseStream(ctx, &bedrockruntime.ConverseStreamInput{
		ModelId: aws.String(bedrockModel), System: converseSystem, Messages: messages, ToolConfig: tools,
		InferenceConfig: converseParameters,
	})
	if err != nil {
		return err
	}
	events := answer.GetStream()
	for event := range events.Events() {
		delta, ok := event.(*types.ConverseStreamOutputMemberContentBlockDelta)
		if !ok {
			continue
		}
		if text, ok := delta.Value.Delta.(*types.ContentBlockDeltaMemberText); ok {
			if err = give(each, text.Value); err != nil {
				break
			}
		}
	}
	return errors.Join(err, events.Close(), events.Err())
}

var (
	converseSystem     = []types.SystemContentBlock{&types.SystemContentBlockMemberText{Value: system}}
	converseParameters = &types.InferenceConfiguration{Temperature: aws.Float32(temperature), MaxTokens: aws.Int32(maxTokens)}
)

func converseMessages(p prompt) ([]types.Message, *types.ToolConfiguration) {
	message := func(role types.ConversationRole, content types.ContentBlock) types.Message {
		return types.Message{Role: role, Content: []types.ContentBlock{content}}
	}
	messages := []types.Message{message(types.ConversationRoleUser, &types.ContentBlockMemberText{Value: question})}
	if !p.tools {
		return messages, nil
	}
	messages = append(messages,
		message(types.ConversationRoleAssistant, &types.ContentBlockMemberToolUse{Value: types.ToolUseBlock{
			ToolUseId: aws.String(toolCallID), Name: aws.String(toolName), Input: document.NewLazyDocument(toolArguments()),
		}}),
		message(types.ConversationRoleUser, &types.ContentBlockMemberToolResult{Value: types.ToolResultBlock{
			ToolUseId: aws.String(toolCallID), Content: []types.ToolResultContentBlock{&types.ToolResultContentBlockMemberText{Value: toolResult}},
		}}))
	return messages, &types.ToolConfiguration{Tools: []types.Tool{&types.ToolMemberToolSpec{Value: types.ToolSpecification{
		Name: aws.String(toolName), Description: aws.String(toolAbout),
		InputSchema: &types.ToolInputSchemaMemberJson{Value: document.NewLazyDocument(toolSchema())},
	}}}}
}

func invoke(ctx context.Context, c *bedrockruntime.Client, p prompt) (any, error) {
	answer, err := c.InvokeModel(ctx, &bedrockruntime.InvokeModelInput{
		ModelId: aws.String(bedrockModel), ContentType: aws.String("application/json"), Body: []byte(p.body),
	})
	if err != nil {
		return nil, err
	}
	return string(answer.Body), nil
}

func invokeStream(ctx context.Context, c *bedrockruntime.Client, p prompt, each func(string) error) error {
	answer, err := c.InvokeModelWithResponseStream(ctx, &bedrockruntime.InvokeModelWithResponseStreamInput{
		ModelId: aws.String(bedrockModel), ContentType: aws.String("application/json"), Body: []byte(p.body),
	})
	if err != nil {
		return err
	}
	events := answer.GetStream()
	for event := range events.Events() {
		chunk, ok := event.(*types.ResponseStreamMemberChunk)
		if !ok {
			continue
		}
		var said struct{ Delta struct{ Text string } }
		if said, err = decode[struct{ Delta struct{ Text string } }](string(chunk.Value.Bytes)); err == nil {
			err = give(each, said.Delta.Text)
		}
		if err != nil {
			break
		}
	}
	return errors.Join(err, events.Close(), events.Err())
}
