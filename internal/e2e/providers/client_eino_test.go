package providers_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"

	"github.com/cloudwego/eino-ext/components/model/openai"
	"github.com/cloudwego/eino/components/model"
	"github.com/cloudwego/eino/schema"
	"github.com/eino-contrib/jsonschema"

	"github.com/traceroot-ai/traceroot-go"
)

func eino() []adapter {
	return family("eino-ext openai", newEino, []way[*http.Client]{
		{"HTTPClient", func() *http.Client { return traceroot.HTTPClient(nil) }},
	}, []part[*openai.ChatModel]{{wire: &openAIChat, unable: noRetries, client: func(m *openai.ChatModel) client {
		return client{
			ask: func(ctx context.Context, p prompt) (any, error) {
				return m.Generate(ctx, einoMessages(p), einoOptions(p)...)
			},
			stream: func(ctx context.Context, p prompt, each func(string) error) error { return streamEino(ctx, m, p, each) },
		}
	}}})
}

func newEino(url string, clients ...*http.Client) *openai.ChatModel {
	config := &openai.ChatModelConfig{
		APIKey: key, BaseURL: url + "/v1", Model: openAIChat.model, Temperature: new(float32(temperature)), MaxTokens: new(maxTokens),
	}
	for _, c := range clients {
		config.HTTPClient = c
	}
	m, err := openai.NewChatModel(context.Background(), config)
	if err != nil {
		panic(err)
	}
	return m
}

func streamEino(ctx context.Context, m *openai.ChatModel, p prompt, each func(string) error) error {
	chunks, err := m.Stream(ctx, einoMessages(p))
	if err != nil {
		return err
	}
	defer chunks.Close()
	for {
		chunk, err := chunks.Recv()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := give(each, chunk.Content); err != nil {
			return err
		}
	}
}

func einoOptions(p prompt) []model.Option {
	if !p.tools {
		return nil
	}
	var parameters jsonschema.Schema
	encoded, err := json.Marshal(toolSchema())
	if err == nil {
		err = json.Unmarshal(encoded, &parameters)
	}
	if err != nil {
		panic(err)
	}
	return []model.Option{model.WithTools([]*schema.ToolInfo{{
		Name: toolName, Desc: toolAbout, ParamsOneOf: schema.NewParamsOneOfByJSONSchema(&parameters),
	}})}
}

func einoMessages(p prompt) []*schema.Message {
	messages := []*schema.Message{schema.SystemMessage(system), schema.UserMessage(question)}
	if !p.tools {
		return messages
	}
	return append(messages,
		schema.AssistantMessage("", []schema.ToolCall{{
			ID: toolCallID, Type: "function", Function: schema.FunctionCall{Name: toolName, Arguments: toolArgumentsText()},
		}}),
		schema.ToolMessage(toolResult, toolCallID))
}
