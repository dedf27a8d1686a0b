package providers_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/ai/azopenai"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"

	"github.com/traceroot-ai/traceroot-go"
)

func azureOpenAI() []adapter {
	all := family("azopenai", newAzure, []way[policy.Transporter]{
		{"HTTPClient", func() policy.Transporter { return traceroot.HTTPClient(nil) }},
		{"Doer", func() policy.Transporter { return traceroot.Doer(&http.Client{}) }},
	}, []part[*azopenai.Client]{{wire: &openAIChat, client: func(c *azopenai.Client) client {
		return client{
			ask: func(ctx context.Context, p prompt) (any, error) {
				messages, tools := azureMessages(p)
				return c.GetChatCompletions(ctx, azopenai.ChatCompletionsOptions{
					DeploymentName: new(openAIChat.model), Messages: messages, Tools: tools,
					Temperature: new(float32(temperature)), MaxTokens: new(int32(maxTokens)),
				}, nil)
			},
			stream: func(ctx context.Context, p prompt, each func(string) error) error {
				return streamAzure(ctx, c, p, each)
			},
		}
	}}})
	all[0].ownTransport = true
	return all
}

func newAzure(url string, transports ...policy.Transporter) *azopenai.Client {
	options := azopenai.ClientOptions{ClientOptions: policy.ClientOptions{
		InsecureAllowCredentialWithHTTP: true, Retry: policy.RetryOptions{RetryDelay: time.Millisecond},
	}}
	for _, t := range transports {
		options.Transport = t
	}
	c, err := azopenai.NewClientWithKeyCredential(url, azcore.NewKeyCredential(key), &options)
	if err != nil {
		panic(err)
	}
	return c
}

func streamAzure(ctx context.Context, c *azopenai.Client, p prompt, each func(string) error) error {
	messages, tools := azureMessages(p)
	answer, err := c.GetChatCompletionsStream(ctx, azopenai.ChatCompletionsStreamOptions{
		DeploymentName: new(openAIChat.model), Messages: messages, Tools: tools,
		Temperature: new(float32(temperature)), MaxTokens: new(int32(maxTokens)),
	}, nil)
	if err != nil {
		return err
	}
	chunks := answer.ChatCompletionsStream
	for err == nil {
		var chunk azopenai.ChatCompletions
		if chunk, err = chunks.Read(); err == nil {
			for _, choice := range chunk.Choices {
				if choice.Delta != nil && choice.Delta.Content != nil {
					err = give(each, *choice.Delta.Content)
				}
			}
		}
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return errors.Join(err, chunks.Close())
}

func azureMessages(p prompt) ([]azopenai.ChatRequestMessageClassification, []azopenai.ChatCompletionsToolDefinitionClassification) {
	messages := []azopenai.ChatRequestMessageClassification{
		&azopenai.ChatRequestSystemMessage{Content: azopenai.NewChatRequestSystemMessageContent(system)},
		&azopenai.ChatRequestUserMessage{Content: azopenai.NewChatRequestUserMessageContent(question)},
	}
	if !p.tools {
		return messages, nil
	}
	messages = append(messages,
		&azopenai.ChatRequestAssistantMessage{ToolCalls: []azopenai.ChatCompletionsToolCallClassification{
			&azopenai.ChatCompletionsFunctionToolCall{ID: new(toolCallID), Type: new("function"), Function: &azopenai.FunctionCall{
				Name: new(toolName), Arguments: new(toolArgumentsText()),
			}},
		}},
		&azopenai.ChatRequestToolMessage{ToolCallID: new(toolCallID), Content: azopenai.NewChatRequestToolMessageContent(toolResult)})
	parameters, err := json.Marshal(toolSchema())
	if err != nil {
		panic(err)
	}
	return messages, []azopenai.ChatCompletionsToolDefinitionClassification{&azopenai.ChatCompletionsFunctionToolDefinition{
		Type: new("function"), Function: &azopenai.ChatCompletionsFunctionToolDefinitionFunction{
			Name: new(toolName), Description: new(toolAbout), Parameters: parameters,
		},
	}}
}
