package providers_test

import (
	"context"
	"io"

	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"
	"github.com/openai/openai-go/v3/packages/ssestream"
)

type openAI struct{ openai.Client }

func newOpenAI(url string, opts ...option.RequestOption) client {
	opts = append([]option.RequestOption{option.WithBaseURL(url), option.WithAPIKey(key)}, opts...)
	return openAI{openai.NewClient(opts...)}
}

func (c openAI) ask(ctx context.Context, request string) (any, error) {
	params, err := decode[openai.ChatCompletionNewParams](request)
	if err != nil {
		return nil, err
	}
	completion, err := c.Chat.Completions.New(ctx, params)
	if err != nil {
		return nil, err
	}
	return completion.Choices, nil
}

func (c openAI) stream(ctx context.Context, request string) (*pieces, error) {
	params, err := decode[openai.ChatCompletionNewParams](request)
	if err != nil {
		return nil, err
	}
	chunks := c.Chat.Completions.NewStreaming(ctx, params)
	return &pieces{close: chunks.Close, next: textsOf(chunks, func(chunk openai.ChatCompletionChunk) (text string) {
		for _, choice := range chunk.Choices {
			text += choice.Delta.Content
		}
		return text
	})}, nil
}

// textsOf reads a stream of openai-go, chunk by chunk.
func textsOf[T any](chunks *ssestream.Stream[T], text func(T) string) func() (string, error) {
	return func() (string, error) {
		if chunks.Next() {
			return text(chunks.Current()), nil
		}
		if err := chunks.Err(); err != nil {
			return "", err
		}
		return "", io.EOF
	}
}

func (c openAI) embed(ctx context.Context, request string) (int, error) {
	params, err := decode[openai.EmbeddingNewParams](request)
	if err != nil {
		return 0, err
	}
	answer, err := c.Embeddings.New(ctx, params)
	if err != nil {
		return 0, err
	}
	return len(answer.Data[0].Embedding), nil
}

func (c openAI) models(ctx context.Context) error {
	_, err := c.Models.List(ctx)
	return err
}
