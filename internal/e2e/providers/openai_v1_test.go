package providers_test

import (
	"context"
	"io"
	"strings"

	openaiv1 "github.com/openai/openai-go"
	optionv1 "github.com/openai/openai-go/option"
	streamv1 "github.com/openai/openai-go/packages/ssestream"
)

type openAIv1 struct{ openaiv1.Client }

func newOpenAIv1(url string, opts ...optionv1.RequestOption) client {
	opts = append([]optionv1.RequestOption{optionv1.WithBaseURL(url), optionv1.WithAPIKey(key)}, opts...)
	return openAIv1{openaiv1.NewClient(opts...)}
}

func (c openAIv1) ask(ctx context.Context, request string) (any, error) {
	params, err := decode[openaiv1.ChatCompletionNewParams](request)
	if err != nil {
		return nil, err
	}
	completion, err := c.Chat.Completions.New(ctx, params)
	if err != nil {
		return nil, err
	}
	return completion.Choices, nil
}

func (c openAIv1) stream(ctx context.Context, request string) (*pieces, error) {
	params, err := decode[openaiv1.ChatCompletionNewParams](request)
	if err != nil {
		return nil, err
	}
	chunks := c.Chat.Completions.NewStreaming(ctx, params)
	return &pieces{close: chunks.Close, next: textsOfV1(chunks)}, nil
}

func textsOfV1(chunks *streamv1.Stream[openaiv1.ChatCompletionChunk]) func() (string, error) {
	return func() (string, error) {
		if !chunks.Next() {
			if err := chunks.Err(); err != nil {
				return "", err
			}
			return "", io.EOF
		}
		var text strings.Builder
		for _, choice := range chunks.Current().Choices {
			text.WriteString(choice.Delta.Content)
		}
		return text.String(), nil
	}
}

func (c openAIv1) embed(ctx context.Context, request string) (int, error) {
	params, err := decode[openaiv1.EmbeddingNewParams](request)
	if err != nil {
		return 0, err
	}
	answer, err := c.Embeddings.New(ctx, params)
	if err != nil {
		return 0, err
	}
	return len(answer.Data[0].Embedding), nil
}

func (c openAIv1) models(ctx context.Context) error {
	_, err := c.Models.List(ctx)
	return err
}
