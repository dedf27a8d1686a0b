package providers_test

import (
	"context"
	"errors"
	"io"
	"net/http"

	"github.com/sashabaranov/go-openai"

	"github.com/traceroot-ai/traceroot-go"
)

func goOpenAI() []adapter {
	ways := []way[openai.HTTPDoer]{
		{"HTTPClient", func() openai.HTTPDoer { return traceroot.HTTPClient(nil) }},
		{"Doer", func() openai.HTTPDoer { return traceroot.Doer(&http.Client{}) }},
	}
	return family("sashabaranov/go-openai", newGoOpenAI, ways, []part[*openai.Client]{
		{name: " chat", wire: &openAIChat, unable: noRetries, client: func(c *openai.Client) client {
			return client{
				ask: func(ctx context.Context, p prompt) (any, error) { return askGoOpenAI(ctx, c, p) },
				stream: func(ctx context.Context, p prompt, each func(string) error) error {
					return streamGoOpenAI(ctx, c, p, each)
				},
			}
		}},
		{name: " embeddings", wire: &openAIEmbeddings, unable: append(noRetries, notForVectors...), client: func(c *openai.Client) client {
			return client{ask: func(ctx context.Context, p prompt) (any, error) {
				params, err := decode[openai.EmbeddingRequest](p.body)
				if err != nil {
					return nil, err
				}
				return c.CreateEmbeddings(ctx, params)
			}}
		}},
	})
}

// newGoOpenAI makes a client; without a doer, with the one that its configuration has.
func newGoOpenAI(url string, doers ...openai.HTTPDoer) *openai.Client {
	config := openai.DefaultConfig(key)
	config.BaseURL = url + "/v1"
	for _, doer := range doers {
		config.HTTPClient = doer
	}
	return openai.NewClientWithConfig(config)
}

func askGoOpenAI(ctx context.Context, c *openai.Client, p prompt) (any, error) {
	params, err := decode[openai.ChatCompletionRequest](p.body)
	if err != nil {
		return nil, err
	}
	return c.CreateChatCompletion(ctx, params)
}

func streamGoOpenAI(ctx context.Context, c *openai.Client, p prompt, each func(string) error) error {
	params, err := decode[openai.ChatCompletionRequest](p.body)
	if err != nil {
		return err
	}
	chunks, err := c.CreateChatCompletionStream(ctx, params)
	if err != nil {
		return err
	}
	for err == nil {
		var chunk openai.ChatCompletionStreamResponse
		if chunk, err = chunks.Recv(); err == nil {
			for _, choice := range chunk.Choices {
				err = give(each, choice.Delta.Content)
			}
		}
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return errors.Join(err, chunks.Close())
}
