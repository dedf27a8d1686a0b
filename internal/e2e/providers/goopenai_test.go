package providers_test

import (
	"context"

	goopenai "github.com/sashabaranov/go-openai"
)

type goOpenAI struct{ *goopenai.Client }

// newGoOpenAI makes a client of sashabaranov/go-openai; with a nil doer, the one that its configuration has.
func newGoOpenAI(url string, doer goopenai.HTTPDoer) client {
	config := goopenai.DefaultConfig(key)
	config.BaseURL = url
	if doer != nil {
		config.HTTPClient = doer
	}
	return goOpenAI{goopenai.NewClientWithConfig(config)}
}

func (c goOpenAI) ask(ctx context.Context, request string) (any, error) {
	params, err := decode[goopenai.ChatCompletionRequest](request)
	if err != nil {
		return nil, err
	}
	completion, err := c.CreateChatCompletion(ctx, params)
	if err != nil {
		return nil, err
	}
	return completion.Choices, nil
}

func (c goOpenAI) stream(ctx context.Context, request string) (*pieces, error) {
	params, err := decode[goopenai.ChatCompletionRequest](request)
	if err != nil {
		return nil, err
	}
	chunks, err := c.CreateChatCompletionStream(ctx, params)
	if err != nil {
		return nil, err
	}
	return &pieces{close: chunks.Close, next: func() (text string, err error) {
		chunk, err := chunks.Recv()
		for _, choice := range chunk.Choices {
			text += choice.Delta.Content
		}
		return text, err
	}}, nil
}

func (c goOpenAI) embed(ctx context.Context, request string) (int, error) {
	params, err := decode[goopenai.EmbeddingRequest](request)
	if err != nil {
		return 0, err
	}
	answer, err := c.CreateEmbeddings(ctx, params)
	if err != nil {
		return 0, err
	}
	return len(answer.Data[0].Embedding), nil
}

func (c goOpenAI) models(ctx context.Context) error {
	_, err := c.ListModels(ctx)
	return err
}
